"""Clearing what is doubtful: the queue and its claims, corrections of many sightings at once, aliases."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors_review
from sightings.api.base import ApiView
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.reviewing import (
    AliasOfferSerializer,
    AliasSerializer,
    BatchSerializer,
    NewAliasSerializer,
    NewBatchSerializer,
    NextAnswerSerializer,
    NextSerializer,
    PreviewSerializer,
    ReleasedSerializer,
    ReleaseSerializer,
)
from sightings.api.views.revealing import RevealingViews
from sightings.errors import BadQuery
from sightings.filters import key_of
from sightings.models import Alias, CorrectionBatch, Role, Scope
from sightings.selectors_review import BatchPreview, ReviewQueue
from sightings.services import aliases, audit, batches, claims
from sightings.services.plates import text_of
from sightings.services.roles import fleets_with_role, home_fleet

# All of it shows plates.
READS = (Scope.SIGHTINGS_READ, Scope.PLATES_REVEAL)
WRITES = (Scope.CORRECTIONS_WRITE, Scope.PLATES_REVEAL)


class ReviewNextView(ApiView):
    """The next sightings to look at, claimed for the caller."""

    write_scopes = (*WRITES, Scope.SIGHTINGS_READ)  # the answer is a piece of the log

    @extend_schema(request=NextSerializer, responses=NextAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Nobody else is given a claimed sighting until it is released, spoken on, or its claim runs out."""
        asked = NextSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words: dict[str, Any] = asked.validated_data
        queue = ReviewQueue(words["flagged"], words.get("trip"), words.get("vehicle"))
        claimed = claims.claim_next(
            user=self.person, queue=queue, count=words["count"], held=words["held"], skipped=words["skipped"]
        )
        fleets = fleets_with_role(self.person, Role.REVIEWER)
        answer = {
            "items": selectors_review.review_items(self.person, claimed.new),
            "lost": claimed.lost,
            "left": selectors_review.left_in(self.person, queue, fleets),
            "lease_s": claims.LEASE.total_seconds(),
            "offers": selectors_review.alias_offers(self.person, fleets),
        }
        return Response(NextAnswerSerializer(answer, context={"request": request, "reveal": True}).data)


class ReviewReleaseView(ApiView):
    """Give claims back."""

    write_scopes = WRITES

    @extend_schema(request=ReleaseSerializer, responses=ReleasedSerializer)
    def post(self, request: Request) -> Response:
        """Let others have what the caller holds."""
        asked = ReleaseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        released = claims.release(user=self.person, sightings=asked.validated_data.get("sightings"))
        return Response({"released": released})


class BatchViews(RevealingViews, ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[CorrectionBatch]):
    """Corrections that were said of many sightings at once, latest first."""

    queryset = CorrectionBatch.objects.none()
    serializer_class = BatchSerializer
    pagination_class = NewestFirst
    read_scopes = READS
    write_scopes = WRITES

    def get_queryset(self) -> QuerySet[CorrectionBatch]:
        return selectors_review.batches_for(self.person)

    @extend_schema(request=NewBatchSerializer, responses={201: BatchSerializer})
    def create(self, request: Request) -> Response:
        """Correct many sightings as one act. 409 nothing_to_correct where people have spoken on all of them."""
        asked = NewBatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words: dict[str, Any] = asked.validated_data
        batch = batches.correct_batch(
            user=self.person,
            fleet=home_fleet(self.person, words["fleet"]),
            sightings=words["sightings"],
            text=words["plate"],
            note=words["note"],
            alias_for=words["alias_for"],
        )
        return Response(BatchSerializer(batch).data, status=201)

    @extend_schema(request=None, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take all of it back, with the alias that was made with it. 409 already_undone the second time."""
        batch = self.get_queryset().filter(pk=int(pk)).first()
        if batch is None:
            raise Http404
        batches.undo_batch(batch=batch, user=self.person)
        return Response(BatchSerializer(self.get_queryset().get(pk=batch.pk)).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("plate", OpenApiTypes.STR, OpenApiParameter.QUERY, description="What they stand as."),
            OpenApiParameter("fleet", OpenApiTypes.STR, OpenApiParameter.QUERY, description="With `plate`: in which."),
            OpenApiParameter("sightings", OpenApiTypes.STR, OpenApiParameter.QUERY, description="Or these: `4,8,15`."),
        ],
        responses=PreviewSerializer,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What a batch would correct, and what people's words keep from it."""
        found = self._preview(request)
        audit.record(
            action="batch.previewed",
            user=self.person,
            fleet=found.fleet,
            detail={"plate": found.text, "sightings": len(found.rows), "via": "api"},
        )
        return Response(PreviewSerializer(found, context=self.get_serializer_context()).data)

    def _preview(self, request: Request) -> BatchPreview:
        fleets, asked = fleets_with_role(self.person, Role.REVIEWER), request.query_params
        if typed := asked.get("sightings", ""):
            keys = [key for part in typed.split(",") if (key := key_of(part.strip())) is not None]
            if len(keys) != len(typed.split(",")):
                raise BadQuery("`sightings` must be numbers with commas between them.")
            found = selectors_review.preview_of_sightings(self.person, keys, fleets)
            if found is None:
                raise Http404
            return found
        fleet = home_fleet(self.person, asked.get("fleet", ""))
        return selectors_review.preview_of_plate(self.person, fleet, text_of(asked.get("plate", "")))


class AliasViews(ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[Alias]):
    """Repeated misreads and what they are taken for, latest first."""

    queryset = Alias.objects.none()
    serializer_class = AliasSerializer
    pagination_class = NewestFirst
    read_scopes = READS
    write_scopes = WRITES

    def get_queryset(self) -> QuerySet[Alias]:
        return selectors_review.aliases_for(self.person)

    @extend_schema(request=NewAliasSerializer, responses={201: AliasSerializer})
    def create(self, request: Request) -> Response:
        """Take a misread for another plate from now on. For past sightings make a correction batch."""
        asked = NewAliasSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words: dict[str, Any] = asked.validated_data
        alias = aliases.make_alias(
            user=self.person,
            fleet=home_fleet(self.person, words["fleet"]),
            misread=words["misread"],
            text=words["plate"],
        )
        return Response(AliasSerializer(alias).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove an alias, and take back its suggestions on which no person has spoken."""
        alias = self.get_queryset().filter(pk=int(pk)).first()
        if alias is None:
            raise Http404
        aliases.remove_alias(alias=alias, user=self.person)
        return Response(status=204)

    @extend_schema(responses=AliasOfferSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def offers(self, request: Request) -> Response:
        """Misreads that people keep correcting in the same way."""
        fleets = fleets_with_role(self.person, Role.REVIEWER)
        return Response(selectors_review.alias_offers(self.person, fleets))
