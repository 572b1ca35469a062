"""The pages of webhooks, for managers alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sightings.models import Delivery, Fleet, Sighting, User, Webhook
from sightings.services.events import tell
from sightings.services.signing import secret_of
from sightings.services.webhooks import create_webhook

pytestmark = pytest.mark.django_db
PageAs = Callable[[User], Client]
FORM = {
    "name": "Ours", "url": "https://example.com/plates", "events": ["sighting.created"], "shape": "native",
    "active": "on", "reveal": "on",
}  # fmt: skip


@pytest.fixture
def webhook(northwind: Fleet, alice: User, sighting: Sighting) -> Webhook:
    values = {"name": "Ours", "url": "https://example.com/", "events": ["sighting.created"], "reveal": True}
    made, _ = create_webhook(user=alice, fleet=northwind, values=values)
    tell(Sighting.objects.all())
    return made


def test_a_webhook_is_made_and_its_secret_shown_once(alice: User, page_as: PageAs) -> None:
    client = page_as(alice)
    assert "No webhook yet" in client.get("/webhooks/").content.decode()
    answer = client.post("/webhooks/new/", FORM)
    made = Webhook.objects.get()
    assert (made.events, made.reveal, made.watchlist) == (["sighting.created"], True, None)
    secret = secret_of(made.salt)
    assert secret in client.get(answer["Location"]).content.decode()
    assert secret not in client.get(answer["Location"]).content.decode()
    client.post(f"/webhooks/{made.pk}/secret/", {"overlap_h": "24"})
    made.refresh_from_db()
    page = client.get(f"/webhooks/{made.pk}/").content.decode()
    assert secret_of(made.salt) in page
    assert "signs as well until" in page


@pytest.mark.parametrize("wrong", [{"url": "http://127.0.0.1/"}, {"url": "x"}, {"events": []}, {"name": " "}])
def test_a_slip_in_the_form_is_named_and_nothing_is_made(wrong: dict[str, str], alice: User, page_as: PageAs) -> None:
    answer = page_as(alice).post("/webhooks/new/", {**FORM, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Webhook.objects.exists()


def test_the_log_shows_what_was_given_up_on_top_and_sends_it_again(
    alice: User, webhook: Webhook, page_as: PageAs
) -> None:
    client, row = page_as(alice), Delivery.objects.get()
    Delivery.objects.update(state="dead", failure="connect", answer="<b>no</b>")
    page = client.get(f"/webhooks/{webhook.pk}/").content.decode()
    assert "1 delivery was given up" in page
    assert "&lt;b&gt;no" in page
    assert "B99BNX" in client.get(f"/webhooks/{webhook.pk}/log/").content.decode()
    assert "No such delivery" in client.get(f"/webhooks/{webhook.pk}/log/?state=delivered").content.decode()
    client.post(f"/deliveries/{row.pk}/replay/")
    row.refresh_from_db()
    assert row.state == "waiting"
    Delivery.objects.update(state="dead")
    client.post(f"/webhooks/{webhook.pk}/replay/")
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_test_without_a_script_says_how_it_went(alice: User, webhook: Webhook, page_as: PageAs) -> None:
    Webhook.objects.update(url="http://127.0.0.1:9/")  # as if a name led there
    answer = page_as(alice).post(f"/webhooks/{webhook.pk}/test/", follow=True)
    assert "It did not arrive: Its address is private" in answer.content.decode()


def test_a_webhook_is_changed_deleted_and_brought_back(alice: User, webhook: Webhook, page_as: PageAs) -> None:
    client = page_as(alice)
    client.post(f"/webhooks/{webhook.pk}/", {**FORM, "name": "Theirs", "active": ""})
    after = client.post(f"/webhooks/{webhook.pk}/delete/")
    assert client.get(f"/webhooks/{webhook.pk}/").status_code == 404
    assert f"/webhooks/{webhook.pk}/restore/" in client.get(after["Location"]).content.decode()
    client.post(f"/webhooks/{webhook.pk}/restore/")
    assert "Theirs" in client.get(f"/webhooks/{webhook.pk}/").content.decode()


@pytest.mark.parametrize("address", ["", "new/", "{pk}/", "{pk}/log/"])
def test_only_managers_see_them(address: str, bob: User, charlie: User, webhook: Webhook, page_as: PageAs) -> None:
    where = "/webhooks/" + address.format(pk=webhook.pk)
    assert page_as(bob).get(where).status_code == 403
    assert "Webhooks" not in page_as(bob).get("/watchlists/").content.decode()
    if "{pk}" in address:
        assert page_as(charlie).get(where).status_code == 404


@pytest.mark.parametrize("act", ["test/", "secret/", "replay/", "delete/", "restore/"])
def test_only_managers_act(act: str, bob: User, charlie: User, webhook: Webhook, page_as: PageAs) -> None:
    salt = webhook.salt
    assert page_as(bob).post(f"/webhooks/{webhook.pk}/{act}").status_code == 403
    assert page_as(charlie).post(f"/webhooks/{webhook.pk}/{act}").status_code == 404
    assert page_as(charlie).post(f"/deliveries/{Delivery.objects.get().pk}/replay/").status_code == 404
    webhook.refresh_from_db()
    assert (webhook.salt, webhook.deleted_at, Delivery.objects.count()) == (salt, None, 1)
