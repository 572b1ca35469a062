"""The weights of the baselines that lie in the repository read clear drawn plates, and are small."""

import cv2
import numpy as np
import pytest

from recognition.baselines import characters, lprnet, weights_folder
from recognition.inference import weights
from recognition.training.synth import fonts, plates
from recognition.training.synth.grammars import Line, PlateText

TEXTS = ("B274KLM", "XK48TWH", "MR07PZD", "WN561AS", "E395CFG", "TL20NHB", "KV83SRA", "H417WEP")


def clear_plate(text: str, seed: int) -> np.ndarray:
    """Black on white, seen straight on, in our own outlines."""
    rng = np.random.default_rng(seed)
    drawn = plates.render_plate(rng, fonts.load(None)[0][:5], text=PlateText((Line((text,), ""),), "", "plain"))
    return np.asarray(cv2.resize(drawn.image, (288, 96), interpolation=cv2.INTER_AREA))


CROPS = [clear_plate(text, seed) for seed, text in enumerate(TEXTS)]


@pytest.mark.parametrize("reader", [lprnet.LPRNet("greedy"), lprnet.LPRNet("beam"), characters.Characters()])
def test_most_clear_plates_are_read_exactly(reader: lprnet.LPRNet | characters.Characters) -> None:
    right = sum(reader.read(crop) == text for crop, text in zip(CROPS, TEXTS, strict=True))
    assert right >= 5


@pytest.mark.parametrize("name", ["lprnet", "windows", "characters"])
def test_the_shipped_weights_are_small(name: str) -> None:
    entry = weights.entry_of(name, weights_folder.FOLDER)
    for kept in (entry.onnx, entry.pt):
        assert weights.verified(kept, weights_folder.FOLDER).stat().st_size < 2.5e6
