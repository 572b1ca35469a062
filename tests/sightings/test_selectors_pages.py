"""What pages are drawn from: lines, time axes, boxes in pictures."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sightings import selectors_pages
from sightings.models import Plate, ProcessingRun, Sighting, Track, Trip, User
from sightings.templatetags import platelog
from tests.factories import NOON, make_run, make_sighting, make_video


def test_a_line_fits_its_picture_with_north_up() -> None:
    path = selectors_pages.route_path([[0.0, 44.0, 26.0], [1.0, 44.5, 26.2], [2.0, 45.0, 26.1]])
    numbers = [float(number) for number in re.findall(r"[\d.]+", path)]
    assert all(0.0 <= x <= 96.0 for x in numbers[::2])
    assert all(0.0 <= y <= 56.0 for y in numbers[1::2])
    assert numbers[1] > numbers[-1]


def test_a_track_without_length_draws_no_line() -> None:
    assert selectors_pages.route_path([[0.0, 44.0, 26.0]]) == ""
    assert selectors_pages.route_path([]) == ""


def test_clips_of_a_trip_lie_on_one_axis_of_time(alice: User, trip: Trip) -> None:
    first, second = make_video(trip), make_video(trip, started_at=NOON + timedelta(seconds=75))
    make_sighting(make_run(first), "B01AAA")
    make_sighting(make_run(second), "B02BBB")
    data = selectors_pages.trip_data(alice, trip)
    assert [video["offset"] for video in data["videos"]] == [0.0, 75.0]
    assert [sighting["at"] for sighting in data["sightings"]] == [12.0, 87.0]


def test_clips_without_a_clock_follow_each_other(alice: User, trip: Trip) -> None:
    make_video(trip, started_at=None, duration_s=30.0)
    make_video(trip, started_at=None, duration_s=30.0)
    assert [video["offset"] for video in selectors_pages.trip_data(alice, trip)["videos"]] == [0.0, 30.0]


def test_a_trip_is_sent_as_columns_and_steps(alice: User, run: ProcessingRun) -> None:
    make_sighting(run, "B01AAA")
    points = [[0.0, 44.1, 26.0, 3.0], [1.0, None, None, None], [2.5, 44.100002, 25.999, 3.0]]
    Track.objects.create(video=run.video, source="gpx", points=points)
    sent = selectors_pages.packed(selectors_pages.trip_data(alice, run.video.trip))
    assert sent["videos"][0]["points"] == [[0, 2500], [44100000, 2], [26000000, -1000]]
    assert (sent["sightings"]["plate"], sent["sightings"]["best"]) == (["B01AAA"], [12.0])


def test_the_box_is_found_again_in_the_context_picture(run: ProcessingRun) -> None:
    middle = make_sighting(run, context="crops/1/1/c.jpg", box=[600.0, 350.0, 680.0, 370.0])
    corner = make_sighting(run, context="crops/1/1/c.jpg", box=[0.0, 0.0, 64.0, 20.0])
    assert selectors_pages.box_in_context(middle) == {"x": 43.75, "y": 47.4, "w": 12.5, "h": 5.21}
    assert selectors_pages.box_in_context(corner) == {"x": 0.0, "y": 0.0, "w": 10.0, "h": 5.21}


def test_neighbors_are_those_of_the_same_trip(alice: User, run: ProcessingRun) -> None:
    a, b, c = (make_sighting(run, f"B0{n}XYZ", at=10.0 * n) for n in (1, 2, 3))
    assert selectors_pages.neighbors(alice, b) == {"before": a, "after": c}
    assert selectors_pages.neighbors(alice, a)["before"] is None


def test_an_unlikely_country_is_not_named(sighting: Sighting) -> None:
    sighting.region, sighting.region_score = "br", 0.06
    assert selectors_pages.likely_region(sighting) == ""


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "100 %"), (0.9994, "99 %"), (0.5, "50 %"), (0.001, "< 1 %"), (0.0, "0 %"), (None, "–")]
)
def test_a_share_never_claims_more_than_is_known(share: float | None, words: str) -> None:
    assert platelog.percent(share) == words


def test_weak_and_unreadable_characters_are_marked() -> None:
    seen = [{"text": "B", "confidence": 0.9}, {"text": "?", "confidence": 0.1}, {"text": "9", "confidence": 0.4}]
    assert platelog.marked("B?9", seen) == [("B", ""), ("?", "blind"), ("9", "weak")]
    assert platelog.marked("B9", seen) == [("B", ""), ("9", "")]


def test_a_trip_with_more_plates_than_a_database_takes_in_a_list_is_shown(alice: User, run: ProcessingRun) -> None:
    count = 1100
    Plate.objects.bulk_create(Plate(fleet=run.video.fleet, text=f"P{number}") for number in range(count))
    like = make_sighting(run, "B99BNX")
    fields = {field.attname: getattr(like, field.attname) for field in Sighting._meta.fields if not field.primary_key}
    plates = Plate.objects.filter(text__startswith="P").values_list("pk", "text")
    Sighting.objects.bulk_create(
        Sighting(**{**fields, "key": text, "plate_id": pk, "plate_raw": text}) for pk, text in plates
    )
    assert len(selectors_pages.trip_data(alice, run.video.trip)["sightings"]) == count + 1
