"""Crops to readings: the one preprocessing, the network, the decoder, and confidence that means something."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import agreement, alphabet, plates
from recognition.inference import decode
from recognition.inference.decode import DecodeConfig
from recognition.types import FloatArray, Image, Reading, Region

HEIGHT, WIDTH = 48, 144
SURE_REGION = 0.6  # from here on the region that the network sees chooses the formats

Network = Callable[[FloatArray], tuple[FloatArray, ...]]


def normalize(grey: Image | FloatArray) -> FloatArray:
    """A grey crop of any size -> float32 with mean 0 and deviation 1 of its own, so that night equals day."""
    values = grey.astype(np.float32)
    return np.asarray((values - values.mean()) / (values.std() + 4.0), np.float32)


def prepare(crop: Image) -> FloatArray:
    """A rectified plate (BGR or grey uint8, any size, 8 % of margin) -> (1, 48, 144) for the network."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if crop.ndim == 3 else crop
    shrinks = grey.shape[0] > HEIGHT or grey.shape[1] > WIDTH
    resized = cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return normalize(np.asarray(resized, np.uint8))[None]


def likely_region(logits: NDArray[np.float32]) -> Region | None:
    """The country that the network sees, or None where it cannot tell."""
    shares = decode.probabilities(logits)
    best = int(shares.argmax())
    return Region(alphabet.REGIONS[best], float(shares[best])) if best else None


class Recognizer:
    """Reads crops. `network`: (n, 1, 48, 144) -> (character logits (n, 72, classes), region logits (n, regions)).

    `config.temperature` comes with the weights: it is what makes the confidence honest. With `config.format_weight` 0
    the readings are raw, which is what a track wants: it weighs the formats once, at its end.
    """

    def __init__(self, network: Network, config: DecodeConfig | None = None, batch_size: int = 16) -> None:
        self.network, self.config, self.batch_size = network, config or DecodeConfig(), batch_size

    def __call__(self, crops: Sequence[Image], region: str | None = None) -> list[Reading]:
        """One reading per crop, in order. `region` (`de`, `us-ca`) is a hint for the formats, nothing more."""
        readings: list[Reading] = []
        for start in range(0, len(crops), self.batch_size):
            batch = np.stack([prepare(crop) for crop in crops[start : start + self.batch_size]])
            outputs = self.network(batch)
            readings += [self._read(*pair, region) for pair in zip(outputs[0], outputs[1], strict=True)]
        return readings

    def _read(self, logits: FloatArray, region_logits: FloatArray, hint: str | None) -> Reading:
        seen = likely_region(region_logits)
        country = hint or (seen.code if seen is not None and seen.score >= SURE_REGION else None)
        candidates = decode.decode(logits, self.config, lambda text: plates.format_score(text, country))
        best = candidates[0]
        if not best.plate:
            return Reading("", best.score)
        letters = agreement.characters(candidates)
        plate = "".join(character.text for character in letters)
        return Reading(plate, best.score, letters, tuple(c for c in candidates if c.plate), seen)
