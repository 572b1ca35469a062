"""How sure each character of a text is, told by the other texts that it might have been."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from recognition.types import UNREADABLE, Candidate, Character

WEAK = 0.5  # a character less sure than this is shown as UNREADABLE


def agreeing(best: str, other: str) -> list[bool]:
    """For each character of `best`, whether the cheapest edit of it into `other` keeps it."""
    kept = [False] * len(best)
    for start, _, length in Levenshtein.editops(best, other).as_matching_blocks():
        kept[start : start + length] = [True] * length
    return kept


def characters(candidates: Sequence[Candidate]) -> tuple[Character, ...]:
    """The best candidate's characters; each one's confidence is the share of the n-best list that agrees with it."""
    if not candidates:
        return ()
    best = candidates[0].plate
    total = sum(candidate.score for candidate in candidates) or 1.0
    support = [0.0] * len(best)
    for candidate in candidates:
        for index, same in enumerate(agreeing(best, candidate.plate)):
            support[index] += candidate.score * same / total
    return tuple(
        Character(text if confidence >= WEAK else UNREADABLE, min(1.0, confidence))
        for text, confidence in zip(best, support, strict=True)
    )
