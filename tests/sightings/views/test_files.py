"""Videos by range, pictures by permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from sightings import storage
from sightings.models import AuditEntry, ProcessingRun, Sighting, User, Video
from sightings.views.ranges import Unsatisfiable, asked_range

# The test client is no server: it has to collect what a server would stream.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")

PageAs = Callable[[User], Client]
BODY = bytes(range(256)) * 8


@pytest.fixture
def video(run: ProcessingRun) -> Video:
    run.video.file.save("front.mp4", ContentFile(BODY))
    return run.video


def test_the_times_of_frames_are_served_where_they_are_known(
    page_as: PageAs, dora: User, charlie: User, video: Video
) -> None:
    address = f"/files/videos/{video.pk}/times/"
    assert page_as(dora).get(address).status_code == 204
    default_storage.save(storage.times_name(video), ContentFile(b'{"unit": [1, 25], "first": 0, "steps": [[1, 9]]}'))
    assert page_as(dora).get(address).json()["steps"] == [[1, 9]]
    assert page_as(charlie).get(address).status_code == 404


def get(browser: Client, video: Video, **headers: str) -> Any:
    return browser.get(f"/files/videos/{video.pk}/", headers=headers)


def body(answer: Any) -> bytes:
    return b"".join(answer)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=2000-", 2000, 2047), ("bytes=-10", 2038, 2047), ("bytes=2040-9999", 2040, 2047)],
)
def test_a_part_is_answered_with_that_part(
    page_as: PageAs, alice: User, video: Video, asked: str, first: int, last: int
) -> None:
    answer = get(page_as(alice), video, range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/2048"
    assert answer["Content-Length"] == str(last - first + 1)
    assert body(answer) == BODY[first : last + 1]


@pytest.mark.parametrize("asked", ["", "bytes=5-2", "bytes=-", "pages=1-2", "bytes=0-1,4-5"])
def test_what_is_no_single_range_gets_the_whole(page_as: PageAs, alice: User, video: Video, asked: str) -> None:
    answer = get(page_as(alice), video, range=asked)
    assert answer.status_code == 200
    assert answer["Accept-Ranges"] == "bytes"
    assert body(answer) == BODY


def test_a_range_behind_the_end_is_refused_with_the_size(page_as: PageAs, alice: User, video: Video) -> None:
    answer = get(page_as(alice), video, range="bytes=2048-")
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */2048"


def test_no_bytes_from_the_end_cannot_be_had() -> None:
    with pytest.raises(Unsatisfiable):
        asked_range("bytes=-0", 10)


def test_a_range_of_another_version_gets_the_whole(page_as: PageAs, alice: User, video: Video) -> None:
    answer = get(page_as(alice), video, range="bytes=0-9", if_range='"something else"')
    assert answer.status_code == 200


def test_head_tells_the_size_and_sends_nothing(page_as: PageAs, alice: User, video: Video) -> None:
    answer = page_as(alice).head(f"/files/videos/{video.pk}/")
    assert answer["Content-Length"] == "2048"
    assert answer.content == b""


def test_a_file_that_calls_itself_a_page_is_served_as_a_video(page_as: PageAs, alice: User, video: Video) -> None:
    Video.objects.update(original_name="drive.html")
    response = page_as(alice).get(f"/files/videos/{video.pk}/")
    assert response["Content-Type"] == "video/mp4"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_another_fleets_video_is_not_there(page_as: PageAs, charlie: User, client: Client, video: Video) -> None:
    assert get(page_as(charlie), video).status_code == 404
    assert get(client, video).status_code == 302


def test_a_video_whose_file_is_gone_is_not_there(page_as: PageAs, alice: User, video: Video) -> None:
    video.file.storage.delete(str(video.file.name))
    assert get(page_as(alice), video).status_code == 404


@pytest.fixture
def crop(sighting: Sighting) -> str:
    name = storage.crop_name(fleet_id=sighting.fleet_id, run_id=sighting.run_id, name="0000/00001-best")
    default_storage.save(name, ContentFile(b"jpeg"))
    Sighting.objects.filter(pk=sighting.pk).update(crop=name)
    return name


def test_a_crop_is_served_privately_and_noted_once(page_as: PageAs, alice: User, crop: str) -> None:
    browser = page_as(alice)
    answers = [browser.get(f"/files/crops/{crop}") for _ in range(3)]
    assert [answer.content for answer in answers] == [b"jpeg"] * 3
    assert answers[0]["Cache-Control"].startswith("private")
    assert AuditEntry.objects.filter(action="crop.viewed", user=alice).count() == 1


def test_another_fleets_crop_is_not_there(page_as: PageAs, charlie: User, crop: str) -> None:
    assert page_as(charlie).get(f"/files/crops/{crop}").status_code == 404


@pytest.mark.parametrize("name", ["db.sqlite3", "crops/1/1/../../../db.sqlite3", "../secret_key", "videos/1/a.mp4"])
def test_nothing_but_crops_is_served_as_a_crop(page_as: PageAs, alice: User, name: str) -> None:
    assert page_as(alice).get(f"/files/crops/{name}").status_code == 404
