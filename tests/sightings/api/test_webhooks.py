"""Webhooks and their deliveries over the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from rest_framework.test import APIClient

from sightings.models import AuditEntry, Delivery, Sighting, User, Webhook
from sightings.services.events import tell
from sightings.services.signing import secret_of
from sightings.services.watchlists import create_watchlist
from tests.receiver import Receiver, is_signed

pytestmark = pytest.mark.django_db
As = Callable[..., APIClient]
HOOKS, DELIVERIES = "/api/v1/webhooks/", "/api/v1/deliveries/"
GIVEN = {"name": "Ours", "url": "https://example.com/plates", "events": ["sighting.created"], "reveal": True}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    made = Receiver()
    yield made
    made.close()


def post(client: APIClient, where: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(where, body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_the_secret_is_shown_once_and_not_stored(api_as: As, alice: User) -> None:
    client = api_as(alice)
    made = post(client, HOOKS, 201, **GIVEN)
    webhook = Webhook.objects.get()
    assert made["secret"] == secret_of(webhook.salt)
    assert made["secret"] not in str(Webhook.objects.values())
    assert made["secret"] not in client.get(f"{HOOKS}{made['id']}/").content.decode()
    fresh = post(client, f"{HOOKS}{made['id']}/rotate-secret/", overlap_hours=1)["secret"]
    assert fresh != made["secret"]
    webhook.refresh_from_db()
    assert webhook.old_until is not None
    assert secret_of(webhook.old_salt) == made["secret"]


def test_a_webhook_is_made_changed_deleted_and_brought_back(api_as: As, alice: User) -> None:
    client = api_as(alice)
    one = f"{HOOKS}{post(client, HOOKS, 201, **GIVEN)['id']}/"
    Webhook.objects.update(failures=7)
    told = client.patch(one, {"events": ["alert.created", "sighting.created"], "active": False}, format="json").json()
    assert (told["events"], told["active"], told["failures"]) == (["sighting.created", "alert.created"], False, 7)
    assert client.patch(one, {"url": "https://example.org/"}, format="json").json()["failures"] == 0
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert post(client, f"{one}restore/")["name"] == "Ours"
    said = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"webhook.created", "webhook.changed", "webhook.deleted", "webhook.restored"} <= said
    assert "/plates" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://127.0.0.1/"}, {"url": "http://localhost:8000/"}, {"url": "http://[::ffff:10.0.0.1]/"},
        {"url": "http://169.254.169.254/latest/"}, {"url": "ftp://example.com/"}, {"url": "https://a:b@example.com/"},
        {"url": "https://example.com:0/"}, {"url": "plates"}, {"events": ["trip.read"], "shape": "frigate"},
        {"watchlist": 999999},
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_at_the_door_with_a_reason(wrong: dict[str, Any], api_as: As, alice: User) -> None:
    assert post(api_as(alice), HOOKS, 400, **{**GIVEN, **wrong})["code"] == "bad_webhook"
    assert not Webhook.objects.exists()


def test_another_fleets_watchlist_cannot_be_named(api_as: As, alice: User, charlie: User) -> None:
    fleet = charlie.memberships.get().fleet
    theirs = create_watchlist(user=charlie, fleet=fleet, values={"name": "Theirs"})
    assert post(api_as(alice), HOOKS, 400, **GIVEN, watchlist=theirs.pk)["code"] == "bad_webhook"


def test_a_token_that_sees_no_plates_lets_nobody_see_them(api_as: As, alice: User, sighting: Sighting) -> None:
    narrow, wide = api_as(alice, ["manage"]), api_as(alice)
    post(narrow, HOOKS, 403, **GIVEN)
    made = post(narrow, HOOKS, 201, **{**GIVEN, "reveal": False})
    assert narrow.patch(f"{HOOKS}{made['id']}/", {"reveal": True}, format="json").status_code == 403
    # Nor may it lead what another lets them see to an address of its own.
    wide.patch(f"{HOOKS}{made['id']}/", {"reveal": True}, format="json")
    assert narrow.patch(f"{HOOKS}{made['id']}/", {"url": "https://example.org/"}, format="json").status_code == 403
    post(narrow, f"{HOOKS}{made['id']}/rotate-secret/", 200)
    tell(Sighting.objects.all())
    row = narrow.get(DELIVERIES).json()["results"][0]
    assert (row["body"], row["answer"]) == (None, None)
    assert sighting.text in wide.get(f"{DELIVERIES}{row['id']}/").json()["body"]


def test_a_test_tells_how_the_receiver_answered(api_as: As, alice: User, receiver: Receiver) -> None:
    client = api_as(alice)
    made = post(client, HOOKS, 201, **{**GIVEN, "url": receiver.url})
    sent = post(client, f"{HOOKS}{made['id']}/test/")
    assert (sent["state"], sent["status"], sent["event"]) == ("delivered", 200, "ping")
    assert sent["answer"].startswith("heard")
    assert is_signed(receiver.got[0], made["secret"])
    receiver.behavior = lambda _: 410
    assert post(client, f"{HOOKS}{made['id']}/test/")["failure"] == "status"


def test_the_log_is_filtered_and_what_was_given_up_is_sent_again(api_as: As, alice: User, sighting: Sighting) -> None:
    client = api_as(alice)
    made = post(client, HOOKS, 201, **GIVEN)
    tell(Sighting.objects.all())
    row = client.get(f"{DELIVERIES}?webhook={made['id']}&state=waiting&event=sighting.created").json()["results"][0]
    assert post(client, f"{DELIVERIES}{row['id']}/replay/", 409)["code"] == "not_replayable"
    Delivery.objects.update(state="dead", attempts=11, due_at=None)
    assert client.get(f"{HOOKS}{made['id']}/").json()["dead_count"] == 1
    again = post(client, f"{DELIVERIES}{row['id']}/replay/")
    assert (again["state"], again["attempts"], again["event_id"]) == ("waiting", 0, row["event_id"])
    Delivery.objects.update(state="dead", due_at=None)
    assert post(client, f"{HOOKS}{made['id']}/replay/") == {"count": 1}
    assert client.get(f"{DELIVERIES}?state=dead").json()["results"] == []
    assert {"delivery.replayed", "webhook.replayed"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_a_webhook_whose_key_no_row_can_have_is_refused(api_as: As, alice: User) -> None:
    refused = api_as(alice).get(f"{DELIVERIES}?webhook={2**63}")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
