"""Makes confidence mean what it says, and measures a recognizer on hold-out crops as it is used: beam, prior, all.

The temperature is fitted on one half of the hold-out plates (by a hash of their texts) and judged on the other.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recognition import alphabet, plates
from recognition.inference import decode
from recognition.inference.decode import DecodeConfig
from recognition.inference.recognize import SURE_REGION, THREE_LOOKS, likely_region
from recognition.training.datasets_crops import CropSet
from recognition.training.metrics import CalibrationError, coverage_at
from recognition.training.validation import greedy, inputs
from recognition.types import Candidate

TEMPERATURES = tuple(float(t) for t in np.geomspace(0.7, 4.0, 36))
Network = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One hold-out crop after the network and the beam, before prior and temperature."""

    source: str
    truth: str
    clear: bool
    greedy: str
    found: list[tuple[str, float]]
    seen: str | None  # the region that the network is sure of
    region_right: bool | None  # None where the label names no country

    def candidates(self, config: DecodeConfig, hint: str | None = None) -> list[Candidate]:
        country = hint or self.seen
        return decode.rank(self.found, config, lambda text: plates.format_score(text, country))


def trials(
    network: Network, crops: CropSet, config: DecodeConfig, looks: Sequence[float] = THREE_LOOKS, size: int = 32
) -> list[Trial]:
    """Run network and beam over a hold-out set."""
    batches, done = [inputs(crops, look) for look in looks], []
    for start in range(0, len(crops), size):
        outputs = [network(batch[start : start + size]) for batch in batches]
        for offset in range(len(outputs[0][0])):
            index = start + offset
            region = likely_region(np.mean([output[1][offset] for output in outputs], 0))
            found = decode.search([output[0][offset] for output in outputs], config)
            truth, label = crops.texts[index], int(crops.regions[index])
            known = alphabet.REGIONS[label] if label > 0 else None
            right = None if known is None else region is not None and region.code == known
            sure = region.code if region is not None and region.score >= SURE_REGION else None
            alone = greedy(outputs[0][0][offset])
            done.append(Trial(crops.name, truth, bool(crops.clear[index]), alone, found, sure, right))
    return done


def first_half(text: str) -> bool:
    return hashlib.sha256(b"half " + text.encode()).digest()[0] % 2 == 0


def outcomes(judged: Iterable[Trial], config: DecodeConfig) -> list[tuple[float, bool]]:
    """(confidence, right) of every trial."""
    best = [(trial.candidates(config)[0], trial.truth) for trial in judged]
    return [(candidate.score, candidate.plate == truth) for candidate, truth in best]


def surprise(pairs: Sequence[tuple[float, bool]]) -> float:
    """Mean negative log likelihood of having been right or wrong."""
    clipped = [(min(1 - 1e-6, max(1e-6, confidence)), right) for confidence, right in pairs]
    return -sum(math.log(c if right else 1 - c) for c, right in clipped) / max(1, len(clipped))


def fit_temperature(judged: Sequence[Trial], config: DecodeConfig) -> float:
    """The temperature at which the confidences fit best what was right and what was wrong."""
    return min(TEMPERATURES, key=lambda t: surprise(outcomes(judged, replace(config, temperature=t))))


def ece(pairs: Sequence[tuple[float, bool]]) -> float:
    error = CalibrationError()
    for confidence, right in pairs:
        error.update(confidence, right)
    return error.summary()


def table(judged: Sequence[Trial], config: DecodeConfig) -> list[str]:
    """Markdown lines: exact match per set (greedy; beam with prior), and how far confidence can be trusted."""
    lines = ["| hold-out set | crops | exact, greedy | exact, beam and formats |", "| --- | --- | --- | --- |"]
    for name in dict.fromkeys(trial.source for trial in judged):
        lines.append(_row(name, [t for t in judged if t.source == name], config))
        hard = [t for t in judged if t.source == name and not t.clear]
        if hard and name == "dashcam_ro":
            lines.append(_row(f"{name}, clear", [t for t in judged if t.source == name and t.clear], config))
            lines.append(_row(f"{name}, hard", hard, config))
    real = [t for t in judged if not t.source.startswith(("drawn", "empty")) and not first_half(t.truth)]
    pairs = outcomes(real, config)
    every = outcomes([t for t in judged if not t.source.startswith(("drawn", "empty"))], config)
    sure = [right for confidence, right in every if confidence >= 0.99]
    regions = [t.region_right for t in judged if t.region_right is not None and t.source.startswith("plates_eu")]
    lines += [
        "",
        f"Expected calibration error {ece(pairs):.3f} and coverage at 99 % precision {coverage_at(pairs, 0.99):.2f} "
        f"on the {len(pairs)} real hold-out crops that the temperature ({config.temperature:.2f}) was not fitted on.",
        f"Of all {len(every)} real hold-out crops, {len(sure)} are read with a confidence of 0.99 or more; "
        f"{sum(sure)} of these are right.",
        f"Country right on {sum(regions)} of {len(regions)} European crops.",
    ]
    return lines


def _row(name: str, judged: Sequence[Trial], config: DecodeConfig) -> str:
    plain = sum(t.greedy == t.truth for t in judged)
    best = sum(t.candidates(config)[0].plate == t.truth for t in judged)
    count = max(1, len(judged))
    return f"| {name} | {len(judged)} | {plain / count:.3f} | {best / count:.3f} |"
