"""Contact sheets: pictures in rows with words under them, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from recognition.errors import CannotWrite
from recognition.types import Image

PAPER, INK, FAINT = (252, 252, 252), (40, 36, 32), (140, 130, 120)
ACCENT = (40, 90, 200)  # of what must not be overlooked
PALETTES = (256, 128, 96, 64, 48, 32, 24, 16)  # colors
GAP = 8  # pixels between cells
TEXT, TITLE, WEIGHT = 15, 20, 500  # pixels of the letters; their weight, 100–1000


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of words under a picture, or above many."""

    text: str
    color: tuple[int, int, int] = INK
    size: int = TEXT

    @property
    def height(self) -> int:
        return round(1.3 * self.size)

    @property
    def width(self) -> int:
        return int(cv2.getTextSize((0, 0), self.text, (0, 0), cv2.FontFace("sans"), self.size, WEIGHT)[2]) + 2


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A picture (BGR) with the lines that stand under it."""

    image: Image
    captions: tuple[Caption, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, captions included."""
        high, wide = self.image.shape[:2]
        return max([wide, *(line.width for line in self.captions)]), high + sum(line.height for line in self.captions)


def width_of(columns: int, cell: int) -> int:
    """Pixels of a sheet that holds `columns` cells of that width in a row."""
    return GAP + columns * (cell + GAP)


def flow(cells: Iterable[Cell], width: int) -> Image:
    """The cells from left to right in as many rows as it takes, on a strip `width` pixels wide."""
    rows: list[list[Cell]] = [[]]
    x = GAP
    for cell in cells:
        if rows[-1] and x + cell.size[0] + GAP > width:
            rows.append([])
            x = GAP
        rows[-1].append(cell)
        x += cell.size[0] + GAP
    return np.vstack([_row(row, width) for row in rows])


def title(text: str, width: int, color: tuple[int, int, int] = INK) -> Image:
    """A strip with a heading."""
    line = Caption(text, color, TITLE)
    strip = _paper(line.height + GAP, width)
    _write(strip, line, GAP, GAP // 2)
    return strip


def save(sheet: Image, out: Path, largest: int | None = None) -> None:
    """As PNG; with `largest`, in as many colors as fit into so many bytes. Raises CannotWrite."""
    try:
        out.write_bytes(_png(sheet) if largest is None else _small_png(sheet, largest))
    except OSError as error:
        raise CannotWrite(f"{out} cannot be written: {error.strerror}.") from error


def _png(sheet: Image) -> bytes:
    return cv2.imencode(".png", sheet)[1].tobytes()


def _small_png(sheet: Image, largest: int) -> bytes:
    """With the fewest of PALETTES where no more fit."""
    data = b""
    for colors in PALETTES:
        file = BytesIO()
        few = Pillow.fromarray(cv2.cvtColor(sheet, cv2.COLOR_BGR2RGB)).quantize(colors, dither=Pillow.Dither.NONE)
        few.save(file, "PNG", optimize=True)
        data = file.getvalue()
        if len(data) <= largest:
            break
    return data


def _row(cells: Sequence[Cell], width: int) -> Image:
    strip = _paper(max((cell.size[1] for cell in cells), default=0) + GAP, width)
    x = GAP
    for cell in cells:
        high = min(cell.image.shape[0], strip.shape[0])
        wide = min(cell.image.shape[1], width - x)
        strip[:high, x : x + wide] = cell.image[:high, :wide]
        y = cell.image.shape[0]
        for line in cell.captions:
            _write(strip, line, x, y)
            y += line.height
        x += cell.size[0] + GAP
    return strip


def _paper(height: int, width: int) -> Image:
    return np.full((height, width, 3), PAPER, np.uint8)


def _write(strip: Image, line: Caption, x: int, top: int) -> None:
    # OpenCV's own outlines hold the Chinese provinces too.
    cv2.putText(strip, line.text, (x, top + line.size), line.color, cv2.FontFace("sans"), line.size, WEIGHT)
