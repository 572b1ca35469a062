from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from anpr_site import env

NAME = "PLATELOG_TEST_VALUE"


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open sesame\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert env.text(NAME) == "open sesame"


def test_a_secret_file_that_is_missing_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", "/nowhere/at/all")
    with pytest.raises(ImproperlyConfigured, match="/nowhere/at/all"):
        env.text(NAME)


@pytest.mark.parametrize(("said", "meant"), [("yes", True), ("1", True), ("Off", False), ("", False)])
def test_a_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch, said: str, meant: bool) -> None:
    monkeypatch.setenv(NAME, said)
    assert env.flag(NAME, default=True) is meant


@pytest.mark.parametrize("said", ["perhaps", "2"])
def test_a_flag_that_is_neither_stops_the_start(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(NAME, said)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.flag(NAME)


@pytest.mark.parametrize("said", ["fast", "-1", "nan"])
def test_a_number_out_of_range_stops_the_start(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(NAME, said)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.number(NAME, 5)


def test_words_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a, b ,,c")
    assert env.words(NAME) == ["a", "b", "c"]


def test_a_choice_must_be_one_of_those_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "tpu")
    with pytest.raises(ImproperlyConfigured, match="auto, cpu, cuda"):
        env.one_of(NAME, ("auto", "cpu", "cuda"), "auto")


def test_a_kept_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret_key"
    first = env.kept_secret(path)
    assert len(first) > 50
    assert env.kept_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret_key"]
