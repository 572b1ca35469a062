"""Repeated misreads: suggested right in new reads, visible, undoable, and below every word of a person."""

from __future__ import annotations

import pytest

from sightings.errors import AliasExists, AliasUnusable, NotAllowed
from sightings.models import Alias, AuditEntry, Fleet, Plate, ProcessingRun, Sighting, User
from sightings.selectors_review import alias_offers, aliases_for
from sightings.services import aliases, reviews
from sightings.services.carry_over import reapply_corrections
from tests.factories import make_run, make_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def alias(bob: User, northwind: Fleet) -> Alias:
    return aliases.make_alias(user=bob, fleet=northwind, misread="b99bnx", text="b99bnz")


def again() -> Sighting:
    return Sighting.objects.select_related("fleet", "plate").latest("pk")


def test_a_new_read_is_suggested_right_and_says_by_what(alias: Alias, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX")
    assert aliases.apply_aliases(run) == 1
    row = again()
    assert (row.text, row.plate_raw, row.plate_source, row.review_state) == ("B99BNZ", "B99BNX", "alias", "unreviewed")
    assert row.plate is not None
    assert row.plate.text == "B99BNZ"
    word = row.corrections.get()
    assert (word.action, word.alias, word.user) == ("alias", alias, None)
    assert AuditEntry.objects.latest("pk").action == "alias.applied"
    assert aliases.apply_aliases(run) == 0


def test_other_reads_and_other_fleets_are_left_alone(alias: Alias, run: ProcessingRun, southgate: Fleet) -> None:
    make_sighting(run, "B99BNK")
    Alias.objects.filter(pk=alias.pk).update(fleet=southgate, misread="B99BNK")
    assert aliases.apply_aliases(run) == 0


def test_a_persons_word_outweighs_it_whichever_came_first(alias: Alias, alice: User, run: ProcessingRun) -> None:
    said = make_sighting(run, "B99BNX")
    reviews.confirm_sighting(sighting=said, user=alice)
    assert aliases.apply_aliases(run) == 0
    later = make_sighting(run, "B99BNX")
    aliases.apply_aliases(run)
    reviews.correct_sighting(sighting=Sighting.objects.get(pk=later.pk), user=alice, text="B99BNX")
    assert {(row.text, row.plate_source) for row in Sighting.objects.all()} == {("B99BNX", "person")}


def test_an_older_word_that_is_carried_to_a_suggestion_outweighs_it(
    alias: Alias, alice: User, run: ProcessingRun
) -> None:
    reviews.correct_sighting(sighting=make_sighting(run, "B99BNX"), user=alice, text="B99BNY")
    ProcessingRun.objects.filter(pk=run.pk).update(is_current=False)
    anew = make_run(run.video)
    make_sighting(anew, "B99BNX")
    aliases.apply_aliases(anew)
    reapply_corrections(anew)
    assert (again().text, again().review_state) == ("B99BNY", "corrected")


def test_confirming_a_suggestion_makes_it_a_persons_word(alias: Alias, bob: User, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX")
    aliases.apply_aliases(run)
    word = reviews.confirm_sighting(sighting=again(), user=bob)
    assert (again().text, again().plate_source) == ("B99BNZ", "person")
    reviews.undo_correction(correction=word, user=bob)
    assert (again().text, again().plate_source) == ("B99BNZ", "alias")


def test_a_suggestion_that_was_taken_back_does_not_come_again_with_a_new_reading(
    alias: Alias, bob: User, run: ProcessingRun
) -> None:
    make_sighting(run, "B99BNX")
    aliases.apply_aliases(run)
    reviews.undo_correction(correction=again().corrections.get(), user=bob)
    assert again().text == "B99BNX"
    ProcessingRun.objects.filter(pk=run.pk).update(is_current=False)
    anew = make_run(run.video)
    make_sighting(anew, "B99BNX")
    reapply_corrections(anew)
    assert aliases.apply_aliases(anew) == 0
    assert again().text == "B99BNX"


def test_a_suggestion_is_not_carried_to_a_reading_that_says_something_else(alias: Alias, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX")
    aliases.apply_aliases(run)
    ProcessingRun.objects.filter(pk=run.pk).update(is_current=False)
    anew = make_run(run.video)
    make_sighting(anew, "B99BNY")
    reapply_corrections(anew)
    aliases.apply_aliases(anew)
    assert again().text == "B99BNY"


def test_removing_it_takes_back_what_no_person_confirmed(alias: Alias, bob: User, run: ProcessingRun) -> None:
    kept = make_sighting(run, "B99BNX")
    aliases.apply_aliases(run)
    reviews.confirm_sighting(sighting=Sighting.objects.get(pk=kept.pk), user=bob)
    gone = make_sighting(run, "B99BNX")
    aliases.apply_aliases(run)
    assert [row.in_effect for row in aliases_for(bob)] == [1]  # type: ignore[attr-defined]
    assert aliases.remove_alias(alias=alias, user=bob) == 1
    assert [Sighting.objects.get(pk=pk).text for pk in (kept.pk, gone.pk)] == ["B99BNZ", "B99BNX"]
    assert set(Plate.objects.values_list("text", flat=True)) == {"B99BNX", "B99BNZ"}
    make_sighting(run, "B99BNX")
    assert aliases.apply_aliases(run) == 0
    assert not aliases_for(bob).exists()


@pytest.mark.parametrize(("misread", "text"), [("B99BNX", "b99 bnx"), ("B?9BNX", "B99BNX")])
def test_an_alias_that_makes_no_sense_is_refused(bob: User, northwind: Fleet, misread: str, text: str) -> None:
    with pytest.raises(AliasUnusable):
        aliases.make_alias(user=bob, fleet=northwind, misread=misread, text=text)


def test_a_misread_has_one_alias(alias: Alias, bob: User, northwind: Fleet) -> None:
    with pytest.raises(AliasExists):
        aliases.make_alias(user=bob, fleet=northwind, misread="B99BNX", text="B99BNA")


def test_who_may_only_look_makes_and_removes_none(alias: Alias, dora: User, northwind: Fleet) -> None:
    with pytest.raises(NotAllowed):
        aliases.make_alias(user=dora, fleet=northwind, misread="X1", text="X2")
    with pytest.raises(NotAllowed):
        aliases.remove_alias(alias=alias, user=dora)


def corrected(bob: User, run: ProcessingRun, times: int) -> None:
    for _ in range(times):
        reviews.correct_sighting(sighting=make_sighting(run, "B99BNX"), user=bob, text="B99BNZ")


def test_an_alias_is_offered_once_the_same_correction_was_made_three_times(
    bob: User, northwind: Fleet, run: ProcessingRun
) -> None:
    corrected(bob, run, 2)
    assert alias_offers(bob, [northwind.pk]) == []
    corrected(bob, run, 1)
    offer = alias_offers(bob, [northwind.pk])[0]
    assert (offer["misread"], offer["text"], offer["count"]) == ("B99BNX", "B99BNZ", 3)
    aliases.make_alias(user=bob, fleet=northwind, misread="B99BNX", text="B99BNZ")
    assert alias_offers(bob, [northwind.pk]) == []


def test_a_plate_that_somebody_confirmed_is_not_offered_as_a_misread(
    bob: User, northwind: Fleet, run: ProcessingRun
) -> None:
    corrected(bob, run, 3)
    reviews.confirm_sighting(sighting=make_sighting(run, "B99BNX"), user=bob)
    assert alias_offers(bob, [northwind.pk]) == []
