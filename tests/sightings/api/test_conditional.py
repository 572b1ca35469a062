"""`ETag`, `If-Match`, and answers with fewer fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import ProcessingRun, SavedSearch, Sighting, User
from sightings.services import reviews, watchlists
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db
ApiAs = Callable[..., APIClient]


@pytest.fixture
def things(sighting: Sighting, alice: User) -> dict[str, tuple[int, dict[str, Any]]]:
    """Where it is, and a change to it."""
    watchlist = watchlists.create_watchlist(user=alice, fleet=sighting.fleet, values={"name": "Wanted"})
    entry = watchlists.add_entry(watchlist=watchlist, user=alice, pattern="B99*")
    search = SavedSearch.objects.create(fleet=sighting.fleet, user=alice, name="Mine")
    assert sighting.plate_id is not None
    assert sighting.trip.vehicle_id is not None
    return {
        "trips": (sighting.trip_id, {"name": "Evening"}),
        "plates": (sighting.plate_id, {"notes": "Ours"}),
        "vehicles": (sighting.trip.vehicle_id, {"name": "Van 2"}),
        "watchlists": (watchlist.pk, {"name": "Stolen"}),
        "watch-entries": (entry.pk, {"reason": "Ours"}),
        "searches": (search.pk, {"name": "Better"}),
    }


@pytest.mark.parametrize("kind", ["trips", "plates", "vehicles", "watchlists", "watch-entries", "searches"])
def test_a_change_to_what_was_changed_since_is_refused(
    api_as: ApiAs, alice: User, things: dict[str, tuple[int, dict[str, Any]]], kind: str
) -> None:
    api, (key, change) = api_as(alice), things[kind]
    where = f"/api/v1/{kind}/{key}/"
    seen = api.get(where)["ETag"]
    changed = api.patch(where, change, headers={"If-Match": seen})
    assert changed.status_code == 200, changed.content
    assert changed["ETag"] == api.get(where)["ETag"] != seen
    refused = api.patch(where, change, headers={"If-Match": seen})
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    assert api.patch(where, change, headers={"If-Match": f'"other", {changed["ETag"]}'}).status_code == 200
    assert api.patch(where, change, headers={"If-Match": "*"}).status_code == 200
    assert api.patch(where, change).status_code == 200


def test_a_word_on_a_sighting_on_which_somebody_spoke_since_is_refused(
    api_as: ApiAs, alice: User, bob: User, sighting: Sighting
) -> None:
    api, where = api_as(alice), f"/api/v1/sightings/{sighting.pk}/"
    seen = api.get(where)["ETag"]
    reviews.confirm_sighting(sighting=sighting, user=bob)
    refused = api.post(f"{where}corrections/", {"action": "reject"}, headers={"If-Match": seen})
    assert refused.status_code == 412
    assert sighting.corrections.count() == 1


def test_a_list_and_a_thing_carry_no_more_fields_than_were_asked_for(
    api_as: ApiAs, alice: User, sighting: Sighting
) -> None:
    api = api_as(alice)
    listed = api.get("/api/v1/sightings/?fields=id,plate").json()
    assert listed["results"] == [{"id": sighting.pk, "plate": "B99BNX"}]
    assert "next" in listed
    assert api.get(f"/api/v1/sightings/{sighting.pk}/?fields=plate").json() == {"plate": "B99BNX"}
    assert api.get(f"/api/v1/sightings/{sighting.pk}/observations/?fields=plate").json()["results"] == [
        {"plate": "B99BNX"}
    ]


def test_a_field_that_there_is_not_is_named(api_as: ApiAs, alice: User, sighting: Sighting) -> None:
    refused = api_as(alice).get("/api/v1/sightings/?fields=id,color")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_query")
    assert "color" in refused.json()["detail"]
    assert api_as(alice).get("/api/v1/sightings/?fields=id&format=csv").status_code == 400


def test_observations_come_in_pages_by_time(api_as: ApiAs, alice: User, run: ProcessingRun) -> None:
    row = make_sighting(run)
    for seconds in (30.0, 11.0):
        row.observations.create(seconds=seconds, dscore=0.5, confidence=0.5, text="B99BNX")
    api, times = api_as(alice), []
    where = f"/api/v1/sightings/{row.pk}/observations/?page_size=2"
    while where:
        page = api.get(where).json()
        times += [one["position_sec"] for one in page["results"]]
        where = page["next"]
    assert times == [11.0, 12.0, 30.0]
    hidden = api_as(alice, ["sightings:read"]).get(f"/api/v1/sightings/{row.pk}/observations/").content.decode()
    assert "B99BNX" not in hidden
