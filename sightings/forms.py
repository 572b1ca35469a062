"""What people fill in on pages. Rules that must always hold live in the services; these catch slips early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from recognition.cameras import known_cameras
from sightings.errors import BadQuery, PlateUnusable
from sightings.filters import area_of
from sightings.models import Fleet, Shape, Vehicle, Watchlist, Webhook
from sightings.outgoing import LONGEST_URL
from sightings.services.plates import text_of
from sightings.services.vehicles import VEHICLE_FIELDS, impossible_view
from sightings.services.watchlists import FIELDS as WATCHLIST_FIELDS
from sightings.services.webhooks import FIELDS as WEBHOOK_FIELDS
from sightings.services.webhooks import WANTED

if TYPE_CHECKING:  # generic in the stubs alone
    VehicleModelForm = forms.ModelForm[Vehicle]
else:
    VehicleModelForm = forms.ModelForm

FLAG_REASONS = [
    ("wrong_read", _("The plate is read wrongly")),
    ("not_a_plate", _("This is no plate")),
    ("wrong_place", _("The place is wrong")),
    ("wrong_time", _("The time is wrong")),
    ("interesting", _("Worth a look")),
    ("other", _("Something else")),
]


class CorrectionForm(forms.Form):
    """A person's reading of a plate. `version` is the one they saw."""

    text = forms.CharField(max_length=32, label=_("Plate"), strip=True)
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


class VehicleForm(VehicleModelForm):
    """How a vehicle's cameras look. A known model fills in the fields of view that are left empty."""

    class Meta:
        model = Vehicle
        fields = VEHICLE_FIELDS
        labels = {
            "camera_model": _("Camera"),
            "field_of_view_deg": _("Field of view in front, horizontal, degrees"),
            "lens": _("Lens in front"),
            "rear_field_of_view_deg": _("Field of view at the rear, horizontal, degrees"),
            "rear_lens": _("Lens at the rear"),
        }
        widgets = {
            "camera_model": forms.TextInput({"class": "input", "list": "camera-models", "autocomplete": "off"}),
            "field_of_view_deg": forms.NumberInput({"class": "input", "step": "any", "min": 1, "max": 360}),
            "lens": forms.Select({"class": "input"}),
            "rear_field_of_view_deg": forms.NumberInput({"class": "input", "step": "any", "min": 1, "max": 360}),
            "rear_lens": forms.Select({"class": "input"}),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        model = next((one for one in known_cameras() if one.name == values.get("camera_model")), None)
        for place, optics in (("", model and model.front), ("rear_", model and model.rear)):
            if optics and values.get(f"{place}field_of_view_deg") is None:
                values |= {f"{place}field_of_view_deg": optics.field_of_view_deg, f"{place}lens": optics.lens.value}
            angle, lens = values.get(f"{place}field_of_view_deg"), values.get(f"{place}lens")
            if lens and (wrong := impossible_view(lens, angle)):
                self.add_error(f"{place}field_of_view_deg", wrong)
        return values


class TripNameForm(forms.Form):
    name = forms.CharField(max_length=200, strip=True)


class PlateNotesForm(forms.Form):
    """Notes and tags of a plate; tags are typed with commas between them."""

    notes = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    tags = forms.CharField(required=False, max_length=500)
    seen = forms.CharField(required=False, max_length=16)

    def clean_seen(self) -> str | None:
        return self.cleaned_data["seen"] or None

    def clean_tags(self) -> list[str]:
        typed: Any = self.cleaned_data["tags"]
        return [tag.strip() for tag in str(typed).split(",") if tag.strip()]


class WatchlistForm(forms.Form):
    """A watchlist's settings. Addresses are typed one a line, or with commas between them."""

    name = forms.CharField(max_length=120, label=_("Name"), widget=forms.TextInput({"class": "input"}))
    notes = forms.CharField(
        max_length=5000, required=False, label=_("Notes"), widget=forms.Textarea({"class": "input", "rows": 2})
    )
    active = forms.BooleanField(required=False, initial=True, label=_("Active"))
    emails = forms.CharField(
        required=False,
        label=_("Tell by e-mail, one address a line"),
        widget=forms.Textarea({"class": "input", "rows": 2}),
    )
    from_time = forms.TimeField(
        required=False, label=_("From"), widget=forms.TimeInput({"class": "input", "type": "time"}, "%H:%M")
    )
    to_time = forms.TimeField(
        required=False, label=_("Until"), widget=forms.TimeInput({"class": "input", "type": "time"}, "%H:%M")
    )
    weekdays = forms.TypedMultipleChoiceField(
        required=False, coerce=int, choices=list(WEEKDAYS_ABBR.items()), widget=forms.CheckboxSelectMultiple
    )
    time_zone = forms.CharField(
        required=False, max_length=64, label=_("Time zone"), widget=forms.TextInput({"class": "input"})
    )
    area = forms.CharField(required=False, widget=forms.HiddenInput)
    vehicles = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, fleet: Fleet, watchlist: Watchlist | None = None) -> None:
        super().__init__(data, initial=_initial(watchlist) if watchlist else None)
        self.fields["time_zone"].widget.attrs["placeholder"] = fleet.time_zone
        vehicles: Any = self.fields["vehicles"]
        vehicles.choices = list(fleet.vehicles.values_list("pk", "name"))

    def clean_emails(self) -> list[str]:
        return [one for one in str(self.cleaned_data["emails"]).replace(",", " ").split() if one]

    def clean_area(self) -> list[list[float]]:
        try:
            return [list(corner) for corner in area_of(str(self.cleaned_data["area"]))]
        except BadQuery as error:
            raise forms.ValidationError(error.detail) from error

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def _initial(watchlist: Watchlist) -> dict[str, Any]:
    plain = {name: getattr(watchlist, name) for name in WATCHLIST_FIELDS}
    return plain | {
        "emails": "\n".join(watchlist.emails),
        "area": ";".join(f"{lon},{lat}" for lon, lat in watchlist.area),
        "vehicles": [vehicle.pk for vehicle in watchlist.vehicles.all()],
    }


class WebhookForm(forms.Form):
    """Where to, and what is told."""

    name = forms.CharField(max_length=120, label=_("Name"), widget=forms.TextInput({"class": "input"}))
    url = forms.CharField(
        max_length=LONGEST_URL,
        label=_("Address"),
        widget=forms.URLInput({"class": "input", "placeholder": "https://example.com/plates", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        choices=[(kind.value, kind.label) for kind in WANTED],
        initial=["sighting.created", "sighting.changed"],
        widget=forms.CheckboxSelectMultiple,
    )
    shape = forms.ChoiceField(choices=Shape.choices, label=_("Shape"), widget=forms.Select({"class": "input"}))
    watchlist = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=_("Only alerts of this watchlist"),
        widget=forms.Select({"class": "input"}),
    )
    reveal = forms.BooleanField(required=False, label=_("Tell the plates; else dots stand for them"))
    active = forms.BooleanField(required=False, initial=True, label=_("Active"))

    def __init__(self, data: Any, *, fleet: Fleet, webhook: Webhook | None = None) -> None:
        saved = {name: getattr(webhook, name) for name in WEBHOOK_FIELDS} if webhook else None
        super().__init__(data, initial=saved and saved | {"watchlist": webhook and webhook.watchlist_id})
        lists = Watchlist.objects.filter(fleet=fleet, deleted_at=None).values_list("pk", "name")
        watchlist: Any = self.fields["watchlist"]
        watchlist.choices = [("", _("All")), *lists]

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
