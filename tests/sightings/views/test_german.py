"""The pages in German: other words, the same numbers for scripts, styles and forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from sightings.models import ProcessingRun, Trip, User
from sightings.templatetags import platelog
from tests.factories import NOON, make_sighting

PageAs = Callable[[User], Client]
# What programs read: these attributes, and data in scripts.
READ = re.compile(r' (?:value|min|max|step|x|y|d|width|height|style|href|src|data-[\w-]+)="([^"]*)"|>(.*?)</script>')
NUMBER = re.compile(r"\d+[\d.,]*")


def shown(client: Client, address: str, language: str) -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page
    return page


def numbers(page: str) -> list[str]:
    page = re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "", page)
    return [number for parts in READ.findall(page) for part in parts for number in NUMBER.findall(part)]


@pytest.mark.parametrize(
    "address",
    [
        "/", "/trips/", "/trips/{trip}/", "/sightings/{sighting}/", "/plates/{plate}/", "/vehicles/{vehicle}/", "/map/",
        "/search/?view=time", "/search/?min_confidence=0.25&area=25.5,44.1;26.5,44.1;26.1,44.9&view=list", "/review/",
    ],
)  # fmt: skip
def test_numbers_that_programs_read_are_the_same_in_german(
    page_as: PageAs, alice: User, run: ProcessingRun, trip: Trip, address: str
) -> None:
    vehicle = trip.vehicle
    assert vehicle is not None
    vehicle.field_of_view_deg = 117.5
    vehicle.save()
    days = [NOON + timedelta(days=day) for day in range(3)]
    seen = [make_sighting(run, "B99BNX", at=1.25, confidence=0.613, seen_at=day) for day in days]
    names = {"trip": trip.pk, "sighting": seen[0].pk, "plate": seen[0].plate_id, "vehicle": vehicle.pk}
    client, address = page_as(alice), address.format(**names)
    assert numbers(shown(client, address, "de")) == numbers(shown(client, address, "en"))


def test_pages_are_german_for_browsers_that_wish_so(page_as: PageAs, alice: User, run: ProcessingRun) -> None:
    make_sighting(run, "B99BNX")
    page = shown(page_as(alice), "/", "de")
    assert "Neueste Fahrten" in page
    assert "Hochladen" in page
    assert "Latest trips" not in page
    assert "Latest trips" in shown(page_as(alice), "/", "en")


def test_lengths_and_times_have_a_comma_in_german() -> None:
    assert platelog.distance(1234.0) == "1.2 km"
    with override("de"):
        assert platelog.distance(1250.9) == "1,3 km"
        assert platelog.shifted(-3.5) == "−3,5 s"
        assert platelog.plus_minus(0.5) == "±\N{NO-BREAK SPACE}0,5\N{NO-BREAK SPACE}s"
        assert platelog.pace(29.97) == "29,97 Bilder/s"
        assert platelog.hundredths(0.125) == "12.5"  # for styles
