"""Where and when something was seen: a moment of a video laid on its clock and its track."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sightings import selectors
from sightings.models import CAR_FIELDS, Sighting, Track, Trip, Video
from sightings.services.coverage import COARSE, FINE, cell_at, cover
from sightings.services.plates import refresh_spans
from sightings.services.seen_cars import car_of, plate_of, view_of
from sightings.services.tracks import positions_of, rounded

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # stands in where a video's own start is unknown; only differences count

NOWHERE: dict[str, Any] = {
    "lat": None, "lon": None, "heading": None, "speed": None, "accuracy_m": None, "gps_source": "",
    "h3_r7": None, "h3_r9": None,
}  # fmt: skip
# What `Stamper.stamp` says of a Sighting.
STAMPED = ("seen_at", "time_source", "time_uncertainty_s", *NOWHERE, *CAR_FIELDS)


class Stamper:
    """Gives moments of one video their UTC time and position, and the cars seen at them theirs."""

    def __init__(self, video: Video) -> None:
        self.video = video
        self.view = view_of(video)
        track = Track.objects.filter(video=video).first()
        self.source = track.source if track else ""
        self.positions = positions_of(track.points, track.source, EPOCH) if track else None

    def stamp(self, seconds: float, plate: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a Sighting that say when and where, for a plate (see `car_of`) `seconds` into the video."""
        start, place = self.video.started_at, self._place(seconds)
        return {
            "seen_at": start + timedelta(seconds=seconds) if start else None,
            "time_source": self.video.time_source,
            "time_uncertainty_s": self.video.time_uncertainty_s,
            **place,
            **car_of(self.view, place, plate),
        }

    def _place(self, seconds: float) -> dict[str, Any]:
        here = self.positions.at(EPOCH + timedelta(seconds=seconds)) if self.positions else None
        if here is None:
            return dict(NOWHERE)
        return {
            "lat": round(here.lat, 7),
            "lon": round(here.lon, 7),
            "heading": rounded(here.heading),
            "speed": rounded(here.speed),
            "accuracy_m": rounded(here.accuracy_m),
            "gps_source": self.source,
            "h3_r7": cell_at(here.lat, here.lon, COARSE),
            "h3_r9": cell_at(here.lat, here.lon, FINE),
        }


def restamp(video: Video) -> None:
    """Lay a video's sightings anew on its clock and track, after one of them changed."""
    stamper = Stamper(video)
    rows = list(Sighting.objects.filter(video=video))
    for row in rows:
        for name, value in stamper.stamp(row.best_s, plate_of(row)).items():
            setattr(row, name, value)
    Sighting.objects.bulk_update(rows, STAMPED, batch_size=200)
    refresh_spans({row.plate_id for row in rows if row.plate_id})
    cover(video)


def refresh_trip_span(trip: Trip) -> None:
    """A trip begins with its first video, ends with its last, and is as long as its tracks."""
    videos = list(trip.videos.exclude(started_at=None).order_by("started_at", "pk"))
    if videos:
        first = videos[0]
        trip.started_at = first.started_at
        trip.ended_at = max(end_of(video) for video in videos)
        trip.time_source, trip.time_uncertainty_s = first.time_source, first.time_uncertainty_s
    trip.distance_m = selectors.driven_m(trip)
    trip.save(update_fields=["started_at", "ended_at", "time_source", "time_uncertainty_s", "distance_m", "updated_at"])


def end_of(video: Video) -> datetime:
    assert video.started_at is not None
    return video.started_at + timedelta(seconds=video.duration_s)
