"""`/v1/plate-reader/` against the shape that programs for Plate Recognizer's Snapshot send and parse.

Redis is the embedded one, and the reader that of the colored plates, in a thread: all but the networks is as it runs.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from anpr_site import embedded_redis
from anpr_site.broker import redis_url, socket_path
from anpr_site.processes import stop_all
from sightings import plate_reader
from sightings.models import AuditEntry, User
from sightings.processing import answering, read
from tests.flows.colored import CARS, PLATE

pytestmark = pytest.mark.django_db
URL = "/v1/plate-reader/"
ApiAs = Callable[..., APIClient]


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("redis")
    part = embedded_redis.part(socket_path(folder), folder / "redis")
    part.start()
    assert embedded_redis.wait_until_it_answers(redis_url("", folder))
    yield redis_url("", folder)
    stop_all([part], 3.0)


@pytest.fixture(autouse=True)
def apart(own_redis: str, settings: Any) -> redis.Redis:
    settings.REDIS_URL = own_redis
    settings.READER_FACTORY = "tests.flows.colored.load_reader"
    settings.PLATE_READER_SECONDS = 5.0
    client = redis.Redis.from_url(own_redis)
    client.flushall()
    read.reader.cache_clear()
    return client


@pytest.fixture
def warm(apart: redis.Redis) -> Iterator[None]:
    """A reader that is up."""
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            answering.answer_next()

    thread = threading.Thread(target=serve)
    thread.start()
    while not apart.exists(plate_reader.ALIVE):
        stop.wait(0.01)
    yield
    stop.set()
    thread.join()


def picture() -> bytes:
    """A grey street with the first car's plate at (100, 60)."""
    image = np.full((272, 480, 3), 70, np.uint8)
    hue = np.array([[[CARS[0].hue, 255, 230]]], np.uint8)
    image[60 : 60 + PLATE[1], 100 : 100 + PLATE[0]] = cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0]
    return cv2.imencode(".png", image)[1].tobytes()


def test_a_form_with_a_file_is_answered_as_snapshot_does(
    api_as: ApiAs, alice: User, warm: None, tmp_path: Path
) -> None:
    file = SimpleUploadedFile("car.png", picture(), "image/png")
    said = {"upload": file, "regions": ["ro", "de"], "camera_id": "gate-2", "timestamp": "2026-05-01T14:00:00+02:00"}
    ignored = {"config": '{"mode":"fast"}', "mmc": "true"}
    answer = api_as(alice).post(URL, {**said, **ignored}, format="multipart")
    assert answer.status_code == 201, answer.content
    words = answer.json()
    assert set(words) == {"processing_time", "results", "filename", "version", "camera_id", "timestamp"}
    assert (words["filename"], words["camera_id"], words["version"]) == ("car.png", "gate-2", 1)
    assert words["timestamp"] == "2026-05-01T12:00:00.000000Z"
    assert words["processing_time"] > 0
    [result] = words["results"]
    assert set(result) == {"box", "plate", "region", "score", "candidates", "dscore", "vehicle"}
    assert result["plate"] == CARS[0].text.lower()
    assert result["box"] == {"xmin": 100, "ymin": 60, "xmax": 172, "ymax": 84}
    assert result["region"] == {"code": "ro", "score": 0.8}
    assert result["candidates"] == [{"score": 0.97, "plate": CARS[0].text.lower()}]
    assert (result["score"], result["dscore"], result["vehicle"]) == (0.97, 0.9, {})
    noted = AuditEntry.objects.get(action="picture.read")
    assert noted.detail == {"plates": 1, "camera_id": "gate-2"}


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
@pytest.mark.parametrize("kind", ["json", "multipart"])
def test_base64_does_as_well(api_as: ApiAs, alice: User, warm: None, prefix: str, kind: str) -> None:
    upload = prefix + base64.b64encode(picture()).decode()
    answer = api_as(alice).post(URL, {"upload": upload}, format=kind)
    assert answer.status_code == 201
    assert [one["plate"] for one in answer.json()["results"]] == [CARS[0].text.lower()]
    assert answer.json()["camera_id"] is None


def test_a_picture_without_plates_has_no_results(api_as: ApiAs, alice: User, warm: None) -> None:
    empty = cv2.imencode(".jpg", np.full((90, 160, 3), 70, np.uint8))[1].tobytes()
    answer = api_as(alice).post(URL, {"upload": SimpleUploadedFile("a.jpg", empty)}, format="multipart")
    assert (answer.status_code, answer.json()["results"]) == (201, [])


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ({}, "json", 400, "not_a_picture"),
        ({"upload": "not base64!"}, "json", 400, "not_a_picture"),
        ({"upload": base64.b64encode(b"no picture").decode()}, "json", 400, "not_a_picture"),
        ({"upload": 5}, "json", 400, "not_a_picture"),
        ([1], "json", 400, "not_a_picture"),
        ({"upload": "AAAA", "timestamp": "yesterday"}, "json", 400, "invalid"),
        ({"upload": base64.b64encode(bytes(3000)).decode()}, "json", 413, "picture_too_large"),
    ],
)
def test_what_is_wrong_is_said_in_its_shape(
    api_as: ApiAs, alice: User, warm: None, settings: Any, body: Any, kind: str, status: int, code: str
) -> None:
    settings.PLATE_READER_MAX_BYTES = 2000
    answer = api_as(alice).post(URL, body, format=kind)
    assert (answer.status_code, answer.json()["code"], answer.json()["status_code"]) == (status, code, status)
    assert answer.json()["detail"]


def test_a_request_that_announces_too_much_is_refused_unread(api_as: ApiAs, alice: User, settings: Any) -> None:
    settings.PLATE_READER_MAX_BYTES = 1000
    file = SimpleUploadedFile("a.png", bytes(100_000))
    assert api_as(alice).post(URL, {"upload": file}, format="multipart").status_code == 413


def test_callers_without_the_right_are_refused_in_its_shape(api_as: ApiAs, alice: User) -> None:
    for client, status in ((APIClient(), 401), (api_as(alice, ["sightings:read"]), 403)):
        answer = client.post(URL, {"upload": "AAAA"}, format="json")
        assert (answer.status_code, answer.json()["status_code"]) == (status, status)
    answer = api_as(alice).post(URL, b"\xff\xd8", content_type="image/jpeg")
    assert (answer.status_code, answer.json()["status_code"]) == (415, 415)


def test_with_no_reader_the_answer_is_quick(api_as: ApiAs, alice: User) -> None:
    answer = api_as(alice).post(URL, {"upload": base64.b64encode(picture()).decode()}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (503, "reader_away")
    assert int(answer["Retry-After"]) >= 1


def test_a_full_queue_refuses_at_once(api_as: ApiAs, alice: User, apart: redis.Redis, settings: Any) -> None:
    settings.PLATE_READER_QUEUE = 2
    apart.set(plate_reader.ALIVE, 1)
    apart.rpush(plate_reader.WAITING, "one", "two")
    answer = api_as(alice).post(URL, {"upload": "AAAA"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (503, "reader_busy")
    assert int(answer["Retry-After"]) >= 1
    assert apart.llen(plate_reader.WAITING) == 2


def test_who_gives_up_leaves_nothing_behind(apart: redis.Redis, api_as: ApiAs, alice: User, settings: Any) -> None:
    settings.PLATE_READER_SECONDS = 0.2
    apart.set(plate_reader.ALIVE, 1)
    answer = api_as(alice).post(URL, {"upload": "AAAA"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (503, "reader_slow")
    assert apart.keys() == [plate_reader.ALIVE.encode()]


def test_a_picture_whose_sender_has_gone_is_passed_over(apart: redis.Redis) -> None:
    apart.rpush(plate_reader.WAITING, "gone")
    assert plate_reader.take(0.1) is None
    assert apart.llen(plate_reader.WAITING) == 0


def test_a_reader_that_fails_does_not_take_the_next_picture_with_it(
    api_as: ApiAs, alice: User, warm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, sent = api_as(alice), {"upload": base64.b64encode(picture()).decode()}
    with monkeypatch.context() as broken:
        broken.setattr("recognition.pipeline.read_image", lambda *_, **__: 1 / 0)
        assert api.post(URL, sent, format="json").json()["code"] == "reader_away"
    assert api.post(URL, sent, format="json").status_code == 201
