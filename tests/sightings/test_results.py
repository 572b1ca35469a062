"""What a set of filters finds, in all its shapes."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sightings import filters, results, selectors
from sightings.errors import BadQuery
from sightings.models import ProcessingRun, SavedSearch, Sighting, User
from sightings.services import searches
from tests.factories import NOON, make_run, make_sighting, make_trip, make_vehicle, make_video

pytestmark = pytest.mark.django_db
BUCHAREST = ZoneInfo("Europe/Bucharest")
AREA = "26.0,44.0;27.0,44.0;26.2,44.2;26.0,45.0"  # not convex: a corner points in


def asked(**words: str) -> filters.SightingFilters:
    return filters.parse(words)


def listed(person: User, **words: str) -> list[str]:
    return [row.text for row in results.listed(person, asked(**words))]


@pytest.fixture
def log(run: ProcessingRun) -> list[Sighting]:
    """Two hundred sightings here and there, over four weeks in which the clocks change."""
    rng = random.Random(3)
    start = datetime(2026, 10, 12, tzinfo=UTC)
    return [
        make_sighting(
            run,
            f"B{rng.randrange(100):02d}ABC",
            at=float(index),
            seen_at=None if index % 20 == 0 else start + timedelta(seconds=rng.random() * 28 * 86400),
            lat=None if index % 25 == 0 else 44 + 1.2 * rng.random(),
            lon=None if index % 25 == 0 else 25.9 + 1.2 * rng.random(),
            region=rng.choice(["ro", "hu", ""]),
            confidence=rng.random(),
        )
        for index in range(200)
    ]


def test_the_days_are_those_of_the_zone_however_they_are_counted(dora: User, log: list[Sighting]) -> None:
    truth = Counter(row.seen_at.astimezone(BUCHAREST).date() for row in log if row.seen_at)
    counted = results.histogram(dora, asked(), BUCHAREST)
    assert dict(counted.days) == truth
    assert counted.untimed == 10
    assert [day for day, _ in counted.days] == sorted(truth)
    few = results.histogram(dora, asked(min_confidence="0"), BUCHAREST)
    assert few == counted


def test_an_empty_log_has_no_days(dora: User) -> None:
    assert results.histogram(dora, asked(), UTC).days == []


def test_only_what_counts_is_counted(dora: User, run: ProcessingRun) -> None:
    make_sighting(make_run(run.video, is_current=False), "OLD123")
    make_sighting(run)
    assert results.histogram(dora, asked(), UTC).days == [(NOON.date(), 1)]


def inside(lon: float, lat: float, corners: list[tuple[float, float]]) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def test_an_area_holds_what_lies_inside_it(dora: User, log: list[Sighting]) -> None:
    corners = [(float(a), float(b)) for a, b in (corner.split(",") for corner in AREA.split(";"))]
    wanted = {
        row.pk for row in log if row.lat is not None and row.lon is not None and inside(row.lon, row.lat, corners)
    }
    assert 10 < len(wanted) < 150
    assert {row.pk for row in results.found(dora, asked(area=AREA))} == wanted
    backwards = ";".join(reversed(AREA.split(";")))
    assert {row.pk for row in results.found(dora, asked(area=backwards))} == wanted


@pytest.mark.parametrize(
    "area", ["26,44;27,44", "26,44;27,44;x,45", "26,44;27,44;26,95", "26,44;27,44;nan,45", "26;27;28"]
)
def test_an_area_that_is_none_is_refused(area: str) -> None:
    with pytest.raises(BadQuery, match="area"):
        asked(area=area)


@pytest.mark.parametrize(
    "words",
    [{}, {"region": "ro,hu"}, {"area": AREA}, {"q": "B1*"}, {"min_confidence": "0.5"}, {"q": "B12ABC", "region": "ro"}],
)
def test_every_shape_is_of_the_same_set(dora: User, log: list[Sighting], words: dict[str, str]) -> None:
    what = asked(**words)
    rows = results.listed(dora, what, limit=500)
    counted, places = results.histogram(dora, what, UTC), results.places(dora, what, 10.0)
    assert results.total(results.found(dora, what)) == results.Total(len(rows), False)
    assert sum(count for _, count in counted.days) + counted.untimed == len(rows)
    assert {point[0] for point in places.points} == {row.pk for row in rows if row.lat is not None}
    for choices in results.overview(dora, what)[1].values():
        assert all(choice.count is not None and choice.count <= 200 for choice in choices)


def test_too_many_places_are_counted_in_a_grid(
    dora: User, log: list[Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_PLACES", 50)
    far, near = (results.places(dora, asked(), zoom) for zoom in (4.0, 12.0))
    assert far.points == []
    assert sum(count for _, _, count in far.cells) == sum(count for _, _, count in near.cells) == far.placed == 192
    assert len(far.cells) < 10 < len(near.cells)


def test_the_grid_lies_still_while_the_map_is_moved(
    dora: User, log: list[Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_PLACES", 0)
    whole = set(results.places(dora, asked(), 9.0).cells)
    for west in (25.0, 25.7):
        part = results.places(dora, asked(bbox=f"{west},43,{west + 0.9},46"), 9.0).cells
        cut = [cell for cell in part if cell not in whole]
        assert len(cut) <= 4  # only the column of cells that the edge of the view cuts


def test_pages_hold_each_sighting_once_and_unknown_times_come_last(dora: User, log: list[Sighting]) -> None:
    upto = results.newest_key(dora)
    make_sighting(log[0].run, "NEW123", at=900.0, seen_at=NOON + timedelta(days=400))
    pages = [results.listed(dora, asked(), offset=offset, limit=30, upto=upto) for offset in range(0, 240, 30)]
    rows = [row for page in pages for row in page]
    assert [len(page) for page in pages] == [30] * 6 + [20, 0]
    assert {row.pk for row in rows} == {row.pk for row in log}
    assert [row.seen_at is None for row in rows] == [False] * 190 + [True] * 10
    times = [row.seen_at for row in rows[:190] if row.seen_at]
    assert times == sorted(times, reverse=True)


def test_the_very_plate_comes_before_those_that_are_only_like_it(dora: User, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX", seen_at=NOON)
    make_sighting(run, "B98BNX", seen_at=NOON + timedelta(days=1))
    assert listed(dora, q="B99BNX") == ["B99BNX", "B98BNX"]


def test_a_pattern_finds_what_fits_it_whole(dora: User, run: ProcessingRun) -> None:
    for text in ("B99BNX", "B98BNX", "CB99BNX", "B99BNXX"):
        make_sighting(run, text)
    assert sorted(listed(dora, q="/B9[89]BN./")) == ["B98BNX", "B99BNX"]
    assert sorted(listed(dora, q="/.*B99.*/")) == ["B99BNX", "B99BNXX", "CB99BNX"]


def test_a_pattern_that_fits_too_many_plates_is_refused(
    dora: User, log: list[Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "MOST_FITTING", 3)
    with pytest.raises(BadQuery, match="More than 3 plates"):
        listed(dora, q="/.*/")


def test_a_pattern_that_takes_too_long_is_given_up(
    dora: User, log: list[Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "PATTERN_S", -1.0)
    with pytest.raises(BadQuery, match="takes too long"):
        listed(dora, q="/X.*/".replace("X", "[BC]"))


def test_a_day_is_that_of_the_zone_that_is_named(dora: User, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX", seen_at=datetime(2026, 5, 1, 22, 30, tzinfo=UTC))
    day = {"from": "2026-05-02", "to": "2026-05-03"}
    assert listed(dora, **day) == []
    assert listed(dora, **day, zone="Europe/Bucharest") == ["B99BNX"]
    assert results.histogram(dora, asked(zone="Europe/Bucharest"), BUCHAREST).days == [(date(2026, 5, 2), 1)]


def test_a_filter_offers_what_the_others_leave(dora: User, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX", region="ro")
    make_sighting(run, "CJ01ABC", region="hu", confidence=0.1)
    other = make_trip(run.video.fleet, vehicle=make_vehicle(run.video.fleet, name="Van 9"))
    make_sighting(make_run(make_video(other)), "VS01ABC", region="hu")
    _, found = results.overview(dora, asked(region="hu", min_confidence="0.5"))
    assert {choice.value: (choice.count, choice.chosen) for choice in found["region"]} == {
        "hu": (1, True),
        "ro": (1, False),
    }
    assert sum(choice.count or 0 for choice in found["vehicle"]) == 1


def test_numbers_that_would_take_too_long_are_left_out(
    dora: User, log: list[Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "COUNTED", 50)
    monkeypatch.setattr(results, "SAMPLED", 20)
    assert results.total(results.found(dora, asked())) == results.Total(50, True)
    assert all(choice.count is None for choice in results.overview(dora, asked())[1]["region"])


def test_a_saved_search_counts_what_came_in_since_the_last_look(dora: User, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX")
    words = {"q": "B99*"}
    search = searches.save_search(user=dora, name="Mine", words=words, seen_upto=results.newest_key(dora))
    assert results.news(dora, search) == 0
    make_sighting(run, "B99XYZ")
    make_sighting(run, "CJ01ABC")
    assert results.news(dora, search) == 1
    searches.look_at_search(search=search, seen_upto=results.newest_key(dora))
    assert results.news(dora, SavedSearch.objects.get()) == 0


def test_nothing_of_another_fleet_is_found_in_any_shape(charlie: User, log: list[Sighting]) -> None:
    what: Any = asked()
    assert results.listed(charlie, what) == []
    assert results.histogram(charlie, what, UTC) == results.Histogram([], 0)
    assert results.places(charlie, what, 5.0).placed == 0
    assert results.newest_key(charlie) == 0
