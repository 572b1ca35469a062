"""Many readings of one plate become one: weighted log-probabilities over a shared list of candidates.

The result depends on the observations alone, not on how they were grouped before, so pieces of a pass that were read
apart are fused again from their observations and give what reading them at once would have given.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from recognition.agreement import characters
from recognition.plates import format_score
from recognition.types import Candidate, Character, Observation, Reading, Region

NBEST = 8
FLOOR = 1e-6  # least probability of any text in any frame
UNLISTED = 0.05  # of what a frame leaves to texts that it does not list, the share of any one of them
PER_EDIT = 0.3  # that share shrinks by this for every edit but one from what a sure frame did read
SURE_REGION = 0.6  # from here on the region that the frames saw chooses the formats


@dataclass(frozen=True, slots=True)
class Fused:
    """`plate` has `?` where `characters` has; `candidates` are best first, the first one is the plate without `?`."""

    plate: str
    confidence: float
    characters: tuple[Character, ...]
    candidates: tuple[Candidate, ...]
    region: Region | None


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one frame says: its candidates, what it leaves to all other texts, and its weight in 0–1."""

    best: str
    shares: dict[str, float]
    rest: float
    weight: float

    def log_share(self, text: str) -> float:
        if text in self.shares:
            return math.log(max(self.shares[text], FLOOR))
        edits = Levenshtein.distance(self.best, text)
        # A frame that knows nothing (rest near 1) has no opinion on how near a text is to its own guess.
        nearness = self.rest + (1 - self.rest) * PER_EDIT ** (edits - 1)
        return math.log(max(self.rest * UNLISTED * nearness, FLOOR))

    def log_rest(self) -> float:
        """Of one and the same text that no frame lists."""
        return math.log(max(self.rest * UNLISTED, FLOOR))


def fuse(observations: Sequence[Observation], region: str | None = None) -> Fused:
    """One reading from all of them. `region` is a hint for the formats, which count once, at the end.

    Frames that read nothing have no vote. Without any vote the plate is empty, with confidence 0.
    """
    votes = _votes(observations)
    seen = fuse_region(observations)
    if not votes:
        return Fused("", 0.0, (), (), seen)
    total = sum(vote.weight for vote in votes)
    # Frames of one pass err alike: n of them count as the square root of n independent ones.
    evidence = 1.0 / math.sqrt(total) if total > 1 else 1.0
    country = region or (seen.code if seen is not None and seen.score >= SURE_REGION else None)
    texts = sorted({text for vote in votes for text in vote.shares})
    priors = {text: format_score(text, country) for text in texts}
    best_prior = max(priors.values())
    logs = {
        text: evidence * sum(vote.weight * vote.log_share(text) for vote in votes) + priors[text] - best_prior
        for text in texts
    }
    # What all frames leave out is any one of some 1 / UNLISTED texts, but the same one in every frame.
    rest = evidence * sum(vote.weight * vote.log_rest() for vote in votes) - math.log(UNLISTED)
    return _decide(logs, rest, seen)


def _decide(logs: dict[str, float], rest: float, region: Region | None) -> Fused:
    highest = max(*logs.values(), rest)
    total = sum(math.exp(value - highest) for value in (*logs.values(), rest))
    ranked = sorted(logs.items(), key=lambda item: (-item[1], item[0]))[:NBEST]
    candidates = tuple(Candidate(text, math.exp(value - highest) / total) for text, value in ranked)
    letters = characters(candidates)
    plate = "".join(character.text for character in letters)
    return Fused(plate, candidates[0].score, letters, candidates, region)


def _votes(observations: Sequence[Observation]) -> list[_Vote]:
    readable = [item for item in observations if item.reading.candidates or item.reading.plate]
    heaviest = max((item.weight for item in readable), default=0.0)
    return [_vote(item.reading, item.weight / heaviest if heaviest > 0 else 1.0) for item in readable]


def _vote(reading: Reading, weight: float) -> _Vote:
    offered = reading.candidates or (Candidate(reading.plate, reading.confidence),)
    shares = {candidate.plate: candidate.score for candidate in offered}
    return _Vote(offered[0].plate, shares, max(FLOOR, 1.0 - sum(shares.values())), weight)


def fuse_region(observations: Sequence[Observation]) -> Region | None:
    """The region that most of the weight stands for; its score is its share of all weight that saw any region."""
    shares: defaultdict[str, float] = defaultdict(float)
    total = 0.0
    for item in observations:
        if item.reading.region is not None:
            shares[item.reading.region.code] += item.weight * item.reading.region.score
            total += item.weight
    if not total:
        return None
    code, share = min(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    return Region(code, min(1.0, share / total))
