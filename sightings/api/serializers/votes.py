"""How the frames of a pass voted, as a table."""

from __future__ import annotations

from rest_framework import serializers

from sightings.api.serializers import shared
from sightings.vote_matrix import Cell, Matrix, Row


class VoteCellSerializer(serializers.Serializer[Cell]):
    char = serializers.CharField(help_text="Empty where nothing was seen")
    confidence = serializers.FloatField()
    differs = serializers.BooleanField(help_text="From what all frames gave together")


class VoteRowSerializer(serializers.Serializer[Row]):
    position_sec = serializers.FloatField(source="frame.seconds")
    plate = serializers.CharField(source="frame.text")
    score = serializers.FloatField(source="frame.confidence")
    weight = serializers.FloatField(help_text="0–1, of the heaviest frame's")
    crop_url = serializers.SerializerMethodField()
    cells = VoteCellSerializer(many=True)

    def get_crop_url(self, row: Row) -> str | None:
        return shared.crop_url(self.context.get("request"), row.frame.crop)


class VoteMatrixSerializer(serializers.Serializer[Matrix]):
    """One column a character; a frame that saw one more than the others has a column of its own for it."""

    fused = VoteCellSerializer(many=True)
    rows = VoteRowSerializer(many=True)
