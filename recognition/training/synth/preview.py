"""A contact sheet of what the generator draws, country by country, beside real crops, for a person to look at.

With real crops in it the sheet holds pictures of the data set: never commit it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from recognition import alphabet
from recognition.errors import NotAnImage
from recognition.training import datasets_crops, sheets
from recognition.training.datasets_crops import CropSet, view, window
from recognition.training.losses import IGNORED_REGION
from recognition.training.sheets import Caption, Cell
from recognition.training.synth import degrade, fonts, grammars, plates
from recognition.training.synth.fonts import Typeface
from recognition.training.synth.grammars import PlateText
from recognition.types import Image

MARGIN = 0.08  # beyond the plate, as inference cuts drawn plates
TRIES = 8  # texts drawn of a country for one that is shown, so that its rarer styles come up too
FLAT = 2  # flat plates of each style

RealCrops = Mapping[str, Sequence[tuple[Image, str]]]  # of each country: stored crop cut as inference does, and text


def sheet(
    faces: Sequence[Typeface],
    chinese: Sequence[Typeface],
    *,
    seed: int = 1,
    columns: int = 8,
    real: RealCrops | None = None,
    pictures: Sequence[Image] = (),
) -> Image:
    """Flat plates of every style at full size, then each country's photographed crops, real ones under them.

    `pictures` may stand behind drawn plates. The same seed gives the same sheet.
    """
    rng = np.random.default_rng(seed)
    width = sheets.width_of(columns, degrade.STORED_WIDTH)
    groups = _groups(rng, columns, bool(chinese))
    parts = [sheets.title("Flat, at full size", width)]
    parts.append(sheets.flow(_flat(rng, faces, chinese, groups), width))
    for region, styles in groups.items():
        for style, texts in styles.items():
            parts.append(sheets.title(f"{region or 'no country'}, style {style}", width))
            parts.append(sheets.flow(_photographed(rng, faces, chinese, texts[:columns], pictures), width))
        if real and (crops := real.get(region)):
            chosen = [crops[i] for i in rng.permutation(len(crops))[:columns]]
            parts.append(sheets.title(f"{region}, real", width, sheets.ACCENT))
            parts.append(sheets.flow((_cell(crop, text, sheets.ACCENT) for crop, text in chosen), width))
    return np.vstack(parts)


def _groups(rng: np.random.Generator, count: int, chinese: bool) -> dict[str, dict[str, list[PlateText]]]:
    """Country -> style -> texts; the country "" has random strings."""
    groups: dict[str, dict[str, list[PlateText]]] = {}
    for region in dict.fromkeys(grammar.region for grammar in grammars.GRAMMARS):
        for _ in range(count * TRIES):
            text = grammars.sample(rng, region=region)
            if chinese or text.text.isascii():
                groups.setdefault(region, {}).setdefault(text.style, []).append(text)
    for _ in range(count):
        groups.setdefault("", {}).setdefault("any", []).append(grammars.random_string(rng))
    return groups


def _flat(
    rng: np.random.Generator,
    faces: Sequence[Typeface],
    chinese: Sequence[Typeface],
    groups: Mapping[str, Mapping[str, Sequence[PlateText]]],
) -> Iterator[Cell]:
    of_style: dict[str, list[PlateText]] = {}
    for styles in groups.values():
        for texts in styles.values():
            for text in texts:
                of_style.setdefault(text.style, []).append(text)
    for style, texts in of_style.items():
        for i in rng.integers(len(texts), size=FLAT):
            plate = plates.render_plate(rng, faces, chinese, text=texts[i])
            yield _cell(plate.image, f"{plate.text}  {plate.region} {style}")


def _photographed(
    rng: np.random.Generator,
    faces: Sequence[Typeface],
    chinese: Sequence[Typeface],
    texts: Sequence[PlateText],
    pictures: Sequence[Image],
) -> Iterator[Cell]:
    for text in texts:
        plate = plates.render_plate(rng, faces, chinese, text=text)
        yield _cell(as_read(degrade.photograph(plate.image, rng, pictures), MARGIN), plate.text)


def as_read(stored: Image, margin: float) -> Image:
    """A stored crop cut as the recognizer gets it, but in color and at the size at which it is stored."""
    points = window([margin] * 4, np.zeros((4, 2)))
    return view(stored, points, degrade.STORED_WIDTH, degrade.STORED_HEIGHT)


def _cell(image: Image, text: str, color: tuple[int, int, int] = sheets.INK) -> Cell:
    return Cell(image, (Caption(text, color),))


def real_crops(sets: Sequence[CropSet]) -> RealCrops:
    found: dict[str, list[tuple[Image, str]]] = {}
    for crops in sets:
        for image, text, region in zip(crops.images, crops.texts, crops.regions, strict=True):
            if region != IGNORED_REGION:
                found.setdefault(alphabet.REGIONS[region], []).append((as_read(image, crops.margin), text))
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT.png")
    parser.add_argument("--fonts", type=Path, metavar="DIR", help="font files; without it our own outlines alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--columns", type=int, default=8, metavar="N", help="crops in a row")
    parser.add_argument(
        "--real", action="store_true", help="real crops of --data beside the drawn ones (never commit such a sheet)"
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folders of labelled pictures")


def run(args: argparse.Namespace) -> int:
    faces, chinese = fonts.load(args.fonts)
    sets = datasets_crops.load_real(args.data)[0] if args.real else []  # what is kept out of training stays unseen
    if args.real and not sets:
        raise NotAnImage(f"There are no labelled crops in {args.data}. Name the data's folder with --data.")
    picture = sheet(
        faces,
        chinese,
        seed=args.seed,
        columns=args.columns,
        real=real_crops(sets),
        pictures=datasets_crops.load_pictures(args.data) if args.real else (),
    )
    sheets.save(picture, args.out)
    print(f"{args.out}: {picture.shape[1]} × {picture.shape[0]}{', with real pictures in it' if args.real else ''}")
    return 0
