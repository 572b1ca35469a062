"""By what anything of the other fleet is known where it must not be: its texts, its places and its keys."""

from __future__ import annotations

import re

LETTERS = "ZQSG"  # in each of its plates and names
LAT, LON = -33.8812, 151.2099
OTHERS, OURS = 881_000_000, 882_000_000  # keys of the two fleets' rows begin above these, in every table
_SEEN = re.compile(rf"{LETTERS}\w*|-33\.88\d*|(?<![\d.])881\d{{6}}(?![\d])", re.IGNORECASE)


def leaked(answer: str, sent: str, also: tuple[str, ...] = ()) -> set[str]:
    """What of the other fleet stands in an answer although the caller did not send it; `also` are further keys."""
    known, lower = sent.lower(), answer.lower()
    found = {word.lower() for word in _SEEN.findall(answer)} | {word for word in also if word in lower}
    return {word for word in found if word not in known}
