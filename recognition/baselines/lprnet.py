"""LPRNet as a baseline: its preprocessing, and its two ways of decoding."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.baselines import weights_folder
from recognition.inference import decode
from recognition.inference.recognize import prepare
from recognition.types import FloatArray, Image

HEIGHT, WIDTH = 24, 94
BEAM, FLOOR = 12, 1e-3  # as our own recognizer decodes

Decode = Callable[[FloatArray], str]  # (88, classes) logits -> text


def shrink(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    """A prepared crop (1, 48, 144) -> (1, 24, 94), the size that the paper reads."""
    return np.asarray(cv2.resize(crop[0], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)[None]


def view(crop: Image) -> FloatArray:
    """A rectified plate (BGR or grey uint8, any size) -> (1, 1, 24, 94)."""
    return shrink(prepare(crop))[None]


def greedy(logits: FloatArray) -> str:
    """The best class of every step; what repeats is one character, what is blank none."""
    best = logits.argmax(-1)
    return alphabet.decode(best[np.concatenate([[True], best[1:] != best[:-1]])].tolist())


def beam(logits: FloatArray) -> str:
    """The text that is likeliest over all ways to write it; no format is preferred."""
    return decode.beam_search(decode.probabilities(logits), BEAM, FLOOR)[0][0]


class LPRNet:
    """A plate reader; `decoding` is "greedy" or "beam"."""

    def __init__(self, decoding: str = "greedy", threads: int = 0) -> None:
        self.name = f"LPRNet, {decoding}"
        self.decode: Decode = {"greedy": greedy, "beam": beam}[decoding]
        self.network, self.parameters, self.gflops = weights_folder.load("lprnet", threads)

    def read(self, crop: Image) -> str:
        """The text on a rectified plate (BGR or grey uint8, any size); empty where it sees none."""
        return self.decode(self.network(view(crop))[0][0])
