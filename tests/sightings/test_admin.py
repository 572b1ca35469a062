"""The operators' pages: every list and every row opens for staff, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from sightings.models import Sighting, User
from sightings.services import reviews
from sightings.services.alerting import watch
from sightings.services.tokens import create_token
from sightings.services.watchlists import add_entry, create_watchlist
from sightings.services.webhooks import create_webhook

pytestmark = pytest.mark.django_db
TABLES = [model._meta.model_name or "" for model in admin.site._registry if model._meta.app_label == "sightings"]


@pytest.fixture
def rows(alice: User, sighting: Sighting) -> None:
    reviews.correct_sighting(sighting=sighting, user=alice, text="B98BNX")
    reviews.flag_sighting(sighting=sighting, user=alice, reason="other")
    create_token(user=alice, name="robot")
    made = create_watchlist(user=alice, fleet=sighting.fleet, values={"name": "Stolen"})
    add_entry(watchlist=made, user=alice, pattern="B9*")
    values = {"name": "Ours", "url": "https://example.com/", "events": ["alert.created"]}
    create_webhook(user=alice, fleet=sighting.fleet, values=values)
    watch(Sighting.objects.all())


@pytest.mark.parametrize("table", TABLES)
def test_staff_open_every_list_and_row(page_as: Callable[[User], Client], rows: None, table: str) -> None:
    eve = page_as(User.objects.create_superuser("eve"))
    where = reverse(f"admin:sightings_{table}_changelist")
    assert eve.get(where, {"q": "b"}).status_code == 200
    model = next(model for model in admin.site._registry if model._meta.model_name == table)
    row = model._default_manager.first()
    if row is not None:
        assert eve.get(reverse(f"admin:sightings_{table}_change", args=[row.pk])).status_code == 200


def test_a_manager_who_is_not_staff_sees_no_admin(page_as: Callable[[User], Client], alice: User, rows: None) -> None:
    answer = page_as(alice).get(reverse("admin:sightings_plate_changelist"))
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]


def test_the_digest_of_a_token_is_not_shown(page_as: Callable[[User], Client], alice: User) -> None:
    token, _ = create_token(user=alice, name="robot")
    eve = page_as(User.objects.create_superuser("eve"))
    page = eve.get(reverse("admin:sightings_apitoken_change", args=[token.pk]))
    assert token.digest not in page.content.decode()


def test_the_salts_of_a_webhook_are_not_shown(
    page_as: Callable[[User], Client], alice: User, sighting: Sighting
) -> None:
    values = {"name": "Ours", "url": "https://example.com/", "events": ["alert.created"]}
    webhook, _ = create_webhook(user=alice, fleet=sighting.fleet, values=values)
    eve = page_as(User.objects.create_superuser("eve"))
    page = eve.get(reverse("admin:sightings_webhook_change", args=[webhook.pk]))
    assert webhook.salt not in page.content.decode()
