"""axe finds nothing against WCAG 2.2 AA on any page: in looks that pair each theme with each width, and each of them
with more contrast and without; and no page wants what its Content-Security-Policy forbids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from sightings.urls import urlpatterns
from tests.browser.conftest import DEMO_PASSWORD, SEEDED, Site

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
Theme = Literal["light", "dark"]
Contrast = Literal["more", "no-preference"]
LOOKS: dict[str, tuple[ViewportSize, Theme, Contrast]] = {
    "wide and light": (WIDE, "light", "no-preference"),
    "phone and dark": (PHONE, "dark", "no-preference"),
    "phone, light and of high contrast": (PHONE, "light", "more"),
    "wide, dark and of high contrast": (WIDE, "dark", "more"),
}
# Where the first object of an address like /trips/<pk>/ is found; "" where such addresses are no pages, or need work
# that was done.
OF_API = ("trips", "sightings", "vehicles", "plates", "watchlists", "webhooks", "reprocess")
OBJECTS = {name: f"/api/v1/{name}/" for name in OF_API}
OBJECTS |= {"review": "/api/v1/correction-batches/"}
OBJECTS |= dict.fromkeys(
    ("alerts", "corrections", "deliveries", "evidence", "files", "flags", "searches", "videos"), ""
)
DONE = """
from sightings.models import Fleet, ProcessingRun, Reprocess, Sighting, User
from sightings.services.alerting import watch
from sightings.services.batches import correct_batch
from sightings.services.compare import compare_video
from sightings.services.watchlists import add_entry, create_watchlist
from tests.factories import make_run, make_sighting
who, fleet = User.objects.get(username="demo-manager"), Fleet.objects.get(slug="demo")
made = create_watchlist(user=who, fleet=fleet, values={"name": "Stolen"})
add_entry(watchlist=made, user=who, pattern="B*")
seen = Sighting.objects.filter(fleet=fleet)
watch(seen)
correct_batch(user=who, fleet=fleet, sightings=[row.pk for row in seen.doubtful()[:3]], text="B99BNX")
job = Reprocess.objects.create(fleet=fleet, state="ready", user=who)
run = ProcessingRun.objects.filter(video__fleet=fleet).first()
fresh = make_run(run.video, is_current=False, reprocess=job)
for n, old in enumerate(run.sightings.all()[:4]):
    make_sighting(fresh, "", plate_raw=f"B0{n}NEW", at=old.first_seen_s, crop=old.crop)
compare_video(run.video)
from sightings.models import Delivery
from sightings.services.events import tell
from sightings.services.webhooks import create_webhook
wanted = {"name": "Ours", "url": "https://example.invalid/", "events": ["sighting.created"], "reveal": True}
create_webhook(user=who, fleet=made.fleet, values=wanted)
tell(made.fleet.sightings.all())
few = Delivery.objects.values_list("pk", flat=True)
Delivery.objects.filter(pk__in=list(few[:3])).update(state="dead", attempts=11, failure="name")
Delivery.objects.filter(pk__in=list(few[3:9])).update(state="delivered", status=200, answer="ok", seconds=0.2)
from django.utils import timezone
from sightings.models import EvidencePack
one, bare = Sighting.objects.current().order_by("-pk")[:2]
Sighting.objects.filter(pk=bare.pk).update(crop="", context="")
print(bare.pk)
pack = dict(fleet=one.fleet, user=who, sighting=one, video=one.video, seconds=one.best_s, before_s=5, after_s=5)
soon = timezone.now() + timezone.timedelta(days=90)
EvidencePack.objects.create(state="done", size=9, key_fingerprint="0123 " * 16, expires_at=soon, **pack)
EvidencePack.objects.create(state="failed", fault="gone", **pack)
EvidencePack.objects.create(state="making", progress=0.4, **pack)
EvidencePack.objects.create(state="done", deleted_at=timezone.now(), **pack)
"""
MORE = (
    "/search/?q=*A*", "/search/?doubtful=true", "/search/?view=crops", "/search/?view=time", "/alerts/?state=all",
    "/review/batch/?text=B99BNX", "/watchlists/new/?pattern=B99*",
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    url: str
    more: tuple[str, ...]  # pages that are not the first of their kind


@pytest.fixture(scope="module")
def drawn(site: Site) -> Drawn:
    site.manage(*SEEDED, "--trips", "6", "--sightings", "300", "--crops", "30", "--password", DEMO_PASSWORD)
    bare = site.manage("shell", "--verbosity", "0", "-c", DONE)
    return Drawn(site.url, (*MORE, f"/sightings/{bare}/"))


@pytest.fixture(params=LOOKS)
def visitor(request: pytest.FixtureRequest, chromium: Browser, drawn: Drawn) -> Iterator[BrowserContext]:
    size, theme, contrast = LOOKS[request.param]
    phone = size["width"] < 500
    context = chromium.new_context(
        base_url=drawn.url, viewport=size, color_scheme=theme, contrast=contrast, is_mobile=phone, has_touch=phone
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
        if answer.status == 200 and answer.text().startswith("<!doctype html>"):  # no part of a page, no data
            yield f"/{route}"


def violations(page: Page, address: str) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{address} {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"][:3]]


def too_wide(page: Page, address: str) -> list[str]:
    """A page that is wider than its window has to be pushed from side to side."""
    window, wide = page.viewport_size or WIDE, page.evaluate("() => document.documentElement.scrollWidth")
    return [f"{address} is {wide} pixels wide"] if wide > window["width"] else []


def test_no_page_has_a_violation(visitor: BrowserContext, drawn: Drawn) -> None:
    page = visitor.new_page()
    forbidden: list[str] = []
    page.on("console", lambda said: forbidden.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto("/login/")
    found = violations(page, "/login/")
    page.get_by_label("User name").fill("demo-manager")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    visited = [*addresses(visitor), *drawn.more]
    for address in visited:
        page.goto(address, wait_until="networkidle")
        found += violations(page, address) + too_wide(page, address)
    page.goto("/api/v1/docs/", wait_until="networkidle")
    page.get_by_text("The plate log of a fleet's dashcam trips.").wait_for()
    assert not forbidden, "\n".join(forbidden)
    assert len(visited) > 10
    assert not found, "\n".join(found)


def test_no_page_of_a_language_with_long_words_is_wider_than_a_phone(chromium: Browser, drawn: Drawn) -> None:
    context = chromium.new_context(base_url=drawn.url, viewport=PHONE, locale="de", is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Benutzername").fill("demo-manager")
    page.get_by_label("Passwort").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    found: list[str] = []
    for address in [*addresses(context), *drawn.more]:
        page.goto(address, wait_until="networkidle")
        found += too_wide(page, address)
    context.close()
    assert not found, "\n".join(found)
