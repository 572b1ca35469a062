"""A worker killed with SIGKILL in the middle of a trip loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import FilmNamed
from tests.faults.site import Site, alive
from tests.flows.colored import CARS
from tests.flows.gpx import write_gpx

pytestmark = pytest.mark.faults

SIGHTINGS = """
    SELECT key, plate_raw, plate_corrected, confidence, dscore, first_seen_s, last_seen_s, best_s, box, corners,
           characters, candidates, region, region_score, reads_count, review_state, model_version, crop, context
    FROM sightings_sighting WHERE trip_id = ? ORDER BY key
"""
OBSERVATIONS = """
    SELECT s.key, o.seconds, o.box, o.corners, o.dscore, o.text, o.confidence, o.characters, o.candidates, o.weight,
           o.crop
    FROM sightings_observation o JOIN sightings_sighting s ON s.id = o.sighting_id
    WHERE s.trip_id = ? ORDER BY s.key, o.seconds
"""
ATTEMPTS = """
    SELECT s.attempts FROM sightings_segment s JOIN sightings_processingrun r ON r.id = s.run_id
    JOIN sightings_video v ON v.id = r.video_id WHERE v.trip_id = ? ORDER BY s."index"
"""


def log_of(site: Site, film: Path) -> dict[str, Any]:
    """All that was written of a film: rows without their ids, and in the place of a picture's name its bytes."""
    trip = site.trip_of(film)
    return {
        "sightings": [_with_pictures(site, row, 2) for row in site.ask(SIGHTINGS, trip)],
        "observations": [_with_pictures(site, row, 1) for row in site.ask(OBSERVATIONS, trip)],
        "videos": len(site.ask("SELECT id FROM sightings_video WHERE trip_id = ?", trip)),
        "runs": site.ask("SELECT r.state, r.progress, r.frames FROM sightings_processingrun r "
                         "JOIN sightings_video v ON v.id = r.video_id WHERE v.trip_id = ?", trip),
    }  # fmt: skip


def _with_pictures(site: Site, row: tuple[Any, ...], names: int) -> tuple[Any, ...]:
    pictures = ((site.folder / "media" / name).read_bytes() if name else b"" for name in row[-names:])
    return (*row[:-names], *pictures)


@pytest.fixture(scope="module")
def undisturbed(site: Site, film_named: FilmNamed) -> dict[str, Any]:
    film = film_named("undisturbed")
    site.bring_in(film)
    assert site.wait_read(film) == "done"
    log = log_of(site, film)
    assert sorted(row[1] for row in log["sightings"]) == sorted(car.text for car in CARS)
    return log


@pytest.mark.parametrize(("point", "worker"), [("inspect", "ingest"), ("read", "read"), ("merge", "ingest")])
def test_a_worker_killed_at_any_point_changes_nothing(
    site: Site, film_named: FilmNamed, undisturbed: dict[str, Any], point: str, worker: str
) -> None:
    film = film_named(f"killed-in-{point}")
    site.hold(point)
    site.bring_in(film)
    child = site.wait_held(point)
    site.kill(worker, child)
    site.let_go(point)
    assert site.wait_read(film) == "done"
    assert log_of(site, film) == undisturbed
    trips = site.ask("SELECT count(*) FROM sightings_trip WHERE name LIKE ?", f"killed-in-{point}%")
    assert trips == [(1,)]
    attempts = [row[0] for row in site.ask(ATTEMPTS, site.trip_of(film))]
    assert sum(attempts) == (4 if point == "read" else 3)


def test_the_end_of_the_process_that_reads_is_survived_by_its_worker(
    site: Site, film_named: FilmNamed, undisturbed: dict[str, Any]
) -> None:
    """As when the kernel runs out of memory: only the child goes."""
    film = film_named("child-killed")
    site.hold("read")
    site.bring_in(film)
    child = site.wait_held("read")
    os.kill(child, signal.SIGKILL)
    site.wait(lambda: not alive(child), "the child's end")
    site.let_go("read")
    assert site.wait_read(film) == "done"
    assert log_of(site, film) == undisturbed


def test_a_trip_is_on_the_map_while_another_is_still_being_read(
    site: Site, film_named: FilmNamed, tmp_path: Path
) -> None:
    before, film = film_named("in-the-way"), film_named("on-the-map")
    site.hold("read")
    site.bring_in(before)
    site.wait_held("read")
    site.run("manage.py", "ingest", str(film), "--gpx", str(write_gpx(tmp_path / "drive.gpx")), "--quiet")
    track = "SELECT t.distance_m FROM sightings_track t JOIN sightings_video v ON v.id = t.video_id WHERE v.trip_id = ?"
    site.wait(lambda: site.ask(track, site.trip_of(film)), "the line of the second trip")
    assert site.ask(ATTEMPTS, site.trip_of(film)) == [(0,), (0,), (0,)]
    site.let_go("read")
    assert site.wait_read(before) == site.wait_read(film) == "done"
