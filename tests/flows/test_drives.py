"""Clips of one drive are one trip, across gaps, lost satellites and whatever order they arrive in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest

from sightings import said
from sightings.models import Fleet, Trip, Upload, Vehicle
from sightings.processing.inspect import inspect_upload
from tests.factories import make_vehicle
from tests.flows.colored import CARS, draw_film
from tests.flows.gpx import START, write_gpx
from tests.recognition.telemetry.containers import box

pytestmark = pytest.mark.django_db

Arrive = Callable[..., Any]  # of an upload, which has its trip and video by then
LENGTH_S = 20.0
SPACED = ["20260301_070000.mp4", "20260301_070400.mp4", "20260301_070800.mp4"]


@pytest.fixture(scope="session")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_film(tmp_path_factory.mktemp("reel") / "reel.mp4", seconds=LENGTH_S, cars=CARS[:1])


@pytest.fixture
def arrive(send: Arrive, reel: Path, tmp_path: Path) -> Arrive:
    """A clip of 20 s with content of its own is uploaded and inspected; with `gps`, a track of the same name before."""
    number = count()

    def bring(name: str, *, gps: datetime | None = None, vehicle: Vehicle | None = None, lat: float = 44.4) -> Any:
        if gps is not None:
            track = write_gpx(tmp_path / f"{Path(name).stem}.gpx", start=gps, seconds=int(LENGTH_S), lat=lat)
            inspect_upload(str(send(track, batch="b", vehicle=vehicle).pk))
        path = tmp_path / name
        path.write_bytes(reel.read_bytes() + box(b"free", str(next(number)).encode()))
        upload = send(path, batch="b", vehicle=vehicle)
        inspect_upload(str(upload.pk))
        upload.refresh_from_db()
        assert upload.state == "done", upload.error
        return upload

    return bring


def drives(*uploads: Upload) -> list[set[str]]:
    """The names of the clips of each trip."""
    for upload in uploads:
        upload.refresh_from_db()
    trips = Trip.objects.filter(merged_into=None).order_by("started_at", "pk").prefetch_related("videos")
    return [{video.original_name for video in trip.videos.all()} for trip in trips]


def test_front_and_rear_film_of_the_same_minutes_are_one_drive(arrive: Arrive) -> None:
    front, rear = arrive("20260301_070000_NF.mp4"), arrive("20260301_070000_NR.mp4")
    assert front.trip == rear.trip
    assert (front.video.camera, rear.video.camera) == ("front", "rear")
    assert front.trip.ended_at - front.trip.started_at == timedelta(seconds=LENGTH_S)


@pytest.mark.parametrize(("second", "trips"), [("070320", 1), ("070515", 1), ("070525", 2)])
def test_a_gap_of_minutes_is_bridged_and_a_longer_one_is_not(arrive: Arrive, second: str, trips: int) -> None:
    arrive("20260301_070000.mp4")
    arrive(f"20260301_{second}.mp4")
    assert Trip.objects.filter(merged_into=None).count() == trips


@pytest.mark.parametrize("order", list(permutations(SPACED)))
def test_the_order_of_arrival_does_not_matter(arrive: Arrive, order: tuple[str, ...]) -> None:
    uploads = [arrive(name) for name in order]
    assert drives(*uploads) == [set(order)]
    assert {upload.trip for upload in uploads} == {Trip.objects.filter(merged_into=None).get()}
    assert Trip.objects.filter(merged_into=None).get().started_at == START
    assert Trip.objects.filter(merged_into=None).get().ended_at == START + timedelta(minutes=8, seconds=LENGTH_S)


def test_two_vehicles_that_a_person_named_are_two_drives(arrive: Arrive, northwind: Fleet) -> None:
    van, lorry = make_vehicle(northwind), make_vehicle(northwind, name="Lorry")
    clips = [arrive("20260301_070000.mp4", vehicle=van), arrive("20260301_070030.mp4", vehicle=van)]
    others = [arrive("2026_0301_070000_0001F.mp4", vehicle=lorry), arrive("2026_0301_070030_0002F.mp4", vehicle=lorry)]
    assert [{clip.trip.pk for clip in car} for car in (clips, others)] == [{clips[0].trip_id}, {others[0].trip_id}]
    assert Trip.objects.filter(merged_into=None).count() == 2


def test_two_vehicles_that_nobody_named_film_the_same_minutes_twice(arrive: Arrive) -> None:
    """One front camera cannot film twice at once; each later clip goes to the drive that it does not overlap."""
    first = [arrive("20260301_070000.mp4"), arrive("20260301_070020.mp4")]
    second = [arrive("2026_0301_070002_0001F.mp4"), arrive("2026_0301_070022_0002F.mp4")]
    assert first[0].trip == first[1].trip
    assert second[0].trip == second[1].trip
    assert first[0].trip != second[0].trip


def test_clips_a_hundred_kilometers_apart_were_not_driven_by_one_car(arrive: Arrive) -> None:
    arrive("clip1_F.mp4", gps=START)
    arrive("clip2_F.mp4", gps=START + timedelta(seconds=30), lat=45.4)
    assert Trip.objects.filter(merged_into=None).count() == 2


@pytest.mark.parametrize("late", [False, True])
def test_a_clip_without_satellites_stays_in_its_drive_although_the_cameras_zone_is_not_known(
    arrive: Arrive, late: bool
) -> None:
    """The camera writes local time, two hours ahead; its other clips tell that."""
    names = ["20260301_090000.mp4", "20260301_090100.mp4", "20260301_090200.mp4"]
    lost = None if late else arrive(names[1])
    arrive(names[0], gps=START)
    lost = arrive(names[1]) if lost is None else lost
    arrive(names[2], gps=START + timedelta(minutes=2))
    assert drives(lost) == [set(names)]
    lost.video.refresh_from_db()
    assert abs(lost.video.started_at - START - timedelta(minutes=1)) < timedelta(seconds=1)
    assert lost.video.time_source == "file_name"


def test_a_clock_that_was_reset_within_a_drive_puts_no_clip_into_another_year(arrive: Arrive) -> None:
    before, after = arrive("2026_0301_070000_0001F.mp4"), arrive("2026_0301_070100_0003F.mp4")
    reset = arrive("2015_0101_000002_0002F.mp4")
    assert before.trip == after.trip
    assert reset.trip != before.trip
    assert reset.video.time_source == "upload"
    (warning,) = reset.video.warnings
    assert warning["code"] == "clock_not_set"
    assert "the file says 2015-01-01" in said.say(warning["message"])


def test_a_log_that_front_and_rear_film_share_belongs_to_both(arrive: Arrive, send: Arrive, tmp_path: Path) -> None:
    """BlackVue writes 20260301_090000_N.gps beside …_NF.mp4 and …_NR.mp4."""
    log = write_gpx(tmp_path / "20260301_090000_N.gpx", start=START, seconds=int(LENGTH_S))
    inspect_upload(str(send(log, batch="b").pk))
    front, rear = arrive("20260301_090000_NF.mp4"), arrive("20260301_090000_NR.mp4")
    assert front.video.track.source_name == rear.video.track.source_name == log.name
    assert front.trip == rear.trip


def test_satellites_set_a_reset_clock_right(arrive: Arrive) -> None:
    before = arrive("2026_0301_070000_0001F.mp4", gps=START)
    reset = arrive("2015_0101_000002_0002F.mp4", gps=START + timedelta(seconds=40))
    assert reset.trip == before.trip
    assert reset.video.warnings == []
