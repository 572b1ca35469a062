"""Where the seen cars were, as it is stored with the sightings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from recognition.locate import Lens
from sightings.models import CAR_FIELDS, LensKind, ProcessingRun, Sighting, Track, Vehicle, Video
from sightings.processing import sweep
from sightings.processing.joining import Pass, passes
from sightings.processing.persist import write_sightings
from sightings.services.places import restamp
from sightings.services.seen_cars import place_cars
from tests.factories import make_sighting
from tests.sightings.processing.test_joining import seen, segment

pytestmark = pytest.mark.django_db
# A plate of 520 mm, 57.64 pixels wide in the middle of 1280 that show 60°: 10 m away.
TEN_METERS = [[611.18, 353.9], [668.82, 353.9], [668.82, 366.1], [611.18, 366.1]]
ROWS = [[0.0, 44.43, 26.1, 15.0, 90.0, 3.0], [20.0, 44.43, 26.104, 15.0, 90.0, 3.0]]


@pytest.fixture
def video(run: ProcessingRun) -> Video:
    """Of a camera with a field of view of 60°, driving east."""
    video = run.video
    assert video.vehicle is not None
    video.vehicle.field_of_view_deg = 60.0
    video.vehicle.save()
    Track.objects.create(video=video, source="gpx", points=ROWS)
    return video


def stamped(run: ProcessingRun, **fields: Any) -> Sighting:
    given = {"corners": TEN_METERS, "region": "de", "region_score": 0.9}
    sighting = make_sighting(run, **{**given, **fields})
    restamp(Video.objects.select_related("vehicle").get(pk=run.video_id))
    sighting.refresh_from_db()
    return sighting


def placed(sighting: Sighting) -> bool:
    known = {getattr(sighting, name) is not None for name in CAR_FIELDS}
    assert len(known) == 1
    return known.pop()


def test_lenses_have_the_same_names_everywhere() -> None:
    assert LensKind.values == list(Lens)


def test_a_seen_car_is_placed_ahead_of_the_camera(run: ProcessingRun, video: Video) -> None:
    sighting = stamped(run)
    assert sighting.car_range_m == pytest.approx(10.0, abs=0.05)
    assert sighting.car_bearing_deg == pytest.approx(90.0, abs=0.01)
    assert sighting.lat is not None
    assert sighting.lon is not None
    assert sighting.car_lat == pytest.approx(sighting.lat, abs=1e-6)
    assert sighting.car_lon == pytest.approx(sighting.lon + 10.0 / 79_410, abs=1e-6)  # 79.41 km a degree there
    assert (sighting.car_minor_m or 0.0) > 2.44 * 3.0  # no better than the camera's own position


def test_a_rear_camera_sees_cars_behind_by_its_own_lens(run: ProcessingRun, video: Video) -> None:
    Video.objects.update(camera="rear")
    assert not placed(stamped(run))
    Vehicle.objects.update(rear_field_of_view_deg=60.0)
    sighting = stamped(run)
    assert sighting.car_bearing_deg == pytest.approx(270.0, abs=0.01)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Vehicle, {"field_of_view_deg": None}),
        (Video, {"vehicle": None}),
        (Video, {"camera": "other"}),
        (Video, {"width": 0}),
        (Track, {"points": [[*row[:4], None, 3.0] for row in ROWS]}),
        (Track, {"points": []}),
    ],
)
def test_without_what_it_takes_a_car_has_no_place(
    run: ProcessingRun, video: Video, model: type[Any], change: dict[str, Any]
) -> None:
    model.objects.update(**change)
    assert not placed(stamped(run))


def test_a_sighting_without_corners_is_placed_by_its_box(run: ProcessingRun, video: Video) -> None:
    sighting = stamped(run, corners=[], box=[611.18, 353.9, 668.82, 366.1])
    assert sighting.car_range_m == pytest.approx(10.0, abs=0.05)
    assert not placed(stamped(run, corners=[], box=[]))


def test_a_doubtful_region_does_not_set_the_size(run: ProcessingRun, video: Video) -> None:
    sure, doubtful = (stamped(run, region="us", region_score=score) for score in (0.9, 0.3))
    assert sure.car_range_m != pytest.approx(10.0, abs=0.5)
    assert doubtful.car_range_m == pytest.approx(10.0, abs=0.05)


def test_reading_a_video_stores_where_the_cars_were(run: ProcessingRun, video: Video) -> None:
    found: list[Pass] = passes([segment(0, [seen(1.0, 600.0), seen(1.2, 604.0)])])
    write_sightings(run, found)
    sighting = Sighting.objects.get(run=run)
    assert placed(sighting)
    before = sighting.updated_at
    write_sightings(run, found)
    sighting.refresh_from_db()
    assert sighting.updated_at == before  # writing it again changes nothing


def test_another_field_of_view_places_all_its_cars_anew(run: ProcessingRun, video: Video) -> None:
    sighting = stamped(run)
    Vehicle.objects.update(field_of_view_deg=90.0, cars_stale_since=timezone.now())
    place_cars(video.vehicle_id or 0)
    sighting.refresh_from_db()
    assert sighting.car_range_m == pytest.approx(640 / 1108.51 * 10.0, abs=0.05)
    assert Vehicle.objects.get().cars_stale_since is None


def test_a_lost_task_is_sent_again(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(sweep, "waiting", lambda queue: False)
    monkeypatch.setattr(sweep, "send", lambda name, queue, ids: sent.append((name, ids)))
    Vehicle.objects.update(cars_stale_since=timezone.now())
    sweep.sweep_cars()
    assert sent == []
    Vehicle.objects.update(cars_stale_since=timezone.now() - timedelta(seconds=61))
    sweep.sweep_cars()
    assert sent == [("place_cars", {"vehicle_id": video.vehicle_id})]


@pytest.mark.parametrize("change", [{"car_lat": None}, {"car_lat": 91.0}, {"car_major_m": 0.0}, {"car_angle_deg": 180}])
def test_half_a_place_cannot_be_stored(run: ProcessingRun, video: Video, change: dict[str, Any]) -> None:
    sighting = stamped(run)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sighting.objects.filter(pk=sighting.pk).update(**change)
