"""Loaded into the workers of these tests (`celery worker --include`): makes a worker stand still at a chosen point.

While the file `hold-<point>` lies in the data folder, whoever comes to that point writes its process id into
`held-<point>` and waits. The work itself is untouched.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recognition.media import segments
from recognition.pipeline import Reader
from recognition.types import Detection, Image
from sightings.processing import evidence, merge
from tests.flows.colored import VERSION, detect, recognize

MIDDLE_FRAME = 20  # of a segment of 36 analysed frames
DEADLY = "CYA4004"


def folder() -> Path:
    return Path(os.environ["DATA_DIR"])


def hold(point: str) -> None:
    here = folder() / f"hold-{point}"
    if here.exists():
        (folder() / f"held-{point}").write_text(str(os.getpid()))
    while here.exists():
        time.sleep(0.02)


def holding(point: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def held(*args: Any, **options: Any) -> Any:
        hold(point)
        return call(*args, **options)

    return held


class _Detect:
    """Sees colors, and stands still in the middle of a segment if it is asked to."""

    def __init__(self) -> None:
        self.frames = 0

    def __call__(self, image: Image) -> list[Detection]:
        self.frames += 1
        if self.frames % MIDDLE_FRAME == 0:
            hold("read")
        found = detect(image)
        if (folder() / "poison").exists() and any(_deadly(image, item) for item in found):
            os._exit(9)
        return found


def _deadly(image: Image, item: Detection) -> bool:
    """While the file `poison` lies in the data folder, the sight of one car, in the last segment, ends the process."""
    box = item.box
    cut = image[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)]
    return recognize([cut])[0].plate == DEADLY


def load_reader(device: str) -> Reader:
    return Reader(_Detect(), recognize, version=VERSION)


segments.plan = holding("inspect", segments.plan)  # the file is hashed and probed, nothing is written yet
merging: Any = merge
merging.write_sightings = holding("merge", merging.write_sightings)  # a segment has ended, its sightings are not there
packing: Any = evidence
packing._end = holding("pack", packing._end)  # a pack lies in storage, its row does not say so
