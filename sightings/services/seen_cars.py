"""Where the seen cars were: what a sighting's picture, position and camera say, through `recognition.locate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recognition.locate import Lens, Pose, View, locate
from sightings import selectors
from sightings.models import CAR_FIELDS, Camera, Sighting, Vehicle, Video

NO_CAR: dict[str, float | None] = dict.fromkeys(CAR_FIELDS)


def view_of(video: Video) -> View | None:
    """How the camera of a video looks; None where nobody said so, or where it may look anywhere."""
    vehicle, rear = video.vehicle, video.camera == Camera.REAR
    if vehicle is None or video.camera == Camera.OTHER:
        return None
    angle, lens = (
        (vehicle.rear_field_of_view_deg, vehicle.rear_lens) if rear else (vehicle.field_of_view_deg, vehicle.lens)
    )
    return View(video.width, video.height, angle, Lens(lens), rear) if angle else None


def car_of(view: View | None, place: Mapping[str, Any], plate: Mapping[str, Any]) -> dict[str, float | None]:
    """The fields of a Sighting that say where the seen car was.

    `place`: lat, lon, heading, speed and accuracy_m of the camera; `plate`: box, corners, region and region_score.
    All None where the view, the position or the heading is not known, or the plate's outline says nothing.
    """
    corners = plate["corners"] or _corners_of(plate["box"])
    if view is None or place["lat"] is None or place["heading"] is None or not corners:
        return dict(NO_CAR)
    pose = Pose(place["lat"], place["lon"], place["heading"], place["accuracy_m"] or 0.0, place["speed"])
    # Where the country is doubtful, the plate's size is taken as unknown rather than as that of a wrong one.
    found = locate(corners, view, pose, selectors.likely_region(plate["region"], plate["region_score"]) or None)
    if found is None:
        return dict(NO_CAR)
    return {
        "car_lat": round(found.lat, 7),
        "car_lon": round(found.lon, 7),
        "car_range_m": round(found.range_m, 2),
        "car_bearing_deg": round(found.bearing_deg, 2) % 360,
        "car_major_m": round(found.major_m, 2),
        "car_minor_m": round(found.minor_m, 2),
        "car_angle_deg": round(found.angle_deg, 2) % 180,
    }


def _corners_of(box: Sequence[float]) -> Sequence[tuple[float, float]]:
    """Those of an upright plate that fills its box; nothing where there is none."""
    if len(box) != 4:
        return ()
    x1, y1, x2, y2 = box
    return (x1, y1), (x2, y1), (x2, y2), (x1, y2)


def plate_of(row: Sighting) -> dict[str, Any]:
    """What `car_of` asks of a stored sighting's plate."""
    return {name: getattr(row, name) for name in ("box", "corners", "region", "region_score")}


def place_cars(vehicle_id: int) -> None:
    """Place the cars that a vehicle's cameras saw anew, after what is known of the cameras changed."""
    vehicle = Vehicle.objects.filter(pk=vehicle_id, cars_stale_since__isnull=False).first()
    if vehicle is None:
        return
    for video in Video.objects.filter(vehicle=vehicle).select_related("vehicle"):
        place_cars_of(video)
    # Not where it was changed again meanwhile: that change sent a task of its own.
    Vehicle.objects.filter(pk=vehicle_id, cars_stale_since=vehicle.cars_stale_since).update(cars_stale_since=None)


def place_cars_of(video: Video) -> None:
    view = view_of(video)
    rows = list(Sighting.objects.filter(video=video))
    for row in rows:
        place = {name: getattr(row, name) for name in ("lat", "lon", "heading", "speed", "accuracy_m")}
        for name, value in car_of(view, place, plate_of(row)).items():
            setattr(row, name, value)
    Sighting.objects.bulk_update(rows, CAR_FIELDS, batch_size=200)
