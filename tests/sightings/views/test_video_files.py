"""Videos leave through one view: only for those who may see them, and in the pieces that a player asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sightings.models import Trip, User, Video
from tests.factories import make_video

BYTES = bytes(range(256)) * 8

PageAs = Callable[[User], Client]


@pytest.fixture
def video(trip: Trip, settings: Any) -> Video:
    path = Path(settings.MEDIA_ROOT) / "videos" / "one.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(BYTES)
    return make_video(trip, file="videos/one.mp4", size=len(BYTES))


def body(response: Any) -> bytes:
    async def gather(pieces: AsyncIterable[bytes]) -> bytes:
        return b"".join([piece async for piece in pieces])

    return asyncio.run(gather(response.streaming_content)) if response.streaming else response.content


def test_a_player_gets_the_piece_it_asks_for(video: Video, dora: User, page_as: PageAs) -> None:
    response = page_as(dora).get(f"/files/videos/{video.pk}/", headers={"Range": "bytes=100-299"})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 100-299/{len(BYTES)}"
    assert body(response) == BYTES[100:300]


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=-10", 2038, 2047), ("bytes=2040-", 2040, 2047), ("bytes=0-99999", 0, 2047)]
)
def test_open_ranges_end_with_the_file(
    video: Video, dora: User, page_as: PageAs, asked: str, first: int, last: int
) -> None:
    response = page_as(dora).get(f"/files/videos/{video.pk}/", headers={"Range": asked})
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(BYTES)}"
    assert body(response) == BYTES[first : last + 1]


def test_a_range_behind_the_end_is_refused(video: Video, dora: User, page_as: PageAs) -> None:
    response = page_as(dora).get(f"/files/videos/{video.pk}/", headers={"Range": "bytes=5000-"})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(BYTES)}"


def test_without_a_range_the_whole_file_comes_and_says_that_pieces_may_be_asked_for(
    video: Video, dora: User, page_as: PageAs
) -> None:
    response = page_as(dora).get(f"/files/videos/{video.pk}/")
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == BYTES


def test_a_file_that_calls_itself_a_page_is_served_as_a_video(video: Video, dora: User, page_as: PageAs) -> None:
    Video.objects.update(original_name="drive.html")
    response = page_as(dora).get(f"/files/videos/{video.pk}/")
    assert response["Content-Type"] == "video/mp4"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_nobody_else_gets_it(video: Video, charlie: User, page_as: PageAs) -> None:
    assert page_as(charlie).get(f"/files/videos/{video.pk}/").status_code == 404
    assert Client().get(f"/files/videos/{video.pk}/").status_code in (302, 401, 403)
