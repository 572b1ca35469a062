"""The lines that docs/api.md begins with do what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sightings.models import ProcessingRun, Sighting, Upload, User
from sightings.services.tokens import create_token
from tests.factories import make_sighting

DOCS = Path(__file__).resolve().parents[3] / "docs"


def programs() -> list[str]:
    """The two that stand there, of ten lines each at most."""
    found = re.findall(r"```python\n(.*?)```", (DOCS / "api.md").read_text("utf8"), re.DOTALL)
    assert all(len([line for line in one.splitlines() if line.strip()]) <= 10 for one in found)
    return found


def run_program(text: str) -> None:
    exec(compile(text, "docs/api.md", "exec"), {})


@pytest.fixture
def opened(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the programs read from the environment."""

    def open_for(person: User) -> None:
        monkeypatch.setenv("PLATELOG_URL", live_server.url)
        monkeypatch.setenv("PLATELOG_TOKEN", create_token(user=person, name="first")[1])

    return open_for


@pytest.mark.django_db(transaction=True)
def test_ten_lines_print_what_was_seen(
    sighting: Sighting, dora: User, opened: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(dora)
    run_program(programs()[0])
    assert capsys.readouterr().out.startswith("2026-05-01T12:00:00.000Z B99BNX 0.95 {'lat': 44.43")


@pytest.mark.django_db(transaction=True)
def test_ten_lines_with_the_client_correct_upload_and_follow(
    run: ProcessingRun,
    bob: User,
    opened: Any,
    queued: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The live line needs an ASGI server, which `tests/faults/test_client.py` has; here it is a piece of the list."""
    doubtful = make_sighting(run, "B99BNX", confidence=0.4)
    file = tmp_path / "drive.mp4"
    file.write_bytes(b"0123456789" * 1000)
    opened(bob)
    monkeypatch.setenv("PLATELOG_FILE", str(file))
    monkeypatch.syspath_prepend(str(DOCS / "examples"))
    monkeypatch.setattr("platelog.Platelog.live", lambda log: log.sightings(ordering="id"))
    run_program(programs()[1])
    doubtful.refresh_from_db()
    assert (doubtful.text, doubtful.review_state) == ("B98BNX", "corrected")
    assert Upload.objects.get().offset == 10_000
    assert capsys.readouterr().out == "2026-05-01T12:00:00.000Z B98BNX\n"
