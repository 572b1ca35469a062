"""The tus 1.0 protocol as any client speaks it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.http import parse_http_date
from rest_framework.test import APIClient

from sightings import storage
from sightings.models import Fleet, Trip, Upload, User
from tests.factories import make_vehicle, make_video

pytestmark = pytest.mark.django_db
URL = "/api/v1/uploads/"
BYTES = "application/offset+octet-stream"
Queued = list[tuple[str, dict[str, Any]]]


def words(**pairs: str) -> str:
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs.items())


def create(client: Any, size: int = 10, body: bytes | None = None, **pairs: str) -> Any:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size)}
    headers["Upload-Metadata"] = words(**{"filename": "drive.mp4", **pairs})
    return client.generic("POST", URL, body or b"", content_type=BYTES if body else "", headers=headers)


def send(client: Any, where: str, offset: int, body: bytes, content_type: str = BYTES) -> Any:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)}
    return client.generic("PATCH", where, body, content_type=content_type, headers=headers)


@pytest.fixture
def bobs(api_as: Callable[..., APIClient], bob: User) -> APIClient:
    return api_as(bob)


def test_options_says_what_is_offered_to_anyone(client: Client) -> None:
    answer = client.options(URL)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert answer["Tus-Extension"].split(",") == ["creation", "creation-with-upload", "termination", "expiration"]
    assert int(answer["Tus-Max-Size"]) > 0


def test_a_file_sent_in_two_pieces_arrives_whole_and_is_inspected_once(bobs: APIClient, queued: Queued) -> None:
    where = create(bobs)["Location"]
    assert send(bobs, where, 0, b"01234")["Upload-Offset"] == "5"
    assert send(bobs, where, 5, b"56789").status_code == 204
    upload = Upload.objects.get()
    assert (upload.state, upload.offset, upload.kind) == ("received", 10, "video")
    assert storage.upload_file(upload.path).read_bytes() == b"0123456789"
    assert queued == [("inspect_next", {"queue": "ingest"})]


def test_the_location_is_a_path_that_no_proxy_can_make_wrong(bobs: APIClient) -> None:
    answer = create(bobs)
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/uploads/{Upload.objects.get().id}/"


def test_head_tells_where_to_resume_and_must_not_be_cached(bobs: APIClient) -> None:
    where = create(bobs)["Location"]
    send(bobs, where, 0, b"0123")
    answer = bobs.head(where, headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 200
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("4", "10")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Tus-Resumable"] == "1.0.0"


def test_a_piece_at_the_wrong_offset_is_refused_and_changes_nothing(bobs: APIClient) -> None:
    where = create(bobs)["Location"]
    send(bobs, where, 0, b"0123")
    answer = send(bobs, where, 2, b"23")
    assert (answer.status_code, answer.json()["code"]) == (409, "offset_mismatch")
    assert Upload.objects.get().offset == 4


def test_a_piece_of_another_type_is_refused(bobs: APIClient) -> None:
    where = create(bobs)["Location"]
    assert send(bobs, where, 0, b"0123", "application/octet-stream").status_code == 415


def test_more_bytes_than_announced_are_refused_before_any_is_written(bobs: APIClient) -> None:
    where = create(bobs, size=3)["Location"]
    answer = send(bobs, where, 0, b"0123")
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_long")
    assert Upload.objects.get().offset == 0


def test_a_file_larger_than_the_site_accepts_is_refused(bobs: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 5
    answer = create(bobs, size=6)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("length", ["", "-1", "ten", "1e3"])
def test_a_length_that_is_no_number_is_refused(bobs: APIClient, length: str) -> None:
    headers = {"Upload-Length": length, "Upload-Metadata": words(filename="a.mp4")}
    assert bobs.post(URL, headers=headers).json()["code"] == "bad_upload"


def test_an_empty_file_is_refused_with_a_reason(bobs: APIClient) -> None:
    assert create(bobs, size=0).json()["code"] == "upload_empty"


def test_metadata_that_is_not_base64_is_refused(bobs: APIClient) -> None:
    headers = {"Upload-Length": "5", "Upload-Metadata": "filename not*base64"}
    assert bobs.post(URL, headers=headers).json()["code"] == "bad_upload"


def test_another_version_of_the_protocol_is_refused(bobs: APIClient) -> None:
    answer = bobs.post(URL, headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"})
    assert answer.status_code == 412
    assert answer["Tus-Version"] == "1.0.0"


def test_a_folder_in_the_name_is_left_out(bobs: APIClient) -> None:
    create(bobs, filename="..\\..\\etc/passwd.gpx")
    upload = Upload.objects.get()
    assert (upload.filename, upload.kind) == ("passwd.gpx", "telemetry")


def test_batch_and_vehicle_come_with_the_metadata(bobs: APIClient, northwind: Fleet) -> None:
    van = make_vehicle(northwind)
    create(bobs, batch="drop-1", vehicle="Van 1")
    upload = Upload.objects.get()
    assert (upload.batch, upload.vehicle) == ("drop-1", van)
    assert create(bobs, vehicle="Van 2").status_code == 400


def test_bytes_may_come_with_the_creation(bobs: APIClient, queued: Queued) -> None:
    answer = create(bobs, size=4, body=b"0123")
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "4")
    assert len(queued) == 1


def test_delete_drops_the_bytes_and_the_upload_is_gone(
    bobs: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    where = create(bobs)["Location"]
    send(bobs, where, 0, b"0123")
    file = storage.upload_file(Upload.objects.get().path)
    with django_capture_on_commit_callbacks(execute=True):
        assert bobs.delete(where).status_code == 204
    assert not file.exists()
    assert bobs.head(where).status_code == 410
    assert send(bobs, where, 4, b"456789").json()["code"] == "upload_gone"


def test_clients_that_may_only_post_say_so_in_a_header(bobs: Any) -> None:
    where = create(bobs)["Location"]
    headers = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = bobs.generic("POST", where, b"0123", content_type=BYTES, headers=headers)
    assert answer["Upload-Offset"] == "4"


def test_a_file_that_the_fleet_has_is_linked_before_a_byte_is_sent(bobs: APIClient, trip: Trip) -> None:
    video = make_video(trip, sha256="ab" * 32)
    answer = create(bobs, sha256="ab" * 32)
    assert answer.status_code == 200
    assert (answer.json()["duplicate"], answer.json()["video"], answer["Upload-Offset"]) == (True, video.pk, "10")
    assert bobs.head(answer["Location"])["Upload-Offset"] == "10"


def test_a_viewer_may_not_upload(api_as: Callable[..., APIClient], dora: User) -> None:
    answer = create(api_as(dora))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_someone_of_another_fleet_cannot_touch_an_upload(
    bobs: APIClient, api_as: Callable[..., APIClient], charlie: User
) -> None:
    where = create(bobs)["Location"]
    theirs = api_as(charlie)
    assert theirs.head(where).status_code == 404
    assert send(theirs, where, 0, b"x").status_code == 404
    assert theirs.delete(where).status_code == 404


def test_a_page_must_send_its_forgery_token(bob: User) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(bob)
    assert create(browser).status_code == 403
    assert not Upload.objects.exists()


def test_without_a_login_nothing_is_accepted(client: Client) -> None:
    answer = client.post(URL, headers={"Upload-Length": "5"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_the_list_shows_what_came_in(bobs: APIClient) -> None:
    create(bobs, batch="one")
    create(bobs, batch="two", filename="b.mp4")
    assert [row["filename"] for row in bobs.get(URL).json()["results"]] == ["b.mp4", "drive.mp4"]
    assert [row["batch"] for row in bobs.get(URL, {"batch": "one"}).json()["results"]] == ["one"]


def test_an_unfinished_upload_says_until_when_it_waits(bobs: APIClient, queued: Queued, settings: Any) -> None:
    settings.UPLOAD_DAYS = 2
    created = create(bobs)
    where = created["Location"]
    head, sent = bobs.head(where), send(bobs, where, 0, b"01234")
    for answer in (created, head, sent):
        left = parse_http_date(answer["Upload-Expires"]) - time.time()
        assert 2 * 86_400 - 60 < left < 2 * 86_400 + 60
    assert "Upload-Expires" not in send(bobs, where, 5, b"56789")  # it is whole


@pytest.mark.parametrize("header", ["Upload-Concat", "Upload-Defer-Length"])
def test_what_is_not_offered_is_refused_before_anything_is_stored(bobs: APIClient, header: str) -> None:
    headers = {"Upload-Length": "5", "Upload-Metadata": words(filename="a.mp4"), header: "1"}
    assert bobs.post(URL, headers=headers).json()["code"] == "bad_upload"
    assert not Upload.objects.exists()
