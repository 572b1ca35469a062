"""manage.py reprocess: trips read again without a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sightings.management.commands import reprocess as command
from sightings.models import ProcessingRun, Reprocess, Sighting, User
from sightings.processing import inline
from sightings.services import reprocess
from sightings.services.compare import compare_video
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reading(queued: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker answers, and what is read here sees another plate."""

    def read(runs: Any) -> None:
        for run in runs:
            make_sighting(run, "", plate_raw="B02NEW", at=10.1)
            ProcessingRun.objects.filter(pk=run.pk).update(state="done")
            Reprocess.objects.filter(runs=run).update(state="ready")
            compare_video(run.video)

    monkeypatch.setattr(reprocess, "enqueue", lambda name, *, queue, **ids: None)
    monkeypatch.setattr(command, "a_worker_answers", lambda: False)
    monkeypatch.setattr(inline, "read_runs", read)


def test_it_reads_waits_and_says_what_would_change(
    run: ProcessingRun, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    make_sighting(run, "B02OLD", at=10.0)
    call_command("reprocess", "--trip", str(run.video.trip_id), "--networks", "detector-m+recognizer-s", "--wait")
    assert json.loads(capsys.readouterr().out)["counts"]["changed"] == 1
    assert (Reprocess.objects.get().networks, Reprocess.objects.get().user) == ("detector-m+recognizer-s", alice)
    assert Sighting.objects.current().get().plate_raw == "B02OLD"


def test_it_accepts_where_that_is_asked_for(run: ProcessingRun, alice: User) -> None:
    make_sighting(run, "B02OLD", at=10.0)
    call_command("reprocess", "--all", "--accept")
    assert Sighting.objects.current().get().plate_raw == "B02NEW"


def test_nothing_to_read_is_an_error_in_plain_words(run: ProcessingRun, alice: User) -> None:
    with pytest.raises(CommandError, match="Choose at least one trip"):
        call_command("reprocess", "--trip", str(run.video.trip_id + 1000))
