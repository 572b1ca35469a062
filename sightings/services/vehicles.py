"""What managers say of their vehicles: which cameras they carry, and how those look."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from recognition.locate import Lens
from sightings.errors import BadQuery, NameTaken
from sightings.models import AuditEntry, Fleet, LensKind, Role, User, Vehicle
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.roles import require_role

VEHICLE_FIELDS = ("camera_model", "field_of_view_deg", "lens", "rear_field_of_view_deg", "rear_lens")
API_FIELDS = ("name", "clock_offset_s", "time_zone", *VEHICLE_FIELDS)
OPTICS = VEHICLE_FIELDS[1:]
CHANGED = "vehicle.changed"


@transaction.atomic
def add_vehicle(*, user: User, fleet: Fleet, values: dict[str, Any]) -> Vehicle:
    """A new vehicle with fields of API_FIELDS. Raises NotAllowed, NameTaken, BadQuery."""
    require_role(user, fleet, Role.MANAGER)
    vehicle = Vehicle(fleet=fleet, **{"time_zone": fleet.time_zone, **values})
    _save(vehicle)
    audit.record(action="vehicle.added", user=user, fleet=fleet, target=vehicle)
    return vehicle


@transaction.atomic
def change_vehicle(*, vehicle: Vehicle, user: User, values: dict[str, Any]) -> bool:
    """Set fields of API_FIELDS, and have the seen cars placed anew where the cameras look different now.

    Returns whether anything changed. What was there before is in the audit. Raises NotAllowed, NameTaken, BadQuery.
    """
    require_role(user, vehicle.fleet, Role.MANAGER)
    stored = Vehicle.objects.select_for_update().get(pk=vehicle.pk)
    before = {name: getattr(stored, name) for name in API_FIELDS if name in values}
    after = {name: values[name] for name in before}
    if before == after:
        return False
    for name, value in after.items():
        setattr(stored, name, value)
    _save(stored, list(after))
    audit.record(
        action=CHANGED, user=user, fleet=stored.fleet, target=stored, detail={"before": before, "after": after}
    )
    if any(before[name] != after[name] for name in OPTICS if name in after):
        place_anew(stored)
    return True


def _save(vehicle: Vehicle, fields: list[str] | None = None) -> None:
    try:
        ZoneInfo(vehicle.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadQuery(gettext("`time_zone` must be a time zone such as Europe/Bucharest.")) from error
    try:
        with transaction.atomic():
            vehicle.save(update_fields=fields)
    except IntegrityError as error:
        raise NameTaken from error


def impossible_view(lens: str, angle: float | None) -> str:
    """Why a lens cannot show so many degrees; empty if it can, or nobody says how many."""
    widest = Lens(lens).widest_deg
    if angle is None or 0 < angle < widest:
        return ""
    name = str(LensKind(lens).label).partition(":")[0].lower()
    return gettext("A %(lens)s lens shows less than %(angle)s°.") % {"lens": name, "angle": f"{widest:g}"}


def undo_change(*, vehicle: Vehicle, entry: AuditEntry, user: User) -> bool:
    """Put back what one change replaced; this is a change of its own, and can be undone like it. Raises NotAllowed."""
    return change_vehicle(vehicle=vehicle, user=user, values=entry.detail["before"])


def place_anew(vehicle: Vehicle) -> None:
    """Have the cars placed anew that the vehicle's cameras saw."""
    Vehicle.objects.filter(pk=vehicle.pk).update(cars_stale_since=timezone.now())
    enqueue("place_cars", queue="light", vehicle_id=vehicle.pk)
