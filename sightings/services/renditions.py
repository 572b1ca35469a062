"""Light copies of videos that browsers cannot play as they are, or seek in slowly: asked for here, made by a worker."""

from __future__ import annotations

from django.db import transaction

from sightings.models import Rendition, RenditionState, Role, User, Video
from sightings.progress import publish_rendition
from sightings.queue import enqueue
from sightings.services.roles import require_role


def ask(video: Video) -> Rendition:
    """Have the copy made, unless it is there or on its way; one that failed is tried anew."""
    with transaction.atomic():
        made, new = Rendition.objects.select_for_update().get_or_create(video=video)
        if not new and made.state != RenditionState.FAILED:
            return made
        made.state, made.progress, made.attempts, made.error = RenditionState.WAITING, 0.0, 0, ""
        made.save(update_fields=["state", "progress", "attempts", "error", "updated_at"])
        enqueue("render_next", queue="render")
        publish_rendition(made.pk)
    return made


def ask_for(*, video: Video, user: User) -> Rendition:
    """A person's browser cannot play the video, or is slow to seek in it. Raises NotAllowed."""
    require_role(user, video.fleet, Role.VIEWER)
    return ask(video)
