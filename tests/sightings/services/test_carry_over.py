"""People's words survive a new reading of the same video."""

from __future__ import annotations

import pytest

from sightings.models import Correction, ProcessingRun, Sighting, User
from sightings.services import reviews
from tests.factories import make_run, make_sighting

pytestmark = pytest.mark.django_db


def read_again(run: ProcessingRun) -> ProcessingRun:
    ProcessingRun.objects.filter(pk=run.pk).update(is_current=False)
    return make_run(run.video, model_version="test@2")


def test_a_correction_moves_to_the_same_plate_of_the_new_run(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    fresh = make_sighting(read_again(sighting.run), "B99BN", at=10.4, box=[104.0, 202.0, 183.0, 221.0])
    assert reviews.reapply_corrections(fresh.run) == 1
    fresh.refresh_from_db()
    assert (fresh.text, fresh.plate_raw, fresh.review_state) == ("B98BNX", "B99BN", "corrected")
    assert fresh.corrections.count() == 1


def test_a_confirmed_plate_holds_when_the_new_run_reads_something_else(bob: User, sighting: Sighting) -> None:
    reviews.confirm_sighting(sighting=sighting, user=bob)
    fresh = make_sighting(read_again(sighting.run), "B99BNK")
    reviews.reapply_corrections(fresh.run)
    fresh.refresh_from_db()
    assert (fresh.text, fresh.review_state) == ("B99BNX", "confirmed")


def test_a_word_finds_its_car_among_two_seen_at_the_same_time(bob: User, sighting: Sighting) -> None:
    reviews.reject_sighting(sighting=sighting, user=bob)
    run = read_again(sighting.run)
    other = make_sighting(run, "CJ01ABC", box=[900.0, 200.0, 980.0, 220.0])
    same = make_sighting(run, "B99BNX")
    reviews.reapply_corrections(run)
    other.refresh_from_db()
    same.refresh_from_db()
    assert (other.review_state, same.review_state) == ("unreviewed", "rejected")


def test_a_word_on_a_car_that_the_new_run_did_not_see_is_kept_aside(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    run = read_again(sighting.run)
    far = make_sighting(run, "B99BNX", at=40.0)
    assert reviews.reapply_corrections(run) == 0
    far.refresh_from_db()
    assert far.review_state == "unreviewed"
    assert Correction.objects.count() == 1


def test_words_survive_when_the_old_sightings_are_deleted_first(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    run = read_again(sighting.run)
    sighting.delete()
    fresh = make_sighting(run, "B99BNX")
    reviews.reapply_corrections(run)
    fresh.refresh_from_db()
    assert fresh.text == "B98BNX"


def test_carrying_over_twice_changes_nothing_more(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    reviews.flag_sighting(sighting=sighting, user=bob, reason="other")
    fresh = make_sighting(read_again(sighting.run), "B99BNX")
    reviews.reapply_corrections(fresh.run)
    reviews.reapply_corrections(fresh.run)
    fresh.refresh_from_db()
    assert (fresh.text, fresh.flagged, fresh.corrections.count(), fresh.flags.count()) == ("B98BNX", True, 1, 1)


def test_an_undone_word_stays_undone(bob: User, sighting: Sighting) -> None:
    word = reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    reviews.undo_correction(correction=word, user=bob)
    fresh = make_sighting(read_again(sighting.run), "B99BNX")
    reviews.reapply_corrections(fresh.run)
    fresh.refresh_from_db()
    assert (fresh.text, fresh.review_state) == ("B99BNX", "unreviewed")
