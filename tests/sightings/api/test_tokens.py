"""Who may call, with what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from sightings.models import ApiToken, Sighting, User
from sightings.services.tokens import create_token, revoke_token

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


@pytest.mark.parametrize("keyword", ["Token", "Bearer", "bearer"])
def test_a_token_is_taken_under_either_name(client: Client, dora: User, keyword: str) -> None:
    _, secret = create_token(user=dora, name="t", scopes=["export"])
    me = client.get(ME, headers={"Authorization": f"{keyword} {secret}"}).json()
    assert me["username"] == "dora"
    assert me["fleets"] == [{"fleet": "northwind", "name": "Northwind", "role": "viewer"}]
    assert me["scopes"] == ["export"]


def test_only_the_digest_is_kept_and_the_use_is_noted(client: Client, dora: User) -> None:
    token, secret = create_token(user=dora, name="t")
    assert secret not in str(ApiToken.objects.values().get())
    client.get(ME, headers={"Authorization": f"Token {secret}"})
    token.refresh_from_db()
    assert token.last_used_at is not None


@pytest.mark.parametrize("header", ["Token", "Token wrong", "Token a b", "Basic YTpi", "Token \xff"])
def test_what_is_no_token_is_refused(client: Client, db: None, header: str) -> None:
    answer = client.get(ME, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert set(answer.json()) == {"detail", "code"}


def test_a_revoked_an_expired_and_an_orphaned_token_are_refused(client: Client, dora: User) -> None:
    revoked, first = create_token(user=dora, name="revoked")
    revoke_token(token=revoked, user=dora)
    expired, second = create_token(user=dora, name="old", expires_at=timezone.now() + timedelta(hours=1))
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    for secret in (first, second):
        assert client.get(ME, headers={"Authorization": f"Token {secret}"}).json()["code"] == "token_invalid"
    _, third = create_token(user=dora, name="t")
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert client.get(ME, headers={"Authorization": f"Token {third}"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "where", "scope"),
    [
        ("get", "/api/v1/sightings/", "sightings:read"),
        ("get", "/api/v1/trips/", "sightings:read"),
        ("post", "/api/v1/uploads/", "trips:write"),
        ("post", "/api/v1/sightings/1/corrections/", "corrections:write"),
        ("get", "/api/v1/audit/", "audit:read"),
    ],
)
def test_a_call_needs_its_scope(
    api_as: Callable[..., APIClient], alice: User, method: str, where: str, scope: str
) -> None:
    answer = getattr(api_as(alice, ["export"]), method)(where)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert scope in answer.json()["detail"]
    assert getattr(api_as(alice, [scope]), method)(where).status_code != 403


def test_a_session_needs_no_scope(page_as: Callable[[User], Client], dora: User, sighting: Sighting) -> None:
    rows = page_as(dora).get("/api/v1/sightings/").json()["results"]
    assert [row["plate"] for row in rows] == ["B99BNX"]


def test_the_command_prints_the_token_alone(client: Client, dora: User) -> None:
    out = StringIO()
    call_command("create_token", user="dora", scopes="export, audit:read", name="robot", stdout=out)
    secret = out.getvalue().strip()
    assert len(out.getvalue().splitlines()) == 1
    me = client.get(ME, headers={"Authorization": f"Token {secret}"}).json()
    assert me["scopes"] == ["audit:read", "export"]


def test_the_command_refuses_what_does_not_exist(dora: User) -> None:
    with pytest.raises(CommandError, match="no user"):
        call_command("create_token", user="nobody")
    with pytest.raises(CommandError, match="no scope"):
        call_command("create_token", user="dora", scopes="everything")


def test_the_audit_is_for_managers(
    api_as: Callable[..., APIClient], alice: User, dora: User, sighting: Sighting
) -> None:
    api_as(dora).get(f"/api/v1/sightings/{sighting.pk}/")
    actions = [row["action"] for row in api_as(alice).get("/api/v1/audit/").json()["results"]]
    assert "sighting.viewed" in actions
    assert api_as(dora).get("/api/v1/audit/").json()["results"] == []
