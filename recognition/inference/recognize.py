"""Crops to readings: the one preprocessing, the network, the decoder, and confidence that means something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import alphabet, plates
from recognition.errors import WeightsRefused
from recognition.inference import backends, decode, weights
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

    `config.temperature` comes with the weights (see `load_recognizer`): it is what makes the confidence honest.
    """

    def __init__(self, network: Network, config: DecodeConfig | None = None, batch_size: int = 16) -> None:
        self.network, self.config, self.batch_size = network, config or DecodeConfig(), batch_size

    def __call__(self, crops: Sequence[Image], region: str | None = None, *, formats: bool = True) -> list[Reading]:
        """One reading per crop, in order. `region` (`de`, `us-ca`) is a hint for the formats, nothing more.

        Without `formats` the readings are raw, which is what a track wants: it weighs the formats once, at its end.
        """
        config = self.config if formats else replace(self.config, format_weight=0.0)
        readings: list[Reading] = []
        for start in range(0, len(crops), self.batch_size):
            batch = np.stack([prepare(crop) for crop in crops[start : start + self.batch_size]])
            outputs = self.network(batch)
            readings += [self._read(*pair, region, config) for pair in zip(outputs[0], outputs[1], strict=True)]
        return readings

    def _read(self, logits: FloatArray, region_logits: FloatArray, hint: str | None, config: DecodeConfig) -> Reading:
        seen = likely_region(region_logits)
        country = hint or (seen.code if seen is not None and seen.score >= SURE_REGION else None)
        candidates = decode.decode(logits, config, lambda text: plates.format_score(text, country))
        best = candidates[0]
        if not best.plate:
            return Reading("", best.score)
        letters = decode.characters(candidates)
        plate = "".join(character.text for character in letters)
        return Reading(plate, best.score, letters, tuple(c for c in candidates if c.plate), seen)


def load_recognizer(
    device: backends.Device = "auto", name: str = "recognizer-s", folder: Path = weights.FOLDER
) -> Recognizer:
    """The shipped recognizer with the temperature that its weights were calibrated at. Raises WeightsRefused.

    Weights whose alphabet is not the one of this program are refused as well.
    """
    entry = weights.entry_of(name, folder)
    if entry.alphabet != alphabet.CHARACTERS:
        raise WeightsRefused(f"{name} was trained for another alphabet. Use the weights of this version.")
    config = DecodeConfig(temperature=float(entry.input.get("temperature", 1.0)))
    return Recognizer(backends.load_network(name, device, folder=folder), config)
