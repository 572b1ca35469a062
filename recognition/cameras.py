"""Common camera models and how they look, from `configs/cameras.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from recognition.locate import Lens, horizontal_of_diagonal

CAMERAS_FILE = Path(__file__).parent / "configs" / "cameras.toml"
ASPECT = 16 / 9  # of the pictures that published fields of view are of


@dataclass(frozen=True, slots=True)
class Optics:
    field_of_view_deg: float  # horizontal
    lens: Lens


@dataclass(frozen=True, slots=True)
class CameraModel:
    name: str
    front: Optics
    rear: Optics | None


@lru_cache(maxsize=1)
def known_cameras() -> tuple[CameraModel, ...]:
    """All models, by name."""
    rows = tomllib.loads(CAMERAS_FILE.read_text(encoding="utf-8"))
    models = (
        CameraModel(name, _optics(row["front"]), _optics(row["rear"]) if "rear" in row else None)
        for name, row in rows.items()
    )
    return tuple(sorted(models, key=lambda model: model.name.lower()))


def _optics(published: Mapping[str, Any]) -> Optics:
    lens = Lens(published.get("lens", Lens.EQUIDISTANT))
    if "horizontal" in published:
        return Optics(float(published["horizontal"]), lens)
    return Optics(round(horizontal_of_diagonal(float(published["diagonal"]), lens, ASPECT), 1), lens)
