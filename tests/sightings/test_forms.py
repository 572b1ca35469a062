"""What people type into pages."""

from __future__ import annotations

from sightings.forms import CorrectionForm, FlagForm, PlateNotesForm


def test_a_correction_is_brought_to_normal_form() -> None:
    form = CorrectionForm({"text": " b-99 bnx ", "version": "3"})
    assert form.is_valid()
    assert (form.cleaned_data["text"], form.cleaned_data["version"]) == ("B99BNX", 3)


def test_a_correction_that_is_no_plate_says_so() -> None:
    form = CorrectionForm({"text": "---"})
    assert not form.is_valid()
    assert "letters or digits" in form.errors["text"][0]


def test_a_flag_needs_one_of_the_reasons() -> None:
    assert FlagForm({"reason": "wrong_read"}).is_valid()
    assert not FlagForm({"reason": "because"}).is_valid()


def test_tags_are_typed_with_commas() -> None:
    form = PlateNotesForm({"notes": "", "tags": " van, , courier"})
    assert form.is_valid()
    assert form.cleaned_data["tags"] == ["van", "courier"]
