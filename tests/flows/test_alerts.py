"""From the film to the alert: reading, joining over cuts, and reading again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sightings.models import Alert, Fleet, ProcessingRun, Segment, Sighting, User
from sightings.processing.inspect import inspect_upload
from sightings.processing.merge import merge_run
from sightings.processing.read import read_segment
from sightings.services.watchlists import add_entry, create_watchlist
from tests.flows.test_words_survive import read_anew

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def waited_for(northwind: Fleet, bob: User) -> None:
    watchlist = create_watchlist(user=bob, fleet=northwind, values={"name": "Stolen"})
    for plate in ("MAG5005", "RED1*"):
        add_entry(watchlist=watchlist, user=bob, pattern=plate)


def test_an_alert_is_there_with_its_sighting_while_the_rest_is_still_being_read(send: Any, film: Path) -> None:
    inspect_upload(str(send(film).pk))
    first = Segment.objects.order_by("index")[0]
    read_segment(first.pk)
    merge_run(first.run_id)
    assert ProcessingRun.objects.get().state != "done"
    alert, row = Alert.objects.get(text="RED1001"), Sighting.objects.get(plate_raw="RED1001")
    assert alert.sighting == row
    # Within a second of it, because both are written in one transaction.
    assert (alert.created_at - row.created_at).total_seconds() < 5.0


def test_a_pass_over_a_cut_that_is_joined_later_alerts_once(send: Any, film: Path) -> None:
    inspect_upload(str(send(film).pk))
    segments = list(Segment.objects.order_by("index"))
    for index in (1, 0, 2):
        read_segment(segments[index].pk)
        merge_run(segments[index].run_id)
    alert = Alert.objects.get(text="MAG5005")
    assert alert.sighting == Sighting.objects.get(plate_raw="MAG5005")


def test_reading_a_video_anew_alerts_of_nothing_again(bring_in: Any, film: Path) -> None:
    upload = bring_in(film)
    before = set(Alert.objects.values_list("pk", flat=True))
    assert len(before) == 2
    read_anew(ProcessingRun.objects.get(video=upload.video))
    assert set(Alert.objects.values_list("pk", flat=True)) == before
