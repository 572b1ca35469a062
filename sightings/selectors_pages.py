"""Reads that only pages need: counts for the frame, cards of trips, and the data that scripts draw from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from sightings import said, selectors, selectors_alerts
from sightings.models import (
    Fleet,
    Member,
    Observation,
    Plate,
    RenditionState,
    Role,
    Sighting,
    Track,
    Trip,
    Upload,
    UploadState,
    Video,
)
from sightings.progress import ACTIVE_TRIPS, trip_message, trip_messages
from sightings.selectors import Person

THUMB_WIDTH, THUMB_HEIGHT, THUMB_POINTS = 96.0, 56.0, 60
MOST_UPLOADS = 30
MOST_CROPS = 4  # a card shows
WEAK_BELOW = 0.7  # confidence under which a character is underlined
CONTEXT_WIDTH, CONTEXT_PLATES, CONTEXT_ASPECT = 640.0, 5.0, 0.6  # as recognition.pipeline cuts it
PLAYED = (".mp4", ".m4v", ".mov")  # with H.264 in them, by what all browsers play

Point = Sequence[float | None]


def nav(person: Person) -> dict[str, Any]:
    """The name above the rail and the numbers in it; jobs arrive over the websocket."""
    fleets = list(Fleet.objects.visible_to(person)[:3])
    return {
        "fleet": fleets[0].name if len(fleets) == 1 else f"{len(fleets)} fleets" if fleets else "",
        "doubtful": selectors.doubtful_count(person),
        "alerts": selectors_alerts.open_alerts(person),
        "manages": person.is_staff or Member.objects.filter(user=person.pk, role=Role.MANAGER).exists(),
    }


def cards(trips: Iterable[Trip]) -> list[dict[str, Any]]:
    """Trips as cards and rows show them: each with poster, line, minutes and, while it is read, its progress."""
    shown = selectors.counted(trips)
    ids = [trip.pk for trip in shown]
    videos: dict[int, list[Video]] = defaultdict(list)
    for video in Video.objects.filter(trip__in=ids).order_by("started_at", "pk"):
        videos[video.trip_id].append(video)
    points: dict[int, list[Point]] = defaultdict(list)
    for trip_id, some in Track.objects.filter(video__trip__in=ids).values_list("video__trip", "points"):
        points[trip_id].extend(some)
    crops = _crops(ids)
    active = [trip for trip in shown if trip.state in ACTIVE_TRIPS]
    live = {trip.pk: message["trip"] for trip, message in zip(active, trip_messages(active), strict=True)}
    return [
        _card(trip, videos[trip.pk], points[trip.pk]) | {"live": live.get(trip.pk), "crops": crops[trip.pk]}
        for trip in shown
    ]


def _crops(trips: list[int]) -> dict[int, list[str]]:
    """The clearest pictures of each trip's plates."""
    found: dict[int, list[str]] = defaultdict(list)
    clear = Sighting.objects.current().filter(trip__in=trips).exclude(crop="").exclude(review_state="rejected")
    for trip, crop in clear.order_by("-confidence", "pk").values_list("trip", "crop"):
        if len(found[trip]) < MOST_CROPS:
            found[trip].append(crop)
    return found


def likely_region(sighting: Sighting) -> str:
    """Where the plate was issued, or nothing where that is a guess."""
    return selectors.likely_region(sighting.region, sighting.region_score)


def _card(trip: Trip, videos: list[Video], points: list[Point]) -> dict[str, Any]:
    return {
        "trip": trip,
        "poster": next((f"/files/posters/{video.pk}/" for video in videos if video.poster), ""),
        "seconds": sum(video.duration_s for video in videos if video.camera != "rear") or None,
        "line": route_path(points),
    }


def route_path(points: Sequence[Point]) -> str:
    """An SVG path of a track, north up and true to scale, inside a 96 × 56 box; empty where there is no line."""
    step = max(1, len(points) // THUMB_POINTS)
    places = [(p[2], p[1]) for p in [*points[::step], *points[-1:]] if p[1] is not None and p[2] is not None]
    if len(set(places)) < 2:
        return ""
    middle = sum(lat for _, lat in places) / len(places)
    squeeze = max(0.1, 1.0 - (middle / 90.0) ** 2)  # roughly cos(latitude), good enough for a picture of this size
    flat = [(float(lon) * squeeze, -float(lat)) for lon, lat in places if lon is not None]
    left, top = min(x for x, _ in flat), min(y for _, y in flat)
    wide, high = max(x for x, _ in flat) - left, max(y for _, y in flat) - top
    margin = 5.0
    scale = min((THUMB_WIDTH - 2 * margin) / (wide or 1e-9), (THUMB_HEIGHT - 2 * margin) / (high or 1e-9))
    dx, dy = (THUMB_WIDTH - wide * scale) / 2, (THUMB_HEIGHT - high * scale) / 2
    return "M" + "L".join(f"{(x - left) * scale + dx:.1f} {(y - top) * scale + dy:.1f}" for x, y in flat)


def recent_uploads(person: Person) -> list[Upload]:
    """What came in lately; what was cancelled is done with."""
    uploads = Upload.objects.visible_to(person).exclude(state=UploadState.CANCELLED)
    return list(uploads.order_by("-created_at")[:MOST_UPLOADS])


def trip_data(person: Person, trip: Trip) -> dict[str, Any]:
    """All that the trip page draws: videos on one time axis, their positions, and the sightings."""
    videos = list(trip.videos.all())
    offsets = _offsets(videos)
    # Nothing is prefetched: all that is shown stands in the rows, and SQLite refuses a list of so many plates.
    sightings = selectors.trip_sightings(person, trip).prefetch_related(None)
    watched = selectors_alerts.watched(person, sightings.order_by().values("pk"))
    shown = [_sighting(one, offsets.get(one.video_id, 0.0), one.pk in watched) for one in sightings]
    return {
        "trip": said.say_all(trip_message(trip)["trip"]),
        "videos": [_video(video, offsets[video.pk]) for video in videos],
        "sightings": sorted(shown, key=itemgetter("at", "id")),
    }


def packed(data: dict[str, Any]) -> dict[str, Any]:
    """The trip's data as it is sent: a list for each field of the sightings, which compresses far better than rows.

    `at` is left out: it is the video's offset and `best` together. A trip of 1,600 sightings and an hour comes with
    120 kB less (tests/browser/test_page_weight.py).
    """
    rows = data["sightings"]
    names = [name for name in rows[0] if name != "at"] if rows else []
    videos = [video | {"points": _steps(video["points"])} for video in data["videos"]]
    return data | {"videos": videos, "sightings": {name: [row[name] for row in rows] for name in names}}


def _steps(points: Sequence[Point]) -> list[list[int]]:
    """Milliseconds, and millionths of a degree north and east: of each point the difference to the one before."""
    placed = [point[:3] for point in points if None not in point[:3]]
    columns = [[round((point[i] or 0.0) * scale) for point in placed] for i, scale in enumerate((1e3, 1e6, 1e6))]
    return [[after - before for before, after in zip([0, *column], column, strict=False)] for column in columns]


def clip_boundaries(trip: Trip) -> list[Video]:
    """The clips before which a trip can be split: one for each moment at which a camera began a new file."""
    timed = sorted((v.started_at, v.pk, v) for v in trip.videos.all() if v.started_at is not None)
    kept: list[Video] = []
    for at, _, video in timed[1:]:
        # A rear clip begins within a moment of its front one, and goes with it.
        last = kept[-1].started_at if kept else timed[0][0]
        if last is not None and (at - last).total_seconds() > video.duration_s / 2:
            kept.append(video)
    return kept


def _offsets(videos: list[Video]) -> dict[int, float]:
    """Seconds from the trip's start to each video's: by their clocks, or one after the other where one is missing."""
    starts = [video.started_at for video in videos if video.started_at is not None]
    if len(starts) == len(videos) and starts:
        first = min(starts)
        return {v.pk: (v.started_at - first).total_seconds() for v in videos if v.started_at is not None}
    offsets, passed = {}, 0.0
    for video in videos:
        offsets[video.pk] = passed
        passed += video.duration_s
    return offsets


def _video(video: Video, offset: float) -> dict[str, Any]:
    track, light = getattr(video, "track", None), getattr(video, "rendition", None)
    return {
        "id": video.pk,
        "name": video.original_name,
        "camera": video.camera,
        "offset": round(offset, 3),
        "duration": video.duration_s,
        "frame_rate": video.frame_rate or 25.0,
        "width": video.width,
        "height": video.height,
        "url": f"/files/videos/{video.pk}/",
        "plays": video.codec == "h264" and PurePosixPath(video.original_name).suffix.lower() in PLAYED,
        "light": f"/files/videos/{video.pk}/light/" if light and light.state == RenditionState.DONE else "",
        "rendition": light and {"state": light.state, "progress": light.progress, "error": said.say(light.error)},
        "poster": f"/files/posters/{video.pk}/" if video.poster else "",
        "points": track.points if track else [],
    }


def video_boxes(person: Person, video: Video) -> dict[int, list[list[float]]]:
    """[[seconds, x1, y1, x2, y2], …] of each sighting in a video, in order of time."""
    seen: dict[int, list[list[float]]] = defaultdict(list)
    current = Sighting.objects.visible_to(person).current().filter(video=video).values("pk")
    rows = Observation.objects.filter(sighting__in=current).order_by("seconds")
    for pk, seconds, box in rows.values_list("sighting", "seconds", "box"):
        if len(box) == 4:
            seen[pk].append([round(seconds, 3), *(round(side) for side in box)])
    return dict(seen)


def _sighting(sighting: Sighting, offset: float, watched: bool) -> dict[str, Any]:
    """Only what the trip page draws, and no digit more: a long trip has thousands, which a phone must fetch."""
    return {
        "id": sighting.pk,
        "plate": sighting.text,
        "region": likely_region(sighting),
        "characters": _weak_among(sighting),
        "confidence": round(sighting.confidence, 3),
        "doubtful": selectors.is_doubtful(sighting),
        "state": sighting.review_state,
        "flagged": sighting.flagged,
        "watched": watched,
        "version": sighting.version,
        "video": sighting.video_id,
        "at": round(offset + sighting.best_s, 3),
        "best": sighting.best_s,
        "lat": _degrees(sighting.lat),
        "lon": _degrees(sighting.lon),
        "car": _car(sighting),
        "crop": f"/files/crops/{quote(sighting.crop)}" if sighting.crop else "",
    }


def _weak_among(sighting: Sighting) -> list[dict[str, float]]:
    """How sure a machine's characters are, where the chip underlines one of them."""
    sure = [round(character.get("confidence", 1.0), 2) for character in sighting.characters]
    weak = any(share < WEAK_BELOW for share in sure) and not sighting.plate_corrected
    return [{"confidence": share} for share in sure] if weak else []


def _degrees(value: float | None) -> float | None:
    """To a tenth of a meter."""
    return None if value is None else round(value, 6)


def _car(sighting: Sighting) -> list[float | None] | None:
    """Latitude, longitude, range, and of the ellipse both axes and the angle."""
    if (car := sighting.car) is None:
        return None
    lengths = (car["range_m"], *car["ellipse"].values())
    return [_degrees(car["lat"]), _degrees(car["lon"]), *(round(length, 1) for length in lengths)]


def plate_for_page(person: Person, pk: int) -> Plate | None:
    """One plate with its counts if this person may see it."""
    return selectors.with_counts(Plate.objects.visible_to(person).select_related("fleet")).filter(pk=pk).first()


def places(sightings: Iterable[Sighting]) -> list[dict[str, Any]]:
    """Sightings that have a position, for a small map."""
    return [
        {
            "id": sighting.pk,
            "lat": sighting.lat,
            "lon": sighting.lon,
            "heading": sighting.heading,
            "car": sighting.car,
            "seen_at": sighting.seen_at.isoformat() if sighting.seen_at else None,
            "plate": sighting.text,
            "crop": f"/files/crops/{quote(sighting.crop)}" if sighting.crop else "",
            "doubtful": selectors.is_doubtful(sighting),
            "state": sighting.review_state,
        }
        for sighting in sightings
        if sighting.lat is not None
    ]


def neighbors(person: Person, sighting: Sighting) -> dict[str, Sighting | None]:
    """The sightings of the trip before and after this one."""
    ids = list(selectors.trip_sightings(person, sighting.trip).values_list("pk", flat=True))
    if sighting.pk not in ids:
        return {"before": None, "after": None}
    place = ids.index(sighting.pk)
    near = Sighting.objects.in_bulk(ids[max(0, place - 1) : place + 2])
    before = near.get(ids[place - 1]) if place else None
    after = near.get(ids[place + 1]) if place + 1 < len(ids) else None
    return {"before": before, "after": after}


def box_in_context(sighting: Sighting) -> dict[str, float] | None:
    """Where the plate lies in its context picture, in shares of its sides; None where that cannot be told.

    The picture is cut around the plate and moved so that it lies within the frame (`recognition.pipeline.context_of`).
    """
    columns, rows = sighting.video.width, sighting.video.height
    if len(sighting.box) != 4 or not columns or not rows or not sighting.context:
        return None
    x1, y1, x2, y2 = sighting.box
    wide = min(columns, max(CONTEXT_WIDTH, CONTEXT_PLATES * (x2 - x1)))
    high = min(rows, wide * CONTEXT_ASPECT)
    left = min(max(0.0, (x1 + x2 - wide) / 2), columns - wide)
    top = min(max(0.0, (y1 + y2 - high) / 2), rows - high)
    shares = {"x": (x1 - left) / wide, "y": (y1 - top) / high, "w": (x2 - x1) / wide, "h": (y2 - y1) / high}
    return {name: round(100 * share, 2) for name, share in shares.items()}
