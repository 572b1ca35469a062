"""A webhook from its form to what a receiver got, with a test, a secret to copy and a log that moves by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SEEDED, Site

pytestmark = pytest.mark.browser

SENT = """
from sightings.models import Delivery, Webhook
from sightings.payloads import Event
from sightings.services import outbox
from sightings.models import EventKind
hook = Webhook.objects.latest("pk")
made = outbox.delivery(hook, Event(kind=EventKind.PING, id="by-hand", fleet=hook.fleet, subject="by-hand"))
made.state, made.attempts, made.due_at, made.status, made.failure = "dead", 1, None, 500, "status"
made.save()
"""


@pytest.fixture(autouse=True)
def no_script_fails(script_errors: list[str]) -> None:
    """None may fail on any of these pages."""


def test_a_webhook_is_made_tested_deleted_and_brought_back(page: Page, site: Site) -> None:
    site.manage(*SEEDED, "--trips", "1", "--sightings", "10", "--fleet", "hooked")
    page.get_by_label("Account of").click()
    page.get_by_role("link", name="Webhooks").click()
    page.goto("/webhooks/new/?fleet=hooked")
    page.get_by_label("Name").fill("Depot")
    page.get_by_label("Address").fill("http://127.0.0.1:9/")
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_role("alert")).to_contain_text("This address is private")
    page.get_by_label("Address").fill("https://nobody.invalid/plates")
    page.get_by_role("button", name="Make the webhook").click()
    page.wait_for_url("**/webhooks/*/")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.reload()
    expect(page.locator("#secret")).to_have_count(0)

    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#tested")).to_contain_text("Its host name is not known")
    rows = page.locator("#log li")
    expect(rows).to_have_count(1)
    site.manage("shell", "-v", "0", "-c", SENT)
    expect(rows).to_have_count(2)  # without reload
    rows.first.locator("summary").click()
    expect(rows.first.locator("pre").first).to_contain_text("the webhook works")
    rows.first.get_by_role("button", name="Send by-hand again").click()
    expect(page.locator("#toasts")).to_contain_text("It is sent again.")

    page.get_by_role("button", name="Delete the webhook").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Depot")).to_be_visible()
