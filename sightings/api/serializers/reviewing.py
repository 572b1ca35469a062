"""The review queue, corrections of many sightings at once, and aliases: what comes in, and what is told of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sightings import selectors_pages
from sightings.api.serializers import shared
from sightings.api.serializers.reviews import SightingDetailSerializer
from sightings.api.serializers.sightings import SightingSerializer
from sightings.models import Alias, CorrectionAction, CorrectionBatch, Sighting
from sightings.selectors_review import MOST_IN_BATCH, BatchPreview, BatchRow
from sightings.services.claims import MOST

MOST_NAMED = 500  # sightings that a call names


def _keys(about: str, most: int = MOST_NAMED, **more: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=most, help_text=about, **more)


class NextSerializer(serializers.Serializer[Any]):
    """Which queue, and what the caller holds of it."""

    count = serializers.IntegerField(min_value=0, max_value=MOST, default=10, help_text="0 renews claims alone")
    flagged = serializers.BooleanField(default=False, help_text="Only what is flagged")
    trip = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    vehicle = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    held = _keys("Sightings to keep: their claims are renewed", default=list)
    skipped = _keys("Sightings not to be given again", default=list)


class PlaceInPictureSerializer(serializers.Serializer[Any]):
    """Percent of the picture's sides."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    w = serializers.FloatField()
    h = serializers.FloatField()


class ReviewItemSerializer(SightingDetailSerializer):
    """A sighting with all that is needed to judge it."""

    trip_name = serializers.CharField(source="trip.name", read_only=True)
    likely_region = serializers.SerializerMethodField(help_text="The region where it is more than a guess")
    context_box = serializers.SerializerMethodField(help_text="Where the plate lies in the context picture")

    class Meta(SightingDetailSerializer.Meta):
        fields = [*SightingDetailSerializer.Meta.fields, "trip_name", "likely_region", "context_box"]
        read_only_fields = fields

    def get_likely_region(self, row: Sighting) -> str:
        return selectors_pages.likely_region(row)

    @extend_schema_field(PlaceInPictureSerializer(allow_null=True))
    def get_context_box(self, row: Sighting) -> dict[str, float] | None:
        return selectors_pages.box_in_context(row)


class AliasOfferSerializer(serializers.Serializer[Any]):
    """A misread that people keep correcting in the same way."""

    fleet = serializers.CharField()
    fleet_name = serializers.CharField()
    misread = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField(help_text="Sightings corrected so")


class NextAnswerSerializer(serializers.Serializer[Any]):
    items = ReviewItemSerializer(many=True)
    lost = _keys("Of those held: others hold them now, or they are gone")
    left = serializers.IntegerField(help_text="In the queue, those that others look at now among them")
    lease_s = serializers.FloatField(help_text="Claims last so long unless they are renewed")
    offers = AliasOfferSerializer(many=True)


class ReleaseSerializer(serializers.Serializer[Any]):
    sightings = _keys("All that the caller holds, if absent", required=False)


class ReleasedSerializer(serializers.Serializer[Any]):
    released = serializers.IntegerField()


class NewBatchSerializer(serializers.Serializer[Any]):
    fleet = serializers.SlugField(help_text="The fleet of all the sightings")
    sightings = _keys("What to correct; those that people have spoken on are left alone", most=MOST_IN_BATCH)
    plate = serializers.CharField(max_length=32, help_text="What they really are")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    alias_for = serializers.CharField(
        max_length=32, required=False, allow_blank=True, default="", help_text="Also make an alias of this misread"
    )


class BatchSerializer(serializers.ModelSerializer[CorrectionBatch]):
    """The same said of many sightings."""

    plate = serializers.CharField(source="text", read_only=True)
    fleet = serializers.CharField(source="fleet.slug", read_only=True)
    user = serializers.CharField(source="user.username", default=None, read_only=True, allow_null=True)
    undone_by = serializers.CharField(source="undone_by.username", default=None, read_only=True, allow_null=True)
    created_at = shared.Moment(read_only=True)
    undone_at = shared.Moment(read_only=True, allow_null=True)

    class Meta:
        model = CorrectionBatch
        fields = [
            "id", "fleet", "action", "plate", "count", "note", "alias", "user", "created_at", "undone_at", "undone_by",
        ]  # fmt: skip
        read_only_fields = fields


class LockSerializer(serializers.Serializer[Any]):
    """The word of a person that a batch leaves alone."""

    action = serializers.ChoiceField(choices=CorrectionAction.choices)
    user = serializers.CharField(allow_null=True)


class BatchRowSerializer(serializers.Serializer[BatchRow]):
    sighting = SightingSerializer()
    locked = serializers.BooleanField(help_text="A person has said what it is")
    word = serializers.SerializerMethodField()

    @extend_schema_field(LockSerializer(allow_null=True))
    def get_word(self, row: BatchRow) -> dict[str, Any] | None:
        word = row.word
        if word is None:
            return None
        return {"action": word.action, "user": word.user.username if word.user else None}


class PreviewSerializer(serializers.Serializer[BatchPreview]):
    """What a batch would correct, before it is made."""

    fleet = serializers.CharField(source="fleet.slug")
    plate = serializers.CharField(source="text", help_text="As they stand; empty where they differ in it")
    free = serializers.IntegerField(help_text="Of those listed, what a batch would correct")
    total = serializers.IntegerField()
    truncated = serializers.BooleanField(help_text="There are more than are listed")
    rows = BatchRowSerializer(many=True)


class NewAliasSerializer(serializers.Serializer[Any]):
    fleet = serializers.SlugField()
    misread = serializers.CharField(max_length=32)
    plate = serializers.CharField(max_length=32, help_text="What it really is")


class AliasSerializer(serializers.ModelSerializer[Alias]):
    """`misread` is taken for `plate` in every new read, until a person says otherwise."""

    plate = serializers.CharField(source="text", read_only=True)
    fleet = serializers.CharField(source="fleet.slug", read_only=True)
    user = serializers.CharField(source="user.username", default=None, read_only=True, allow_null=True)
    in_effect = serializers.IntegerField(read_only=True, default=0, help_text="Sightings that stand by it")
    created_at = shared.Moment(read_only=True)

    class Meta:
        model = Alias
        fields = ["id", "fleet", "misread", "plate", "user", "in_effect", "created_at"]
        read_only_fields = fields
