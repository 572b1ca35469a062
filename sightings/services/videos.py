"""What people do with a single video of a trip: say which of the car's cameras filmed it."""

from __future__ import annotations

from django.db import transaction

from sightings import selectors
from sightings.errors import BadCamera
from sightings.models import Camera, Role, Trip, User, Video
from sightings.progress import publish_trip
from sightings.services import audit
from sightings.services.roles import require_role


@transaction.atomic
def set_camera(*, video: Video, user: User, camera: str) -> Video:
    """Say whether a video looks ahead, back or elsewhere; saying it again undoes it. Raises NotAllowed, BadCamera."""
    require_role(user, video.fleet, Role.REVIEWER)
    if camera not in Camera.values:
        raise BadCamera
    if camera == video.camera:
        return video
    audit.record(
        action="video.camera_set",
        user=user,
        fleet=video.fleet,
        target=video,
        detail={"from": video.camera, "to": camera},
    )
    video.camera = camera
    video.save(update_fields=["camera"])
    trip = Trip.objects.select_for_update().get(pk=video.trip_id)
    trip.distance_m = selectors.driven_m(trip)  # a rear camera drives no road of its own
    trip.save(update_fields=["distance_m", "updated_at"])
    publish_trip(trip.pk)
    return video
