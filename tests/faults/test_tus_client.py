"""tus-js-client, unchanged, under Node: whole, in parts, paused, and through the deaths of either side.

It is installed by `npm install --no-package-lock --prefix tests/faults/tus`, which `make test` does where npm is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import FilmNamed
from tests.faults.sending import TOKEN, Web
from tests.faults.site import Site

CLIENT = Path(__file__).parent / "tus"
Told = list[dict[str, Any]]
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node here"),
    pytest.mark.skipif(
        not (CLIENT / "node_modules" / "tus-js-client").is_dir(),
        reason="no tus-js-client here: npm install --no-package-lock --prefix tests/faults/tus",
    ),
]


@pytest.fixture(scope="module")
def web(site: Site) -> Iterator[Web]:
    web = Web(site)
    web.token = site.run("-c", TOKEN).strip()
    web.start()
    yield web
    web.stop()


class Client:
    """A run of tests/faults/tus/send.mjs."""

    def __init__(self, web: Web, film: Path, how: str, store: Path | None = None) -> None:
        words = {"endpoint": f"http://127.0.0.1:{web.port}/api/v1/uploads/", "token": web.token, "file": str(film)}
        words |= {"how": how, "store": str(store) if store else ""}
        command = ["node", "send.mjs", json.dumps(words)]
        self.process = subprocess.Popen(command, cwd=CLIENT, stdout=subprocess.PIPE, text=True)
        self.told: Told = []

    def until(self, what: str) -> dict[str, Any]:
        """Read what it tells until it tells that."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(json.loads(line))
            if self.told[-1]["what"] == what:
                return self.told[-1]
        raise AssertionError(f"it never told {what!r}: {self.told}")

    def end(self, status: int = 0) -> Told:
        assert self.process.stdout is not None
        self.told += [json.loads(line) for line in self.process.stdout]
        assert self.process.wait(60) == status, self.told
        return self.told

    def all(self, what: str) -> Told:
        return [one for one in self.told if one["what"] == what]


def assert_arrived(site: Site, film: Path) -> None:
    """The video that inspection made of it has the file's very bytes."""
    query = "SELECT v.sha256 FROM sightings_upload u JOIN sightings_video v ON v.id = u.video_id WHERE u.filename = ?"
    site.wait(lambda: site.ask(query, film.name), f"the video of {film.name}")
    assert site.ask(query, film.name) == [(hashlib.sha256(film.read_bytes()).hexdigest(),)]


@pytest.mark.parametrize("how", ["whole", "with creation", "paused"])
def test_a_film_arrives(web: Web, film_named: FilmNamed, how: str) -> None:
    film = film_named(f"tus-{how.replace(' ', '-')}")
    client = Client(web, film, how)
    told = client.end()
    assert told[-1]["what"] == "sent"
    assert len(client.all("paused")) == (how == "paused")
    methods = [one["method"] for one in client.all("asked")]
    assert ("HEAD" in methods) == (how == "paused")  # it asks where to go on
    if how == "with creation":
        assert client.all("accepted")[0]["bytes"] > 0
        assert len(methods) == -(-film.stat().st_size // (32 * 1024))  # the first piece went with the POST
    assert_arrived(web.site, film)


def test_it_goes_on_after_the_server_was_killed(web: Web, film_named: FilmNamed) -> None:
    film = film_named("tus-server-killed")
    client = Client(web, film, "slowly")
    client.until("accepted")
    web.stop(signal.SIGKILL)
    web.start()
    assert client.end()[-1]["what"] == "sent"
    assert "HEAD" in [one["method"] for one in client.all("asked")]
    assert_arrived(web.site, film)


def test_a_later_run_finds_what_an_earlier_one_began(web: Web, film_named: FilmNamed, tmp_path: Path) -> None:
    film = film_named("tus-client-killed")
    Client(web, film, "broken", tmp_path / "begun.json").end(3)
    web.stop()
    web.start()
    client = Client(web, film, "resumed", tmp_path / "begun.json")
    client.end()
    assert client.told[0] == {"what": "found", "earlier": 1}
    first, second = client.all("asked")[:2]
    assert first["method"] == "HEAD"
    assert second["offset"] > 0
    assert_arrived(web.site, film)


def test_what_it_terminates_is_gone(web: Web, film_named: FilmNamed) -> None:
    client = Client(web, film_named("tus-terminated"), "terminated")
    client.end()
    asked = urllib.request.Request(client.all("terminated")[0]["url"], method="HEAD", headers=web.headers())
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(asked, timeout=20)
    assert gone.value.code == 410


@pytest.mark.parametrize("how", ["parallel", "deferred"])
def test_what_is_not_offered_is_refused_and_leaves_nothing_behind(web: Web, film_named: FilmNamed, how: str) -> None:
    """Tus-Extension names neither concatenation nor creation-defer-length."""
    film = film_named(f"tus-{how}")
    client = Client(web, film, how)
    told = client.end(1)
    assert (told[-1]["what"], told[-1]["status"]) == ("failed", 400)
    assert json.loads(told[-1]["body"])["code"] == "bad_upload"
    assert not web.site.ask("SELECT id FROM sightings_upload WHERE filename = ?", film.name)
