"""Typefaces for drawn plates: our own outlines, and whatever font files a folder holds.

Font files are never part of the repository; `docs/typefaces.md` says which ones the weights were trained with, and
under which licences. With no file at all the generator works with our own outlines.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from recognition.alphabet import LATIN
from recognition.training.synth import glyphs

Mask = NDArray[np.uint8]
HEIGHT = 64  # pixels from the foot to the top of a capital letter

# Families of the plate kind: condensed grotesques, DIN-like, highway gothics, monospaced, and a few others for breadth.
FAMILIES = (
    "archivo-narrow", "b612-mono", "barlow-condensed", "barlow-semi-condensed", "bebas-neue", "big-shoulders-display",
    "cousine", "fira-sans-condensed", "fjalla-one", "ibm-plex-sans-condensed", "oswald", "overpass", "overpass-mono",
    "pathway-gothic-one", "pt-sans-narrow", "rajdhani", "roboto-condensed", "saira-condensed", "saira-semi-condensed",
    "sofia-sans-condensed", "antonio", "league-gothic", "alumni-sans", "khand", "teko", "saira-extra-condensed",
    "barlow", "dm-mono", "national-park", "smooch-sans", "roboto-mono", "jetbrains-mono", "red-hat-mono",
    "ibm-plex-mono", "share-tech", "dosis", "nunito", "zilla-slab", "rubik", "saira",
)  # fmt: skip
HELD_OUT_FAMILIES = ("encode-sans-condensed", "asap-condensed", "ubuntu-condensed", "titillium-web", "chivo-mono")
SYSTEM = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSansNarrow-Bold.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Bold.ttf",
)
CHINESE = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
)
WEIGHTS = ("500", "600", "700")
OWN_WEIGHTS = (0.7, 0.85, 1.0, 1.15, 1.35)  # of our own outlines, around the one that they are designed with


class Typeface(Protocol):
    name: str

    def glyph(self, character: str) -> Mask: ...


def trimmed(mask: Mask) -> Mask:
    """Without the empty columns on the left and right; a character without ink becomes a narrow blank."""
    columns = np.flatnonzero(mask.max(0))
    return mask[:, columns[0] : columns[-1] + 1].copy() if columns.size else np.zeros((HEIGHT, 8), np.uint8)


class FontFile:
    """A typeface from a file that FreeType reads (ttf, otf, woff, woff2), scaled so that H is HEIGHT pixels high."""

    def __init__(self, path: Path, name: str = "") -> None:
        self.path, self.name = path, name or path.stem
        rough = ImageFont.truetype(str(path), 100)
        top, bottom = rough.getbbox("H")[1], rough.getbbox("H")[3]
        self.font = ImageFont.truetype(str(path), max(8, round(100 * HEIGHT / max(1, bottom - top))))
        self.top = int(self.font.getbbox("H")[1])
        self._glyphs: dict[str, Mask] = {}

    def glyph(self, character: str) -> Mask:
        """Mask 0–255, HEIGHT rows, cut to the character's ink on the left and right."""
        if character not in self._glyphs:
            self._glyphs[character] = self._draw(character)
        return self._glyphs[character]

    def _draw(self, character: str) -> Mask:
        canvas = Pillow.new("L", (4 * HEIGHT, 2 * HEIGHT))
        ImageDraw.Draw(canvas).text((HEIGHT, -self.top), character, fill=255, font=self.font)
        mask = np.asarray(canvas, np.uint8)
        rows = np.flatnonzero(mask.max(1))
        foot = max(HEIGHT, int(rows[-1]) + 1) if rows.size else HEIGHT
        # What hangs below the line (the tail of Q, the hook of J) is what tells the letter: it is pressed in, not cut.
        whole = mask[:HEIGHT] if foot <= HEIGHT + 2 else cv2.resize(mask[:foot], (4 * HEIGHT, HEIGHT))
        return trimmed(np.asarray(whole, np.uint8))


class SquareFont(FontFile):
    """Chinese characters: cut to their ink and brought to HEIGHT rows, a little narrower than they are high."""

    def _draw(self, character: str) -> Mask:
        font = ImageFont.truetype(str(self.path), HEIGHT)
        canvas = Pillow.new("L", (2 * HEIGHT, 2 * HEIGHT))
        ImageDraw.Draw(canvas).text((8, 8), character, fill=255, font=font)
        mask = np.asarray(canvas, np.uint8)
        rows, columns = np.flatnonzero(mask.max(1)), np.flatnonzero(mask.max(0))
        cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.asarray(cv2.resize(cut, (int(HEIGHT * 0.72), HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


class OwnOutlines:
    """Our own letters, from `glyphs.py`; they need no file, and the drawn drive is set in them."""

    def __init__(self, style: str, weight: float) -> None:
        self.name, self.style, self.weight = f"own-{style}-{weight}", style, weight

    def glyph(self, character: str) -> Mask:
        return trimmed(glyphs.glyph(character, HEIGHT, self.style, self.weight))


def _files(folder: Path, families: Sequence[str]) -> list[Path]:
    found = []
    for family in families:
        for weight in WEIGHTS:
            found += sorted(folder.rglob(f"{family}-latin-{weight}-normal.woff2"))[:1]
        if not any(f"{family}-latin" in path.name for path in found):
            found += sorted(folder.rglob(f"{family}-latin-400-normal.woff2"))[:1]
    return found


@lru_cache(maxsize=4)
def load(folder: Path | None) -> tuple[Sequence[Typeface], Sequence[Typeface]]:
    """Typefaces for Latin characters, and for Chinese ones where there are any.

    Our own outlines always; with a `folder` also what is found there and in Debian's own places.
    """
    paths = _files(folder, FAMILIES) if folder is not None else []
    paths += [Path(name) for name in SYSTEM if folder is not None and Path(name).exists()]
    faces: list[Typeface] = [OwnOutlines(style, weight) for style in glyphs.STYLES for weight in OWN_WEIGHTS]
    faces += [FontFile(path) for path in paths]
    return faces, [SquareFont(Path(name)) for name in CHINESE if folder is not None and Path(name).exists()]


def load_held_out(folder: Path) -> Sequence[Typeface]:
    """Typefaces that no network is trained with, to measure how it reads a country's letters that it never saw."""
    return [FontFile(path) for path in _files(folder, HELD_OUT_FAMILIES)]


def complete(face: Typeface) -> bool:
    """Whether the typeface has ink for every letter and digit."""
    return all(face.glyph(character).max() > 0 for character in LATIN)
