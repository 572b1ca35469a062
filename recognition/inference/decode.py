"""From the network's logits to the texts that it may have meant, with their probabilities.

CTC prefix beam search (Hannun 2014), a soft prior of plate formats over its n-best list, and a temperature that
makes the probabilities honest. The prior is a mixture with "no format at all", so it tips the scales between O and 0
and never forces a reading into a pattern.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition import alphabet
from recognition.types import Candidate

Prior = Callable[[str], float]  # text -> log prior, 0 where every format is as good


@dataclass(frozen=True, slots=True)
class DecodeConfig:
    beam: int = 12  # prefixes kept after every step
    nbest: int = 8  # texts handed on
    floor: float = 1e-3  # classes less likely than this are not followed
    temperature: float = 1.0  # above 1: less sure than the network says
    format_weight: float = 1.0  # 0: no prior


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Softmax over the last axis."""
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    powers = np.exp(shifted)
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def beam_search(steps: NDArray[np.float64], beam: int, floor: float) -> list[tuple[str, float]]:
    """(time, classes) probabilities -> [(text, probability)], best first, of at most `beam` texts.

    Each prefix carries the probability of ending in a blank and of ending in its last character.
    """
    followed: list[list[tuple[int, float]]] = [[] for _ in steps]
    for time, character in np.argwhere(steps > floor).tolist():
        if character != alphabet.BLANK:
            followed[time].append((character, float(steps[time, character])))
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for blank, characters in zip(steps[:, alphabet.BLANK].tolist(), followed, strict=True):
        if not characters:  # nothing grows between two characters, which is most of the time
            beams = {prefix: (sum(pair) * blank, 0.0) for prefix, pair in beams.items()}
            continue
        grown: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for prefix, (in_blank, in_character) in beams.items():
            grown[prefix][0] += (in_blank + in_character) * blank
            for character, probability in characters:
                if prefix and character == prefix[-1]:
                    grown[prefix][1] += in_character * probability
                    grown[(*prefix, character)][1] += in_blank * probability
                else:
                    grown[(*prefix, character)][1] += (in_blank + in_character) * probability
        best = sorted(grown.items(), key=lambda item: -(item[1][0] + item[1][1]))[:beam]
        beams = {prefix: (pair[0], pair[1]) for prefix, pair in best}
    return [(alphabet.decode(prefix), in_blank + in_character) for prefix, (in_blank, in_character) in beams.items()]


def relative_prior(texts: Sequence[str], prior: Prior | None) -> list[float]:
    """Log prior of every text against the best one in the list, at most 0; "no plate" (the empty text) has 0."""
    if prior is None:
        return [0.0] * len(texts)
    weighed = {text: prior(text) for text in texts if text}
    best = max(weighed.values(), default=0.0)
    return [weighed[text] - best if text else 0.0 for text in texts]


def rank(found: Sequence[tuple[str, float]], config: DecodeConfig, prior: Prior | None) -> list[Candidate]:
    """Weigh texts by the prior and cool their probabilities; what the beam lost counts as one more text."""
    rest = max(1e-9, 1.0 - sum(probability for _, probability in found))
    gains = relative_prior([text for text, _ in found], prior if config.format_weight > 0 else None)
    logs = [math.log(max(p, 1e-30)) + config.format_weight * g for (_, p), g in zip(found, gains, strict=True)]
    logs.append(math.log(rest))
    powers = np.exp((np.array(logs) - max(logs)) / config.temperature)
    shares = powers / powers.sum()
    ranked = sorted(zip(shares[:-1].tolist(), (text for text, _ in found), strict=True), reverse=True)
    return [Candidate(text, share) for share, text in ranked[: config.nbest]]


def merged(lists: Sequence[Sequence[tuple[str, float]]]) -> list[tuple[str, float]]:
    """Several beams over one plate -> one list of texts with their mean probability, best first."""
    shares: defaultdict[str, float] = defaultdict(float)
    for found in lists:
        for text, probability in found:
            shares[text] += probability / len(lists)
    return sorted(shares.items(), key=lambda item: (-item[1], item[0]))


def search(logits: Sequence[NDArray[np.float32]], config: DecodeConfig) -> list[tuple[str, float]]:
    """Logits (time, classes) of every look at one crop -> its texts with their probabilities, before any prior."""
    return merged([beam_search(probabilities(look), config.beam, config.floor) for look in logits])


def decode(logits: Sequence[NDArray[np.float32]], config: DecodeConfig, prior: Prior | None = None) -> list[Candidate]:
    """Logits of every look at one crop -> candidates, best first; the empty text stands for "no plate"."""
    return rank(search(logits, config), config, prior)
