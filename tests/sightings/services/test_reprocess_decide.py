"""Taking another reading over is asked for on a page and done by a worker: whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from sightings import said
from sightings.errors import AlreadyUndone, NotAllowed, NotDecidable, UndoLaterFirst, VersionClash
from sightings.models import ProcessingRun, Reprocess, Sighting, User
from sightings.processing.sweep import sweep_decisions
from sightings.services.compare import compare_video
from sightings.services.reprocess_accept import choose
from sightings.services.reprocess_decide import ask_accept, ask_undo, decide
from tests.factories import make_run, make_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(run: ProcessingRun) -> Reprocess:
    make_sighting(run, "B02OLD", at=10.0)
    return read_again(run)


def read_again(run: ProcessingRun) -> Reprocess:
    job = Reprocess.objects.create(fleet=run.video.fleet, state="ready")
    fresh = make_run(run.video, is_current=False, reprocess=job, model_version="test@2")
    make_sighting(fresh, "", plate_raw="B02NEW", at=10.1)
    compare_video(run.video)
    return job


def shown() -> str:
    return Sighting.objects.current().get().plate_raw


def test_nothing_changes_before_a_worker_has_done_all_of_it(job: Reprocess, bob: User) -> None:
    ask_accept(job=job, user=bob)
    job.refresh_from_db()
    assert (job.state, shown()) == ("accepting", "B02OLD")
    decide(job.pk)
    job.refresh_from_db()
    assert (job.state, job.decided_by, shown()) == ("accepted", bob, "B02NEW")
    ask_undo(job=job, user=bob)
    decide(job.pk)
    job.refresh_from_db()
    assert (job.state, shown()) == ("ready", "B02OLD")


def test_pages_are_told_how_far_it_is(job: Reprocess, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    monkeypatch.setattr("sightings.services.reprocess_decide.publish_decision", lambda job, share: told.append(share))
    ask_accept(job=job, user=bob)
    decide(job.pk)
    assert told == [1.0]


def test_it_is_asked_for_once_and_a_second_message_does_nothing(job: Reprocess, bob: User) -> None:
    ask_accept(job=job, user=bob)
    with pytest.raises(NotDecidable):
        ask_accept(job=job, user=bob)
    with pytest.raises(AlreadyUndone):
        ask_undo(job=job, user=bob)
    decide(job.pk)
    decide(job.pk)
    job.refresh_from_db()
    assert job.state == "accepted"


def test_choices_that_someone_changed_meanwhile_are_not_accepted_unseen(job: Reprocess, alice: User, bob: User) -> None:
    seen = job.version
    choose(job=job, user=alice, take=False)
    with pytest.raises(VersionClash):
        ask_accept(job=job, user=bob, expected_version=seen)
    ask_accept(job=job, user=bob, expected_version=job.version)


def test_what_was_compared_anew_meanwhile_is_looked_at_again(job: Reprocess, run: ProcessingRun, bob: User) -> None:
    ask_accept(job=job, user=bob)
    compare_video(run.video)
    decide(job.pk)
    job.refresh_from_db()
    assert (job.state, shown()) == ("ready", "B02OLD")
    assert "the choices start over" in said.say(job.error)


def test_why_it_could_not_be_done_stands_on_the_job(job: Reprocess, run: ProcessingRun, bob: User) -> None:
    ProcessingRun.objects.filter(pk=run.pk).update(state="reading")
    ask_accept(job=job, user=bob)
    decide(job.pk)
    job.refresh_from_db()
    assert (job.state, shown()) == ("ready", "B02OLD")
    assert "is being read at this moment" in job.error
    ProcessingRun.objects.filter(pk=run.pk).update(state="done")
    ask_accept(job=job, user=bob)
    job.refresh_from_db()
    assert job.error == ""


def test_an_error_of_ours_leaves_all_as_it_was(job: Reprocess, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_accept(job=job, user=bob)
    monkeypatch.setattr("sightings.services.reprocess_accept.tidy_plates", lambda plates: 1 / 0)
    decide(job.pk)
    job.refresh_from_db()
    assert (job.state, job.before, shown()) == ("ready", {}, "B02OLD")
    assert "nothing was changed" in said.say(job.error)


def test_what_its_worker_died_of_is_tried_again_but_not_for_ever(
    job: Reprocess, bob: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr("sightings.processing.sweep.waiting", lambda queue: 0)
    monkeypatch.setattr("sightings.processing.sweep.send", lambda *message: sent.append(message))
    ask_accept(job=job, user=bob)
    sweep_decisions()
    assert sent == [("decide_reprocess", "light", {"reprocess_id": job.pk})]
    Reprocess.objects.update(attempts=settings.MAX_ATTEMPTS)
    decide(job.pk)
    job.refresh_from_db()
    assert (job.state, shown()) == ("ready", "B02OLD")


def test_the_later_of_two_is_undone_first(job: Reprocess, run: ProcessingRun, bob: User) -> None:
    ask_accept(job=job, user=bob)
    decide(job.pk)
    second = read_again(run)
    ask_accept(job=second, user=bob)
    with pytest.raises(UndoLaterFirst):
        ask_undo(job=job, user=bob)


def test_a_viewer_asks_for_nothing(job: Reprocess, dora: User) -> None:
    for ask in (ask_accept, ask_undo):
        with pytest.raises(NotAllowed):
            ask(job=job, user=dora)
