from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sightings.models import AuditEntry, Fleet, ProcessingRun, Segment, Trip, Upload, User
from sightings.processing import sweep
from sightings.services import parts
from sightings.storage import upload_file
from tests.factories import make_run, make_video

pytestmark = pytest.mark.django_db

Sent = list[tuple[str, str, dict[str, Any]]]
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    kept: Sent = []

    def note(*message: Any) -> bool:
        kept.append(message)
        return True

    monkeypatch.setattr(sweep, "send", note)
    monkeypatch.setattr(sweep, "waiting", lambda queue: 0)
    return kept


@pytest.fixture
def run(trip: Trip) -> ProcessingRun:
    return make_run(make_video(trip), state="reading")


def segment_of(run: ProcessingRun, **fields: Any) -> Segment:
    return Segment.objects.create(run=run, index=run.segments.count(), start_s=0.0, end_s=60.0, **fields)


def upload_of(fleet: Fleet, user: User, *, age: timedelta = LONG_AGO, **fields: Any) -> Upload:
    upload = Upload.objects.create(fleet=fleet, user=user, filename="a.mp4", **{"size": 9, "offset": 9, **fields})
    Upload.objects.filter(pk=upload.pk).update(updated_at=timezone.now() - age)
    return upload


def test_the_segment_of_a_dead_worker_is_sent_again(run: ProcessingRun, sent: Sent) -> None:
    segment = segment_of(run, state="leased", lease_owner="dead", lease_expires_at=timezone.now() - LONG_AGO)
    sweep.sweep()
    segment.refresh_from_db()
    assert segment.state == "queued"
    assert sent == [("read_next", "read", {})]


def test_a_segment_whose_worker_lives_is_left_alone(run: ProcessingRun, sent: Sent) -> None:
    segment_of(run, state="leased", lease_owner="busy", lease_expires_at=timezone.now() + LONG_AGO)
    sweep.sweep()
    assert sent == []


def test_work_whose_message_was_lost_is_told_of_again_a_message_for_each_piece(run: ProcessingRun, sent: Sent) -> None:
    segment_of(run, state="queued")
    segment_of(run, state="queued")
    sweep.sweep()
    assert sent == [("read_next", "read", {})] * 2


def test_the_parts_of_a_paused_trip_are_not_told_of(run: ProcessingRun, sent: Sent) -> None:
    segment_of(run, state="queued")
    Trip.objects.update(paused=True)
    sweep.sweep()
    assert sent == []


def test_while_messages_wait_none_is_added(run: ProcessingRun, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "waiting", lambda queue: 5)
    segment_of(run, state="queued")
    sweep.sweep()
    assert sent == []


def test_segments_of_a_run_that_is_over_are_left_alone(run: ProcessingRun, sent: Sent) -> None:
    segment_of(run, state="queued")
    ProcessingRun.objects.filter(pk=run.pk).update(state="cancelled")
    sweep.sweep()
    assert sent == []


def test_a_run_that_nobody_closed_is_merged(run: ProcessingRun, sent: Sent) -> None:
    segment_of(run, state="done")
    sweep.sweep()
    assert sent == [("merge_run", "light", {"run_id": run.pk})]


def test_an_upload_whose_inspection_died_is_inspected_again(northwind: Fleet, bob: User, sent: Sent) -> None:
    upload = upload_of(northwind, bob, state="inspecting")
    sweep.sweep()
    upload.refresh_from_db()
    assert upload.state == "received"
    assert sent == [("inspect_next", "ingest", {})]


def test_an_upload_whose_message_was_lost_is_told_of_again(northwind: Fleet, bob: User, sent: Sent) -> None:
    upload_of(northwind, bob, state="received")
    sweep.sweep()
    assert sent == [("inspect_next", "ingest", {})]


def test_an_upload_whose_last_byte_came_before_the_server_died_is_finished(
    northwind: Fleet, bob: User, sent: Sent
) -> None:
    upload = upload_of(northwind, bob, state="receiving")
    sweep.sweep()
    upload.refresh_from_db()
    assert upload.state == "received"


def test_bytes_that_a_killed_worker_left_behind_are_dropped(northwind: Fleet, bob: User, sent: Sent) -> None:
    upload = upload_of(northwind, bob, state="done", kind="video", path="left.part")
    parts.create("left.part", 9)
    sweep.sweep()
    upload.refresh_from_db()
    assert upload.path == ""
    assert not upload_file("left.part").exists()


def test_an_upload_to_which_no_byte_came_for_long_is_given_up_with_its_bytes(
    northwind: Fleet, bob: User, sent: Sent, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.UPLOAD_DAYS = 2
    left = {name: {"state": "receiving", "offset": 4, "path": f"{name}.part"} for name in ("old", "young")}
    old = upload_of(northwind, bob, age=timedelta(days=2, minutes=1), **left["old"])
    young = upload_of(northwind, bob, age=timedelta(days=1, hours=23), **left["young"])
    for upload in (old, young):
        parts.create(upload.path, 9)
    with django_capture_on_commit_callbacks(execute=True):
        sweep.sweep()
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, old.error_code, young.state) == ("cancelled", "upload_expired", "receiving")
    assert [upload_file(upload.path).exists() for upload in (old, young)] == [False, True]
    assert AuditEntry.objects.get(action="upload.expired").target_id == str(old.pk)


def test_positions_are_kept_for_videos_that_are_still_to_come(northwind: Fleet, bob: User, sent: Sent) -> None:
    upload = upload_of(northwind, bob, state="done", kind="telemetry", path="track.part")
    parts.create("track.part", 9)
    sweep.sweep()
    upload.refresh_from_db()
    assert upload.path == "track.part"


def test_a_clean_stop_costs_no_attempt(run: ProcessingRun, sent: Sent) -> None:
    segment = segment_of(run, state="leased", lease_owner="stopped", lease_expires_at=timezone.now(), attempts=1)
    sweep.release_all()
    segment.refresh_from_db()
    assert (segment.state, segment.attempts) == ("queued", 0)
    sweep.sweep()
    assert sent == [("read_next", "read", {})]
