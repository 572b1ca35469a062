"""The language of the search box: what a person typed, what it means, and why a plate matches.

    B99BNX     this plate, or one that differs in one character
    =B99BNX    this plate exactly
    ~B99BNX    plates that differ from it by look-alikes alone, such as 899BNX
    ~~B99BNX   plates that differ from it in up to two characters
    B99*       plates that begin so
    B?9*NX     ? is any one character, * any number of them
    /B9[0-9]+/ a regular expression that the whole plate fits (see `plate_regex`)

Pure functions; the database side is in `selectors`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.utils.translation import gettext
from rapidfuzz.distance import Levenshtein

from recognition.plates import LOOKALIKES, UNREADABLE, lookalike_key, normalize
from sightings import plate_regex
from sightings.errors import BadQuery

Kind = Literal["exact", "prefix", "wildcard", "near", "alike", "far", "regex"]
LONGEST = 16
SHORTEST_NEAR = 4  # in shorter texts, one wrong character would match nearly everything
SHORTEST_FAR = 6
MOST_ALIKE = 5000  # texts that look like the one that was typed


@dataclass(frozen=True, slots=True)
class PlateQuery:
    """`text` is in normal form; a wildcard keeps its ? and *, a prefix has lost its *."""

    kind: Kind
    text: str
    explanation: str


def parse(typed: str) -> PlateQuery:
    """What the person means. Raises BadQuery where no letter or digit is left."""
    if pattern := re.fullmatch(r"/(.*)/", typed.strip()):
        return _pattern(pattern[1])
    mark = re.match(r"=|~{0,2}", typed.strip())
    text = re.sub(
        r"\*+", "*", "".join(part if part in "?*" else normalize(part) for part in re.split(r"([?*])", typed))
    )
    if not text.strip("?*"):
        raise BadQuery(gettext("Type at least one letter or digit of a plate."))
    if len(text) > 2 * LONGEST:
        raise BadQuery(gettext("No plate is that long: %(most)s characters at most.") % {"most": LONGEST})
    if text.endswith("*") and not re.search(r"[?*]", text[:-1]):
        return PlateQuery("prefix", text[:-1], gettext("Plates that begin with %(text)s.") % {"text": text[:-1]})
    if "?" in text or "*" in text:
        return PlateQuery("wildcard", text, _explain_wildcard(text))
    return _plain(mark[0] if mark else "", text)


def _pattern(typed: str) -> PlateQuery:
    text = plate_regex.tidy(typed)
    plate_regex.compiled(text)
    return PlateQuery("regex", text, gettext("Plates that fit the pattern %(text)s as a whole.") % {"text": text})


def _plain(mark: str, text: str) -> PlateQuery:
    """What a text without wildcards means, by the mark before it."""
    if mark == "~":
        if math.prod(len(group) for char in text for group in LOOKALIKES if char in group) > MOST_ALIKE:
            raise BadQuery(gettext("Too many texts look like this one. Write ? in place of some of its characters."))
        words = gettext("%(text)s, or a plate that looks like it: %(alike)s.")
        return PlateQuery("alike", text, words % {"text": text, "alike": _explain_alike(text)})
    if mark == "=" or len(text) < SHORTEST_NEAR:
        return PlateQuery("exact", text, gettext("Exactly %(text)s.") % {"text": text})
    if mark == "~~" and len(text) >= SHORTEST_FAR:
        words = gettext("%(text)s, or a plate that differs from it in one or two characters.")
        return PlateQuery("far", text, words % {"text": text})
    words = gettext("%(text)s, or a plate that differs from it in one character.")
    return PlateQuery("near", text, words % {"text": text})


def _explain_alike(text: str) -> str:
    groups = [group for group in LOOKALIKES if set(group) & set(text)]
    return "; ".join(gettext(" for ").join(group) for group in groups) or gettext(
        "none of its characters has a look-alike"
    )


def _explain_wildcard(text: str) -> str:
    head, star, tail = text.partition("*")
    places = [str(place) for place, char in enumerate(head, 1) if char == "?"]
    parts = [gettext("any character at %(places)s") % {"places": gettext(" and ").join(places)}] if places else []
    if star:
        parts.append(gettext("any number of characters at *"))
    if "?" in tail:
        parts.append(gettext("any one character at each further ?"))
    return f"{text}: {', '.join(parts)}."


def matches(query: PlateQuery, text: str) -> bool:
    """Whether the plate is one the query means."""
    if query.kind == "near":
        return _within_one(query.text, text)
    if query.kind == "far":
        return Levenshtein.distance(query.text, text, score_cutoff=2) <= 2
    if query.kind == "alike":
        return len(query.text) == len(text) and lookalike_key(query.text) == lookalike_key(text)
    if query.kind == "prefix":
        return text.startswith(query.text)
    if query.kind == "exact":
        return text == query.text
    if query.kind == "regex":
        return plate_regex.compiled(query.text).fits(text)
    return _wildcard(query.text).fullmatch(text) is not None


@lru_cache(maxsize=20_000)
def _wildcard(text: str) -> re.Pattern[str]:
    return re.compile("".join({"?": ".", "*": ".*"}.get(char, re.escape(char)) for char in text))


def _within_one(a: str, b: str) -> bool:
    """At most one substitution, insertion or deletion; a character nobody could read matches any other."""
    if len(a) == len(b):
        return sum(x != y and y != UNREADABLE for x, y in zip(a, b, strict=True)) <= 1
    return Levenshtein.distance(a, b, score_cutoff=1) <= 1


def rank(query: PlateQuery, text: str) -> tuple[int, str]:
    """Exact first, then what could not be read, then look-alikes, then the rest; by text among equals."""
    if text == query.text:
        return 0, text
    if query.kind not in ("near", "far") or (query.kind == "near" and UNREADABLE in text):
        return 1, text
    if query.kind == "far":
        return 1 + Levenshtein.distance(query.text, text), text
    return (2 if lookalike_key(text) == lookalike_key(query.text) else 3), text


def why(query: PlateQuery, text: str) -> str:
    """In a few words, why this plate is listed."""
    if text == query.text:
        return gettext("exactly this plate")
    if query.kind == "prefix":
        return gettext("begins with %(text)s") % {"text": query.text}
    if query.kind in ("wildcard", "regex"):
        return gettext("fits %(text)s") % {"text": query.text}
    if query.kind == "far" and not _within_one(query.text, text):
        return gettext("two characters differ")
    return _difference(query.text, text)


def _difference(wanted: str, found: str) -> str:
    """How a plate within one edit differs from the one that was asked for."""
    if len(found) > len(wanted):
        return gettext("%(char)s at %(place)s is extra") % _extra(found, wanted)
    if len(found) < len(wanted):
        return gettext("%(char)s at %(place)s is missing") % _extra(wanted, found)
    changes = [(index, a, b) for index, (a, b) in enumerate(zip(wanted, found, strict=True), 1) if a != b]
    return ", ".join(_change(*change) for change in changes)


def _change(place: int, wanted: str, found: str) -> str:
    if found == UNREADABLE:
        return gettext("character %(place)s could not be read") % {"place": place}
    alike = lookalike_key(wanted) == lookalike_key(found)
    plain = gettext("%(found)s instead of %(wanted)s at %(place)s")
    words = gettext("%(found)s instead of %(wanted)s at %(place)s, which look alike") if alike else plain
    return words % {"found": found, "wanted": wanted, "place": place}


def _extra(longer: str, shorter: str) -> dict[str, str | int]:
    """The one character the longer text has more, with its place."""
    place = next((i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    return {"char": longer[place], "place": place + 1}


def differing(query: PlateQuery, text: str) -> set[int]:
    """Which characters of a found plate (from 0) are others than those that were asked for."""
    if query.kind not in ("near", "alike", "far"):
        return set()
    edits = Levenshtein.editops(query.text, text)
    return {edit.dest_pos for edit in edits if edit.tag != "delete"}
