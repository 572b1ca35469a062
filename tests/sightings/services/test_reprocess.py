"""Reading trips again beside what people see: what may be read, what it does to others, and giving it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sightings import selectors
from sightings.errors import ModelUnknown, NotAllowed, NotDecidable, NothingToReread, NotStoppable
from sightings.eta import ReadingQueue
from sightings.models import Fleet, Plate, ProcessingRun, Reprocess, Segment, Sighting, Trip, User
from sightings.processing import states, turns
from sightings.services import reprocess, trips
from tests.factories import make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(queued: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(reprocess, "enqueue", lambda name, *, queue, **ids: queued.append((name, ids)))
    return queued


def start(trip: Trip, user: User, networks: str = "") -> Reprocess:
    return reprocess.start_reprocess(trips=[trip], user=user, networks=networks)


def test_the_new_run_has_the_parts_of_the_current_one_and_is_not_seen(run: ProcessingRun, bob: User) -> None:
    for index, (begin, end) in enumerate([(0.0, 30.0), (30.0, 60.0)]):
        Segment.objects.create(run=run, index=index, start_s=begin, end_s=end, state="done")
    job = start(run.video.trip, bob)
    fresh = job.runs.get()
    assert not fresh.is_current
    assert list(fresh.segments.values_list("start_s", "end_s", "state")) == [(0, 30, "queued"), (30, 60, "queued")]
    run.video.trip.refresh_from_db()
    assert run.video.trip.state == "done"


def test_a_video_that_waits_for_a_decision_is_not_read_a_third_time(run: ProcessingRun, bob: User) -> None:
    start(run.video.trip, bob)
    with pytest.raises(NothingToReread):
        start(run.video.trip, bob)


def test_a_video_that_is_still_being_read_is_left_out(trip: Trip, bob: User) -> None:
    make_run(make_video(trip), state="reading")
    with pytest.raises(NothingToReread):
        start(trip, bob)


def test_what_was_read_by_just_this_model_is_not_read_by_it_again(run: ProcessingRun, bob: User) -> None:
    ProcessingRun.objects.update(model_version=reprocess.version_of("detector-m+recognizer-s"))
    with pytest.raises(NothingToReread):
        start(run.video.trip, bob, "detector-m+recognizer-s")
    assert start(run.video.trip, bob, "detector-m+recognizer-m").networks == "detector-m+recognizer-m"


def test_a_model_that_is_not_shipped_is_refused(run: ProcessingRun, bob: User) -> None:
    with pytest.raises(ModelUnknown):
        start(run.video.trip, bob, "detector-xxl+recognizer-m")


def test_a_viewer_may_not_have_trips_read_again(run: ProcessingRun, dora: User) -> None:
    with pytest.raises(NotAllowed):
        start(run.video.trip, dora)


def test_what_is_read_again_comes_after_every_new_trip(northwind: Fleet, run: ProcessingRun, bob: User) -> None:
    start(run.video.trip, bob)
    again = turns.next_segment()
    later = make_run(make_video(make_trip(northwind, created_by=bob)), state="queued")
    new = Segment.objects.create(run=later, index=0, start_s=0, end_s=60)
    assert turns.next_segment() == new.pk
    Segment.objects.filter(pk=new.pk).update(state="done")
    assert turns.next_segment() == again


def test_a_paused_one_is_nobodys_turn_until_it_is_resumed(run: ProcessingRun, bob: User, sent: list[Any]) -> None:
    job = start(run.video.trip, bob)
    reprocess.pause_reprocess(job=job, user=bob)
    assert turns.next_segment() is None
    sent.clear()
    reprocess.resume_reprocess(job=job, user=bob)
    assert turns.next_segment() is not None
    assert [name for name, _ in sent] == ["read_next"]


def test_pausing_or_stopping_the_trip_does_not_touch_it(run: ProcessingRun, bob: User) -> None:
    job = start(run.video.trip, bob)
    with pytest.raises(NotStoppable):
        trips.stop_trip(trip=run.video.trip, user=bob)
    assert job.runs.get().segments.get().state == "queued"


def test_how_long_it_takes_counts_what_is_read_before_it(northwind: Fleet, run: ProcessingRun, bob: User) -> None:
    job = start(run.video.trip, bob)
    other = make_run(make_video(make_trip(northwind, state="waiting")), state="queued")
    Segment.objects.create(run=other, index=0, start_s=0, end_s=60)
    queue = ReadingQueue.now()
    queue.pace = 2.0
    assert queue.reprocess_eta_s(job.pk) == pytest.approx(60.0)
    assert queue.eta_s(other.video.trip_id) == pytest.approx(30.0)
    assert selectors.queue_for(bob)["trips"] == 1


def test_once_stopped_what_was_read_can_be_looked_at_and_the_rest_be_read_later(run: ProcessingRun, bob: User) -> None:
    make_run(make_video(run.video.trip))
    job = start(run.video.trip, bob)
    first, second = job.runs.order_by("pk")
    ProcessingRun.objects.filter(pk=first.pk).update(state="done")
    first.segments.update(state="done")
    reprocess.stop_reprocess(job=job, user=bob)
    second.refresh_from_db()
    states.finish_run(second)
    states.refresh_reprocess(job.pk)
    job.refresh_from_db()
    assert (job.state, ProcessingRun.objects.get(pk=second.pk).state) == ("ready", "cancelled")
    reprocess.retry_reprocess(job=job, user=bob)
    assert job.state == "reading"
    assert second.segments.get().state == "queued"


def test_discarding_deletes_runs_sightings_and_pictures_and_nothing_else(
    sighting: Sighting, bob: User, sent: list[Any]
) -> None:
    job = start(sighting.trip, bob)
    fresh = make_sighting(job.runs.get(), "", plate_raw="CJ01NEW")
    crop = f"crops/{fresh.fleet_id}/{fresh.run_id}/0000/00000-0000.jpg"
    default_storage.save(crop, ContentFile(b"jpeg"))
    reprocess.discard_reprocess(job=job, user=bob)
    assert ("drop_reprocess", {"reprocess_id": job.pk}) in sent
    assert turns.next_segment() is None
    for _ in range(2):  # a worker may be killed in the middle
        reprocess.drop_runs(job.pk)
    assert list(Sighting.objects.all()) == [sighting]
    assert not default_storage.exists(crop)
    assert not Path(site.MEDIA_ROOT, f"crops/{fresh.fleet_id}/{fresh.run_id}").exists()
    with pytest.raises(NotDecidable):
        reprocess.discard_reprocess(job=job, user=bob)
    assert Plate.objects.count() == 1


def test_a_run_of_a_job_that_nobody_discarded_is_never_dropped(run: ProcessingRun, bob: User) -> None:
    job = start(run.video.trip, bob)
    reprocess.drop_runs(job.pk)
    assert job.runs.count() == 1
