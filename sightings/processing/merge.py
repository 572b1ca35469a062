"""After every segment: what has been read so far becomes the run's sightings. Safe to repeat, in any order."""

from __future__ import annotations

from django.db import transaction

from sightings.models import ProcessingRun, Segment, SegmentState, Video
from sightings.processing import states
from sightings.processing.joining import passes
from sightings.processing.leases import OPEN_RUNS
from sightings.processing.persist import write_sightings
from sightings.progress import publish_run
from sightings.services.compare import compare_video
from sightings.services.coverage import cover
from sightings.services.events import tell_gone


@transaction.atomic
def merge_run(run_id: int) -> None:
    """Write the sightings of all finished segments, and close the run once none is left to read.

    A run that is not current is then compared with the one that is; so is a current one that was read on meanwhile.
    """
    run = ProcessingRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None or run.state not in OPEN_RUNS:
        return
    # A person may be moving the trip's clock, or the video to another trip: what is written is stamped by the outcome.
    run.video = (
        Video.objects.select_for_update(of=("self",), no_key=True).select_related("fleet", "trip").get(pk=run.video_id)
    )
    finished = Segment.objects.filter(run=run, state=SegmentState.DONE).order_by("index")
    write_sightings(run, passes(finished))
    cover(run.video)
    states.refresh_progress(run.pk)
    closed = states.finish_run(run)
    if run.is_current:
        states.refresh_trip(run.video.trip_id)
    elif run.reprocess_id:
        states.refresh_reprocess(run.reprocess_id)
    if closed:
        compare_video(run.video)
        # Not before: what a part that is read again showed may show up in it again.
        tell_gone(run.video)
    publish_run(run)
