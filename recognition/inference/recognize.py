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
ONE_LOOK = (0.0,)
THREE_LOOKS = (0.0, 0.04, -0.04)
SURE_REGION = 0.6  # from here on the region that the network sees chooses the formats

Network = Callable[[FloatArray], tuple[FloatArray, ...]]


def normalize(grey: Image | FloatArray) -> FloatArray:
    """A grey crop of any size -> float32 with mean 0 and deviation 1 of its own, so that night equals day."""
    values = grey.astype(np.float32)
    return np.asarray((values - values.mean()) / (values.std() + 4.0), np.float32)


def prepare(crop: Image, look: float = 0.0) -> FloatArray:
    """A rectified plate (BGR or grey uint8, any size, with the margin of `rectify`) -> (1, 48, 144) for the network.

    `look` is the share of the plate's size that is shown more on each side (its border repeated), or less if below 0.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if crop.ndim == 3 else crop
    width, height = round(WIDTH * (1 - 2 * look)), round(HEIGHT * (1 - 2 * look))
    shrinks = grey.shape[0] > height or grey.shape[1] > width
    resized = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    x, y = (WIDTH - width) // 2, (HEIGHT - height) // 2
    if look > 0:
        resized = cv2.copyMakeBorder(resized, y, HEIGHT - height - y, x, WIDTH - width - x, cv2.BORDER_REPLICATE)
    elif look < 0:
        resized = resized[-y : HEIGHT - y, -x : WIDTH - x]
    return normalize(np.asarray(resized, np.uint8))[None]


def likely_region(logits: NDArray[np.float32]) -> Region | None:
    """The country that the network sees, or None where it cannot tell."""
    shares = decode.probabilities(logits)
    best = int(shares.argmax())
    return Region(alphabet.REGIONS[best], float(shares[best])) if best else None


class Recognizer:
    """Reads crops. `network`: (n, 1, 48, 144) -> (character logits (n, 72, classes), region logits (n, regions)).

    `config.temperature` comes with the weights: it is what makes the confidence honest. With `config.format_weight` 0
    the readings are raw, which is what a track wants: it weighs the formats once, at its end. Each crop is read once
    for every one of `looks` (see `prepare`), and the probabilities of its texts are averaged: a picture by itself is
    worth three looks, a frame among many only one.
    """

    def __init__(
        self,
        network: Network,
        config: DecodeConfig | None = None,
        batch_size: int = 16,
        looks: Sequence[float] = ONE_LOOK,
    ) -> None:
        self.network, self.config, self.batch_size, self.looks = network, config or DecodeConfig(), batch_size, looks

    def __call__(self, crops: Sequence[Image], region: str | None = None) -> list[Reading]:
        """One reading per crop, in order. `region` (`de`, `us-ca`) is a hint for the formats, nothing more."""
        readings: list[Reading] = []
        for start in range(0, len(crops), self.batch_size):
            some = crops[start : start + self.batch_size]
            outputs = [self.network(np.stack([prepare(crop, look) for crop in some])) for look in self.looks]
            for index in range(len(some)):
                logits = [output[0][index] for output in outputs]
                readings.append(self._read(logits, np.mean([output[1][index] for output in outputs], 0), region))
        return readings

    def _read(self, logits: Sequence[FloatArray], region_logits: FloatArray, hint: str | None) -> Reading:
        seen = likely_region(region_logits)
        country = hint or (seen.code if seen is not None and seen.score >= SURE_REGION else None)
        found = decode.search(logits, self.config)
        candidates = decode.rank(found, self.config, lambda text: plates.format_score(text, country))
        best = candidates[0]
        if not best.plate:
            return Reading("", best.score)
        letters = agreement.characters(candidates)
        plate = "".join(character.text for character in letters)
        return Reading(plate, best.score, letters, tuple(c for c in candidates if c.plate), seen, found[0][0])
