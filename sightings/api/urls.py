"""The addresses of API v1."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from sightings.api.base import ApiView
from sightings.api.views.alerts import AlertViews, WatchEntryViews, WatchlistViews
from sightings.api.views.coverage import CoverageCellView, CoverageView
from sightings.api.views.evidence import EvidenceViews, SightingEvidenceView
from sightings.api.views.live import LiveView
from sightings.api.views.plates import PlateViews
from sightings.api.views.reprocess import ReprocessViews
from sightings.api.views.reviewing import AliasViews, BatchViews, ReviewNextView, ReviewReleaseView
from sightings.api.views.reviews import AuditViews, CorrectionViews, FlagViews
from sightings.api.views.runs import RunViews
from sightings.api.views.searches import SavedSearchViews
from sightings.api.views.sightings import SightingViews
from sightings.api.views.tokens import TokenViews
from sightings.api.views.trips import MeView, QueueView, TripViews, VehicleViews
from sightings.api.views.uploads import UploadListView, UploadRetryView, UploadView
from sightings.api.views.videos import VideoViews
from sightings.api.views.webhooks import DeliveryViews, WebhookViews

app_name = "api"


@extend_schema(exclude=True)
class NothingHere(ApiView):
    """An address that is none answers like the rest: in JSON, with a code."""

    permission_classes = [AllowAny]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise Http404

    post = put = patch = delete = get


class _Router(SimpleRouter):
    def get_lookup_regex(self, viewset: Any, lookup_prefix: str = "") -> str:
        return r"(?P<pk>[0-9]{1,18})"


router = _Router()
router.register("trips", TripViews, basename="trip")
router.register("videos", VideoViews, basename="video")
router.register("runs", RunViews, basename="run")
router.register("vehicles", VehicleViews, basename="vehicle")
router.register("sightings", SightingViews, basename="sighting")
router.register("plates", PlateViews, basename="plate")
router.register("corrections", CorrectionViews, basename="correction")
router.register("searches", SavedSearchViews, basename="search")
router.register("correction-batches", BatchViews, basename="correction-batch")
router.register("aliases", AliasViews, basename="alias")
router.register("watchlists", WatchlistViews, basename="watchlist")
router.register("watch-entries", WatchEntryViews, basename="watch-entry")
router.register("alerts", AlertViews, basename="alert")
router.register("webhooks", WebhookViews, basename="webhook")
router.register("deliveries", DeliveryViews, basename="delivery")
router.register("evidence", EvidenceViews, basename="evidence")
router.register("flags", FlagViews, basename="flag")
router.register("reprocess", ReprocessViews, basename="reprocess")
router.register("tokens", TokenViews, basename="token")
router.register("audit", AuditViews, basename="audit")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("queue/", QueueView.as_view(), name="queue"),
    path("live/", LiveView.as_view(), name="live"),
    path("review/next/", ReviewNextView.as_view(), name="review-next"),
    path("review/release/", ReviewReleaseView.as_view(), name="review-release"),
    path("coverage/", CoverageView.as_view(), name="coverage"),
    path("coverage/<str:cell>/", CoverageCellView.as_view(), name="coverage-cell"),
    re_path(r"^sightings/(?P<pk>[0-9]{1,18})/evidence/$", SightingEvidenceView.as_view(), name="sighting-evidence"),
    path("uploads/", UploadListView.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", UploadView.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/retry/", UploadRetryView.as_view(), name="upload-retry"),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", permission_classes=[AllowAny]),
        name="docs",
    ),
    path("", include(router.urls)),
    re_path(r".*", NothingHere.as_view()),
]
