"""People's words: they change what counts, and never what the machine said."""

from __future__ import annotations

import pytest
from django.utils import translation

from sightings.errors import AlreadyResolved, AlreadyUndone, NotAllowed, PlateUnusable, VersionClash
from sightings.models import AuditEntry, Correction, Plate, Sighting, User
from sightings.services import reviews

pytestmark = pytest.mark.django_db


def test_a_correction_counts_and_keeps_the_original(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="b-98 bnx", note="clear on frame 12")
    sighting.refresh_from_db()
    assert (sighting.text, sighting.plate_raw, sighting.review_state) == ("B98BNX", "B99BNX", "corrected")
    assert sighting.plate is not None
    assert sighting.plate.text == "B98BNX"
    word = sighting.corrections.get()
    assert (word.text_before, word.text_after, word.user, word.note) == ("B99BNX", "B98BNX", bob, "clear on frame 12")


def test_a_plate_that_nothing_hangs_on_goes(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    assert not Plate.objects.filter(text="B99BNX").exists()


@pytest.mark.parametrize("words", [{"notes": "neighbour's van"}, {"tags": ["van"]}])
def test_a_plate_that_someone_wrote_on_stays(bob: User, sighting: Sighting, words: dict[str, object]) -> None:
    Plate.objects.filter(text="B99BNX").update(**words)
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    assert Plate.objects.filter(text="B99BNX", **words).exists()


def test_the_plate_knows_when_it_was_seen(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    plate = Plate.objects.get(text="B98BNX")
    assert plate.first_seen == plate.last_seen == sighting.seen_at


def test_undoing_brings_the_machine_s_word_back(bob: User, sighting: Sighting) -> None:
    word = reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    reviews.undo_correction(correction=word, user=bob)
    sighting.refresh_from_db()
    assert (sighting.text, sighting.review_state) == ("B99BNX", "unreviewed")
    assert sighting.plate is not None
    assert sighting.plate.text == "B99BNX"
    assert sighting.corrections.get().undone_by == bob


def test_undoing_one_word_leaves_those_said_after_it(bob: User, sighting: Sighting) -> None:
    first = reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    reviews.correct_sighting(sighting=sighting, user=bob, text="B97BNX")
    reviews.undo_correction(correction=first, user=bob)
    sighting.refresh_from_db()
    assert sighting.text == "B97BNX"


def test_undoing_twice_is_refused(bob: User, sighting: Sighting) -> None:
    word = reviews.confirm_sighting(sighting=sighting, user=bob)
    reviews.undo_correction(correction=word, user=bob)
    with pytest.raises(AlreadyUndone):
        reviews.undo_correction(correction=word, user=bob)


def test_confirming_keeps_what_stands(bob: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    reviews.confirm_sighting(sighting=sighting, user=bob)
    assert (sighting.text, sighting.review_state) == ("B98BNX", "confirmed")


def test_a_rejected_sighting_is_in_no_plate_s_history(bob: User, sighting: Sighting) -> None:
    reviews.reject_sighting(sighting=sighting, user=bob)
    sighting.refresh_from_db()
    assert (sighting.review_state, sighting.plate, sighting.plate_raw) == ("rejected", None, "B99BNX")


def test_of_two_people_who_saw_the_same_version_the_second_is_told(alice: User, bob: User, sighting: Sighting) -> None:
    seen = sighting.version
    reviews.correct_sighting(sighting=Sighting.objects.get(), user=alice, text="B98BNX", expected_version=seen)
    with pytest.raises(VersionClash):
        reviews.correct_sighting(sighting=Sighting.objects.get(), user=bob, text="B97BNX", expected_version=seen)
    assert Sighting.objects.get().text == "B98BNX"
    assert Correction.objects.count() == 1


def test_two_who_loaded_the_row_at_once_do_not_overwrite_each_other(alice: User, bob: User, sighting: Sighting) -> None:
    mine, theirs = Sighting.objects.get(), Sighting.objects.get()
    reviews.correct_sighting(sighting=mine, user=alice, text="B98BNX")
    with pytest.raises(VersionClash):
        reviews.reject_sighting(sighting=theirs, user=bob)


@pytest.mark.parametrize("text", ["", "---", "???", "A" * 17])
def test_a_text_that_is_no_plate_is_refused(bob: User, sighting: Sighting, text: str) -> None:
    with pytest.raises(PlateUnusable):
        reviews.correct_sighting(sighting=sighting, user=bob, text=text)
    assert not Correction.objects.exists()


def test_a_viewer_may_say_nothing(dora: User, sighting: Sighting) -> None:
    with pytest.raises(NotAllowed):
        reviews.correct_sighting(sighting=sighting, user=dora, text="B98BNX")
    with pytest.raises(NotAllowed):
        reviews.flag_sighting(sighting=sighting, user=dora, reason="other")


def test_someone_of_another_fleet_may_say_nothing(charlie: User, sighting: Sighting) -> None:
    with pytest.raises(NotAllowed):
        reviews.confirm_sighting(sighting=sighting, user=charlie)


def test_a_sighting_is_flagged_until_every_flag_is_resolved(bob: User, sighting: Sighting) -> None:
    first = reviews.flag_sighting(sighting=sighting, user=bob, reason="wrong_read")
    second = reviews.flag_sighting(sighting=sighting, user=bob, reason="other", note="look at the edge")
    reviews.resolve_flag(flag=first, user=bob)
    assert Sighting.objects.get().flagged
    reviews.resolve_flag(flag=second, user=bob)
    assert not Sighting.objects.get().flagged
    with pytest.raises(AlreadyResolved):
        reviews.resolve_flag(flag=second, user=bob)


def test_every_word_is_written_down(bob: User, sighting: Sighting) -> None:
    word = reviews.correct_sighting(sighting=sighting, user=bob, text="B98BNX")
    reviews.undo_correction(correction=word, user=bob)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "user__username"))
    assert actions == [("sighting.corrected", "bob"), ("correction.undone", "bob")]


def test_the_audit_names_a_word_alike_in_every_language(bob: User, sighting: Sighting) -> None:
    with translation.override("de"):
        reviews.reject_sighting(sighting=sighting, user=bob)
    assert AuditEntry.objects.get().action == "sighting.rejected"
