"""What workers wrote down is read in the reader's language, and what older versions wrote is read as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_noop

from recognition.errors import NotAVideo
from sightings import said
from sightings.models import ProcessingRun, User
from tests.factories import make_sighting

PageAs = Callable[[User], Client]
WORDS = gettext_noop("%(name)s is XML, but not GPX.")


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog that knows this sentence, whatever the site's own holds."""
    known = {WORDS: "%(name)s ist XML, aber kein GPX."}
    monkeypatch.setattr(said, "gettext", lambda text: known.get(text, text))


def test_the_values_stand_in_the_readers_sentence(german: None) -> None:
    assert said.say(said.store(WORDS, name="50 % of it.gpx")) == "50 % of it.gpx ist XML, aber kein GPX."


def test_a_sentence_may_stand_in_another(german: None) -> None:
    inner = said.store(WORDS, name="a.gpx")
    assert said.say(said.store("Part %(n)s: %(why)s", n=3, why=inner)) == "Part 3: a.gpx ist XML, aber kein GPX."


@pytest.mark.parametrize("text", ["", "An older row. 50 % of it is odd.", '["no sentence"]', '["broken', "7", "null"])
def test_what_is_no_stored_sentence_is_read_as_it_stands(text: str) -> None:
    assert said.say(text) == text
    assert said.say_all({"notes": [text], "name": text, "n": 3}) == {"notes": [text], "name": text, "n": 3}


def test_an_error_names_the_file_as_people_know_it() -> None:
    error = NotAVideo(gettext_noop("%(name)s is empty. Copy the file from the card again."), name="8f3a.mp4")
    assert str(error) == "8f3a.mp4 is empty. Copy the file from the card again."
    assert said.say(said.store_error(error, "8f3a.mp4", "drive.mp4")) == str(error).replace("8f3a", "drive")


@pytest.mark.django_db
def test_pages_and_api_say_it_in_words(page_as: PageAs, bob: User, run: ProcessingRun) -> None:
    make_sighting(run)
    stored = said.store(WORDS, name="a.gpx")
    ProcessingRun.objects.filter(pk=run.pk).update(state="failed", error=stored, error_code="x")
    run.video.warnings = [{"code": "cut_off", "message": stored}]
    run.video.save()
    run.video.trip.state = "failed"
    run.video.trip.save()
    page = page_as(bob)
    assert page.get(f"/trips/{run.video.trip_id}/").content.decode().count("a.gpx is XML, but not GPX.") >= 2
    videos: Any = page.get(f"/api/v1/trips/{run.video.trip_id}/").json()["videos"]
    assert videos[0]["warnings"][0]["message"] == "a.gpx is XML, but not GPX."
    assert videos[0]["runs"][0]["error"] == "a.gpx is XML, but not GPX."
