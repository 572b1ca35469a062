"""What a plate's text is: one normal form, look-alikes, neighbours, and how well it fits the formats of countries.

No pixels here and no network, so that search, API and training may use it alike.
"""

from __future__ import annotations

import math
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from recognition.alphabet import CHINESE_PROVINCES, CHINESE_SPECIAL, LATIN

FORMATS_FILE = Path(__file__).parent / "configs" / "formats.toml"

# Characters that the eye, the camera and the network take for each other; the first one stands for its group.
LOOKALIKES: tuple[str, ...] = ("0ODQ", "1I", "2Z", "5S", "6G", "8B")
_KEY = str.maketrans({character: group[0] for group in LOOKALIKES for character in group})
_GROUP = {character: group for group in LOOKALIKES for character in group}
UNREADABLE = "?"

VANITY_SHARE = 0.02  # prior of a text that follows no known format: soft, so that vanity plates survive
LARGEST_GAIN = 8.0  # how much likelier a listed place code may make a text


def normalize(text: str) -> str:
    """Upper case, letters and digits of any script alone: ` b-99 bnx ` -> `B99BNX`."""
    upper = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in upper if character.isalnum())


def lookalike_key(text: str) -> str:
    """The same key for all texts that differ by look-alikes alone: `OB1` and `0BI` -> `081`."""
    return normalize(text).translate(_KEY)


def deletion_keys(text: str) -> set[str]:
    """The text and all texts with one character left out; two texts one edit apart share at least one key."""
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def two_edit_keys(text: str) -> set[str]:
    """Keys such that any text at most two edits away has one of them among its own `deletion_keys`.

    Of two changed characters one is left out by the other text's key, so the rest differs from this text in one
    deletion and one change; of two extra characters one remains. Some 2,000 keys for seven characters.
    """
    symbols = LATIN + UNREADABLE + ("" if text.isascii() else CHINESE_PROVINCES + CHINESE_SPECIAL)
    shorter = deletion_keys(text)
    changed = {key[:i] + symbol + key[i + 1 :] for key in shorter for i in range(len(key)) for symbol in symbols}
    longer = {text[:i] + symbol + text[i:] for i in range(len(text) + 1) for symbol in symbols}
    return changed | longer | {key for one in shorter for key in deletion_keys(one)}


def lookalikes(text: str) -> Iterator[str]:
    """Every text that differs from this one by look-alikes alone, itself among them."""
    return map("".join, product(*(_GROUP.get(character, character) for character in text)))


@dataclass(frozen=True, slots=True)
class Format:
    """A pattern of one country: L a letter of `letters`, D a digit, X either, C one of the place `codes`."""

    region: str
    pattern: str
    letters: frozenset[str]
    codes: frozenset[str]
    weight: float  # share among all formats of the world; they sum to 1

    def shapes(self) -> Iterator[tuple[str, int]]:
        """Every shape of letters and digits (`LDDLLL`) that the pattern covers, with the length of its place code."""
        options = {"L": ["L"], "D": ["D"], "X": ["L", "D"]}
        for length in sorted({len(code) for code in self.codes} or {0}):
            rest = [options[symbol] for symbol in self.pattern if symbol != "C"]
            at = self.pattern.find("C")
            for symbols in product(*rest):
                text = "".join(symbols)
                code = "L" * length if not _digits(self.codes) else "D" * length
                yield (text if at < 0 else text[:at] + code + text[at:]), length

    def gain(self, text: str, code_length: int) -> float:
        """How much likelier than a random text of its shape `text` is in this format; 0 where it does not fit."""
        at = self.pattern.find("C") if code_length else 0
        code, rest = text[at : at + code_length], text[:at] + text[at + code_length :]
        if any(c.isalpha() and c not in self.letters for c in rest) or (code_length and code not in self.codes):
            return 0.0
        if not code_length:
            return 1.0
        alike = sum(len(other) == code_length for other in self.codes)
        return min(LARGEST_GAIN, float((10 if code.isdigit() else 26) ** code_length) / alike)


def _digits(codes: frozenset[str]) -> bool:
    return bool(codes) and all(code.isdigit() for code in codes)


def shape_of(text: str) -> str:
    """`B99BNX` -> `LDDLLL`; every letter of any script is an L."""
    return "".join("D" if character.isdigit() else "L" for character in text)


@lru_cache(maxsize=1)
def _all_formats() -> tuple[Format, ...]:
    table: Mapping[str, list[Mapping[str, str | float]]] = tomllib.loads(FORMATS_FILE.read_text(encoding="utf-8"))
    rows = [(region, row, str(row["patterns"]).split()) for region, rows in table.items() for row in rows]
    total = sum(float(row.get("weight", 1.0)) for _, row, _ in rows)
    return tuple(
        Format(
            region,
            pattern,
            frozenset(str(row.get("letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
            frozenset(str(row.get("codes", "")).split()) if "C" in pattern else frozenset(),
            float(row.get("weight", 1.0)) / total / len(patterns),
        )
        for region, row, patterns in rows
        for pattern in patterns
    )


def formats_for(region: str | None) -> tuple[Format, ...]:
    """The formats of a country (`ro`, or `us-ca` for a state's country); all of them for None or an unknown one."""
    country = (region or "").split("-")[0].lower()
    return tuple(form for form in _all_formats() if form.region == country) or _all_formats()


@lru_cache(maxsize=128)
def _by_shape(country: str) -> dict[str, list[tuple[Format, int, float]]]:
    """Shape -> (format, length of its place code, weight among the formats asked for)."""
    chosen = formats_for(country)
    total = sum(form.weight for form in chosen)
    index: dict[str, list[tuple[Format, int, float]]] = {}
    for form in chosen:
        lengths = max(1, len({len(code) for code in form.codes}))
        for shape, code_length in form.shapes():
            index.setdefault(shape, []).append((form, code_length, form.weight / total / lengths))
    return index


@lru_cache(maxsize=65536)
def format_score(text: str, region: str | None = None) -> float:
    """Log prior of a normalized text, relative to a random text of its own shape.

    A mixture of the country's formats with "no format at all" (VANITY_SHARE), so the worst that can happen to a text
    is log(VANITY_SHARE) = -3.9: a clear vanity plate outweighs it, a doubtful O in a digit's place does not.
    """
    country = (region or "").split("-")[0].lower()
    fits = _by_shape(country).get(shape_of(text), ())
    share = sum(weight * form.gain(text, code_length) for form, code_length, weight in fits)
    return math.log(VANITY_SHARE + (1 - VANITY_SHARE) * share)
