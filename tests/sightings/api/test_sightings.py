"""The log over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import AuditEntry, Fleet, ProcessingRun, Sighting, User
from tests.factories import NOON, make_run, make_sighting, make_trip, make_video

pytestmark = pytest.mark.django_db
URL = "/api/v1/sightings/"


@pytest.fixture
def doras(api_as: Callable[..., APIClient], dora: User) -> APIClient:
    return api_as(dora)


def plates(client: APIClient, **words: Any) -> list[str]:
    answer = client.get(URL, words)
    assert answer.status_code == 200, answer.content
    return [row["plate"] for row in answer.json()["results"]]


def test_a_sighting_has_the_names_that_clients_know(doras: APIClient, sighting: Sighting) -> None:
    row = doras.get(URL).json()["results"][0]
    assert (row["plate"], row["score"], row["dscore"]) == ("B99BNX", 0.95, 0.9)
    assert row["box"] == {"xmin": 100.0, "ymin": 200.0, "xmax": 180.0, "ymax": 220.0}
    assert row["region"] == {"code": "unknown", "score": None}
    assert row["candidates"] == [{"plate": "B99BNX", "score": 0.9}]
    assert row["timestamp"] == "2026-05-01T12:00:00.000Z"
    assert row["timestamp_local"] == "2026-05-01T15:00:00.000+03:00"
    assert row["camera_id"] == "Van 1/front"
    assert row["position_sec"] == 12.0
    assert row["source_url"] == f"http://testserver/files/videos/{sighting.video_id}/#t=12.000"
    assert (row["gps"]["lat"], row["gps"]["lon"], row["gps"]["source"]) == (44.43, 26.1, "gpx")
    expected = (sighting.trip_id, "B99BNX", "", "unreviewed", 1, "gps")
    names = ("trip", "plate_raw", "plate_corrected", "review_state", "reads_count", "time_source")
    assert tuple(row[name] for name in names) == expected


def test_a_sighting_says_where_the_seen_car_was_if_that_is_known(doras: APIClient, sighting: Sighting) -> None:
    assert doras.get(URL).json()["results"][0]["car"] is None
    place = {"car_lat": 44.4301, "car_lon": 26.1, "car_range_m": 11.12, "car_bearing_deg": 0.0}
    Sighting.objects.update(**place, car_major_m=8.0, car_minor_m=7.5, car_angle_deg=45.0)
    assert doras.get(URL).json()["results"][0]["car"] == {
        "lat": 44.4301, "lon": 26.1, "range_m": 11.12, "bearing_deg": 0.0,
        "ellipse": {"major_m": 8.0, "minor_m": 7.5, "angle_deg": 45.0},
    }  # fmt: skip


def test_another_fleet_s_log_is_empty(api_as: Callable[..., APIClient], charlie: User, sighting: Sighting) -> None:
    theirs = api_as(charlie)
    assert plates(theirs) == []
    assert theirs.get(f"{URL}{sighting.pk}/").status_code == 404


def test_only_the_current_run_counts(doras: APIClient, sighting: Sighting) -> None:
    make_sighting(make_run(sighting.video, is_current=False), "OLD123")
    assert plates(doras) == ["B99BNX"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"plate": "b99-bnx"}, ["B99BNX"]),
        ({"plate": "B99BNX", "fuzzy": "true"}, ["B98BNX", "B99BNX"]),
        ({"plate": "B9*"}, ["B98BNX", "B99BNX"]),
        ({"plate": "B?8BNX"}, ["B98BNX"]),
        ({"plate": "XX99XXX"}, []),
        ({"from": "2026-05-01T12:30:00Z"}, ["CJ01ABC", "B98BNX"]),
        ({"to": "2026-05-01T12:30:00Z"}, ["B99BNX"]),
        ({"from": "2026-05-01T14:30:00+02:00", "to": "2026-05-02"}, ["CJ01ABC", "B98BNX"]),
        ({"region": "ro"}, ["CJ01ABC"]),
        ({"min_confidence": "0.9"}, ["B98BNX", "B99BNX"]),
        ({"doubtful": "true"}, ["CJ01ABC"]),
        ({"review_state": "confirmed"}, ["B98BNX"]),
        ({"flagged": "true"}, []),
        ({"bbox": "26,44,27,45"}, ["B98BNX", "B99BNX"]),
        ({"ordering": "timestamp"}, ["B99BNX", "B98BNX", "CJ01ABC"]),
    ],
)
def test_a_filter_lets_through_what_it_says(
    doras: APIClient, run: ProcessingRun, words: dict[str, str], expected: list[str]
) -> None:
    make_sighting(run, "B99BNX")
    make_sighting(run, "B98BNX", seen_at=NOON + timedelta(hours=1), review_state="confirmed")
    later = NOON + timedelta(hours=2)
    make_sighting(run, "CJ01ABC", seen_at=later, region="ro", confidence=0.4, lat=None, lon=None)
    assert plates(doras, **words) == expected


def test_a_filter_by_trip_and_vehicle(doras: APIClient, sighting: Sighting, northwind: Fleet) -> None:
    other = make_sighting(make_run(make_video(make_trip(northwind, name="Other"))), "CJ01ABC")
    assert plates(doras, trip=other.trip_id) == ["CJ01ABC"]
    assert plates(doras, vehicle=sighting.trip.vehicle_id) == ["B99BNX"]


@pytest.mark.parametrize(
    "words",
    [
        {"from": "yesterday"},
        {"from": "2026-02-31"},
        {"trip": "one"},
        {"min_confidence": "2"},
        {"bbox": "1,2,3"},
        {"flagged": "maybe"},
        {"review_state": "odd"},
        {"plate": "***"},
        {"ordering": "plate"},
    ],
)
def test_a_filter_that_says_nothing_is_named(doras: APIClient, words: dict[str, str]) -> None:
    answer = doras.get(URL, words)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")


def test_pages_follow_each_other_without_gap_or_double(doras: APIClient, run: ProcessingRun) -> None:
    wanted = [make_sighting(run, f"B{number:02d}AAA").text for number in range(7)][::-1]
    got, where = [], f"{URL}?page_size=3"
    while where:
        page = doras.get(where).json()
        got += [row["plate"] for row in page["results"]]
        make_sighting(run, "NEW000")  # what arrives meanwhile disturbs nothing
        where = page["next"]
    assert got == wanted


def test_the_number_of_queries_does_not_grow_with_the_page(
    doras: APIClient, run: ProcessingRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_sighting(run, f"B{number:02d}AAA")
    with django_assert_max_num_queries(9):
        assert len(plates(doras)) == 20


def test_the_detail_has_every_read_and_is_audited(doras: APIClient, dora: User, sighting: Sighting) -> None:
    row = doras.get(f"{URL}{sighting.pk}/").json()
    assert [read["plate"] for read in row["observations"]] == ["B99BNX"]
    assert row["corrections"] == []
    entry = AuditEntry.objects.get(action="sighting.viewed")
    assert (entry.user, entry.target_id, entry.fleet) == (dora, str(sighting.pk), sighting.fleet)


def test_a_search_is_audited_with_what_was_searched(doras: APIClient, sighting: Sighting) -> None:
    plates(doras, plate="B99*")
    assert AuditEntry.objects.get(action="plates.searched").detail == {"plate": "B99*", "via": "api"}


def test_a_token_that_may_not_reveal_sees_no_plate_and_no_picture(
    api_as: Callable[..., APIClient], dora: User, run: ProcessingRun
) -> None:
    sighting = make_sighting(run, "B99BNX", crop="crops/1/1/a.jpg")
    blind = api_as(dora, ["sightings:read"])
    for where in (URL, f"{URL}{sighting.pk}/"):
        answer = blind.get(where)
        assert answer.status_code == 200
        assert b"B99BNX" not in answer.content
        assert b".jpg" not in answer.content
    assert blind.get(URL, {"plate": "B99BNX"}).status_code == 403
    assert blind.get("/api/v1/plates/").status_code == 403
