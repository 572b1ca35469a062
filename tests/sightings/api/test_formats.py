"""The log in other programs' formats, held against the payloads that those programs send."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from sightings.api import formats
from sightings.models import AuditEntry, ProcessingRun, Sighting, User
from sightings.tables import as_meant
from tests.factories import NOON, make_sighting

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
URL = "/api/v1/sightings/"
KML, GPX = "{http://www.opengis.net/kml/2.2}", "{http://www.topografix.com/GPX/1/1}"
ApiAs = Callable[..., APIClient]


def exported(client: APIClient, kind: str, **query: str) -> str:
    answer: Any = client.get(URL, {"format": kind, **query})
    assert answer.status_code == 200, answer.content
    body: bytes = b"".join(answer)
    return body.decode()


@pytest.fixture
def api(api_as: ApiAs, alice: User) -> APIClient:
    return api_as(alice)


def test_platerec_is_what_snapshot_answers(api: APIClient, sighting: Sighting) -> None:
    assert json.loads(exported(api, "platerec")) == [
        {
            "processing_time": 0.0,
            "results": [
                {
                    "box": {"xmin": 100, "ymin": 200, "xmax": 180, "ymax": 220},
                    "plate": "b99bnx",
                    "region": {"code": "unknown", "score": 0.0},
                    "score": 0.95,
                    "candidates": [{"score": 0.9, "plate": "b99bnx"}],
                    "dscore": 0.9,
                    "vehicle": {},
                }
            ],
            "filename": "front.mp4",
            "version": 1,
            "camera_id": "Van 1/front",
            "timestamp": "2026-05-01T12:00:00.000Z",
        }
    ]


def test_openalpr_counts_to_a_hundred_in_milliseconds_with_four_corners(api: APIClient, sighting: Sighting) -> None:
    [told] = json.loads(exported(api, "openalpr"))
    [result] = told.pop("results")
    assert told == {
        "version": 2,
        "data_type": "alpr_results",
        "uuid": f"sighting-{sighting.pk}",
        "camera_id": "Van 1/front",
        "epoch_time": int(NOON.timestamp() * 1000),
        "img_width": 1280,
        "img_height": 720,
        "processing_time_ms": 0.0,
        "regions_of_interest": [],
    }
    assert (result["plate"], result["confidence"], result["matches_template"]) == ("B99BNX", 95.0, 0)
    assert result["candidates"] == [{"plate": "B99BNX", "confidence": 90.0, "matches_template": 0}]
    assert result["coordinates"] == [
        {"x": 100, "y": 200}, {"x": 180, "y": 200}, {"x": 180, "y": 220}, {"x": 100, "y": 220},
    ]  # fmt: skip


def test_openalpr_takes_the_corners_that_were_found(api: APIClient, run: ProcessingRun) -> None:
    make_sighting(run, corners=[[1.2, 2], [30, 3], [30.6, 12], [1, 11]])
    [told] = json.loads(exported(api, "openalpr"))
    assert [tuple(point.values()) for point in told["results"][0]["coordinates"]] == [
        (1, 2),
        (30, 3),
        (31, 12),
        (1, 11),
    ]


def test_frigate_is_what_it_publishes_of_a_plate(api: APIClient, sighting: Sighting) -> None:
    assert json.loads(exported(api, "frigate")) == [
        {
            "type": "lpr",
            "id": str(sighting.pk),
            "name": None,
            "plate": "B99BNX",
            "score": 0.95,
            "camera": "Van 1/front",
            "timestamp": NOON.timestamp(),
            "plate_box": [100, 200, 180, 220],
        }
    ]


def test_geojson_has_a_point_where_the_camera_was_and_none_where_that_is_unknown(
    api: APIClient, sighting: Sighting
) -> None:
    make_sighting(sighting.run, "B11AAA", lat=None, lon=None, gps_source="", seen_at=None)
    whole = json.loads(exported(api, "geojson", ordering="id"))
    assert whole["type"] == "FeatureCollection"
    placed, unplaced = whole["features"]
    assert placed["geometry"] == {"type": "Point", "coordinates": [26.1, 44.43]}
    assert (placed["id"], placed["properties"]["plate"]) == (sighting.pk, "B99BNX")
    assert (unplaced["geometry"], unplaced["properties"]["timestamp"]) == (None, None)


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize(
    "name",
    [
        "=1+1", "+49 30", "-2", "@here", "\tx", "\r=1", '=HYPERLINK("http://x","y")', 'a"b,c', "＝1+1", "＋1", "－1",
        "＠x", "Van;=1+1", "Van\t+1", "Van\n=1", "Van\r\n@x", 'Van;"=1"', "Van,-1", "'=1",
    ],
)  # fmt: skip
def test_no_cell_of_a_table_is_a_formula(api: APIClient, sighting: Sighting, name: str) -> None:
    vehicle = sighting.trip.vehicle
    assert vehicle is not None
    vehicle.name = name
    vehicle.save()
    text = exported(api, "csv")
    [row] = rows_of(text)
    assert as_meant(row["camera_id"]) == f"{name}/front"
    assert (row["plate"], row["lon"], row["timestamp"]) == ("B99BNX", "26.1", "2026-05-01T12:00:00.000Z")
    for separator in ",;\t":  # which one a spreadsheet takes depends on its language
        for cells in csv.reader(io.StringIO(text[1:], newline=""), delimiter=separator):
            assert not [cell for cell in cells if re.match(r"\s*[=+@＝＋－＠-]", cell.strip('"'))]


def test_negative_degrees_stay_numbers(api: APIClient, run: ProcessingRun) -> None:
    make_sighting(run, lon=-26.5)
    assert rows_of(exported(api, "csv"))[0]["lon"] == "-26.5"


@pytest.mark.parametrize("kind", [renderer.format for renderer in formats.STREAMED])
@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_all_is_sent_whatever_the_size_of_a_batch(
    api: APIClient, run: ProcessingRun, monkeypatch: pytest.MonkeyPatch, kind: str, count: int
) -> None:
    monkeypatch.setattr(formats, "BATCH", 2)
    plates = [f"B1{number}AAA" for number in range(count)]
    for plate in plates:
        make_sighting(run, plate)
    oldest_first = exported(api, kind, ordering="id")
    newest_first = exported(api, kind)
    if kind == "csv":
        assert [row["plate"] for row in rows_of(oldest_first)] == plates
    elif kind == "jsonl":
        assert [json.loads(line)["plate"] for line in oldest_first.splitlines()] == plates
    elif kind in ("kml", "gpx"):
        assert names_of(oldest_first) == plates
    else:
        rows = json.loads(oldest_first)
        assert len(rows["features"] if kind == "geojson" else rows) == count
    places = [newest_first.lower().find(plate.lower()) for plate in plates]
    assert places == sorted(places, reverse=True)
    assert -1 not in places


def test_the_format_is_chosen_by_accept_too_and_json_is_the_default(api: APIClient, sighting: Sighting) -> None:
    for renderer in formats.STREAMED:
        answer = api.get(URL, headers={"Accept": renderer.media_type})
        assert answer["Content-Type"].split(";")[0] == renderer.media_type
    assert api.get(URL, headers={"Accept": "text/html,*/*;q=0.8"})["Content-Type"] == "application/json"
    assert api.get(URL, {"format": "xml"}).status_code == 404


def names_of(xml: str) -> list[str | None]:
    """What the places of a KML or GPX are called, in order."""
    return [place.findtext("{*}name") for place in fromstring(xml).iterfind(".//{*}Placemark")] or [
        place.findtext("{*}name") for place in fromstring(xml).iterfind("{*}wpt")
    ]


def test_a_line_of_json_lines_is_a_row_of_the_list(api: APIClient, sighting: Sighting) -> None:
    make_sighting(
        sighting.run, "B11AAA", lat=None, lon=None, seen_at=None, crop="crops/1/a b.jpg", plate_corrected="B12AAA"
    )
    lines = [json.loads(line) for line in exported(api, "jsonl").splitlines()]
    assert lines == api.get(URL).json()["results"]


def test_kml_places_the_sighting_with_its_time(api: APIClient, sighting: Sighting) -> None:
    [place] = fromstring(exported(api, "kml")).findall(f"{KML}Document/{KML}Placemark")
    order = [child.tag.removeprefix(KML) for child in place]
    assert order == ["name", "description", "TimeStamp", "ExtendedData", "Point"]
    assert place.findtext(f"{KML}TimeStamp/{KML}when") == "2026-05-01T12:00:00.000Z"
    assert place.findtext(f"{KML}Point/{KML}coordinates") == "26.1000000,44.4300000"
    assert {data.get("name"): data.findtext(f"{KML}value") for data in place.iter(f"{KML}Data")}["score"] == "0.95"


def test_gpx_has_a_way_point_with_its_time(api: APIClient, sighting: Sighting) -> None:
    whole = fromstring(exported(api, "gpx"))
    assert (whole.tag, whole.get("version")) == (f"{GPX}gpx", "1.1")
    [point] = whole.findall(f"{GPX}wpt")
    assert [child.tag.removeprefix(GPX) for child in point] == ["time", "name", "desc", "link", "type"]
    assert (point.get("lat"), point.get("lon")) == ("44.4300000", "26.1000000")
    assert point.findtext(f"{GPX}time") == "2026-05-01T12:00:00.000Z"


@pytest.mark.parametrize("kind", ["kml", "gpx"])
def test_what_has_no_place_is_left_out_and_counted(api: APIClient, sighting: Sighting, kind: str) -> None:
    make_sighting(sighting.run, "B11AAA", lat=None, lon=None)
    written = exported(api, kind)
    assert names_of(written) == ["B99BNX"]
    assert "<!-- Sightings left out because their place is not known: 1 -->" in written
    assert AuditEntry.objects.get(action="sightings.export_ended").detail == {
        "rows": 1, "left_out": 1, "complete": True,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["kml", "gpx"])
@pytest.mark.parametrize("name", ["A & B", "<b>", '"x"', "]]>", "nul\x00 bell\x07 \ufffe", "naïve 車 🚗", "a -- b"])
def test_no_name_breaks_the_xml(api: APIClient, sighting: Sighting, kind: str, name: str) -> None:
    vehicle = sighting.trip.vehicle
    assert vehicle is not None
    vehicle.name = name
    if "\x00" not in name or connection.vendor != "postgresql":
        vehicle.save()
    assert len(names_of(exported(api, kind))) == 1


@pytest.mark.parametrize(
    ("lon", "written"),
    [(-0.00001, "-0.0000100"), (180.0, "-180.0000000"), (-180.0, "-180.0000000"), (179.99999999, "-180.0000000")],
)
def test_degrees_are_decimals_as_the_schema_has_them(
    api: APIClient, run: ProcessingRun, lon: float, written: str
) -> None:
    make_sighting(run, lat=0.0000123, lon=lon)
    assert f'lat="0.0000123" lon="{written}"' in exported(api, "gpx")


def test_filters_narrow_and_what_was_exported_is_written_down(api: APIClient, sighting: Sighting) -> None:
    make_sighting(sighting.run, "B11AAA")
    [told] = json.loads(exported(api, "frigate", plate="B11AAA"))
    assert told["plate"] == "B11AAA"
    noted = AuditEntry.objects.get(action="sightings.exported")
    assert noted.detail == {"format": "frigate", "filters": {"plate": "B11AAA"}, "via": "api"}
    ended = AuditEntry.objects.get(action="sightings.export_ended")
    assert (ended.target_id, ended.detail["rows"], ended.detail["complete"]) == (str(noted.pk), 1, True)


def test_an_export_whose_receiver_goes_away_is_told_as_broken_off(
    run: ProcessingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "BATCH", 1)
    for plate in ("B10AAA", "B11AAA", "B12AAA"):
        make_sighting(run, plate)
    ended: list[formats.Sent] = []
    rows, options = Sighting.objects.all(), {"newest_first": True, "reveal": True}
    answer: Any = formats.stream(formats.CsvRenderer(), rows, ended=ended.append, **options)

    async def leave_early() -> None:
        pieces = answer._iterator  # what Django takes the pieces from, and lets go when the receiver has gone
        for _ in range(3):  # the heading and two batches
            await anext(pieces)
        await pieces.aclose()

    async_to_sync(leave_early)()
    assert ended == [formats.Sent(rows=2, left_out=0, complete=False)]


def test_it_needs_the_scope_export_and_shows_plates_only_with_plates_reveal(
    api_as: ApiAs, alice: User, charlie: User, sighting: Sighting
) -> None:
    refused = api_as(alice, ["sightings:read"]).get(URL, {"format": "csv"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused["Content-Type"] == "application/json"
    hidden = api_as(alice, ["sightings:read", "export"])
    for renderer in formats.STREAMED:
        assert "b99bnx" not in exported(hidden, renderer.format).lower()
        assert "b99bnx" not in exported(api_as(charlie), renderer.format).lower()


def test_an_order_that_cannot_be_streamed_is_refused_in_json(api: APIClient, sighting: Sighting) -> None:
    answer = api.get(URL, {"format": "csv", "ordering": "timestamp"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")


@pytest.mark.parametrize("kind", [renderer.format for renderer in formats.STREAMED])
def test_no_row_costs_a_query_of_its_own(
    api: APIClient, run: ProcessingRun, django_assert_num_queries: Any, kind: str
) -> None:
    make_sighting(run)
    exported(api, kind)  # the token's first use is written down
    with CaptureQueriesContext(connection) as one:
        exported(api, kind)
    for number in range(4):
        make_sighting(run, f"B1{number}AAA")
    with django_assert_num_queries(len(one)):
        exported(api, kind)
