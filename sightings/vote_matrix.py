"""How the frames of a pass voted: one row a frame, one column a character of the text that they gave together.

Frames read different lengths, so each is aligned with the fused text. A character that only some frames saw stands in
a column of its own. Pure functions; no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from recognition.plates import UNREADABLE


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame read; `characters` are [{text, confidence}] where the reader told of them."""

    seconds: float
    text: str
    confidence: float
    weight: float
    characters: Sequence[dict[str, Any]] = ()
    crop: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A frame's vote on one column; an empty character means that the frame saw none there."""

    char: str
    confidence: float
    differs: bool


@dataclass(frozen=True, slots=True)
class Row:
    frame: Frame
    weight: float  # 0–1, of the heaviest frame's
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`fused` has one entry a column, empty where only single frames saw a character."""

    fused: list[Cell]
    rows: list[Row]


def vote_matrix(
    fused: str, characters: Sequence[dict[str, Any]], candidates: Sequence[dict[str, Any]], frames: Sequence[Frame]
) -> Matrix:
    """Frames that read nothing have no vote and no row."""
    reading = [frame for frame in frames if frame.text]
    spelled = _spelled(fused, candidates)
    aligned = [_align(spelled, frame) for frame in reading]
    widths = [max((len(slots[place][0]) for slots in aligned), default=0) for place in range(len(fused) + 1)]
    heaviest = max((frame.weight for frame in reading), default=0.0)
    rows = [
        Row(frame, frame.weight / heaviest if heaviest > 0 else 1.0, _cells(slots, widths, spelled))
        for frame, slots in zip(reading, aligned, strict=True)
    ]
    return Matrix(_fused_cells(fused, characters, widths), rows)


# Of each place of the fused text: the characters that a frame saw before it, and what it saw there.
_Seen = tuple[str, float]
_Slots = list[tuple[list[_Seen], _Seen]]
_NOTHING: _Seen = ("", 0.0)


def _spelled(fused: str, candidates: Sequence[dict[str, Any]]) -> str:
    """The fused text with what could not be read guessed, which is what frames are compared with."""
    best = str(candidates[0].get("plate", "")) if candidates else ""
    return best if UNREADABLE in fused and len(best) == len(fused) else fused


def _align(spelled: str, frame: Frame) -> _Slots:
    seen = _seen(frame)
    slots: _Slots = [([], _NOTHING) for _ in range(len(spelled) + 1)]
    for step in Levenshtein.opcodes(spelled, frame.text):
        there = seen[step.dest_start : step.dest_end]
        if step.tag == "insert":
            slots[step.src_start][0].extend(there)
        elif step.tag != "delete":
            for place, one in zip(range(step.src_start, step.src_end), there, strict=True):
                slots[place] = (slots[place][0], one)
    return slots


def _seen(frame: Frame) -> list[_Seen]:
    """Each character with its confidence; the frame's own where the reader told of none."""
    known = frame.characters if len(frame.characters) == len(frame.text) else [{}] * len(frame.text)
    return [(char, float(one.get("confidence", frame.confidence))) for char, one in zip(frame.text, known, strict=True)]


def _cells(slots: _Slots, widths: Sequence[int], spelled: str) -> list[Cell]:
    cells: list[Cell] = []
    for place, (extra, (char, confidence)) in enumerate(slots):
        cells += [Cell(*one, differs=True) for one in extra]
        cells += [Cell("", 0.0, differs=False)] * (widths[place] - len(extra))
        if place < len(spelled):
            # A character that the frame could not read speaks against none.
            cells.append(Cell(char, confidence, differs=char not in (spelled[place], UNREADABLE)))
    return cells


def _fused_cells(fused: str, characters: Sequence[dict[str, Any]], widths: Sequence[int]) -> list[Cell]:
    known = characters if len(characters) == len(fused) else [{}] * len(fused)
    cells: list[Cell] = []
    for place, width in enumerate(widths):
        cells += [Cell("", 0.0, differs=False)] * width
        if place < len(fused):
            cells.append(Cell(fused[place], float(known[place].get("confidence", 1.0)), differs=False))
    return cells
