"""What managers say of their vehicles: which cameras they carry, and how those look."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from sightings.models import AuditEntry, Role, User, Vehicle
from sightings.queue import enqueue
from sightings.services import audit
from sightings.services.roles import require_role

VEHICLE_FIELDS = ("camera_model", "field_of_view_deg", "lens", "rear_field_of_view_deg", "rear_lens")
OPTICS = VEHICLE_FIELDS[1:]
CHANGED = "vehicle.changed"


@transaction.atomic
def change_vehicle(*, vehicle: Vehicle, user: User, values: dict[str, Any]) -> bool:
    """Set fields of VEHICLE_FIELDS, and have the seen cars placed anew where the cameras look different now.

    Returns whether anything changed. What was there before is in the audit. Raises NotAllowed.
    """
    require_role(user, vehicle.fleet, Role.MANAGER)
    stored = Vehicle.objects.select_for_update().get(pk=vehicle.pk)
    before = {name: getattr(stored, name) for name in VEHICLE_FIELDS if name in values}
    after = {name: values[name] for name in before}
    if before == after:
        return False
    for name, value in after.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(after))
    audit.record(
        action=CHANGED, user=user, fleet=stored.fleet, target=stored, detail={"before": before, "after": after}
    )
    if any(before[name] != after[name] for name in OPTICS if name in after):
        place_anew(stored)
    return True


def undo_change(*, vehicle: Vehicle, entry: AuditEntry, user: User) -> bool:
    """Put back what one change replaced; this is a change of its own, and can be undone like it. Raises NotAllowed."""
    return change_vehicle(vehicle=vehicle, user=user, values=entry.detail["before"])


def place_anew(vehicle: Vehicle) -> None:
    """Have the cars placed anew that the vehicle's cameras saw."""
    Vehicle.objects.filter(pk=vehicle.pk).update(cars_stale_since=timezone.now())
    enqueue("place_cars", queue="light", vehicle_id=vehicle.pk)
