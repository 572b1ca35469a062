"""Regular expressions over plates that can never hang: each character of a plate is looked at once.

    A letter or digit stands for itself, . for any character, [AB1-3] for one of some, [^AB] for any other, \\d for a
    digit; * + ? {2} {1,3} repeat what stands before them, | means or, ( ) group. The whole plate must fit.

The pattern becomes an automaton whose states are worked out as they are met (Thompson, 1968), so that matching never
goes back, whatever the pattern; Python's own `re` may take hours over (A|A)*B. Patterns and their states are bounded.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext

from sightings.errors import BadQuery

LONGEST = 100  # characters of a pattern
MOST_STATES = 1000  # of the automaton; copies of what is repeated count
MOST_KNOWN = 4000  # steps of the automaton that are remembered
MOST_TIMES = 16  # no plate is longer
SYMBOLS = frozenset(string.ascii_uppercase + string.digits + "?")  # ? stands where a character could not be read
DIGITS = frozenset(string.digits)
TIMES = re.compile(r"\{(\d{1,2})(,?)(\d{0,2})\}")
SIMPLE_TIMES: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True, slots=True)
class _Any:
    """One of some characters."""

    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class _All:
    """Parts, one after the other."""

    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Either:
    ways: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Times:
    part: _Node
    least: int
    most: int | None


_Node = _Any | _All | _Either | _Times


class _Reader:
    """Reads a pattern into a tree. Raises BadQuery, saying where it cannot be understood."""

    def __init__(self, pattern: str) -> None:
        self.text, self.at = pattern, 0

    def whole(self) -> _Node:
        node = self._either()
        if self.at < len(self.text):
            raise BadQuery(gettext("The pattern has a ) without its (."))
        return node

    def _either(self) -> _Node:
        ways = [self._all()]
        while self._taken("|"):
            ways.append(self._all())
        return ways[0] if len(ways) == 1 else _Either(tuple(ways))

    def _all(self) -> _Node:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._repeated())
        return _All(tuple(parts))

    def _repeated(self) -> _Node:
        node = self._one()
        while self.at < len(self.text) and self.text[self.at] in "*+?{":
            least, most = self._times()
            node = _Times(node, least, most)
        return node

    def _times(self) -> tuple[int, int | None]:
        mark = self.text[self.at]
        if mark in SIMPLE_TIMES:
            self.at += 1
            return SIMPLE_TIMES[mark]
        found = TIMES.match(self.text, self.at)
        if found is None:
            raise BadQuery(gettext("Write how often something is repeated as {2}, {2,} or {2,4}."))
        self.at = found.end()
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if least > MOST_TIMES or (most is not None and not least <= most <= MOST_TIMES):
            raise BadQuery(gettext("Something can be repeated %(most)s times at most.") % {"most": MOST_TIMES})
        return least, most

    def _one(self) -> _Node:
        char = self.text[self.at]
        self.at += 1
        if char == "(":
            node = self._either()
            if not self._taken(")"):
                raise BadQuery(gettext("The pattern has a ( without its )."))
            return node
        if char == "[":
            return self._choice()
        if char == ".":
            return _Any(SYMBOLS)
        if char == "\\" and self._taken("D"):  # patterns are read in upper case
            return _Any(DIGITS)
        if char in SYMBOLS - {"?"}:
            return _Any(frozenset(char))
        words = gettext("The pattern cannot have a %(char)s at character %(place)s.")
        raise BadQuery(words % {"char": char, "place": self.at})

    def _choice(self) -> _Node:
        other = self._taken("^")
        end = self.text.find("]", self.at)
        inside = self.text[self.at : end]
        if end < 0 or not re.fullmatch(r"([A-Z0-9](-[A-Z0-9])?)+", inside):
            raise BadQuery(gettext("Write a choice of characters as [ABC] or [A-F0-9]."))
        self.at = end + 1
        chosen = set[str]()
        for first, last in re.findall(r"([A-Z0-9])(?:-([A-Z0-9]))?", inside):
            chosen |= {char for char in SYMBOLS if first <= char <= (last or first)}
        return _Any(SYMBOLS - chosen - {"?"} if other else frozenset(chosen))

    def _taken(self, char: str) -> bool:
        taken = self.text[self.at : self.at + 1] == char
        self.at += taken
        return taken


class Pattern:
    """A pattern that is ready to match."""

    def __init__(self, pattern: str) -> None:
        self._steps: list[tuple[frozenset[str], int]] = []  # by state: on which characters it goes on, and where to
        self._free: list[list[int]] = []  # by state: where it goes on to without a character
        start, self._end = self._built(_Reader(pattern).whole())
        self._start = self._closure({start})
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def fits(self, text: str) -> bool:
        """Whether the whole text fits."""
        here = self._start
        for char in text:
            there = self._known.get((here, char))
            here = self._step(here, char) if there is None else there
            if not here:
                return False
        return self._end in here

    def _step(self, here: frozenset[int], char: str) -> frozenset[int]:
        there = self._closure({self._steps[state][1] for state in here if char in self._steps[state][0]})
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[here, char] = there
        return there

    def _closure(self, states: set[int]) -> frozenset[int]:
        waiting = list(states)
        while waiting:
            fresh = set(self._free[waiting.pop()]) - states
            states |= fresh
            waiting += fresh
        return frozenset(states)

    def _built(self, node: _Node) -> tuple[int, int]:
        """The first and the last state of a part."""
        if isinstance(node, _Any):
            end = self._state()
            return self._state(node.of, end), end
        if isinstance(node, _All):
            return self._chained([self._built(part) for part in node.parts])
        if isinstance(node, _Either):
            start, end = self._state(), self._state()
            for a, b in [self._built(way) for way in node.ways]:
                self._free[start].append(a)
                self._free[b].append(end)
            return start, end
        return self._repeated(node)

    def _repeated(self, node: _Times) -> tuple[int, int]:
        copies = [self._built(node.part) for _ in range(node.least)]
        if node.most is None:
            a, b = self._built(node.part)
            self._free[b].append(a)
            copies.append(self._optional(a, b))
        else:
            copies += [self._optional(*self._built(node.part)) for _ in range(node.most - node.least)]
        return self._chained(copies)

    def _optional(self, a: int, b: int) -> tuple[int, int]:
        start, end = self._state(), self._state()
        self._free[start] += [a, end]
        self._free[b].append(end)
        return start, end

    def _chained(self, parts: list[tuple[int, int]]) -> tuple[int, int]:
        start = end = self._state()
        for a, b in parts:
            self._free[end].append(a)
            end = b
        return start, end

    def _state(self, on: frozenset[str] = frozenset(), to: int = 0) -> int:
        if len(self._steps) >= MOST_STATES:
            raise BadQuery(gettext("The pattern repeats too much. Write a shorter one."))
        self._steps.append((on, to))
        self._free.append([])
        return len(self._steps) - 1


def tidy(typed: str) -> str:
    """A pattern as it is kept: upper case, no spaces, no marks of beginning and end, which are meant anyway."""
    text = re.sub(r"\s", "", typed).upper().removeprefix("^").removesuffix("$")
    if not text or len(text) > LONGEST:
        raise BadQuery(gettext("A pattern has 1 to %(most)s characters.") % {"most": LONGEST})
    return text


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Pattern:
    """Raises BadQuery where the pattern cannot be understood."""
    return Pattern(pattern)


def prefix_of(pattern: str) -> str:
    """What every plate that fits begins with, as far as that is plain to see."""
    if "|" in pattern:
        return ""
    plain = re.match(r"[A-Z0-9]*", pattern)
    start = plain[0] if plain else ""
    return start[:-1] if pattern[len(start) : len(start) + 1] in ("*", "?", "{") else start
