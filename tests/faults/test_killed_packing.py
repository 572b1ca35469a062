"""A worker killed with SIGKILL while it makes an evidence pack: the pack is made again, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sightings.evidence.verify import verify
from tests.faults.conftest import FilmNamed
from tests.faults.site import Site

pytestmark = pytest.mark.faults

ASK = """
from sightings.models import Sighting, User
from sightings.services.evidence import ask
ask(sighting=Sighting.objects.filter(trip=%d).first(), user=User.objects.get(), before_s=1, after_s=1)
"""
PACKS = "SELECT state, attempts, file, size FROM sightings_evidencepack"


def stored_packs(site: Site) -> list[Path]:
    return list((site.folder / "media" / "evidence").rglob("*.zip"))


def test_a_pack_whose_maker_was_killed_is_made_again_once(site: Site, film_named: FilmNamed) -> None:
    film = film_named("to-be-packed")
    site.bring_in(film)
    assert site.wait_read(film) == "done"
    site.hold("pack")
    site.run("manage.py", "shell", "--verbosity", "0", "-c", ASK % site.trip_of(film))
    child = site.wait_held("pack")
    site.kill("read", child)
    site.let_go("pack")
    site.wait(lambda: site.ask(PACKS)[0][0] == "done", "the pack")
    [(state, attempts, name, size)] = site.ask(PACKS)
    assert (state, attempts) == ("done", 2)
    site.wait(lambda: len(stored_packs(site)) == 1, "what the killed one left to be gone")
    [stored] = stored_packs(site)
    assert str(stored).endswith(name)
    assert len(stored.read_bytes()) == size
    assert verify(stored.read_bytes()).manifest["made_by"]
