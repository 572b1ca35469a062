"""One picture is read for a program that waits for the answer."""

from __future__ import annotations

import logging
import time
from typing import Any

from recognition import images, pipeline
from recognition.errors import NotAnImage
from recognition.types import Detection, Reading
from sightings import plate_reader
from sightings.processing.read import reader

log = logging.getLogger(__name__)


def answer_next() -> None:
    """Read the picture that has waited longest, if one comes within moments."""
    asked = plate_reader.take()
    if asked is not None:
        plate_reader.answer(asked, _words(asked))


def _words(asked: plate_reader.Asked) -> dict[str, Any]:
    begun = time.perf_counter()
    try:
        picture = images.decode_image(asked.picture, "The file")
        found = pipeline.read_image(picture, reader(), region=asked.region or None)
    except NotAnImage as error:
        return {"refused": str(error)}
    except Exception:
        log.exception("reading a picture of %s bytes failed", len(asked.picture))
        return {"failed": True}
    plates = [_plate(detection, reading) for detection, reading in found if reading.plate]
    return {"plates": plates, "processing_ms": round(1000 * (time.perf_counter() - begun), 3)}


def _plate(detection: Detection, reading: Reading) -> dict[str, Any]:
    return {
        "plate": reading.plate,
        "score": reading.confidence,
        "dscore": detection.score,
        "box": detection.box.as_list(),
        "region": reading.region.code if reading.region else "",
        "region_score": reading.region.score if reading.region else None,
        "candidates": [{"plate": one.plate, "score": one.score} for one in reading.candidates],
    }
