from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognition import cli, images
from recognition.training import sheets
from recognition.training.sheets import Caption, Cell
from recognition.training.synth import degrade, fonts, preview
from recognition.types import Image

MAGENTA = (250, 10, 250)


def block(width: int, height: int, color: tuple[int, int, int] = MAGENTA) -> Image:
    return np.full((height, width, 3), color, np.uint8)


def area(sheet: Image, color: tuple[int, int, int] = MAGENTA) -> int:
    return int((sheet == color).all(2).sum())


def test_pictures_flow_in_rows_and_none_is_lost_or_covered() -> None:
    cells = [Cell(block(40 + 10 * i, 30 + 5 * i), (Caption("B99BNX"), Caption("read 899BNX"))) for i in range(9)]
    strip = sheets.flow(cells, 300)
    assert strip.shape[1] == 300
    assert area(strip) == sum((40 + 10 * i) * (30 + 5 * i) for i in range(9))
    assert (strip == sheets.INK).all(2).any()


def test_a_picture_wider_than_the_sheet_is_cut_and_an_empty_row_is_allowed() -> None:
    assert area(sheets.flow([Cell(block(500, 20))], 300)) > 280 * 20
    assert sheets.flow([], 300).shape[1] == 300


def test_a_sheet_is_as_wide_as_its_columns_and_the_same_for_the_same_seed() -> None:
    faces, _ = fonts.load(None)
    one, again, other = (preview.sheet(faces, [], seed=seed, columns=1) for seed in (3, 3, 4))
    assert one.shape[1] == sheets.width_of(1, degrade.STORED_WIDTH)
    assert np.array_equal(one, again)
    assert one.shape != other.shape or (one != other).any()


def test_real_crops_stand_beside_the_drawn_ones_of_their_country_in_the_same_size() -> None:
    faces, _ = fonts.load(None)
    real = {"ro": [(block(degrade.STORED_WIDTH, degrade.STORED_HEIGHT), "X")] * 5, "zz": [(block(9, 9), "Y")]}
    with_real = preview.sheet(faces, [], columns=2, real=real)
    assert area(with_real) == 2 * degrade.STORED_WIDTH * degrade.STORED_HEIGHT
    assert area(preview.sheet(faces, [], columns=1)) == 0


def test_crops_are_cut_as_the_recognizer_gets_them() -> None:
    stored = block(degrade.STORED_WIDTH, degrade.STORED_HEIGHT, (0, 0, 0))
    share = degrade.STORED_MARGIN / (1 + 2 * degrade.STORED_MARGIN)
    left, top = round(share * degrade.STORED_WIDTH), round(share * degrade.STORED_HEIGHT)
    stored[top:-top, left:-left] = 255
    assert preview.as_read(stored, 0.0)[2:-2, 2:-2].min() > 200
    assert 0.6 < float(preview.as_read(stored, 0.08).mean()) / 255 < 0.9


def test_the_command_draws_without_any_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.png"
    assert cli.main(["train", "preview", str(out), "--columns", "1", "--data", str(tmp_path / "nowhere")]) == 0
    assert images.read_image(out).shape[1] == sheets.width_of(1, degrade.STORED_WIDTH)
    assert "real" not in capsys.readouterr().out


def test_the_command_shows_real_crops_when_asked_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "plates_br"
    folder.mkdir()
    rows = []
    for i in range(4):  # one text in ten is kept out of training, and so of the sheet
        cv2.imwrite(str(folder / f"{i}.png"), block(120, 40))
        plate = {"box": [0, 0, 120, 40], "text": f"ABC123{i}", "country": "br"}
        rows.append(json.dumps({"image": f"{i}.png", "plates": [plate]}))
    (folder / "labels.jsonl").write_text("\n".join(rows))
    out = tmp_path / "sheet.png"
    assert cli.main(["train", "preview", str(out), "--columns", "1", "--real", "--data", str(tmp_path)]) == 0
    assert area(images.read_image(out)) == degrade.STORED_WIDTH * degrade.STORED_HEIGHT
    assert "with real pictures" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["x.png", "--real"], ["no/x.png", "--columns", "1"]])
def test_what_cannot_be_shown_or_written_ends_with_a_reason(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out, *rest = arguments
    assert cli.main(["train", "preview", str(tmp_path / out), "--data", str(tmp_path), *rest]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert not (tmp_path / out).exists()
