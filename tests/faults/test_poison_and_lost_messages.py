"""What kills every reader fails with its reason; a message that was never sent is sent by the sweep."""

from __future__ import annotations

import signal

import pytest

from sightings import said
from tests.faults.conftest import FilmNamed
from tests.faults.site import Site

pytestmark = pytest.mark.faults

SEGMENTS = """
    SELECT s.state, s.attempts, s.error_code FROM sightings_segment s
    JOIN sightings_processingrun r ON r.id = s.run_id JOIN sightings_video v ON v.id = r.video_id
    WHERE v.trip_id = ? ORDER BY s."index"
"""
RETRY = (
    "import django; django.setup(); from sightings.models import Trip, User; "
    "from sightings.services.trips import retry_trip as r; r(trip=Trip.objects.get(pk={}), user=User.objects.get())"
)


def test_a_segment_that_kills_every_reader_fails_with_a_reason_and_can_be_tried_again(
    site: Site, film_named: FilmNamed
) -> None:
    film = film_named("poison")
    (site.folder / "poison").touch()
    site.bring_in(film)
    assert site.wait_read(film) == "partial"
    sound = ("done", 1, "")
    assert site.ask(SEGMENTS, site.trip_of(film)) == [sound, sound, ("failed", 3, "reader_died")]
    assert site.ask("SELECT count(*) FROM sightings_sighting WHERE trip_id = ?", site.trip_of(film)) == [(4,)]
    error = said.say(site.ask("SELECT r.error FROM sightings_processingrun r ORDER BY id DESC LIMIT 1")[0][0])
    assert error.startswith("The part 0:12–0:18 could not be read: reading it stopped the program that did it, 3 times")
    (site.folder / "poison").unlink()
    site.run("-c", RETRY.format(site.trip_of(film)))
    assert site.wait_read(film) == "done"
    assert site.ask("SELECT count(*) FROM sightings_sighting WHERE trip_id = ?", site.trip_of(film)) == [(5,)]


def test_an_upload_that_ends_while_redis_is_down_is_read_once_it_is_back(site: Site, film_named: FilmNamed) -> None:
    film = film_named("no-redis")
    site.redis.signal(signal.SIGKILL)
    assert site.redis.process is not None
    site.redis.process.wait()
    site.bring_in(film)
    site.start_redis()
    assert site.wait_read(film) == "done"
    assert site.ask("SELECT count(*) FROM sightings_sighting WHERE trip_id = ?", site.trip_of(film)) == [(5,)]
