"""How a reader would have read a plate: mostly sure and right, now and then neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recognition.plates import LOOKALIKES

SURE, UNSURE = (32.0, 1.0), (5.0, 2.6)  # of the beta distributions that confidences are drawn from
UNSURE_SHARE = 0.14
WRONG = 0.55  # of what the reader does not trust in a plate, the part that is really wrong
ILLEGIBLE = 0.4  # a weakest character below it is written as ?
UNREADABLE = "?"
_ALIKE = {one: group.replace(one, "") for group in LOOKALIKES for one in group}
_SYMBOLS = "ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Read:
    text: str
    confidence: float
    characters: list[dict[str, Any]]
    candidates: list[dict[str, Any]]


def read(truth: str, rng: np.random.Generator) -> Read:
    """One pass of a plate, as the reader tells of it."""
    confidence = float(rng.beta(*(UNSURE if rng.random() < UNSURE_SHARE else SURE)))
    weak = int(rng.integers(len(truth)))
    other = _mistaken(truth, weak, rng)
    text, second = (other, truth) if rng.random() < WRONG * (1.0 - confidence) else (truth, other)
    weakest = min(0.999, confidence + 0.02)
    strong = np.minimum(0.9999, 1.0 - (1.0 - confidence) * 0.15 * rng.random(len(text))).round(4).tolist()
    characters = [{"text": char, "confidence": score} for char, score in zip(text, strong, strict=True)]
    if weak < len(text):
        characters[weak] = {"text": text[weak], "confidence": round(weakest, 4)}
        if weakest < ILLEGIBLE:
            characters[weak]["text"] = UNREADABLE
    candidates = [
        {"plate": text, "score": round(confidence, 5)},
        {"plate": second, "score": round(min(confidence, 1.0 - confidence) * 0.7, 5)},
    ]
    return Read("".join(one["text"] for one in characters), round(confidence, 5), characters, candidates)


def _mistaken(truth: str, place: int, rng: np.random.Generator) -> str:
    """The text with one character taken for another, more often for a look-alike, or overlooked."""
    if len(truth) > 5 and rng.random() < 0.08:
        return truth[:place] + truth[place + 1 :]
    choices = _ALIKE.get(truth[place]) or _SYMBOLS.replace(truth[place], "")
    return truth[:place] + choices[int(rng.integers(len(choices)))] + truth[place + 1 :]
