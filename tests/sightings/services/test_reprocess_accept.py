"""Accepting another reading, wholly, in part or not at all, and switching back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import RestrictedError

from sightings import selectors, selectors_reprocess
from sightings.errors import AlreadyUndone, NotAllowed, NotDecidable, UndoLaterFirst
from sightings.models import AuditEntry, Correction, Difference, Plate, ProcessingRun, Reprocess, Sighting, User
from sightings.services import reviews
from sightings.services.compare import compare_video
from sightings.services.plates import refresh_spans
from sightings.services.reprocess_accept import accept_reprocess, choose, undo_accept
from tests.factories import make_run, make_sighting

pytestmark = pytest.mark.django_db
FAR = [900.0, 200.0, 980.0, 220.0]  # a place in the picture where the other cars are not


@pytest.fixture
def job(run: ProcessingRun, bob: User) -> Reprocess:
    """The old reading saw five cars; the new one reads one otherwise, misses two, and sees one more."""
    make_sighting(run, "B01SAME", at=0.0)
    make_sighting(run, "B02OLD", at=10.0)
    make_sighting(run, "B03LOST", at=20.0)
    said = make_sighting(run, "B04WR0NG", at=30.0)
    missed = make_sighting(run, "B05SAID", at=40.0)
    reviews.correct_sighting(sighting=said, user=bob, text="B04WRONG")
    reviews.confirm_sighting(sighting=missed, user=bob)
    return read_again(run, [("B01SAME", 0.2), ("B02NEW", 10.1), ("B04WRNG", 30.1), ("B06MORE", 50.0)])


def read_again(run: ProcessingRun, plates: list[tuple[str, float]]) -> Reprocess:
    job = Reprocess.objects.create(fleet=run.video.fleet, state="ready", user=None)
    fresh = make_run(run.video, is_current=False, reprocess=job, model_version="test@2")
    for plate, at in plates:
        seen = make_sighting(fresh, plate, at=at)
        Sighting.objects.filter(pk=seen.pk).update(plate=None)
    Plate.objects.filter(sightings=None).delete()
    refresh_spans(Plate.objects.values_list("pk", flat=True))
    compare_video(run.video)
    return job


def texts(user: User) -> list[str]:
    return sorted(row.text for row in selectors.sightings_for(user))


def log_of(run: ProcessingRun) -> Any:
    """All that is stored of a video's readings, but for the moments at which rows were written."""
    unseen = {"updated_at", "plate_id", "version"}
    rows = [
        {name: value for name, value in row.items() if name not in unseen}
        for row in Sighting.objects.filter(video=run.video).order_by("pk").values()
    ]
    words = list(Correction.objects.order_by("pk").values())
    plates = sorted(Plate.objects.values_list("text", "first_seen", "last_seen"))
    carried = sorted(Sighting.objects.exclude(plate=None).values_list("pk", "plate__text"))
    return rows, words, plates, carried, list(ProcessingRun.objects.order_by("pk").values("pk", "is_current"))


def difference(job: Reprocess, text: str) -> Difference:
    for side in ("old", "new"):
        if found := job.differences.filter(**{f"{side}__plate_raw": text}).first():
            return found
    raise AssertionError(text)


def test_each_passage_is_told_once_by_what_became_of_it(job: Reprocess) -> None:
    told = selectors_reprocess.summary(job)
    assert told.counts == {"changed": 1, "gained": 1, "lost": 1, "locked": 2, "same": 1}
    assert (told.words, told.old_right, told.new_right) == (2, 1, 0)


def test_until_someone_accepts_people_see_the_old_reading_alone(job: Reprocess, bob: User) -> None:
    assert texts(bob) == ["B01SAME", "B02OLD", "B03LOST", "B04WRONG", "B05SAID"]
    assert not Plate.objects.filter(text__in=["B02NEW", "B06MORE"]).exists()


def test_accepting_all_shows_the_new_reading_and_keeps_peoples_words(job: Reprocess, bob: User) -> None:
    accept_reprocess(job=job, user=bob)
    assert texts(bob) == ["B01SAME", "B02NEW", "B04WRONG", "B05SAID", "B06MORE"]
    carried = selectors.sightings_for(bob).get(plate_corrected="B04WRONG")
    assert (carried.plate_raw, carried.review_state) == ("B04WRNG", "corrected")
    assert selectors.sightings_for(bob).get(plate_raw="B05SAID").review_state == "confirmed"
    assert not Plate.objects.filter(text__in=["B02OLD", "B03LOST"]).exists()
    entry = AuditEntry.objects.get(action="reprocess.accepted")
    assert (entry.user, entry.detail["taken"]) == (bob, {"changed": 1, "gained": 1, "lost": 1})


def test_what_a_person_leaves_stays_as_it_was(job: Reprocess, bob: User) -> None:
    left = [difference(job, text).pk for text in ("B02NEW", "B03LOST", "B06MORE")]
    choose(job=job, user=bob, take=False, differences=left)
    accept_reprocess(job=job, user=bob)
    assert texts(bob) == ["B01SAME", "B02OLD", "B03LOST", "B04WRONG", "B05SAID"]
    assert Sighting.objects.count() == 9


def test_a_kind_is_left_or_taken_at_once(job: Reprocess, bob: User) -> None:
    choose(job=job, user=bob, take=False)
    choose(job=job, user=bob, take=True, kind="gained")
    assert selectors_reprocess.summary(job).taken == {"changed": 0, "gained": 1, "lost": 0}
    accept_reprocess(job=job, user=bob)
    assert texts(bob) == ["B01SAME", "B02OLD", "B03LOST", "B04WRONG", "B05SAID", "B06MORE"]


@pytest.mark.parametrize("left", [[], ["B02NEW", "B03LOST"], ["B06MORE"]])
def test_switching_back_restores_everything(job: Reprocess, run: ProcessingRun, bob: User, left: list[str]) -> None:
    choose(job=job, user=bob, take=False, differences=[difference(job, text).pk for text in left])
    before = log_of(run)
    accept_reprocess(job=job, user=bob)
    assert log_of(run) != before
    undo_accept(job=job, user=bob)
    assert log_of(run) == before
    accept_reprocess(job=job, user=bob)
    undo_accept(job=job, user=bob)
    assert log_of(run) == before


def test_words_said_since_then_go_along_when_it_is_switched_back(job: Reprocess, bob: User) -> None:
    accept_reprocess(job=job, user=bob)
    new = selectors.sightings_for(bob).get(plate_raw="B02NEW")
    reviews.correct_sighting(sighting=new, user=bob, text="B02MINE")
    undo_accept(job=job, user=bob)
    assert texts(bob) == ["B01SAME", "B02MINE", "B03LOST", "B04WRONG", "B05SAID"]
    assert selectors.sightings_for(bob).get(plate_corrected="B02MINE").plate_raw == "B02OLD"


def test_a_word_said_after_the_comparison_is_locked_all_the_same(job: Reprocess, bob: User) -> None:
    old = Sighting.objects.get(plate_raw="B03LOST")
    reviews.confirm_sighting(sighting=old, user=bob)
    accept_reprocess(job=job, user=bob)
    assert "B03LOST" in texts(bob)


def test_a_flag_on_a_lost_sighting_keeps_it(job: Reprocess, bob: User) -> None:
    reviews.flag_sighting(sighting=Sighting.objects.get(plate_raw="B03LOST"), user=bob, reason="other")
    accept_reprocess(job=job, user=bob)
    assert selectors.sightings_for(bob).get(plate_raw="B03LOST").flagged


def test_accepting_twice_is_refused_and_doubles_nothing(job: Reprocess, bob: User) -> None:
    accept_reprocess(job=job, user=bob)
    with pytest.raises(NotDecidable):
        accept_reprocess(job=job, user=bob)
    assert len(texts(bob)) == 5
    undo_accept(job=job, user=bob)
    with pytest.raises(AlreadyUndone):
        undo_accept(job=job, user=bob)


def test_an_error_in_the_middle_leaves_all_as_it_was(
    job: Reprocess, run: ProcessingRun, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = log_of(run)
    monkeypatch.setattr("sightings.services.reprocess_accept.tidy_plates", lambda plates: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        accept_reprocess(job=job, user=bob)
    monkeypatch.undo()
    assert log_of(run) == before
    job.refresh_from_db()
    assert (job.state, job.before) == ("ready", {})


def test_the_later_of_two_is_undone_first(job: Reprocess, run: ProcessingRun, bob: User) -> None:
    accept_reprocess(job=job, user=bob)
    second = read_again(run, [("B01SAME", 0.2)])
    accept_reprocess(job=second, user=bob)
    with pytest.raises(UndoLaterFirst):
        undo_accept(job=job, user=bob)
    undo_accept(job=second, user=bob)
    undo_accept(job=job, user=bob)
    assert "B02OLD" in texts(bob)


def test_while_the_current_reading_goes_on_nothing_is_switched(job: Reprocess, run: ProcessingRun, bob: User) -> None:
    ProcessingRun.objects.filter(pk=run.pk).update(state="reading")
    with pytest.raises(NotDecidable):
        accept_reprocess(job=job, user=bob)


def test_a_viewer_decides_nothing(job: Reprocess, dora: User) -> None:
    with pytest.raises(NotAllowed):
        accept_reprocess(job=job, user=dora)
    with pytest.raises(NotAllowed):
        choose(job=job, user=dora, take=False)


def test_two_cars_at_one_time_are_told_apart_by_their_place(run: ProcessingRun) -> None:
    make_sighting(run, "CJ01AAA")
    make_sighting(run, "CJ02BBB", box=FAR)
    job = Reprocess.objects.create(fleet=run.video.fleet, state="ready")
    fresh = make_run(run.video, is_current=False, reprocess=job)
    for plate, box in (("XX9", FAR), ("YY8", [102.0, 201.0, 181.0, 221.0])):
        make_sighting(fresh, plate, box=box)
    compare_video(run.video)
    pairs = {(row.old and row.old.plate_raw, row.new and row.new.plate_raw) for row in job.differences.all()}
    assert pairs == {("CJ01AAA", "YY8"), ("CJ02BBB", "XX9")}


def test_a_job_whose_reading_people_see_cannot_be_deleted_with_it(job: Reprocess, bob: User) -> None:
    accept_reprocess(job=job, user=bob)
    with pytest.raises(RestrictedError):
        job.delete()
    job.fleet.delete()
    assert not Sighting.objects.exists()


def test_words_go_to_the_partner_even_where_it_was_seen_only_later(run: ProcessingRun, bob: User) -> None:
    old = make_sighting(run, "B04WR0NG", at=30.0)  # until 35
    reviews.correct_sighting(sighting=old, user=bob, text="B04WRONG")
    accept_reprocess(job=read_again(run, [("B04WR0NG", 36.2)]), user=bob)
    (seen,) = selectors.sightings_for(bob)
    assert (seen.first_seen_s, seen.text, seen.review_state) == (36.2, "B04WRONG", "corrected")
