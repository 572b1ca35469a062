"""Every camera's format, from bytes built here: the drive that went in comes out."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recognition.telemetry import extract
from recognition.telemetry.extract import Telemetry
from recognition.telemetry.fix import Fix
from tests.recognition.telemetry import cameras, containers
from tests.recognition.telemetry.cameras import LAT, SPEED, lon
from tests.recognition.telemetry.containers import START, in_boxes, listed
from tests.recognition.telemetry.fixtures import FIXTURES

GOOD = {name: content for name, content in FIXTURES.items() if not name.startswith(("fault_", "no_"))}


def read(tmp_path: Path, content: bytes, name: str = "clip.mp4") -> Telemetry:
    path = tmp_path / name
    path.write_bytes(content)
    return extract.read(path)


def points(found: Telemetry) -> list[Fix]:
    assert found.track is not None, found
    return [point for point in found.track.points if isinstance(point, Fix)]


@pytest.mark.parametrize("name", GOOD)
def test_the_drive_that_went_in_comes_out(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, GOOD[name], name)
    assert found.verdict == "positions", found
    assert found.format.removesuffix(".mp4") in name.replace("vantrue_s1", "vantrue").replace(".TS", "")
    rows = points(found)
    step = 1.0 if len(rows) == 10 else 0.5  # GPS5 and Tesla write two rows a second here
    for i, point in enumerate(rows):
        assert (point.lat, point.lon) == pytest.approx((LAT, lon(1) * i * step + lon(0) * (1 - i * step)), abs=2e-5)
        assert point.speed == pytest.approx(SPEED, abs=0.1)
        assert point.heading == pytest.approx(90, abs=1)
        if point.time is not None:
            assert point.time == START + timedelta(seconds=i * step)
        if point.seconds is not None:
            assert point.seconds == pytest.approx(i * step)
    assert found.start.at in (START, None)
    assert not found.notes or name == "70mai.txt"


@pytest.mark.parametrize("name", ["gopro_gps5.mp4", "gopro_gps9.mp4", "camm5.mp4", "dji.srt", "gpx.gpx", "ligo.TS"])
def test_heights_are_read_where_there_are_some(tmp_path: Path, name: str) -> None:
    assert {point.altitude for point in points(read(tmp_path, GOOD[name], name))} == {80.0}


def test_gopro_tells_fix_and_accuracy(tmp_path: Path) -> None:
    for content in (FIXTURES["gopro_gps5.mp4"], FIXTURES["gopro_gps9.mp4"]):
        rows = points(read(tmp_path, content))
        assert {row.quality for row in rows} == {"3d"}
        assert [row.accuracy for row in rows] == pytest.approx([7.5] * len(rows))


def test_where_gopro_writes_both_streams_the_more_exact_one_is_read(tmp_path: Path) -> None:
    both = cameras.gopro(lambda row: cameras.gps5_sample(row) + cameras.gps9_sample(row))
    assert read(tmp_path, both).rows == 10


@pytest.mark.parametrize("sample", [cameras.gps5_sample, cameras.gps9_sample])
def test_gopro_rows_before_the_first_fix_are_counted_not_shown(tmp_path: Path, sample: object) -> None:
    assert callable(sample)
    found = read(tmp_path, cameras.gopro(lambda row: sample(row, 0 if row < 4 else 3)))
    assert [step.name for step in found.steps] == ["no_fix"]
    assert points(found)[0].seconds == 4


def test_camm_counts_from_1980_or_as_some_writers_do_from_1970(tmp_path: Path) -> None:
    sample = cameras.camm_sample(6, 0)
    unix = sample[:4] + struct.pack("<d", START.timestamp()) + sample[12:]
    for one in (sample, unix):
        assert points(read(tmp_path, containers.mp4(b"meta", b"camm", [one])))[0].time == START


def test_camm_without_a_fix_gives_no_position(tmp_path: Path) -> None:
    found = read(tmp_path, containers.mp4(b"meta", b"camm", [cameras.camm_sample(6, row, fix=0) for row in range(3)]))
    assert (found.verdict, found.rows) == ("no fix", 3)


def test_novatek_blocks_lie_in_time_with_the_pictures_between_them(tmp_path: Path) -> None:
    found = read(tmp_path, listed([cameras.novatek_block(row) for row in range(10)], step=0.5))
    assert [point.seconds for point in points(found)] == [row / 2 for row in range(10)]


def test_without_pictures_a_block_a_second_lies_by_its_number(tmp_path: Path) -> None:
    blocks = [cameras.novatek_block(row) for row in range(10)]
    assert [point.seconds for point in points(read(tmp_path, in_boxes(blocks)))] == list(range(10))
    assert points(read(tmp_path, in_boxes(blocks, seconds=60)))[0].seconds is None


def test_southern_and_western_sides_are_negative(tmp_path: Path) -> None:
    found = read(tmp_path, in_boxes([cameras.novatek_block(row, b"ASW") for row in range(3)]))
    assert points(found)[0].lat == pytest.approx(-LAT)
    assert points(found)[0].lon == pytest.approx(-lon(0))


def test_ligos_lines_have_sides_too_and_zeros_before_the_first_fix(tmp_path: Path) -> None:
    texts = [cameras.ligo(row).replace(b" E:", b" W:").replace(b" N:", b" S:") for row in range(5)]
    texts[0] = texts[0].replace(b"50.000000", b"00.000000").replace(b"30.000000", b"0.000000")
    found = read(tmp_path, containers.transport(texts), "clip.TS")
    assert [(step.name, step.rows) for step in found.steps] == [("no_fix", 1)]
    assert [points(found)[0].lat, points(found)[0].lon] == pytest.approx([-LAT, -lon(1)])


def test_a_clip_without_positions_has_none_and_is_no_failure(tmp_path: Path) -> None:
    found = read(tmp_path, FIXTURES["no_gps.mp4"])
    assert (found.verdict, found.track, found.notes) == ("no GPS found", None, ())


def test_a_thinkware_line_without_its_sentence_is_a_second_without_a_fix(tmp_path: Path) -> None:
    texts = [b"gsensori,4,512,5;CAR,0,0"] * 2
    texts += [f"gsensori,4,512,5;${cameras.rmc(row)}\r\n;CAR,0".encode() for row in range(2, 6)]
    found = read(tmp_path, containers.lines(texts))
    assert [(step.name, step.rows) for step in found.steps] == [("no_fix", 2)]
    assert found.start.at == START


def test_subtitles_of_any_maker_may_hold_nmea(tmp_path: Path) -> None:
    found = read(tmp_path, containers.lines([cameras.signed(cameras.rmc(row)).encode() for row in range(5)], b"text"))
    assert (found.format, len(points(found))) == ("nmea", 5)


def test_plain_subtitles_are_no_positions(tmp_path: Path) -> None:
    assert read(tmp_path, containers.lines([b"Good morning", b"Turn left"])).verdict == "no GPS found"


def test_blackvues_clock_gives_the_second_in_the_video(tmp_path: Path) -> None:
    late = cameras.blackvue_text().split(b"\r\n", 3)[3]  # the log begins three lines later
    rows = points(read(tmp_path, late, "20260301_080000_NF.gps"))
    assert [row.seconds for row in rows[:2]] == [0.0, 1.0]


def test_blackvues_shock_log_holds_no_positions_and_is_no_failure(tmp_path: Path) -> None:
    log = b"".join(struct.pack(">Ihhh", 100 * i, 1, -2, 3) for i in range(1, 40))
    found = read(tmp_path, log, "20260301_080000_NF.3gf")
    assert found.verdict == "no GPS found"
    assert "shock sensor" in found.notes[0]


def test_70mai_rows_without_a_fix_are_left_out(tmp_path: Path) -> None:
    text = cameras.seventymai().replace(b",A,", b",V,", 3)
    assert len(points(read(tmp_path, text, "GPSData000001.txt"))) == 7


def test_dji_spells_longitude_in_two_ways(tmp_path: Path) -> None:
    text = cameras.dji_srt().replace(b"longitude", b"longtitude")
    assert len(points(read(tmp_path, text, "DJI_0001.SRT"))) == 10


def test_dji_puts_zeros_before_its_first_fix(tmp_path: Path) -> None:
    text = (
        cameras.dji_srt()
        .replace(b"50.000000", b"0.000000", 2)
        .replace(b"30.000000", b"0.0")
        .replace(b"30.000070", b"0.0")
    )
    assert read(tmp_path, text, "DJI_0001.SRT").steps[0].rows == 2


def test_an_ordinary_subtitle_file_is_not_djis(tmp_path: Path) -> None:
    assert read(tmp_path, b"1\n00:00:00,000 --> 00:00:01,000\nHello\n", "film.srt").verdict == "no GPS found"


def test_tesla_leaves_out_what_is_zero(tmp_path: Path) -> None:
    parked = cameras.varint(1 << 3) + b"\x01"  # a version, and no position
    pictures = [cameras.tesla_picture(row, parked if row < 4 else None) for row in range(10)]
    found = read(tmp_path, containers.mp4(b"vide", b"avc1", pictures, step=0.5))
    assert [(step.name, step.rows) for step in found.steps][:1] == [("no_fix", 4)]


def test_other_messages_of_an_encoder_are_not_teslas(tmp_path: Path) -> None:
    unit = b"\x06\x05\x20" + bytes(range(16)) + b"x264 - core 164 " + b"\x80"
    picture = struct.pack(">I", len(unit)) + unit + struct.pack(">I", 5) + b"\x65abcd"
    assert read(tmp_path, containers.mp4(b"vide", b"avc1", [picture] * 5)).verdict == "no GPS found"


def test_a_container_without_any_of_it_ends_as_no_gps_found(tmp_path: Path) -> None:
    assert read(tmp_path, containers.mp4(b"vide", b"hev1", [b"x" * 50] * 5)).verdict == "no GPS found"
    assert read(tmp_path, b"RIFF" + bytes(100), "clip.avi").verdict == "no GPS found"


def test_what_is_no_recording_is_unreadable(tmp_path: Path) -> None:
    assert read(tmp_path, bytes(range(200, 256)) * 9).verdict == "unreadable"
    assert read(tmp_path, b"").verdict == "unreadable"


def test_positions_beside_a_video_are_taken_where_it_has_none_itself(tmp_path: Path) -> None:
    (tmp_path / "CLIP.NMEA").write_bytes(cameras.nmea())
    found = read(tmp_path, containers.mp4(b"vide", b"hev1", [b"x" * 50] * 10), "clip.mp4")
    assert (found.format, len(points(found))) == ("nmea", 10)
    assert found.start.at == START
    assert "CLIP.NMEA" in found.notes[-1]


def test_a_recording_from_a_camera_whose_year_has_two_digits(tmp_path: Path) -> None:
    assert points(read(tmp_path, in_boxes([cameras.novatek_block(0)])))[0].time == datetime(2026, 3, 1, 7, tzinfo=UTC)
