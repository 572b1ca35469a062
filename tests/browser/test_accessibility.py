"""axe finds nothing against WCAG 2.2 AA on any page, in both themes and at both widths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from sightings.urls import urlpatterns
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

PASSWORD = "a password for the drawn fleet"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "wide and light": (ViewportSize(width=1440, height=900), "light"),
    "wide and dark": (ViewportSize(width=1440, height=900), "dark"),
    "phone and light": (ViewportSize(width=390, height=844), "light"),
    "phone and dark": (ViewportSize(width=390, height=844), "dark"),
}
# Where the first object of an address like /trips/<pk>/ is found; "" where such addresses are no pages, or need work
# that was done.
OBJECTS = {name: f"/api/v1/{name}/" for name in ("trips", "sightings", "vehicles", "plates", "watchlists")}
OBJECTS |= dict.fromkeys(("alerts", "corrections", "files", "flags", "reprocess", "review", "searches", "videos"), "")
WATCHED = """
from sightings.models import Fleet, User
from sightings.services.watchlists import add_entry, create_watchlist
who = User.objects.get(username="demo-manager")
made = create_watchlist(user=who, fleet=Fleet.objects.get(slug="demo"), values={"name": "Stolen"})
add_entry(watchlist=made, user=who, pattern="B*")
"""
MORE = ("/search/?q=*A*", "/search/?doubtful=true")


@pytest.fixture(scope="module")
def drawn(site: Site) -> Site:
    site.manage("seed_demo", "--trips", "6", "--sightings", "300", "--crops", "30", "--password", PASSWORD)
    site.manage("shell", "--verbosity", "0", "-c", WATCHED)
    return site


@pytest.fixture(params=LOOKS)
def visitor(request: pytest.FixtureRequest, chromium: Browser, drawn: Site) -> Iterator[BrowserContext]:
    size, theme = LOOKS[request.param]
    phone = size["width"] < 500
    context = chromium.new_context(
        base_url=drawn.url, viewport=size, color_scheme=theme, is_mobile=phone, has_touch=phone
    )
    yield context
    context.close()


def addresses(visitor: BrowserContext) -> Iterator[str]:
    """Every address of the site that answers with a page; new pages are among them by themselves."""
    for pattern in urlpatterns:
        if not isinstance(pattern, URLPattern) or pattern.name == "login":
            continue
        route = str(pattern.pattern)
        if "<" in route:
            kind = route.partition("/")[0]
            assert kind in OBJECTS, f"say in OBJECTS where the first object of /{route} is found"
            if not OBJECTS[kind]:
                continue
            first = visitor.request.get(OBJECTS[kind]).json()["results"][0]["id"]
            route = route.replace("<int:pk>", str(first))
        answer = visitor.request.get(f"/{route}")
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            yield f"/{route}"


def violations(page: Page, address: str) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{address} {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"][:3]]


def test_no_page_has_a_violation(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto("/login/")
    found = violations(page, "/login/")
    page.get_by_label("User name").fill("demo-manager")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    visited = [*addresses(visitor), *MORE]
    for address in visited:
        page.goto(address, wait_until="networkidle")
        found += violations(page, address)
    assert len(visited) > 10
    assert not found, "\n".join(found)
