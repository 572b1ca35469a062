"""What the recognizer can write: characters and issuing regions, in the order that the weights were trained with.

Adding a character or a region changes the size of the network's last layers, and so asks for a new training.
"""

from __future__ import annotations

from collections.abc import Iterable

BLANK = 0  # the CTC blank; characters count from 1

LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHINESE_PROVINCES = "京沪津渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新"
CHINESE_SPECIAL = "学警港澳挂使领"
CHARACTERS: str = LATIN + CHINESE_PROVINCES + CHINESE_SPECIAL
CLASSES = 1 + len(CHARACTERS)

# Lower-case ISO 3166 codes; the first one stands for "cannot tell".
REGIONS: tuple[str, ...] = (
    "unknown",
    *("al", "at", "ba", "be", "bg", "by", "ch", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gb", "gr", "hr"),
    *("hu", "ie", "is", "it", "li", "lt", "lu", "lv", "md", "me", "mk", "mt", "nl", "no", "pl", "pt", "ro", "rs"),
    *("ru", "se", "si", "sk", "tr", "ua", "us", "ca", "mx", "br", "ar", "in", "il", "cn", "vn"),
)

_INDEX = {character: index for index, character in enumerate(CHARACTERS, start=1)}
_REGION_INDEX = {region: index for index, region in enumerate(REGIONS)}


def encode(text: str) -> list[int]:
    """Indices from 1 of every character of `text`; KeyError for one that the recognizer cannot write."""
    return [_INDEX[character] for character in text]


def writable(text: str) -> bool:
    """Whether every character of `text` is one that the recognizer knows."""
    return all(character in _INDEX for character in text)


def decode(indices: Iterable[int]) -> str:
    """The text of indices from 1; blanks are left out, repeats are kept."""
    return "".join(CHARACTERS[index - 1] for index in indices if index != BLANK)


def region_index(code: str) -> int:
    """Place of a country in REGIONS, of a state's country for `us-ca`, and that of "unknown" for one not there."""
    return _REGION_INDEX.get(code.split("-")[0].lower(), 0)
