"""The recognizer around a network: preprocessing, order, hints, empty readings."""

import numpy as np
import pytest

from recognition import alphabet
from recognition.inference import recognize
from recognition.inference.decode import DecodeConfig
from recognition.inference.recognize import Recognizer


class Script:
    """Stands for a network: writes the given texts, one per crop, and sees the given region."""

    def __init__(self, texts: list[str], region: str = "ro", doubt: str = "") -> None:
        self.texts, self.region, self.doubt = list(texts), region, doubt
        self.sizes: list[int] = []

    def __call__(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.sizes.append(len(batch))
        characters = np.full((len(batch), 72, alphabet.CLASSES), -12.0, np.float32)
        characters[:, :, alphabet.BLANK] = 0
        for row in characters:
            for index, character in enumerate(self.texts.pop(0)):
                row[2 * index, alphabet.encode(character)[0]] = 8
                if character == self.doubt[:1]:
                    row[2 * index, alphabet.encode(self.doubt[1])[0]] = 7.5
        regions = np.full((len(batch), len(alphabet.REGIONS)), -6.0, np.float32)
        regions[:, alphabet.region_index(self.region)] = 6
        return characters, regions


def crops(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, 255, (40, 160, 3), dtype=np.uint8) for _ in range(count)]


def test_prepare_gives_one_shape_for_any_size_and_for_grey_or_color() -> None:
    for shape in ((7, 20, 3), (200, 400, 3), (48, 144), (90, 30)):
        made = recognize.prepare(np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8))
        assert made.shape == (1, 48, 144)
        assert made.dtype == np.float32


def test_prepare_does_not_see_brightness_and_contrast() -> None:
    rng = np.random.default_rng(2)
    day = rng.integers(0, 200, (48, 144), dtype=np.uint8).astype(np.float32)
    night = np.asarray(day * 0.5 + 20, np.float32)
    assert np.allclose(recognize.normalize(day), recognize.normalize(night), atol=0.1)


def test_an_evenly_colored_crop_stays_finite() -> None:
    assert np.isfinite(recognize.prepare(np.full((30, 90, 3), 7, np.uint8))).all()


@pytest.mark.parametrize("shape", [(7, 20, 3), (200, 400, 3)])
def test_a_wider_look_shows_the_plate_smaller_and_a_closer_one_larger(shape: tuple[int, int, int]) -> None:
    crop = np.zeros(shape, np.uint8)
    rows, columns = shape[0] // 4, shape[1] // 4
    crop[rows:-rows, columns:-columns] = 255

    def white(look: float) -> int:
        return int((recognize.prepare(crop, look) > 0).sum())

    assert recognize.prepare(crop, 0.04).shape == recognize.prepare(crop, -0.04).shape == (1, 48, 144)
    assert white(0.04) < white(0.0) < white(-0.04)


def test_three_looks_outvote_one_slip() -> None:
    network = Script(["B10ABC", "B19ABC", "B19ABC"])
    reading = Recognizer(network, DecodeConfig(format_weight=0), looks=recognize.THREE_LOOKS)(crops(1))[0]
    assert reading.plate == "B19ABC"


def test_the_raw_reading_stays_beside_the_one_that_formats_corrected() -> None:
    reading = Recognizer(Script(["B1OABC"], doubt="O0"))(crops(1), "ro")[0]
    assert (reading.plate, reading.raw) == ("B10ABC", "B1OABC")


def test_readings_come_in_the_order_of_the_crops_over_several_batches() -> None:
    texts = [f"B{number}ABC" for number in range(10, 21)]
    network = Script(texts)
    readings = Recognizer(network, batch_size=4)(crops(11))
    assert [reading.plate for reading in readings] == texts
    assert network.sizes == [4, 4, 3]


def test_a_reading_carries_characters_candidates_and_region() -> None:
    reading = Recognizer(Script(["B99BNX"]))(crops(1))[0]
    assert "".join(c.text for c in reading.characters) == "B99BNX"
    assert reading.candidates[0].plate == "B99BNX"
    assert reading.confidence == pytest.approx(reading.candidates[0].score)
    assert reading.region is not None
    assert reading.region.code == "ro"


def test_what_is_no_plate_reads_as_nothing() -> None:
    reading = Recognizer(Script([""], region="unknown"))(crops(1))[0]
    assert reading.plate == ""
    assert reading.candidates == ()
    assert reading.region is None


def test_the_country_decides_between_o_and_zero() -> None:
    """B 1O1 ABC is no Romanian plate, B 101 ABC is."""
    config = DecodeConfig(beam=16)
    raw = Recognizer(Script(["B1O1ABC"], doubt="O0"), DecodeConfig(format_weight=0))(crops(1))[0]
    hinted = Recognizer(Script(["B1O1ABC"], region="unknown", doubt="O0"), config)(crops(1), "ro")[0]
    assert raw.candidates[0].plate == "B1O1ABC"
    assert hinted.candidates[0].plate == "B101ABC"


def test_no_crops_give_no_readings() -> None:
    assert Recognizer(Script([]))([]) == []
