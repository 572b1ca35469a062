"""A drawn trip to try the product with, before there is a real one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sightings.models import Fleet, Role, User, Vehicle
from sightings.queue import enqueue
from sightings.services import audit, uploads
from sightings.services.roles import require_role

VEHICLE = "Demo car"
FILES = ("drive.gpx", "drive.mp4")  # the positions first, so that they are there when the video is looked at


def wanted() -> Path:
    """The mark that the first start is to draw the demo trip and bring it in; it goes when that is done."""
    return Path(settings.DATA_DIR) / "demo" / "wanted"


@transaction.atomic
def ask_for_demo(*, fleet: Fleet, user: User) -> None:
    """Have the demo trip drawn and brought in by a worker; a minute or two. Raises NotAllowed."""
    require_role(user, fleet, Role.REVIEWER)
    audit.record(action="demo.asked", user=user, fleet=fleet, target=fleet)
    enqueue("bring_demo", queue="ingest", fleet_id=fleet.pk, user_id=user.pk)


def bring_demo(fleet_id: int, user_id: int) -> None:
    """Draw the trip, and upload it as a person would. The same bytes each time: a second try is linked to the first."""
    fleet, user = Fleet.objects.get(pk=fleet_id), User.objects.get(pk=user_id)
    vehicle, _ = Vehicle.objects.get_or_create(fleet=fleet, name=VEHICLE)
    with tempfile.TemporaryDirectory() as folder:
        # A program of its own: what draws belongs to training, and the site knows nothing of that.
        draw = [sys.executable, "-m", "recognition", "draw", folder]
        subprocess.run(draw, check=True, capture_output=True, cwd=settings.BASE_DIR)
        batch = f"demo-{uuid.uuid4().hex[:12]}"
        for path in (Path(folder) / name for name in FILES):
            upload = uploads.create_upload(
                user=user, fleet=fleet, filename=path.name, size=path.stat().st_size, batch=batch, vehicle=vehicle
            )
            with path.open("rb") as stream:
                uploads.append_chunk(upload=upload, offset=0, stream=stream)
