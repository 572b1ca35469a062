from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import pytest

from recognition.errors import NoPositions, TelemetryUnreadable
from recognition.telemetry import nmea

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "telemetry"


def signed(body: str) -> str:
    return f"${body}*{reduce(lambda total, c: total ^ ord(c), body, 0):02X}"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\r\n".join(lines))
    return path


RMC = "GPRMC,070000.00,A,4424.0000,N,02603.0000,W,010.0,090.5,010326,,,A"
GGA = "GPGGA,070000.00,4424.0000,N,02603.0000,W,1,08,1.5,80.0,M,40.0,M,,"


def test_date_place_speed_course_and_accuracy_come_together(tmp_path: Path) -> None:
    (point,) = nmea.read(write(tmp_path / "x.nmea", signed(RMC), signed(GGA)))
    assert [point.lat, point.lon] == pytest.approx([44.4, -26.05])
    assert point.time == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert [point.speed, point.heading, point.accuracy] == pytest.approx([5.144, 90.5, 7.5], abs=0.001)


def test_a_sentence_whose_checksum_is_wrong_is_left_out(tmp_path: Path) -> None:
    broken = signed(RMC.replace("070000", "070001")).replace("4424", "4524")
    assert len(nmea.read(write(tmp_path / "x.nmea", signed(RMC), broken))) == 1


def test_sentences_without_a_fix_give_no_position(tmp_path: Path) -> None:
    with pytest.raises(NoPositions, match="never had a fix"):
        nmea.read(write(tmp_path / "x.nmea", signed(RMC.replace(",A,4", ",V,4"))))


def test_midnight_is_crossed_forwards(tmp_path: Path) -> None:
    late, early = RMC.replace("070000.00", "235959.50"), GGA.replace("070000.00", "000000.50")
    first, second = nmea.read(write(tmp_path / "x.nmea", signed(late), signed(early)))
    assert first.time is not None
    assert second.time is not None
    assert (second.time - first.time).total_seconds() == 1.0


def test_other_text_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(TelemetryUnreadable):
        nmea.read(write(tmp_path / "x.nmea", "hello", "$GPGSV,4,1,16*7D"))


@pytest.mark.parametrize(("name", "count"), [("mivue.NMEA", 7), ("blackvue.gps", 9)])
def test_logs_of_real_cameras_are_read(name: str, count: int) -> None:
    if not (SHARED / name).exists():
        pytest.skip("../shared/data is not here")
    assert len(nmea.read(SHARED / name)) == count
