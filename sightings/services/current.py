"""Which of a video's readings counts. This is the one place that says so."""

from __future__ import annotations

from django.db import transaction

from sightings.models import ProcessingRun, Sighting
from sightings.services.plates import refresh_spans


@transaction.atomic
def make_current(run: ProcessingRun) -> None:
    """Let this run's sightings be the ones that people see of its video, in place of any other run's."""
    # Held, so that what is merged into one of them at this moment is written before or after, not between.
    runs = list(ProcessingRun.objects.select_for_update(of=("self",)).filter(video=run.video_id).order_by("pk"))
    before = [other.pk for other in runs if other.is_current and other.pk != run.pk]
    ProcessingRun.objects.filter(pk__in=before).update(is_current=False)
    ProcessingRun.objects.filter(pk=run.pk).update(is_current=True)
    run.is_current = True
    of_video = Sighting.objects.filter(video=run.video_id)
    of_video.filter(current=True).exclude(run=run).update(current=False)
    of_video.filter(run=run, current=False).update(current=True)
    refresh_spans(set(of_video.filter(plate__isnull=False).values_list("plate", flat=True)))
