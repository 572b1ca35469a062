"""Real crops on their way into a batch: hold-out, margins, permutation, shares, empty ones."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from recognition import alphabet
from recognition.networks.recognizer import COLUMNS, Recognizer
from recognition.training import datasets_crops, permute, validation
from recognition.training.datasets_crops import CropSet
from recognition.training.losses import IGNORED_REGION, CropBatch, recognizer_loss
from recognition.training.metrics import CalibrationError, coverage_at
from recognition.training.sampler import Sampler, share_at


def crop_set(name: str, texts: list[str], margin: float = 0.08) -> CropSet:
    images = np.random.default_rng(1).integers(0, 255, (len(texts), 64, 192, 3), dtype=np.uint8)
    count = len(texts)
    return CropSet(name, images, texts, np.full(count, 3), margin, np.ones(count, np.bool_))


def write_folder(data: Path, name: str, rows: list[dict[str, object]]) -> None:
    folder = data / name
    folder.mkdir(parents=True)
    for row in rows:
        noise = np.random.default_rng(2).integers(0, 255, (120, 300, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / str(row["image"])), noise)
    (folder / "labels.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def plate(text: str, quality: str = "clear") -> dict[str, object]:
    return {"box": [100, 40, 200, 70], "text": text, "quality": quality, "country": "ro"}


def test_a_plate_of_a_held_out_drive_is_trained_on_nowhere(tmp_path: Path) -> None:
    drive = datasets_crops.HELD_OUT_DRIVES[0]
    rows: list[dict[str, object]] = [
        {"image": "a.jpg", "video": drive, "plates": [plate("B10AAA")]},
        {"image": "b.jpg", "video": "other", "plates": [plate("B10AAA"), plate("B11CCC")]},
    ]
    write_folder(tmp_path, "dashcam_ro", rows)
    train, held = datasets_crops.load_real(tmp_path)
    assert [list(crops.texts) for crops in train] == [["B11CCC"]]
    assert [list(crops.texts) for crops in held] == [["B10AAA"]]


def test_crops_are_parted_by_text(tmp_path: Path) -> None:
    texts = [f"AB{number}" for number in range(60)]
    write_folder(tmp_path, "plates_us", [{"image": f"{t}.jpg", "plates": [plate(t)]} for t in texts])
    train, held = datasets_crops.load_real(tmp_path)
    assert set(train[0].texts) | set(held[0].texts) == set(texts)
    assert not set(train[0].texts) & set(held[0].texts)
    assert 0 < len(held[0]) < 20


def test_illegible_and_unwritable_plates_are_left_out(tmp_path: Path) -> None:
    plates = [plate("B10AAA"), plate("B11BBB", "illegible"), plate(""), plate("한1234")]
    write_folder(tmp_path, "cars_in", [{"image": "a.jpg", "plates": plates}])
    crops, _ = datasets_crops.load_set(tmp_path, "cars_in")
    assert list(crops.texts) == ["B10AAA"]


def test_empty_crops_never_touch_a_plate() -> None:
    assert datasets_crops._overlaps((90, 30, 110, 50), [plate("X")])
    assert not datasets_crops._overlaps((201, 30, 240, 50), [plate("X")])


def test_a_missing_data_folder_gives_nothing(tmp_path: Path) -> None:
    assert datasets_crops.load_real(tmp_path) == ([], [])
    assert datasets_crops.load_pictures(tmp_path) == []
    assert len(datasets_crops.load_empty(tmp_path, np.random.default_rng(1))) == 0


def test_shares_of_real_crops_change_over_the_run() -> None:
    assert share_at((0.2, 0.5, 0.8), 0.0) == 0.2
    assert share_at((0.2, 0.5, 0.8), 0.75) == pytest.approx(0.65)


def sampler(real_share: float, empty_share: float) -> Sampler:
    return Sampler(
        crop_set("drawn", ["AAA"]),
        [crop_set("plates_eu", ["BBBB"])],
        crop_set("empty", [""]),
        batch_size=40,
        real_share=(real_share,),
        empty_share=empty_share,
        shares={"plates_eu": 1.0},
        seed=5,
    )


def test_a_batch_depends_on_the_step_alone() -> None:
    first, again, other = sampler(0.5, 0.1)(7, 0.0), sampler(0.5, 0.1)(7, 0.0), sampler(0.5, 0.1)(8, 0.0)
    assert torch.equal(first.crops, again.crops)
    assert not torch.equal(first.crops, other.crops)


def test_batches_hold_drawn_real_and_empty_crops() -> None:
    batch = sampler(0.5, 0.2)(1, 0.0)
    assert batch.crops.shape == (40, 1, 48, 144)
    assert set(batch.lengths.tolist()) == {0, 3, 4}
    assert len(batch.targets) == int(batch.lengths.sum())


def test_the_loss_takes_empty_texts_and_unknown_regions_and_gives_gradients() -> None:
    torch.manual_seed(1)
    model = Recognizer((4, 4, 8, 8, 8), 8)
    lengths = torch.tensor([3, 0])
    batch = CropBatch(torch.randn(2, 1, 48, 144), torch.tensor([1, 1, 2]), lengths, torch.tensor([IGNORED_REGION, 0]))
    loss = recognizer_loss(model, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    assert torch.isfinite(loss)
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())


def test_a_crop_reads_the_same_alone_and_among_others() -> None:
    torch.manual_seed(2)
    model = Recognizer((4, 4, 8, 8, 8), 8).eval()
    crops = torch.randn(5, 1, 48, 144)
    with torch.no_grad():
        together, alone = model(crops)[0][2], model(crops[2:3])[0][0]
    assert torch.allclose(together, alone, atol=1e-5)
    assert together.shape == (2 * COLUMNS, alphabet.CLASSES)


def written(text: str, columns: list[int], row: int = 1) -> np.ndarray:
    logits = np.zeros((2 * COLUMNS, alphabet.CLASSES), np.float32)
    logits[:, alphabet.BLANK] = 5
    for character, column in zip(text, columns, strict=True):
        logits[row * COLUMNS + column, alphabet.encode(character)[0]] = 9
    return logits


def test_greedy_joins_repeats_and_keeps_doubles_with_a_blank_between() -> None:
    assert validation.greedy(written("AAB", [3, 4, 9])) == "AB"
    assert validation.greedy(written("AAB", [3, 5, 9])) == "AAB"


def test_permuted_crops_exchange_characters_of_one_kind_and_their_texts() -> None:
    crops = crop_set("plates_eu", ["AB12CD", "XY"])
    columns = [4, 9, 14, 19, 24, 29]

    def network(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        return (np.stack([written("AB12CD", columns)] * len(batch)),)

    more = permute.extend(crops, network, 6, np.random.default_rng(3))
    assert list(more.texts[:2]) == ["AB12CD", "XY"]
    assert len(more) > 2  # the second crop is read wrongly, so only the first one is permuted
    for text in more.texts[2:]:
        assert set(text) <= set("AB12CD")
        assert [c.isdigit() for c in text] == [c.isdigit() for c in "AB12CD"]


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    metric = CalibrationError()
    for right in (True, True, True, False):
        metric.update(0.75, right)
    assert metric.summary() == pytest.approx(0.0)
    metric.reset()
    metric.update(0.95, False)
    assert metric.summary() == pytest.approx(0.95)


def test_coverage_counts_the_most_confident_readings_first() -> None:
    pairs = [(0.9, True), (0.8, True), (0.7, False), (0.6, True)]
    assert coverage_at(pairs, 1.0) == 0.5
    assert coverage_at(pairs, 0.75) == 1.0
