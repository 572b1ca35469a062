"""Settings as frozen dataclasses, read from TOML. A key that no setting has is an error, not a silent nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from recognition.errors import UnknownSetting

T = TypeVar("T")

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True, slots=True)
class TrackingConfig:
    """How detections of successive frames become tracks."""

    max_gap: float = 1.0  # seconds without a hit after which a track has ended
    max_cost: float = 1.0  # a pair that costs more is not joined (0: the same place and text; see tracking.associate)
    max_shift: float = 8.0  # plate widths per second that a plate may move beyond its predicted place
    max_scale_rate: float = 6.0  # factor per second by which a plate may grow or shrink
    rejoin_gap: float = 6.0  # seconds within which the same text is the same pass
    min_single_score: float = 0.5  # a track of one observation is kept from this detector score …
    min_single_confidence: float = 0.5  # … and this confidence of its reading on
    min_word_score: float = 0.6  # a text without a digit is more often a sign than a plate; it needs this score
    min_confidence: float = 0.2  # a fused track below this is no plate that anyone can use
    settled: int = 8  # sure readings after which a plate is looked for in whole frames only
    min_characters: int = 4  # a fused text shorter than this is a badge or a sign


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """How a video is read. `configs/pipeline.toml` holds the same values, with what they are for."""

    analysis_fps: float = 6.0  # frames analysed per second of video
    whole_every: int = 2  # of these, every which is looked at as a whole; the others near the plates being followed
    still_change: float = 2.0  # levels of green by which a part of the picture must change for a frame to be analysed
    still_seconds: float = 0.5  # one frame in so many seconds is analysed in any case
    decode_ahead: int = 3  # frames decoded while the last ones are looked at
    min_score: float = 0.4  # detections below it are not read
    min_plate_height: float = 8.0  # pixels; smaller plates are not read
    keep_crops: int = 12  # best crops kept per track
    context_width: int = 640  # pixels of the picture around the best observation's plate
    progress_seconds: float = 0.5  # wall time between two reports
    tracking: TrackingConfig = TrackingConfig()


def load(path: Path, cls: type[T]) -> T:
    """The settings of a TOML file as `cls`; keys left out keep their defaults.

    Raises UnknownSetting for a key that `cls` does not have and for a value of another type.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UnknownSetting(f"{path.name} is not valid TOML: {error}") from error
    return from_mapping(values, cls, where=path.name)


def from_mapping(values: Mapping[str, Any], cls: type[T], *, where: str = "settings") -> T:
    """As `load`, from what TOML or JSON gave."""
    hints = get_type_hints(cls)
    known = {item.name for item in fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise UnknownSetting(f"{where}: no setting is called {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    return cls(**{name: _convert(value, hints[name], f"{where}: {name}") for name, value in values.items()})


def _convert(value: Any, kind: Any, where: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        if isinstance(value, Mapping):
            return from_mapping(value, kind, where=where)
    elif origin in (Union, UnionType):
        return _convert(value, next(a for a in arguments if a is not type(None)), where)
    elif origin is tuple and isinstance(value, list):
        return tuple(_convert(item, arguments[0], where) for item in value)
    elif origin in (dict, Mapping) and isinstance(value, Mapping):
        return {key: _convert(item, arguments[1], where) for key, item in value.items()}
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif kind is Any or (
        isinstance(kind, type) and isinstance(value, kind) and (kind is bool) == isinstance(value, bool)
    ):
        return value
    raise UnknownSetting(f"{where} is {value!r}, which is no {getattr(kind, '__name__', kind)}")
