from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from sightings import progress
from sightings.models import ProcessingRun, Segment, Trip
from tests.factories import make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db


def test_a_trip_is_as_far_as_its_videos_are_by_their_length(trip: Trip) -> None:
    make_run(make_video(trip, duration_s=90.0), progress=1.0)
    make_run(make_video(trip, duration_s=30.0), progress=0.2, state="reading")
    assert progress.trip_message(trip)["trip"]["progress"] == pytest.approx(0.8)


def test_what_is_read_again_beside_a_trip_does_not_set_it_back(trip: Trip) -> None:
    video = make_video(trip)
    make_run(video, progress=1.0)
    make_run(video, progress=0.5, state="reading", is_current=False)
    assert progress.trip_message(trip)["trip"]["progress"] == 1.0


def test_a_paused_trip_says_so_and_whether_a_part_is_still_being_read(trip: Trip) -> None:
    Trip.objects.filter(pk=trip.pk).update(state="reading", paused=True)
    trip.refresh_from_db()
    run = make_run(make_video(trip), state="reading", progress=0.0)
    segment = Segment.objects.create(run=run, index=0, start_s=0, end_s=60, state="leased")
    Segment.objects.create(run=run, index=1, start_s=60, end_s=120)
    message = progress.trip_message(trip)["trip"]
    assert (message["paused"], message["stage"], message["eta_s"]) == (True, "pausing", None)
    Segment.objects.filter(pk=segment.pk).update(state="done")
    assert progress.trip_message(trip)["trip"]["stage"] == "paused"


def test_a_trip_that_is_done_has_no_time_left(run: ProcessingRun) -> None:
    message = progress.trip_message(run.video.trip)["trip"]
    assert (message["eta_s"], message["stage"]) == (None, "done")


def test_the_stage_says_what_happens(trip: Trip) -> None:
    Trip.objects.filter(pk=trip.pk).update(state="reading")
    trip.refresh_from_db()
    run = make_run(make_video(trip), state="reading", progress=0.0)
    assert progress.trip_message(trip)["trip"]["stage"] == "waiting"
    segment = Segment.objects.create(run=run, index=0, start_s=0, end_s=60, state="leased")
    assert progress.trip_message(trip)["trip"]["stage"] == "reading"
    Segment.objects.filter(pk=segment.pk).update(state="done")
    ProcessingRun.objects.filter(pk=run.pk).update(state="merging")
    assert progress.trip_message(trip)["trip"]["stage"] == "merging"


def test_counts_leave_out_what_people_rejected(run: ProcessingRun) -> None:
    make_sighting(run)
    make_sighting(run, "CJ12ABC", confidence=0.4)
    make_sighting(run, "TM01XYZ", review_state="rejected")
    message = progress.trip_message(run.video.trip)["trip"]
    assert (message["sightings"], message["doubtful"]) == (2, 1)


def test_a_message_goes_to_the_trip_s_own_fleet_after_commit(
    run: ProcessingRun, django_capture_on_commit_callbacks: Any
) -> None:
    layer = get_channel_layer()
    assert layer is not None
    trip = run.video.trip
    async_to_sync(layer.group_add)(progress.group_of(trip.fleet_id), "page")
    with django_capture_on_commit_callbacks(execute=True):
        progress.publish_trip(trip.pk)
    event = async_to_sync(layer.receive)("page")
    assert event["message"]["trip"]["id"] == trip.pk


def test_a_trip_that_is_gone_is_not_told_of(run: ProcessingRun, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        progress.publish_trip(run.video.trip_id + 1000)


def test_a_trip_without_videos_has_not_begun(northwind: Any) -> None:
    assert progress.trip_message(make_trip(northwind))["trip"]["progress"] == 0.0


def test_a_command_that_runs_where_no_site_does_warns_nobody_but_a_lost_redis_is_said(
    run: ProcessingRun, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    for url, warnings in ((f"unix://{tmp_path}/redis.sock", 0), ("redis://127.0.0.1:1/0", 1)):
        layer = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [url]}}
        settings.CHANNEL_LAYERS = {"default": layer}
        with django_capture_on_commit_callbacks(execute=True):
            progress.publish_trip(run.video.trip_id)
        assert sum("not sent" in one.getMessage() and one.levelname == "WARNING" for one in caplog.records) == warnings
