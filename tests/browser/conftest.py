"""A real site, started by `manage.py up` on a folder of its own, and a headless Chromium that is logged in to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from recognition.training.synth.drive import DrawnDrive, draw_drive
from tests.browser.wire import Wire

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NAME, PASSWORD = "admin", "a password for tests alone"
DEMO_PASSWORD = "a password for the drawn fleets"  # of demo-manager, whichever test seeds a fleet first
SEEDED = ("seed_demo", "--until", "2026-11-06")  # the same drives on whichever day the tests run
START_S = 120.0
PATIENCE_MS = 120_000  # how long anything may take on a busy machine before it counts as broken
SEGMENT_SECONDS = "4"

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Site:
    url: str
    environment: dict[str, str]

    def manage(self, *words: str) -> str:
        """Run a management command on the site's data, and return what it prints."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True, timeout=120)
        return done.stdout.strip()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {"DATA_DIR": str(folder), "SEGMENT_SECONDS": SEGMENT_SECONDS, "ADMIN_PASSWORD": PASSWORD}
    # The site runs as it would for a stranger, whatever services the tests beside it use.
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    running = Site(f"http://127.0.0.1:{port}", inherited | ours)
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--no-demo", "--port", str(port), "--data", str(folder)]
    with (folder / "up.log").open("w") as log:
        process = subprocess.Popen(command, env=running.environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_until_ready(running.url, process, folder / "up.log")
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"the site did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def wire(site: Site) -> Iterator[Wire]:
    """What the browser reaches the site through."""
    made = Wire(int(site.url.rpartition(":")[2]))
    yield made
    made.close()


@pytest.fixture
def context(chromium: Browser, wire: Wire) -> Iterator[BrowserContext]:
    made = chromium.new_context(base_url=f"http://127.0.0.1:{wire.port}", viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of a person who has logged in, on Home; a script that fails anywhere fails the test."""
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


@pytest.fixture
def script_errors(page: Page) -> Iterator[list[str]]:
    """Errors that scripts of the page did not catch; the test fails if there were any."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield errors
    assert not errors


@pytest.fixture(scope="session")
def drive(tmp_path_factory: pytest.TempPathFactory) -> DrawnDrive:
    """Eight seconds with known plates and positions: two segments of the test site."""
    return draw_drive(tmp_path_factory.mktemp("drive"), seconds=8.0, seed=5, fps=12.0)
