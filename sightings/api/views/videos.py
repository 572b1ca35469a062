"""Single videos of a trip."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sightings import selectors
from sightings.api.base import ApiView
from sightings.api.serializers.trips import RenditionSerializer, VideoCameraSerializer, VideoSerializer
from sightings.models import Scope, Video
from sightings.services import renditions, videos


class VideoViews(ApiView, viewsets.GenericViewSet[Video]):
    """The files that a drive is made of."""

    queryset = Video.objects.none()
    serializer_class = VideoSerializer
    write_scopes = (Scope.TRIPS_WRITE,)

    def get_queryset(self) -> QuerySet[Video]:
        return selectors.videos_for(self.person)

    def _video(self, pk: str) -> Video:
        video = self.get_queryset().filter(pk=int(pk)).first()
        if video is None:
            raise Http404
        return video

    def _answer(self, video: Video) -> Response:
        return Response(VideoSerializer(video, context=self.get_serializer_context()).data)

    @extend_schema(responses=VideoSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One video with what is to be known of it and its runs."""
        return self._answer(self._video(pk))

    @extend_schema(request=VideoCameraSerializer, responses=VideoSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say which of the car's cameras filmed it."""
        words = VideoCameraSerializer(data=request.data, partial=True)
        words.is_valid(raise_exception=True)
        video = self._video(pk)
        camera = words.validated_data.get("camera", video.camera)
        return self._answer(videos.set_camera(video=video, user=self.person, camera=camera))

    @extend_schema(request=None, responses={202: RenditionSerializer})
    @action(detail=True, methods=["post"])
    def rendition(self, request: Request, pk: str) -> Response:
        """Have a light copy made for players that do not know the recording's format; asking again tries a failed one
        anew."""
        made = renditions.ask_for(video=self._video(pk), user=self.person)
        return Response(RenditionSerializer(made, context=self.get_serializer_context()).data, status=202)
