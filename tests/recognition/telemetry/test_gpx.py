from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recognition.errors import NoPositions, TelemetryUnreadable
from recognition.telemetry import gpx

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'


def write(path: Path, body: str, head: str = HEAD) -> Path:
    path.write_text(f"{head}{body}</gpx>", encoding="utf-8")
    return path


def test_all_tracks_and_segments_are_read_in_order(tmp_path: Path) -> None:
    point = '<trkpt lat="{0}" lon="26.1"><time>2026-03-01T07:00:0{0}Z</time></trkpt>'
    body = "<trk><trkseg>{}</trkseg><trkseg>{}</trkseg></trk><trk><trkseg>{}</trkseg></trk>"
    path = write(tmp_path / "x.gpx", body.format(*(point.format(i) for i in (1, 2, 3))))
    points = gpx.read(path)
    assert [point.lat for point in points] == [1, 2, 3]
    assert points[0].time == datetime(2026, 3, 1, 7, 0, 1, tzinfo=UTC)


def test_speed_course_and_accuracy_are_read_where_they_are(tmp_path: Path) -> None:
    body = (
        '<trk><trkseg><trkpt lat="44" lon="26"><hdop>1.2</hdop><extensions><x:TrackPointExtension xmlns:x="urn:x">'
        "<x:speed>13.5</x:speed><x:course>271</x:course></x:TrackPointExtension></extensions></trkpt></trkseg></trk>"
    )
    (point,) = gpx.read(write(tmp_path / "x.gpx", body))
    assert (point.speed, point.heading, point.accuracy, point.time) == (13.5, 271, 6, None)


def test_the_older_version_and_times_with_a_zone_are_read(tmp_path: Path) -> None:
    written = '<trkpt lat="44" lon="26"><time>2026-03-01T09:00:00+02:00</time><speed>3</speed></trkpt>'
    body = f"<trk><trkseg>{written}</trkseg></trk>"
    path = write(tmp_path / "x.gpx", body, '<gpx version="1.0" xmlns="http://www.topografix.com/GPX/1/0">')
    (point,) = gpx.read(path)
    assert point.time == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert point.speed == 3


@pytest.mark.parametrize(
    "body", ["", "<trk><trkseg></trkseg></trk>", '<trk><trkseg><trkpt lat="x" lon="1"/></trkseg></trk>']
)
def test_a_file_without_a_point_says_so_kindly(tmp_path: Path, body: str) -> None:
    with pytest.raises(NoPositions, match=r"without a single track point.*can be read without it"):
        gpx.read(write(tmp_path / "x.gpx", body))


@pytest.mark.parametrize("text", ["", "words", HEAD + "<trk>", "<kml></kml>"])
def test_what_is_no_whole_gpx_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.gpx"
    path.write_text(text)
    with pytest.raises(TelemetryUnreadable, match=r"x\.gpx"):
        gpx.read(path)


def test_a_file_that_would_expand_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.gpx"
    path.write_text('<!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx><trk><name>&b;</name></trk></gpx>')
    with pytest.raises(TelemetryUnreadable, match="entities"):
        gpx.read(path)
