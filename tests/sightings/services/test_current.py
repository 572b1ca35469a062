"""Which of a video's readings people see."""

from __future__ import annotations

import pytest

from sightings import selectors
from sightings.models import ProcessingRun, Sighting, User
from sightings.services import reviews
from sightings.services.current import make_current
from tests.factories import NOON, make_run, make_sighting, make_video

pytestmark = pytest.mark.django_db


def seen(person: User) -> list[str]:
    return sorted(row.text for row in selectors.sightings_for(person))


def test_the_run_made_current_is_the_only_one_seen(dora: User, sighting: Sighting) -> None:
    fresh = make_run(sighting.video, is_current=False)
    make_sighting(fresh, "CJ01ABC")
    assert seen(dora) == ["B99BNX"]
    make_current(fresh)
    assert seen(dora) == ["CJ01ABC"]
    assert list(ProcessingRun.objects.filter(is_current=True)) == [fresh]
    make_current(sighting.run)
    assert seen(dora) == ["B99BNX"]


def test_other_videos_keep_theirs(dora: User, sighting: Sighting, run: ProcessingRun) -> None:
    make_sighting(make_run(make_video(run.video.trip)), "CJ01ABC")
    make_current(make_run(run.video, is_current=False))
    assert seen(dora) == ["CJ01ABC"]


def test_every_sighting_is_current_just_where_its_run_is(run: ProcessingRun) -> None:
    make_sighting(run)
    fresh = make_run(run.video, is_current=False)
    make_sighting(fresh, "CJ01ABC")
    for turn in (fresh, run, fresh):
        make_current(turn)
        wrong = [row for row in Sighting.objects.select_related("run") if row.current != row.run.is_current]
        assert not wrong


def test_a_plate_is_seen_from_first_to_last_of_what_counts(sighting: Sighting) -> None:
    plate = sighting.plate
    assert plate is not None
    make_current(make_run(sighting.video, is_current=False))
    plate.refresh_from_db()
    assert plate.first_seen is None
    make_current(sighting.run)
    plate.refresh_from_db()
    assert plate.first_seen == NOON


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"confidence": 0.74}, True),
        ({"confidence": 0.75}, False),
        ({"plate_raw": "B?9BNX"}, True),
        ({"flagged": True}, True),
        ({"confidence": 0.2, "review_state": "confirmed"}, False),
        ({"flagged": True, "review_state": "rejected"}, True),
    ],
)
def test_the_database_knows_what_a_person_should_look_at(
    dora: User, run: ProcessingRun, fields: dict[str, object], expected: bool
) -> None:
    row = make_sighting(run, "B99BNX", **fields)
    row.refresh_from_db()
    assert row.doubtful is expected is selectors.is_doubtful(row)
    assert selectors.doubtful_count(dora) == int(expected)


def test_a_word_on_a_doubtful_sighting_clears_it(bob: User, run: ProcessingRun) -> None:
    weak = make_sighting(run, "B99BNX", confidence=0.4)
    assert selectors.doubtful_count(bob) == 1
    word = reviews.confirm_sighting(sighting=weak, user=bob)
    assert selectors.doubtful_count(bob) == 0
    reviews.undo_correction(correction=word, user=bob)
    assert selectors.doubtful_count(bob) == 1
