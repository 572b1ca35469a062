"""Many sightings corrected as one act, and taken back as one."""

from __future__ import annotations

import pytest

from sightings.errors import AlreadyUndone, NotAllowed, NothingToCorrect, PlateUnusable, TooMany
from sightings.models import Alias, AuditEntry, Correction, Fleet, Plate, ProcessingRun, Sighting, User
from sightings.selectors_review import MOST_IN_BATCH, preview_of_plate, preview_of_sightings
from sightings.services import batches, reviews
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def misread(run: ProcessingRun) -> list[Sighting]:
    return [make_sighting(run, "B99BNX", at=10.0 * n) for n in range(4)]


def keys(rows: list[Sighting]) -> list[int]:
    return [row.pk for row in rows]


def texts() -> list[str]:
    return [row.text for row in Sighting.objects.order_by("pk")]


def test_all_are_corrected_and_keep_what_the_machine_read(bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="b99 bnz")
    assert batch.count == 4
    rows = Sighting.objects.all()
    assert {(row.text, row.plate_raw, row.review_state, row.version) for row in rows} == {
        ("B99BNZ", "B99BNX", "corrected", 2)
    }
    assert [plate.text for plate in Plate.objects.all()] == ["B99BNZ"]
    assert set(Correction.objects.values_list("batch", "user", "text_before")) == {(batch.pk, bob.pk, "B99BNX")}


def test_what_a_person_said_is_left_alone(alice: User, bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    reviews.confirm_sighting(sighting=misread[0], user=alice)
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNZ")
    assert batch.count == 3
    assert texts() == ["B99BNX", "B99BNZ", "B99BNZ", "B99BNZ"]


def test_one_undo_takes_all_of_it_back(bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNZ")
    assert batches.undo_batch(batch=batch, user=bob) == 4
    assert {(row.text, row.review_state) for row in Sighting.objects.all()} == {("B99BNX", "unreviewed")}
    assert [plate.text for plate in Plate.objects.all()] == ["B99BNX"]
    with pytest.raises(AlreadyUndone):
        batches.undo_batch(batch=batch, user=bob)


def test_undo_leaves_what_was_said_later(alice: User, bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNZ")
    reviews.correct_sighting(sighting=Sighting.objects.get(pk=misread[1].pk), user=alice, text="B99BNY")
    batches.undo_batch(batch=batch, user=bob)
    assert texts() == ["B99BNX", "B99BNY", "B99BNX", "B99BNX"]


def test_an_alias_made_with_it_goes_with_it(bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNZ", alias_for="B99BNX")
    assert Alias.objects.get(removed_at=None).text == "B99BNZ"
    batches.undo_batch(batch=batch, user=bob)
    assert not Alias.objects.filter(removed_at=None).exists()


def test_the_preview_lists_what_would_change_and_what_is_locked(
    alice: User, bob: User, northwind: Fleet, misread: list[Sighting]
) -> None:
    reviews.confirm_sighting(sighting=misread[3], user=alice)
    found = preview_of_plate(bob, northwind, "B99BNX")
    assert (found.total, found.free, found.locked) == (4, 3, 1)
    last = found.rows[-1]
    assert last.word is not None
    assert (last.locked, last.word.user, last.word.action) == (True, alice, "confirm")


def test_a_chosen_few_are_previewed(bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    found = preview_of_sightings(bob, keys(misread[:2]), [northwind.pk])
    assert found is not None
    assert (found.text, found.total) == ("B99BNX", 2)


@pytest.mark.parametrize("text", ["", "???", "A" * 17])
def test_a_text_that_is_no_plate_is_refused(bob: User, northwind: Fleet, misread: list[Sighting], text: str) -> None:
    with pytest.raises(PlateUnusable):
        batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text=text)


def test_a_batch_that_would_change_nothing_is_refused(bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    with pytest.raises(NothingToCorrect):
        batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNX")


def test_a_batch_has_a_largest_size(bob: User, northwind: Fleet) -> None:
    with pytest.raises(TooMany):
        batches.correct_batch(user=bob, fleet=northwind, sightings=range(MOST_IN_BATCH + 1), text="B99BNZ")


def test_sightings_of_another_fleet_are_not_touched(charlie: User, southgate: Fleet, misread: list[Sighting]) -> None:
    with pytest.raises(NothingToCorrect):
        batches.correct_batch(user=charlie, fleet=southgate, sightings=keys(misread), text="B99BNZ")
    assert texts() == ["B99BNX"] * 4


def test_who_may_only_look_may_neither_make_nor_undo(
    dora: User, bob: User, northwind: Fleet, misread: list[Sighting]
) -> None:
    with pytest.raises(NotAllowed):
        batches.correct_batch(user=dora, fleet=northwind, sightings=keys(misread), text="B99BNZ")
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNZ")
    with pytest.raises(NotAllowed):
        batches.undo_batch(batch=batch, user=dora)


def test_both_acts_are_written_down_once(bob: User, northwind: Fleet, misread: list[Sighting]) -> None:
    batch = batches.correct_batch(user=bob, fleet=northwind, sightings=keys(misread), text="B99BNZ")
    batches.undo_batch(batch=batch, user=bob)
    acts = AuditEntry.objects.order_by("pk").values_list("action", "detail")
    assert list(acts) == [("sightings.corrected", {"sightings": 4}), ("sightings.correction_undone", {})]
