"""The moment in a recording's name, as dashcams write it: by the camera's own clock, in the camera's own zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY, _TIME = r"(20\d\d){0}(\d\d){0}(\d\d)", r"(\d\d){0}(\d\d){0}(\d\d)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """`example` is a name that it stands for."""

    vendor: str
    example: str
    regex: re.Pattern[str]


def _pattern(vendor: str, example: str, regex: str) -> Pattern:
    return Pattern(vendor, example, re.compile(regex, re.IGNORECASE))


# The special ones first; the last takes whatever looks like a day and a time.
PATTERNS = (
    _pattern("Tesla", "2026-03-01_07-00-00-front.mp4", rf"(?<!\d){_DAY.format('-')}_{_TIME.format('-')}-[a-z_]+"),
    _pattern("Viofo", "2026_0301_070000_0012F.MP4", rf"(?<!\d)(20\d\d)_(\d\d)(\d\d)_{_TIME.format('')}_\d+"),
    _pattern("DJI", "DJI_20260301070000_0001_D.MP4", rf"DJI_{_DAY.format('')}{_TIME.format('')}_\d{{4}}"),
    _pattern("Novatek, Viofo TS", "20260301070000_000012.TS", rf"(?<!\d){_DAY.format('')}{_TIME.format('')}_\d{{4,}}"),
    _pattern("BlackVue", "20260301_070000_NF.mp4", rf"(?<!\d){_DAY.format('')}_{_TIME.format('')}_[NEPMIOATBRXGDLYF]"),
    _pattern(
        "Thinkware",
        "REC_2026_03_01_07_00_00_F.MP4",
        rf"(?:REC|EVT|MOT|PARK|SOS)_{_DAY.format('_')}_{_TIME.format('_')}",
    ),
    _pattern("70mai", "NO20260301-070000-000012F.MP4", rf"[A-Z]{{2}}{_DAY.format('')}-{_TIME.format('')}-\d{{6}}"),
    _pattern(
        "Nextbase, Navitel", "260301_070000_012_FH.MP4", rf"(?<!\d)(\d\d)(\d\d)(\d\d)_{_TIME.format('')}_\d{{3}}_[FR]H"
    ),
    _pattern("Mio MiVue", "FILE260301-070000.MP4", rf"(?:FILE|EMER|PARK)(\d\d)(\d\d)(\d\d)-{_TIME.format('')}"),
    _pattern("Telephones", "VID_20260301_070000.mp4", rf"(?:VID|PXL)_{_DAY.format('')}_{_TIME.format('')}"),
    _pattern(
        "any other",
        "2026-03-01 07.00.00.mp4",
        r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_T. ]{0,2}(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)(?!\d{3})",
    ),
)


@dataclass(frozen=True, slots=True)
class Named:
    """`at` is the camera's local time, written as if it were UTC."""

    at: datetime
    vendor: str


def read_name(name: str) -> Named | None:
    """None for a name without a moment (GoPro, Garmin), or with one that no calendar has, or before 2010."""
    for pattern in PATTERNS:
        match = pattern.regex.search(name)
        if match is None:
            continue
        year, month, day, hour, minute, second = map(int, match.groups())
        try:
            at = datetime(year + (2000 if year < 100 else 0), month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            continue
        if timedelta(0) <= at - datetime(2010, 1, 1, tzinfo=UTC):
            return Named(at, pattern.vendor)
    return None
