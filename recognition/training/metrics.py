"""Figures of the recognizer, as objects with update, summary and reset."""

from __future__ import annotations

from collections import defaultdict


class ExactMatch:
    """Share of plates read without a single mistake, per set, and of characters that were right."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.right: dict[str, int] = defaultdict(int)
        self.seen: dict[str, int] = defaultdict(int)

    def update(self, name: str, read: str, truth: str) -> None:
        self.seen[name] += 1
        self.right[name] += read == truth

    def summary(self) -> dict[str, float]:
        return {name: self.right[name] / seen for name, seen in self.seen.items()}


class CalibrationError:
    """Expected calibration error: the mean gap between confidence and share of right ones over equal bins."""

    def __init__(self, bins: int = 10) -> None:
        self.bins = bins
        self.reset()

    def reset(self) -> None:
        self.pairs: list[tuple[float, bool]] = []

    def update(self, confidence: float, right: bool) -> None:
        self.pairs.append((confidence, right))

    def summary(self) -> float:
        total, error = len(self.pairs), 0.0
        for index in range(self.bins):
            inside = [p for p in self.pairs if min(self.bins - 1, int(p[0] * self.bins)) == index]
            if inside:
                confidence = sum(p[0] for p in inside) / len(inside)
                error += abs(confidence - sum(p[1] for p in inside) / len(inside)) * len(inside) / total
        return error


def coverage_at(pairs: list[tuple[float, bool]], precision: float) -> float:
    """Largest share of readings, most confident first, of which at least `precision` are right."""
    right, best = 0, 0
    for count, (_, correct) in enumerate(sorted(pairs, reverse=True), start=1):
        right += correct
        if right >= precision * count:
            best = count
    return best / len(pairs) if pairs else 0.0
