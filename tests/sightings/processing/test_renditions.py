"""Light copies of recordings that browsers cannot play: asked for, made, served; and how it ends when it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from recognition.media.probe import probe
from sightings import said
from sightings.models import Rendition, Trip, User, Video
from sightings.processing import files, renditions, sweep
from sightings.services.renditions import ask
from tests.factories import make_video
from tests.recognition.videos import grey_levels, write_video

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]


@pytest.fixture
def video(trip: Trip, tmp_path: Path) -> Video:
    clip = write_video(tmp_path / "clip.mkv", grey_levels(6), [0.0, 0.1, 0.2, 0.5, 0.6, 0.9])
    video = make_video(trip, duration_s=1.0, file="videos/clip.mkv", original_name="clip.mkv")
    files.keep(clip, "videos/clip.mkv")
    return video


def test_a_copy_is_made_and_served_by_range(page_as: Callable[[User], Client], dora: User, video: Video) -> None:
    ask(video)
    renditions.render_next()
    made = Rendition.objects.get()
    assert (made.state, made.progress, made.attempts) == ("done", 1.0, 1)
    with files.local(str(made.file)) as path:
        assert (probe(path).codec, probe(path).container[:7]) == ("h264", "mov,mp4")
    answer = page_as(dora).get(f"/files/videos/{video.pk}/light/", headers={"range": "bytes=4-7"})
    assert (answer.status_code, b"".join(answer)) == (206, b"ftyp")
    shown = page_as(dora).get(f"/trips/{video.trip_id}/data/").json()["videos"][0]
    assert shown["light"] == f"/files/videos/{video.pk}/light/"


def test_until_it_is_there_there_is_nothing_to_serve_and_never_for_another_fleet(
    page_as: Callable[[User], Client], dora: User, charlie: User, video: Video
) -> None:
    ask(video)
    assert page_as(dora).get(f"/files/videos/{video.pk}/light/").status_code == 404
    renditions.render_next()
    assert page_as(charlie).get(f"/files/videos/{video.pk}/light/").status_code == 404


def test_a_viewer_may_ask_for_it_and_asking_twice_makes_one(
    api_as: Callable[..., APIClient], dora: User, charlie: User, video: Video
) -> None:
    address = f"/api/v1/videos/{video.pk}/rendition/"
    assert [api_as(dora).post(address).json()["state"] for _ in range(2)] == ["waiting", "waiting"]
    assert Rendition.objects.count() == 1
    assert api_as(charlie).post(address).status_code == 404
    renditions.render_next()
    assert api_as(dora).get(f"/api/v1/videos/{video.pk}/").json()["rendition"]["url"].endswith("/light/")


def test_a_recording_that_is_damaged_fails_in_plain_words_and_can_be_tried_again(video: Video) -> None:
    default_storage.delete("videos/clip.mkv")
    files.put("videos/clip.mkv", b"no video at all")
    ask(video)
    renditions.render_next()
    made = Rendition.objects.get()
    assert made.state == "failed"
    assert said.say(made.error).startswith("clip.mkv is not a video.")
    assert ask(video).state == "waiting"


def test_what_kills_its_worker_is_given_up(video: Video, settings: Any) -> None:
    made = ask(video)
    Rendition.objects.filter(pk=made.pk).update(state="making", attempts=settings.MAX_ATTEMPTS)
    Rendition.objects.filter(pk=made.pk).update(updated_at=timezone.now() - timedelta(hours=1))
    renditions.render_next()
    made.refresh_from_db()
    assert made.state == "failed"
    assert "stopped the program" in said.say(made.error)


def test_one_that_a_dead_worker_left_is_sent_again(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(sweep, "send", lambda *message: not sent.append(message))  # type: ignore[func-returns-value]
    monkeypatch.setattr(sweep, "waiting", lambda queue: 0)
    made = ask(video)
    Rendition.objects.filter(pk=made.pk).update(state="making")
    sweep.sweep()
    assert sent == []
    Rendition.objects.filter(pk=made.pk).update(updated_at=timezone.now() - timedelta(hours=1))
    sweep.sweep()
    assert sent == [("render_next", "render", {})]


def test_a_worker_that_was_replaced_writes_nothing(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ask(video)

    def render(source: Path, out: Path, note: Callable[[float], None]) -> None:
        Rendition.objects.filter(pk=made.pk).update(attempts=2)  # another one has taken over
        out.write_bytes(b"mine")

    monkeypatch.setattr("recognition.media.rendition.render", render)
    renditions.render_next()
    made.refresh_from_db()
    assert (made.state, str(made.file)) == ("making", "")
