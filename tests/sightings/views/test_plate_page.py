"""The story of a plate: what it shows, notes that nobody overwrites unseen, and merging reads that are the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from sightings.errors import AlreadyUndone, NotMergeable
from sightings.models import CorrectionBatch, Plate, ProcessingRun, Sighting, User
from sightings.services import plate_merge
from sightings.services.batches import undo_batch
from sightings.services.plates import stamp_of
from sightings.services.reviews import confirm_sighting
from tests.factories import make_sighting

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]
ApiAs = Callable[..., APIClient]


@pytest.fixture
def two(run: ProcessingRun) -> tuple[Plate, Plate]:
    """A plate, and a misread of it that was met in the same area a little later."""
    plates = []
    for text, at in (("B99BNX", 0.0), ("899BNX", 30.0)):
        row = make_sighting(run, text, at=at, h3_r7=7, h3_r9=9)
        assert row.plate is not None
        plates.append(row.plate)
    return plates[0], plates[1]


def shown(client: Client, plate: Plate) -> str:
    return client.get(f"/plates/{plate.pk}/").content.decode()


def test_the_page_tells_hours_vehicles_and_variants(page_as: PageAs, bob: User, two: tuple[Plate, Plate]) -> None:
    page = shown(page_as(bob), two[0])
    assert "in Europe/Bucharest" in page
    assert '<th scope="row">Friday</th>' in page
    assert "1 on 1 trip" in page
    assert "8 instead of B at 1, which look alike" in page
    assert "It is B99BNX" in page


def test_one_click_merges_a_variant_and_one_undoes_it(page_as: PageAs, bob: User, two: tuple[Plate, Plate]) -> None:
    plate, misread = two
    page = page_as(bob)
    page.post(f"/plates/{plate.pk}/merge/", {"other": misread.pk})
    assert set(Sighting.objects.values_list("plate__text", flat=True)) == {"B99BNX"}
    told = shown(page, plate)
    assert "Merged into this plate" in told
    batch = CorrectionBatch.objects.get()
    assert f'name="entry" value="{batch.pk}"' in told
    page.post(f"/plates/{plate.pk}/unmerge/", {"entry": batch.pk})
    assert sorted(Sighting.objects.values_list("plate__text", flat=True)) == ["899BNX", "B99BNX"]
    assert "Merged into this plate" not in shown(page, plate)


def test_what_a_person_said_is_not_merged_away(bob: User, run: ProcessingRun, two: tuple[Plate, Plate]) -> None:
    plate, misread = two
    confirm_sighting(sighting=Sighting.objects.get(plate=misread), user=bob)
    with pytest.raises(NotMergeable):
        plate_merge.merge_plates(plate=plate, other=misread, user=bob)
    make_sighting(run, "899BNX", at=90.0)
    plate_merge.merge_plates(plate=plate, other=misread, user=bob)
    assert sorted(Sighting.objects.values_list("plate__text", flat=True)) == ["899BNX", "B99BNX", "B99BNX"]


def test_a_merge_is_undone_once(bob: User, two: tuple[Plate, Plate]) -> None:
    batch = plate_merge.merge_plates(plate=two[0], other=two[1], user=bob)
    assert undo_batch(batch=batch, user=bob) == 1
    with pytest.raises(AlreadyUndone):
        undo_batch(batch=batch, user=bob)


def test_a_viewer_merges_nothing(page_as: PageAs, dora: User, two: tuple[Plate, Plate]) -> None:
    page = page_as(dora)
    assert "It is B99BNX" not in shown(page, two[0])
    page.post(f"/plates/{two[0].pk}/merge/", {"other": two[1].pk})
    assert Plate.objects.filter(pk=two[1].pk).exists()


def test_another_fleets_plate_is_not_there(page_as: PageAs, charlie: User, two: tuple[Plate, Plate]) -> None:
    page = page_as(charlie)
    assert page.post(f"/plates/{two[0].pk}/merge/", {"other": two[1].pk}).status_code == 404
    assert page.post(f"/plates/{two[0].pk}/unmerge/", {"entry": 1}).status_code == 404


def test_of_two_who_write_at_once_the_second_keeps_their_text_and_sees_the_first(
    page_as: PageAs, alice: User, bob: User, two: tuple[Plate, Plate]
) -> None:
    plate = two[0]
    seen = stamp_of(plate)
    address = f"/plates/{plate.pk}/"
    page_as(alice).post(address, {"notes": "the baker", "tags": "daily", "seen": seen})
    page = page_as(bob).post(address, {"notes": "the florist", "tags": "", "seen": seen}).content.decode()
    plate.refresh_from_db()
    assert plate.notes == "the baker"
    assert "the florist</textarea>" in page
    assert "Now it says: the baker (daily)" in page


def test_a_program_reads_the_same_story(api_as: ApiAs, bob: User, two: tuple[Plate, Plate]) -> None:
    api, base = api_as(bob), f"/api/v1/plates/{two[0].pk}/"
    assert api.get(f"{base}hours/").json()["counted"] == 1
    assert api.get(f"{base}hours/?zone=Nowhere/Else").json()["code"] == "bad_query"
    (variant,) = api.get(f"{base}variants/").json()
    assert (variant["plate"]["plate"], variant["free"]) == ("899BNX", 1)
    assert api.get(f"{base}companions/").json() == []
    merged = api.post(f"{base}merge/", {"other": two[1].pk}).json()
    assert merged["corrected"] == 1
    assert api.post(f"/api/v1/correction-batches/{merged['batch']}/undo/").status_code == 200
    old = api.get(base).json()["version"]
    assert api.patch(base, {"notes": "x", "version": old}).json()["notes"] == "x"
    assert api.patch(base, {"notes": "y", "version": old}).json()["code"] == "version_clash"


def test_the_page_asks_as_often_however_much_there_is(
    page_as: PageAs, bob: User, run: ProcessingRun, two: tuple[Plate, Plate]
) -> None:
    page, asked = page_as(bob), []
    for count in (1, 5, 25):
        for _ in range(count):
            make_sighting(run, "B99BNX", at=100.0, h3_r7=7, h3_r9=9)
        with CaptureQueriesContext(connection) as queries:
            page.get(f"/plates/{two[0].pk}/")
        asked.append(len(queries))
    assert asked[1] == asked[2]
