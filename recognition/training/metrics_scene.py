"""Figures of the whole reader on labelled pictures: what was found, what was read right, and what was invented.

A read and a label are a pair where their boxes overlap enough, best overlaps first, each in one pair at most. For what
counts as found the overlap is FOUND; for texts a looser one, as a plate is read right also where its box is a bit off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from recognition.geometry import box_iou
from recognition.plates import normalize
from recognition.types import Box

FOUND, PAIRED = 0.5, 0.3
HEIGHTS = ((16.0, "<16"), (24.0, "16-24"), (40.0, "24-40"), (float("inf"), ">=40"))  # pixels
ALIKE = str.maketrans("OI", "01")


@dataclass(frozen=True, slots=True)
class LabelledPlate:
    box: Box
    text: str  # normal form; "" where nobody could read it
    clear: bool  # readable without the neighbouring frames


@dataclass(frozen=True, slots=True)
class Read:
    box: Box
    plate: str


def pairs(truth: Sequence[Box], found: Sequence[Box], threshold: float) -> dict[int, int]:
    """{index of a true box: index of the found one}."""
    ranked = sorted(((box_iou(t, f), i, j) for i, t in enumerate(truth) for j, f in enumerate(found)), reverse=True)
    taken: dict[int, int] = {}
    for overlap, i, j in ranked:
        if overlap >= threshold and i not in taken and j not in taken.values():
            taken[i] = j
    return taken


class EndToEnd:
    """Recall, precision and texts over pictures. A plate that is missed is a plate read wrong."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.count: Counter[str] = Counter()

    def update(self, plates: Sequence[LabelledPlate], reads: Sequence[Read], *, complete: bool) -> None:
        """One picture. Where it is not `complete`, plates were left unlabelled and nothing counts as invented."""
        self.count["pictures"] += 1
        truth, found = [p.box for p in plates], [r.box for r in reads]
        strict, loose = pairs(truth, found, FOUND), pairs(truth, found, PAIRED)
        for index, plate in enumerate(plates):
            read = normalize(reads[loose[index]].plate) if index in loose else ""
            self._plate(plate, index in strict, read)
        if complete:
            lonely = [read for index, read in enumerate(reads) if index not in loose.values()]
            self.count["complete"] += 1
            self.count["detections"] += len(reads)
            self.count["invented"] += len(lonely)
            self.count["invented texts"] += sum(bool(normalize(read.plate)) for read in lonely)

    def _plate(self, plate: LabelledPlate, found: bool, read: str) -> None:
        height = next(name for limit, name in HEIGHTS if plate.box.height < limit)
        kinds = ["", f" {height}"]
        self._add("plates", kinds)
        if found:
            self._add("found", kinds)
        if not plate.text:
            return
        kinds += [" clear"] if plate.clear else []
        self._add("texts", kinds)
        if read == plate.text:
            self._add("exact", kinds)
        self.count["alike"] += read.translate(ALIKE) == plate.text.translate(ALIKE)
        self.count["characters"] += len(plate.text)
        self.count["edits"] += min(len(plate.text), Levenshtein.distance(read, plate.text))

    def _add(self, name: str, kinds: Sequence[str]) -> None:
        self.count.update(name + kind for kind in kinds)

    def _share(self, part: str, whole: str) -> float | None:
        return round(self.count[part] / self.count[whole], 4) if self.count[whole] else None

    def summary(self) -> dict[str, object]:
        """Shares of 0–1 (None where there was nothing to count), with the counts behind them."""
        self.count["right"] = self.count["detections"] - self.count["invented"]
        return {
            "pictures": self.count["pictures"],
            "plates": self.count["plates"],
            "recall@0.5": self._share("found", "plates"),
            "precision": self._share("right", "detections"),
            "false_reads_per_complete_image": self._share("invented texts", "complete"),
            "texts": self.count["texts"],
            "exact": self._share("exact", "texts"),
            "texts_clear": self.count["texts clear"],
            "exact_clear": self._share("exact clear", "texts clear"),
            "exact_lookalike": self._share("alike", "texts"),
            "cer": self._share("edits", "characters"),
            "by_height_px": {name: self._by_height(name) for _, name in HEIGHTS if self.count[f"plates {name}"]},
        }

    def _by_height(self, name: str) -> dict[str, object]:
        return {
            "plates": self.count[f"plates {name}"],
            "recall": self._share(f"found {name}", f"plates {name}"),
            "exact": self._share(f"exact {name}", f"texts {name}"),
        }
