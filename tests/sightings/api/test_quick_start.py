"""The lines that docs/api.md begins with do what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sightings.models import Sighting, User
from sightings.services.tokens import create_token

DOCS = Path(__file__).resolve().parents[3] / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
def test_ten_lines_print_what_was_seen(
    sighting: Sighting,
    dora: User,
    live_server: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [program] = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf8"), re.DOTALL)
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
    monkeypatch.setenv("PLATELOG_URL", live_server.url)
    monkeypatch.setenv("PLATELOG_TOKEN", create_token(user=dora, name="first")[1])
    exec(compile(program, "docs/api.md", "exec"), {})
    assert capsys.readouterr().out.startswith("2026-05-01T12:00:00.000Z B99BNX 0.95 {'lat': 44.43")
