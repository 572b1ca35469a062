"""What a recording's name says, as dashcams write it: the moment, by the camera's own clock and in its own zone, and
which of the car's cameras filmed it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal

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


Camera = Literal["front", "rear", "other"]


@dataclass(frozen=True, slots=True)
class Sides:
    """How a vendor tells its cameras apart: `regex` finds the mark; one not listed is `other`."""

    vendor: str
    regex: re.Pattern[str]
    front: tuple[str, ...]
    rear: tuple[str, ...]
    examples: tuple[tuple[str, Camera], ...]

    def camera(self, mark: str) -> Camera:
        return "front" if mark in self.front else "rear" if mark in self.rear else "other"


def _sides(vendor: str, regex: str, front: str, rear: str, *examples: tuple[str, Camera]) -> Sides:
    return Sides(vendor, re.compile(regex, re.IGNORECASE), tuple(front.split()), tuple(rear.split()), examples)


# Asked of the name without its ending. Inside, left, right and telephoto cameras are `other`.
SIDES = (
    _sides(
        "Tesla",
        rf"{_DAY.format('-')}_{_TIME.format('-')}-(?P<mark>[a-z]+(?:_[a-z]+)?)$",
        "FRONT",
        "BACK",
        ("2026-03-01_07-00-00-front.mp4", "front"),
        ("2026-03-01_07-00-00-back.mp4", "rear"),
        ("2026-03-01_07-00-00-left_repeater.mp4", "other"),
    ),
    _sides(
        "Viofo",
        r"(?<!\d)20\d\d_\d{4}_\d{6}_\d+P?(?P<mark>[FRIT])$",
        "F",
        "R",
        ("2026_0301_070000_0012F.MP4", "front"),
        ("2026_0301_070000_0013PR.MP4", "rear"),
        ("2026_0301_070000_0014I.MP4", "other"),
    ),
    _sides(
        "BlackVue",
        r"(?<!\d)20\d{6}_\d{6}_[NEPMIOATBRXGDLYF](?P<mark>[FRIO])$",
        "F",
        "R",
        ("20260301_070000_NF.mp4", "front"),
        ("20260301_070000_ER.mp4", "rear"),
        ("20260301_070000_NI.mp4", "other"),
    ),
    _sides(
        "Thinkware",
        r"(?:REC|EVT|MOT|PARK|SOS)_20\d\d(?:_\d\d){5}_(?P<mark>[FRI])$",
        "F",
        "R",
        ("REC_2026_03_01_07_00_00_F.MP4", "front"),
        ("EVT_2026_03_01_07_00_00_R.MP4", "rear"),
    ),
    _sides(
        "70mai",
        r"[A-Z]{2}20\d{6}-\d{6}-\d{6}(?P<mark>[FBIR])$",
        "F",
        "B R",
        ("NO20260301-070000-000012F.MP4", "front"),
        ("NO20260301-070000-000012B.MP4", "rear"),
        ("NO20260301-070000-000012I.MP4", "other"),
    ),
    _sides(
        "Nextbase, Navitel",
        r"(?<!\d)\d{6}_\d{6}_\d{3}_(?P<mark>[FRC][HL])$",
        "FH FL",
        "RH RL",
        ("260301_070000_012_FH.MP4", "front"),
        ("260301_070000_012_RH.MP4", "rear"),
        ("260301_070000_012_CH.MP4", "other"),
    ),
    _sides(
        "Mio MiVue",
        r"(?:FILE|EMER|PARK)\d{6}-\d{6}(?P<mark>[FR])$",
        "F",
        "R",
        ("FILE260301-070000F.MP4", "front"),
        ("FILE260301-070000R.MP4", "rear"),
    ),
    _sides(
        "Vantrue",
        r"(?<!\d)20\d{6}_\d{6}_\d{4}_[NEPT]_(?P<mark>[A-D])$",
        "A",
        "C",
        ("20260301_070000_0012_N_A.MP4", "front"),
        ("20260301_070000_0012_N_C.MP4", "rear"),
        ("20260301_070000_0012_N_B.MP4", "other"),
    ),
    _sides(
        "Novatek",
        r"(?<!\d)20\d\d_?\d{4}_?\d{6}_\d{3,}_?(?P<mark>[AB])$",
        "A",
        "B",
        ("20260301070000_000012A.TS", "front"),
        ("2026_0301_070000_012B.MP4", "rear"),
    ),
    _sides(
        "any other",
        r"(?:(?:^|[-_. ])(?P<mark>front|rear|back|left|right|inside|interior|cabin|[FRB])|(?<=\d)(?P<last>[FRB]))$",
        "F FRONT",
        "R B REAR BACK",
        ("drive-front.mp4", "front"),
        ("my drive rear.mp4", "rear"),
        ("DASH0012B.MP4", "rear"),
        ("drive_inside.mp4", "other"),
    ),
)


def camera_of(name: str) -> Camera | None:
    """Which camera the name says; None where it says nothing."""
    found = _marked(name)
    return found[0].camera(found[1].upper()) if found else None


def clip_names(name: str) -> set[str]:
    """What the log of a clip may be called, in small letters and without ending: its name, with and without its mark.

    BlackVue writes one `…_N.gps` beside `…_NF.mp4` and `…_NR.mp4`.
    """
    stem, found = PurePosixPath(name).stem.lower(), _marked(name)
    return {stem, stem[: -len(found[1])].rstrip("-_. ")} - {""} if found else {stem}


def _marked(name: str) -> tuple[Sides, str] | None:
    """(vendor, mark at the end of the name)"""
    stem = PurePosixPath(name).stem
    for sides in SIDES:
        match = sides.regex.search(stem)
        if match is not None:
            return sides, next(mark for mark in match.groupdict().values() if mark)
    return None
