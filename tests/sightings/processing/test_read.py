"""How the reading of one segment ends, whatever happens in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from recognition import pipeline
from recognition.errors import WeightsRefused
from recognition.types import Progress
from sightings import said
from sightings.models import ProcessingRun, Segment, Trip
from sightings.processing import leases, merge, read
from tests.factories import make_run, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> Segment:
    run = make_run(make_video(trip), state="queued", progress=0.0)
    monkeypatch.setattr(read, "reader", lambda networks: type("Loaded", (), {"version": "none@1"})())
    return Segment.objects.create(run=run, index=0, start_s=0.0, end_s=60.0)


def reading(monkeypatch: pytest.MonkeyPatch, steps: Any) -> None:
    """Let the pipeline give these steps, one by one; an exception among them is raised, a function is called."""

    def read_video(*args: Any, **options: Any) -> Iterator[Any]:
        for step in steps:
            if isinstance(step, Exception):
                raise step
            yield step() if callable(step) else step

    monkeypatch.setattr(pipeline, "read_video", read_video)


def test_an_error_with_a_reason_ends_the_segment_with_it(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch, [WeightsRefused("The weights are not here. Check the repository out again.")])
    read.read_segment(segment.pk)
    merge.merge_run(segment.run_id)
    segment.refresh_from_db()
    run = ProcessingRun.objects.get(pk=segment.run_id)
    assert (segment.state, segment.error_code) == ("failed", "weights_refused")
    assert (run.state, run.error_code) == ("failed", "weights_refused")
    assert (
        said.say(run.error)
        == "The part 0:00–1:00 could not be read: The weights are not here. Check the repository out again."
    )
    assert run.video.trip.state == "failed"


def test_an_error_that_nobody_foresaw_is_tried_again_until_the_attempts_are_used_up(
    segment: Segment, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    reading(monkeypatch, [RuntimeError("boom")])
    for attempt in range(1, settings.MAX_ATTEMPTS + 1):
        read.read_segment(segment.pk)
        segment.refresh_from_db()
        assert segment.attempts == attempt
        assert segment.state == ("queued" if attempt < settings.MAX_ATTEMPTS else "failed")
    assert segment.error_code == "internal"


def test_progress_is_written_down_and_reaches_the_run(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def look() -> Progress:
        seen.append(ProcessingRun.objects.get(pk=segment.run_id).progress)
        return Progress(30.0, 60.0, 180, 12, {"decode": 1.0})

    reading(monkeypatch, [Progress(15.0, 60.0, 90, 5), look])
    read.read_segment(segment.pk)
    segment.refresh_from_db()
    assert seen == [0.25]
    assert (segment.state, segment.progress, segment.frames, segment.detections) == ("done", 1.0, 180, 12)


def test_a_run_cancelled_by_a_person_is_left_alone(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel() -> Progress:
        Segment.objects.filter(pk=segment.pk).update(state="cancelled", lease_owner="")
        return Progress(30.0, 60.0, 1, 0)

    reading(monkeypatch, [cancel])
    read.read_segment(segment.pk)
    segment.refresh_from_db()
    assert (segment.state, segment.tracks) == ("cancelled", [])


def test_a_worker_whose_lease_went_to_another_writes_nothing(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose() -> Progress:
        Segment.objects.filter(pk=segment.pk).update(lease_owner="another")
        return Progress(30.0, 60.0, 1, 0)

    reading(monkeypatch, [lose])
    read.read_segment(segment.pk)
    segment.refresh_from_db()
    assert (segment.state, segment.lease_owner, segment.frames) == ("leased", "another", 0)


def test_a_segment_whose_readers_all_died_fails_and_is_not_tried_again(segment: Segment, settings: Any) -> None:
    Segment.objects.filter(pk=segment.pk).update(attempts=settings.MAX_ATTEMPTS)
    read.read_next()
    segment.refresh_from_db()
    assert (segment.state, segment.error_code) == ("failed", "reader_died")


def test_a_segment_that_is_being_read_is_not_given_up(segment: Segment, settings: Any) -> None:
    leases.take_segment(segment.pk, "busy")
    Segment.objects.filter(pk=segment.pk).update(attempts=settings.MAX_ATTEMPTS)
    read.read_next()
    segment.refresh_from_db()
    assert segment.state == "leased"
