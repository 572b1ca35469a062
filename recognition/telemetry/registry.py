"""All readers, in the order in which they are asked; the first that finds a row has read the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recognition.telemetry import (
    blackvue,
    camm,
    dji,
    exiftool,
    garmin,
    gopro,
    gpx,
    ligo,
    nmea,
    novatek,
    seventymai,
    tesla,
    thinkware,
    vantrue,
    viofo,
)
from recognition.telemetry.fix import Fix
from recognition.telemetry.recording import Recording

Read = Callable[[Recording], list[Fix]]


@dataclass(frozen=True, slots=True)
class Reader:
    """`own_clock`: its rows bear what the camera takes for the time, which may be local; else they bear UTC."""

    name: str
    title: str
    read: Read
    own_clock: bool = False
    beside: bool = False  # reads files beside a video


def _gpx(recording: Recording) -> list[Fix]:
    return gpx.read(recording.path) if b"<gpx" in recording.head else []


def _nmea(recording: Recording) -> list[Fix]:
    return nmea.rows(recording.text)


def _nmea_lines(recording: Recording) -> list[Fix]:
    """NMEA in a subtitle track, of whatever maker."""
    lines = ((second, text.decode("ascii", errors="replace")) for second, text in recording.texts)
    return [row for second, text in lines if "RMC," in text for row in nmea.at_second(nmea.rows(text), second)]


READERS = (
    Reader("gpx", "GPX", _gpx, beside=True),
    Reader("blackvue", "BlackVue (.gps, embedded)", blackvue.read, beside=True),
    Reader("70mai", "70mai log", seventymai.read, beside=True),
    Reader("dji", "DJI subtitles (.srt, text track)", dji.read, own_clock=True, beside=True),
    Reader("nmea", "NMEA log", _nmea, beside=True),
    Reader("gopro", "GoPro GPMF", gopro.read),
    Reader("camm", "CAMM", camm.read),
    Reader("garmin", "Garmin PNDM", garmin.read),
    Reader("thinkware", "Thinkware subtitles", thinkware.read),
    Reader("nmea", "NMEA subtitles", _nmea_lines),
    Reader("vantrue", "Vantrue freeGPS", vantrue.read),
    Reader("novatek", "Novatek freeGPS", novatek.read, own_clock=True),
    Reader("viofo", "Viofo freeGPS", viofo.read, own_clock=True),
    Reader("ligo", "LigoGPS text in .TS", ligo.read, own_clock=True),
    Reader("tesla", "Tesla SEI", tesla.read),
)
LAST_RESORT = Reader("exiftool", "ExifTool", exiftool.read)
