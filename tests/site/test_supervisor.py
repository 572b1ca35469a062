"""Which programs `up` runs."""

from __future__ import annotations

from typing import Any

import pytest

from anpr_site import supervisor


def names() -> list[str]:
    return [part.name for part in supervisor.standard_parts("127.0.0.1", 8000)]


def test_mqtt_is_published_only_where_a_broker_is_named(settings: Any) -> None:
    assert "mqtt" not in names()
    settings.MQTT_URL = "mqtt://127.0.0.1"
    assert "mqtt" in names()


def test_without_its_package_the_rest_runs_and_says_what_is_missing(
    settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MQTT_URL = "mqtt://127.0.0.1"
    monkeypatch.setattr(supervisor, "find_spec", lambda name: None)
    assert "mqtt" not in names()
    assert "pip install 'platelog[mqtt]'" in capsys.readouterr().err
