"""Which roads were filmed: counted from the track, kept in step with it, and told to those who may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import h3
import pytest
from rest_framework.test import APIClient

from recognition.telemetry.track import Track as Positions
from recognition.types import GpsPoint
from sightings import selectors_coverage
from sightings.models import AuditEntry, CoveredCell, Fleet, ProcessingRun, Track, Trip, User, Video
from sightings.services import tracks, trip_clock, trip_parts, trip_undo
from sightings.services.coverage import cell_at, cover
from sightings.services.places import restamp
from sightings.trip_filters import TripFilters
from tests.factories import NOON, make_run, make_sighting, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]
HERE, THERE = (44.43, 26.10), (44.53, 26.20)


def drive(video: Video, *, place: tuple[float, float] = HERE, seconds: int = 30, after: float = 0.0) -> None:
    """Stand at a place for so long, one point a second."""
    start = video.started_at
    assert start is not None
    points = [GpsPoint(*place, time=start + timedelta(seconds=after + s)) for s in range(seconds + 1)]
    assert tracks.lay(video, Positions(tuple(points), "gpx"), "drive.gpx")


def told(person: User, filters: TripFilters | None = None) -> dict[str, Any]:
    found = selectors_coverage.as_geojson(selectors_coverage.coverage(person, filters or TripFilters()))
    return {one["id"]: one["properties"] for one in found["features"]}


def name_of(place: tuple[float, float]) -> str:
    return str(h3.latlng_to_cell(*place, 9))


def test_minutes_trips_and_quality_are_told_by_cell(dora: User, run: ProcessingRun) -> None:
    drive(run.video)
    make_sighting(run, "B99BNX", confidence=0.95)
    make_sighting(run, "B9?BNX", confidence=0.95)
    make_sighting(run, "C00D", review_state="rejected")
    restamp(run.video)
    cell = told(dora)[name_of(HERE)]
    assert (cell["minutes"], cell["trips"], cell["plates"], cell["read_clearly"]) == (0.5, 1, 2, 0.5)
    assert cell["last_filmed"] == "2026-05-01T12:00:00Z"


def test_a_gap_in_the_track_was_not_filmed(dora: User, run: ProcessingRun) -> None:
    Track.objects.create(video=run.video, source="gpx", points=[[0, *HERE], [5, *HERE], [50, *HERE], [52, *HERE]])
    cover(run.video)
    assert told(dora)[name_of(HERE)]["minutes"] == round(7 / 60, 2)


def test_a_rear_camera_does_not_drive_the_road_again(dora: User, run: ProcessingRun, trip: Trip) -> None:
    drive(run.video)
    drive(make_video(trip, camera="rear"))
    assert told(dora)[name_of(HERE)]["minutes"] == 0.5


def test_days_and_vehicle_narrow_it(dora: User, run: ProcessingRun, northwind: Fleet) -> None:
    drive(run.video)
    van = make_vehicle(northwind, "Van 2")
    other = make_video(make_trip(northwind, vehicle=van), started_at=NOON - timedelta(days=3))
    drive(other, place=THERE)
    assert set(told(dora)) == {name_of(HERE), name_of(THERE)}
    assert set(told(dora, TripFilters(vehicle=van.pk))) == {name_of(THERE)}
    assert set(told(dora, TripFilters(first=NOON.date(), last=NOON.date()))) == {name_of(HERE)}


def test_a_shifted_clock_a_merge_and_their_undoing_are_followed(
    alice: User, run: ProcessingRun, trip: Trip, northwind: Fleet
) -> None:
    drive(run.video)
    edit = trip_clock.shift_trip(trip=trip, user=alice, seconds=86_400.0)
    assert told(alice)[name_of(HERE)]["last_filmed"] == "2026-05-02T12:00:00Z"
    trip_undo.undo_edit(edit=edit, user=alice)
    assert told(alice)[name_of(HERE)]["last_filmed"] == "2026-05-01T12:00:00Z"
    second = make_video(make_trip(northwind, vehicle=trip.vehicle), started_at=NOON + timedelta(minutes=1))
    make_run(second)
    drive(second)
    trip_parts.merge_trips(trip=trip, other=second.trip, user=alice)
    assert (told(alice)[name_of(HERE)]["trips"], told(alice)[name_of(HERE)]["minutes"]) == (1, 1.0)


def test_another_track_replaces_the_cells_and_none_takes_them_away(dora: User, run: ProcessingRun) -> None:
    drive(run.video)
    drive(run.video, place=THERE)
    assert set(told(dora)) == {name_of(THERE)}
    Track.objects.filter(video=run.video).delete()
    assert told(dora) == {}
    assert not CoveredCell.objects.exists()


def test_where_too_many_cells_were_filmed_larger_ones_are_told(
    dora: User, run: ProcessingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [[s, HERE[0] + s * 0.01, HERE[1]] for s in range(10)]
    Track.objects.create(video=run.video, source="gpx", points=points)
    cover(run.video)
    monkeypatch.setattr(selectors_coverage, "MOST_CELLS", 6)
    found = selectors_coverage.coverage(dora, TripFilters())
    assert (found.resolution, found.truncated) == (7, False)
    assert sum(cell["spent"] for cell in found.cells) == 9.0


def test_a_cell_names_its_trips_and_plates_to_those_of_the_fleet(
    api_as: ApiAs, dora: User, charlie: User, run: ProcessingRun
) -> None:
    drive(run.video)
    make_sighting(run, "B99BNX", h3_r9=cell_at(*HERE, 9))
    address = f"/api/v1/coverage/{name_of(HERE)}/"
    found = api_as(dora).get(address).json()
    assert ([trip["id"] for trip in found["trips"]], found["trips"][0]["seconds"]) == ([run.video.trip_id], 30.0)
    assert [(plate["plate"], plate["count"]) for plate in found["plates"]] == [("B99BNX", 1)]
    assert AuditEntry.objects.get(action="coverage.viewed").detail == {"cell": name_of(HERE)}
    assert api_as(charlie).get(address).json() == {"trips": [], "plates": []}
    assert api_as(charlie).get("/api/v1/coverage/").json()["features"] == []
    assert api_as(dora, ["sightings:read"]).get(address).json()["plates"] == []


def test_what_is_no_cell_is_refused_in_words(api_as: ApiAs, dora: User) -> None:
    answer = api_as(dora).get("/api/v1/coverage/nowhere/")
    assert (answer.status_code, answer.json()["detail"]) == (400, "This is no cell of the coverage.")
