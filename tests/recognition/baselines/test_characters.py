"""Characters as objects: from cells to a text, and the drawn plates whose boxes teach them."""

import numpy as np
import pytest

from recognition import alphabet
from recognition.baselines import characters
from recognition.inference.recognize import HEIGHT, WIDTH
from recognition.training import datasets_characters, train_characters
from recognition.training.datasets_characters import Boxes
from recognition.training.datasets_crops import CropSet
from recognition.training.synth import fonts, grammars, plates

FACES = fonts.load(None)[0]


def row(text: str, y: float, x: float = 10, slope: float = 0.0) -> Boxes:
    """Characters of 10 × 16 pixels, 14 apart, each `slope` pixels lower than the one before."""
    codes = alphabet.encode(text)
    rows = [(c, x + 14 * i, y + slope * i, x + 14 * i + 10, y + slope * i + 16) for i, c in enumerate(codes)]
    return np.array(rows, np.float32)


def spelled(found: Boxes) -> str:
    return alphabet.decode(found[characters.in_order(found), 0].astype(int).tolist())


def cells_of(found: Boxes, score: float = 6.0) -> np.ndarray:
    """What a network that has learned everything would tell of these characters."""
    classes, boxes = train_characters.cell_targets(found)
    cells = np.zeros((len(classes), alphabet.CLASSES + 4), np.float32)
    cells[:, 0] = 6
    told = np.flatnonzero(classes > 0)
    cells[told, 0] = 0
    cells[told, classes[told]] = score
    cells[:, alphabet.CLASSES :] = boxes
    return cells


def test_two_lines_are_read_one_after_the_other() -> None:
    found = np.concatenate([row("AB", 26, x=30), row("7QXY", 4)])
    shuffled = found[np.random.default_rng(3).permutation(len(found))]
    assert spelled(shuffled) == "7QXYAB"


def test_a_slanted_line_stays_one_line() -> None:
    assert spelled(row("B274KLM", 8, slope=3.0)[::-1]) == "B274KLM"


def test_every_character_is_told_once_however_many_cells_answer_for_it() -> None:
    found = np.concatenate([row("AA1", 4), row("1B", 26)])
    assert (train_characters.cell_targets(found)[0] > 0).sum() > len(found)
    assert characters.text(cells_of(found)[None]) == "AA11B"


def test_cells_that_see_no_character_spell_nothing() -> None:
    cells = np.zeros((432, alphabet.CLASSES + 4), np.float32)
    cells[:, 0] = 6
    assert characters.text(cells[None]) == ""


@pytest.mark.parametrize("seed", range(6))
def test_the_boxes_of_a_drawn_plate_hold_its_characters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = grammars.sample(rng, region="ro")
    image, boxes = datasets_characters.draw(text, plates.STYLES[text.style], plates.choose_hand(rng, FACES), rng)
    assert alphabet.decode(boxes[:, 0].astype(int).tolist()) == text.text
    assert (boxes[:, 1:3] >= 0).all()
    assert (boxes[:, 3] <= image.shape[1]).all()
    assert (boxes[:, 4] <= image.shape[0]).all()
    grey = image.mean(2)
    for _, x1, y1, x2, y2 in boxes.round().astype(int):
        assert grey[y1:y2, x1:x2].std() > 20  # strokes and ground, not ground alone


def test_boxes_stay_on_their_characters_when_a_crop_is_cut_again() -> None:
    image = np.full((64, 192), 220, np.uint8)
    image[24:40, 90:100] = 10
    boxes = np.array([[1, 90, 24, 100, 40]], np.float32)
    for seed in range(8):
        seen, (moved,) = train_characters.augmented(image, boxes, np.random.default_rng(seed), 0.0)
        x1, y1, x2, y2 = moved[1:].round().astype(int)
        middle = seen[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3].astype(float)
        assert abs(middle.mean() - float(np.median(seen))) > 60


def test_a_real_crop_is_boxed_only_where_as_many_characters_are_found_as_its_label_has() -> None:
    images = np.zeros((2, 64, 192), np.uint8)
    crops = CropSet("some", images, ["AB12", "AB123"], np.zeros(2, np.int64), 0.08, np.ones(2, np.bool_))
    found = row("A812", 12)  # one character of four is wrong: the label knows better
    boxed = datasets_characters.boxed(crops, lambda _: found.copy())
    assert len(boxed) == 1
    assert alphabet.decode(boxed.characters[0][:, 0].astype(int).tolist()) == "AB12"
    # From the network's view to the stored crop, which shows more around the plate.
    left = boxed.characters[0][0, 1]
    assert 10 < left < 10 * 192 / WIDTH + 24
    assert boxed.characters[0][:, 4].max() < 64 * (28 / HEIGHT)
