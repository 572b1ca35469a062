from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from sightings.management.commands import ingest
from sightings.models import Upload, User, Vehicle
from tests.flows.colored import CARS
from tests.flows.gpx import LAT, write_empty_gpx, write_gpx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "a_worker_answers", lambda: False)


def run(*words: Any) -> tuple[list[dict[str, Any]], str]:
    """(the rows printed, what was said beside them)"""
    out, said = io.StringIO(), io.StringIO()
    call_command("ingest", *map(str, words), stdout=out, stderr=said)
    return [json.loads(line) for line in out.getvalue().splitlines()], said.getvalue()


def test_with_wait_and_no_worker_it_does_the_work_itself_and_prints_the_sightings(
    alice: User, film: Path, tmp_path: Path
) -> None:
    rows, said = run(film, "--gpx", write_gpx(tmp_path / "drive.gpx"), "--vehicle", "Van 7", "--wait")
    assert "No worker answers: the work is done here" in said
    assert [row["plate"] for row in rows] == ["RED1001", "GRN2002", "MAG5005", "BLU3003", "CYA4004"]
    assert rows[0]["gps"]["source"] == "gpx"
    assert rows[0]["gps"]["lat"] == pytest.approx(LAT, abs=0.001)
    assert rows[0]["time"].startswith("2026-03-01T07:00:0")
    assert {"confidence", "first_seen", "last_seen", "best", "reads_count", "candidates"} <= set(rows[0])
    assert len(rows) == len(CARS)
    vehicle = Vehicle.objects.get()
    assert (vehicle.name, vehicle.fleet.slug) == ("Van 7", "northwind")
    assert Upload.objects.filter(user=alice, vehicle=vehicle).count() == 2


def test_without_wait_it_leaves_the_work_to_the_workers(alice: User, film: Path) -> None:
    rows, said = run(film)
    assert rows == []
    assert "drive.mp4 is in." in said
    assert Upload.objects.get().state == "received"


def test_an_empty_track_is_reported_and_the_video_is_read_all_the_same(alice: User, film: Path, tmp_path: Path) -> None:
    rows, said = run(film, "--gpx", write_empty_gpx(tmp_path / "drive.gpx"), "--wait")
    assert "There are no positions in drive.gpx" in said
    assert len(rows) == len(CARS)
    assert rows[0]["gps"] is None


def test_a_file_that_is_no_video_is_refused_in_plain_words(alice: User, tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_text("not a video at all")
    with pytest.raises(CommandError, match="not taken in"):
        run(tmp_path / "note.mp4", "--wait")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(["/nowhere.mp4"], "No such file"), (["/nowhere.mp4", "--fleet", "no-such"], "no fleet no-such"),
     (["/nowhere.mp4", "--user", "nobody"], "no user nobody")],
)  # fmt: skip
def test_what_is_wrong_is_named(alice: User, words: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run(*words)


def test_a_track_beside_the_video_that_bears_its_name_comes_with_it(alice: User, film: Path, tmp_path: Path) -> None:
    shutil.copy(film, tmp_path / "drive.mp4")
    write_gpx(tmp_path / "drive.gpx")
    rows, _ = run(tmp_path / "drive.mp4", "--wait")
    assert rows[0]["gps"]["source"] == "gpx"


def test_a_folder_is_brought_in_with_all_that_lies_below_it(alice: User, film: Path, tmp_path: Path) -> None:
    (tmp_path / "card" / "front").mkdir(parents=True)
    shutil.copy(film, tmp_path / "card" / "front" / "drive.mp4")
    write_gpx(tmp_path / "card" / "drive.gpx")
    (tmp_path / "card" / "read me.pdf").write_text("not for us")
    rows, _ = run(tmp_path / "card", "--wait")
    assert sorted(Upload.objects.values_list("filename", flat=True)) == ["drive.gpx", "drive.mp4"]
    assert rows[0]["gps"]["source"] == "gpx"
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="no video in"):
        run(tmp_path / "empty")


def test_a_second_time_the_same_video_prints_the_same_sightings(alice: User, film: Path) -> None:
    first, _ = run(film, "--wait")
    assert run(film, "--wait")[0] == first
