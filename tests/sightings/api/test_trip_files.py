"""A trip as GPX and KML."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

import pytest
from rest_framework.test import APIClient

from sightings.models import AuditEntry, ProcessingRun, Track, User
from tests.factories import make_sighting, make_video

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
KML, GPX = "{http://www.opengis.net/kml/2.2}", "{http://www.topografix.com/GPX/1/1}"
POINTS = [[0.0, 44.4, 26.0, 10.0, 90.0, 3.0], [1.5, 44.5, 26.1, 10.0, 90.0, 3.0]]


@pytest.fixture
def driven(run: ProcessingRun) -> ProcessingRun:
    """A front and a rear camera on the same road; one sighting with a place, one without, one that is no plate."""
    Track.objects.create(video=run.video, source="gpx", points=POINTS)
    Track.objects.create(video=make_video(run.video.trip, camera="rear"), source="gpx", points=POINTS)
    make_sighting(run, "B10AAA")
    make_sighting(run, "B11AAA", lat=None, lon=None)
    make_sighting(run, "B12AAA", review_state="rejected")
    return run


def opened(client: APIClient, run: ProcessingRun, kind: str) -> tuple[Element, str]:
    answer = client.get(f"/api/v1/trips/{run.video.trip_id}/{kind}/", headers={"Accept": "application/xml"})
    assert answer.status_code == 200
    assert f'filename="trip-{run.video.trip_id}.{kind}"' in answer["Content-Disposition"]
    return fromstring(answer.content), answer.content.decode()


def test_gpx_has_the_line_once_with_times_and_a_way_point_a_sighting(
    api_as: ApiAs, dora: User, driven: ProcessingRun
) -> None:
    whole, text = opened(api_as(dora), driven, "gpx")
    assert [child.tag.removeprefix(GPX) for child in whole] == ["metadata", "wpt", "trk"]
    assert [name.text for name in whole.iterfind(f"{GPX}wpt/{GPX}name")] == ["B10AAA"]
    points = whole.findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    assert [(point.get("lat"), point.findtext(f"{GPX}time")) for point in points] == [
        ("44.4000000", "2026-05-01T12:00:00.000Z"),
        ("44.5000000", "2026-05-01T12:00:01.500Z"),
    ]
    assert "not known: 1 -->" in text


def test_kml_has_the_line_and_the_sightings(api_as: ApiAs, dora: User, driven: ProcessingRun) -> None:
    whole, _ = opened(api_as(dora), driven, "kml")
    assert [name.text for name in whole.iterfind(f"{KML}Document/{KML}Placemark/{KML}name")] == ["front.mp4", "B10AAA"]
    [line] = whole.iter(f"{KML}LineString")
    assert line.findtext(f"{KML}coordinates") == "26.0000000,44.4000000 26.1000000,44.5000000"


def test_it_shows_no_plate_without_plates_reveal_and_is_written_down(
    api_as: ApiAs, dora: User, driven: ProcessingRun
) -> None:
    hidden = api_as(dora, ["sightings:read", "export"])
    for kind in ("gpx", "kml"):
        assert "B10AAA" not in opened(hidden, driven, kind)[1]
    assert AuditEntry.objects.filter(action="trip.exported").latest("pk").detail["rows"] == 2
    assert api_as(dora, ["sightings:read"]).get(f"/api/v1/trips/{driven.video.trip_id}/gpx/").status_code == 403
