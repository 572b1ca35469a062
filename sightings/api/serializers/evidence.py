"""Evidence packs, as asked for and as told of."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.models import EvidencePack, RenditionState
from sightings.services.evidence import LEAST_S, MOST_S, USUAL_S


class NewEvidenceSerializer(serializers.Serializer[Any]):
    """How much film, in seconds before and after the sighting's clearest moment."""

    before_s = serializers.FloatField(min_value=LEAST_S, max_value=MOST_S, default=USUAL_S)
    after_s = serializers.FloatField(min_value=LEAST_S, max_value=MOST_S, default=USUAL_S)


class EvidenceSerializer(serializers.ModelSerializer[EvidencePack]):
    """One pack. `error` says what to do where it could not be made."""

    plate = serializers.CharField(source="text", help_text="As it read when the pack was asked for")
    position_sec = serializers.FloatField(source="seconds", help_text="The clearest moment, in the video")
    error_code = serializers.CharField(source="fault")
    error = serializers.CharField(source="get_fault_display")
    made_by = serializers.CharField(source="user.username", default=None, help_text="Who asked for it")
    url = serializers.SerializerMethodField(help_text="Ask here how far it is")
    download_url = serializers.SerializerMethodField(help_text="Empty until it is done")
    created_at = shared.Moment()
    made_at = shared.Moment(allow_null=True)
    expires_at = shared.Moment(allow_null=True, help_text="Then it is deleted; null: never")

    class Meta:
        model = EvidencePack
        fields = [
            "id", "sighting", "plate", "position_sec", "before_s", "after_s", "state", "progress", "error_code",
            "error", "size", "sha256", "key_fingerprint", "made_by", "created_at", "made_at", "expires_at", "url",
            "download_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_url(self, row: EvidencePack) -> str:
        return shared.absolute(self.context.get("request"), f"/api/v1/evidence/{row.pk}/")

    def get_download_url(self, row: EvidencePack) -> str:
        return f"{self.get_url(row)}file/" if row.state == RenditionState.DONE else ""
