"""Plates and their pictures from the generator that training draws with: the one door from the site to it."""

from __future__ import annotations

import cv2
import numpy as np

from recognition.training.synth import degrade, fonts, grammars, plates
from recognition.training.synth.grammars import PlateText

JPEG = [cv2.IMWRITE_JPEG_QUALITY, 85]


def plate_texts(regions: tuple[tuple[str, float], ...], count: int, rng: np.random.Generator) -> list[PlateText]:
    """Plates of these countries, in their shares."""
    names, shares = zip(*regions, strict=True)
    return [grammars.sample(rng, region=names[i]) for i in rng.choice(len(names), count, p=shares)]


def crop_of(text: PlateText, rng: np.random.Generator) -> bytes:
    """A JPEG of the plate as a dashcam would see it from near."""
    faces, chinese = fonts.load(None)
    plate = plates.render_plate(rng, faces, chinese, text=text, clean=True)
    picture = degrade.photograph(plate.image, rng, (), degrade.CLEAR)
    _, data = cv2.imencode(".jpg", picture, JPEG)
    return data.tobytes()
