"""Keys that people and programs make over the API, without the shell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from sightings.models import ApiToken, User
from sightings.services.tokens import create_token

pytestmark = pytest.mark.django_db
URL = "/api/v1/tokens/"
ApiAs = Callable[..., APIClient]
PageAs = Callable[[User], Client]


def test_a_person_makes_a_token_uses_it_and_revokes_it(page_as: PageAs, dora: User, client: Client) -> None:
    page = page_as(dora)
    made = page.post(URL, {"name": "Gate", "scopes": ["sightings:read"]}, "application/json")
    assert made.status_code == 201
    headers = {"Authorization": f"Token {made.json()['secret']}"}
    assert client.get("/api/v1/me/", headers=headers).json()["scopes"] == ["sightings:read"]
    [listed] = page.get(URL).json()["results"]
    assert "secret" not in listed
    assert page.delete(f"{URL}{listed['id']}/").status_code == 204
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_the_page_offers_all_of_it_and_never_shows_a_secret(page_as: PageAs, dora: User) -> None:
    _, secret = create_token(user=dora, name="Gate <b>")
    page = page_as(dora).get("/account/tokens/").content.decode()
    assert "Gate &lt;b&gt;" in page
    assert secret not in page
    assert 'value="sightings:read" checked' in page
    assert "/account/tokens/" in page_as(dora).get("/").content.decode()


def test_nobody_sees_or_revokes_another_person_s(api_as: ApiAs, alice: User, bob: User) -> None:
    token, _ = create_token(user=bob, name="Bob's")
    api = api_as(alice)
    assert [row["name"] for row in api.get(URL).json()["results"]] == ["test"]
    assert api.delete(f"{URL}{token.pk}/").status_code == 404


def test_a_token_gives_no_more_than_it_has_and_for_no_longer(api_as: ApiAs, alice: User) -> None:
    soon = timezone.now() + timedelta(hours=1)
    api = api_as(alice, ["manage", "export"])
    ApiToken.objects.update(expires_at=soon)
    refused = api.post(URL, {"name": "More", "scopes": ["plates:reveal"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    for asked in (None, soon + timedelta(days=1)):
        made = api.post(URL, {"name": "Same", "scopes": ["export"], "expires_at": asked})
        assert ApiToken.objects.get(pk=made.json()["id"]).expires_at == soon


def test_no_answer_with_a_secret_is_kept_for_a_key(api_as: ApiAs, alice: User) -> None:
    api, key = api_as(alice), {"Idempotency-Key": "one"}
    first, second = (api.post(URL, {"name": "x", "scopes": ["export"]}, headers=key).json() for _ in range(2))
    assert first["secret"] != second["secret"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["export"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["export"], "expires_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_what_makes_no_sense_is_refused(api_as: ApiAs, alice: User, body: dict[str, object]) -> None:
    assert api_as(alice).post(URL, body).status_code == 400
