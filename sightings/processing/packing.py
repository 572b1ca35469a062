"""Tracks as JSON: how a segment's reading is stored until it is merged. Pictures lie in storage, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recognition.types import Box, Candidate, Character, Detection, Image, Observation, PlateTrack, Reading, Region

Put = Callable[[str, Image], str]  # (short name, picture) -> storage path


@dataclass(frozen=True, slots=True)
class Piece:
    """One track of one segment, read back: observations in order of time, pictures by name."""

    key: str
    observations: tuple[Observation, ...]
    crops: tuple[str, ...]  # one per observation, empty where none was kept
    best: int  # which observation to show
    context: str  # the picture around that one


def pack(track: PlateTrack, index: int, put: Put) -> dict[str, Any]:
    """Store a track's pictures through `put`, and return the rest."""
    best = max(range(len(track.observations)), key=lambda i: track.observations[i] is track.best)
    shown = track.best
    return {
        "index": index,
        "best": best,
        "context": put(f"{index:05d}-context", shown.context) if shown.context is not None else "",
        "observations": [
            _pack_one(item, put(f"{index:05d}-{i:04d}", item.crop) if item.crop is not None else "")
            for i, item in enumerate(track.observations)
        ],
    }


def _pack_one(item: Observation, crop: str) -> dict[str, Any]:
    reading = item.reading
    return {
        "seconds": round(item.seconds, 3),
        "box": item.detection.box.as_list(),
        "corners": [[round(x, 1), round(y, 1)] for x, y in item.detection.corners],
        "score": _unit(item.detection.score),
        "plate": reading.plate,
        "confidence": _unit(reading.confidence),
        "characters": pack_characters(reading.characters),
        "candidates": pack_candidates(reading.candidates),
        "region": {"code": reading.region.code, "score": _unit(reading.region.score)} if reading.region else None,
        "weight": round(max(0.0, float(item.weight)), 6),
        "crop": crop,
    }


def pack_characters(characters: tuple[Character, ...]) -> list[dict[str, Any]]:
    return [{"text": one.text, "confidence": _unit(one.confidence)} for one in characters]


def pack_candidates(candidates: tuple[Candidate, ...]) -> list[dict[str, Any]]:
    return [{"plate": one.plate, "score": _unit(one.score)} for one in candidates]


def unpack(stored: dict[str, Any], segment_index: int) -> Piece:
    observations = stored["observations"]
    return Piece(
        key=f"{segment_index:04d}:{stored['index']:05d}",
        observations=tuple(_unpack_one(item) for item in observations),
        crops=tuple(item["crop"] for item in observations),
        best=stored["best"],
        context=stored["context"],
    )


def _unpack_one(item: dict[str, Any]) -> Observation:
    region = Region(**item["region"]) if item["region"] else None
    reading = Reading(
        plate=item["plate"],
        confidence=item["confidence"],
        characters=tuple(Character(**one) for one in item["characters"]),
        candidates=tuple(Candidate(**one) for one in item["candidates"]),
        region=region,
    )
    corners = tuple((x, y) for x, y in item["corners"])
    detection = Detection(Box(*item["box"]), corners, item["score"])
    return Observation(item["seconds"], detection, reading, item["weight"])


def _unit(score: float) -> float:
    """A score as it is stored: 0–1, five digits."""
    return round(min(1.0, max(0.0, float(score))), 5)
