"""Evidence packs: asked for on a sighting, followed, fetched, deleted. All of it shows a plate and hands it out."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors
from sightings.api.base import ApiView, OneAnswer
from sightings.api.pagination import NewestFirst
from sightings.api.serializers.evidence import EvidenceSerializer, NewEvidenceSerializer
from sightings.models import EvidencePack, Scope, Sighting
from sightings.services import evidence
from sightings.views.files import evidence_file

SCOPES = (Scope.EXPORT, Scope.PLATES_REVEAL)


class SightingEvidenceView(ApiView):
    """The packs of one sighting."""

    read_scopes = write_scopes = SCOPES

    def _sighting(self, pk: str) -> Sighting:
        sighting = selectors.sighting_detail(self.person, int(pk))
        if sighting is None:
            raise Http404
        return sighting

    @extend_schema(responses=EvidenceSerializer(many=True), operation_id="sightings_evidence_list")
    def get(self, request: Request, pk: str) -> Response:
        """Latest first, those among them that were made before the film was read anew."""
        packs = [pack for pack in evidence.packs_of(self.person, self._sighting(pk)) if pack.deleted_at is None]
        return Response(EvidenceSerializer(packs, many=True, context={"request": request}).data)

    @extend_schema(
        request=NewEvidenceSerializer,
        responses={202: EvidenceSerializer},
        operation_id="sightings_evidence_create",
        parameters=[
            OpenApiParameter(
                "Location", OpenApiTypes.URI, OpenApiParameter.HEADER, response=[202], description="As `url`."
            )
        ],
    )
    def post(self, request: Request, pk: str) -> Response:
        """Have a pack made: a clip in which every other plate is hidden, the reads, the car's track; hashed and signed.

        Where the same one is on its way, it is answered with that.
        """
        asked = NewEvidenceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        pack = evidence.ask(sighting=self._sighting(pk), user=self.person, **asked.validated_data)
        answer = EvidenceSerializer(pack, context={"request": request}).data
        return Response(answer, status=202, headers={"Location": answer["url"]})


class EvidenceViews(ApiView, mixins.ListModelMixin, viewsets.GenericViewSet[EvidencePack]):
    """Every evidence pack, latest first."""

    queryset = EvidencePack.objects.none()
    serializer_class = EvidenceSerializer
    pagination_class = NewestFirst
    read_scopes = write_scopes = SCOPES

    def get_queryset(self) -> QuerySet[EvidencePack]:
        return EvidencePack.objects.visible_to(self.person).select_related("user", "fleet")

    def _answer(self, pack: EvidencePack) -> Response:
        return Response(EvidenceSerializer(pack, context=self.get_serializer_context()).data)

    @extend_schema(responses=EvidenceSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """How far one is."""
        return self._answer(self.get_object())

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete; `restore` takes it back for a day. One that is being made is given up."""
        evidence.delete(pack=self.get_object(), user=self.person)
        return Response(status=204)

    @extend_schema(request=None, responses=EvidenceSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take a deletion back."""
        pack = EvidencePack.objects.deleted_too(self.person).select_related("user", "fleet").filter(pk=int(pk)).first()
        if pack is None:
            raise Http404
        return self._answer(evidence.restore(pack=pack, user=self.person))

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY}, operation_id="evidence_file")
    @action(detail=True, methods=["get"], pagination_class=None, content_negotiation_class=OneAnswer)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The ZIP, or the part of it that `Range` asks for. 409 evidence_not_made. Every download is written down."""
        return evidence_file(request, self.get_object(), self.person)
