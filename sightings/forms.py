"""What people fill in on pages. Rules that must always hold live in the services; these catch slips early."""

from __future__ import annotations

from typing import Any

from django import forms

from sightings.errors import PlateUnusable
from sightings.services.plates import text_of

FLAG_REASONS = [
    ("wrong_read", "The plate is read wrongly"),
    ("not_a_plate", "This is no plate"),
    ("wrong_place", "The place is wrong"),
    ("wrong_time", "The time is wrong"),
    ("interesting", "Worth a look"),
    ("other", "Something else"),
]


class CorrectionForm(forms.Form):
    """A person's reading of a plate. `version` is the one they saw."""

    text = forms.CharField(max_length=32, label="Plate", strip=True)
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        try:
            return text_of(self.cleaned_data["text"])
        except PlateUnusable as error:
            raise forms.ValidationError(error.detail) from error


class FlagForm(forms.Form):
    reason = forms.ChoiceField(choices=FLAG_REASONS)
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class TripNameForm(forms.Form):
    name = forms.CharField(max_length=200, strip=True)


class PlateNotesForm(forms.Form):
    """Notes and tags of a plate; tags are typed with commas between them."""

    notes = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    tags = forms.CharField(required=False, max_length=500)

    def clean_tags(self) -> list[str]:
        typed: Any = self.cleaned_data["tags"]
        return [tag.strip() for tag in str(typed).split(",") if tag.strip()]
