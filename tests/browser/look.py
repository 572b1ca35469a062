"""Pictures of every page, in two widths and two themes, to be looked at.

    python tests/browser/look.py http://127.0.0.1:8000 USER PASSWORD [OUT_DIR] [PAGE…]

The site must be running and hold at least one trip that has been read. CONTRAST=1 asks for more contrast,
LANGUAGE_OF_PAGES=de for another language.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
MORE = bool(os.environ.get("CONTRAST"))  # with more contrast
LANGUAGE = os.environ.get("LANGUAGE_OF_PAGES", "en")
SLOW = ("trip", "plate", "sighting", "review", "map", "on-map", "watchlist", "watch-new")


def addresses(page: Page, base: str) -> dict[str, str]:
    """Every page by name; trips, sightings and plates are the first that are linked."""
    found = {"home": "/", "upload": "/upload/", "trips": "/trips/", "search": "/search/", "lost": "/nothing-here/"}
    page.goto(base + "/trips/")
    trip = page.locator("a[href^='/trips/']").nth(1).get_attribute("href") or "/trips/"
    found["trip"] = trip
    page.goto(base + "/search/?q=*A*")
    sighting = page.locator("a[href^='/sightings/']").first.get_attribute("href") or ""
    plate = page.locator("a[href^='/plates/']").first.get_attribute("href") or ""
    doubtful = "/search/?doubtful=true"
    found |= {"review": "/review/", "aliases": "/review/aliases/", "batch": "/review/batch/"}
    found |= {"crops": "/search/?view=crops", "over-time": "/search/?view=time", "on-map": "/search/?view=map"}
    found |= {"map": "/map/", "alerts": "/alerts/?state=all", "watchlists": "/watchlists/", "vehicles": "/vehicles/"}
    found |= {"again": "/reprocess/", "again-new": "/reprocess/new/", "watch-new": "/watchlists/new/?pattern=B99*"}
    found |= {"webhooks": "/webhooks/", "webhook-new": "/webhooks/new/", "tokens": "/account/tokens/"}
    lists = {"watchlist": "/watchlists/", "vehicle": "/vehicles/", "again-one": "/reprocess/", "webhook": "/webhooks/"}
    for name, listed in lists.items():
        page.goto(base + listed)
        links = page.locator(f"main a.stretch[href^='{listed}']")
        if links.count():
            found[name] = links.first.get_attribute("href") or ""
    return found | {"found": "/search/?q=*A*", "doubtful": doubtful, "sighting": sighting, "plate": plate}


def look(browser: Browser, base: str, user: str, password: str, out: Path, only: list[str]) -> Iterator[Path]:
    """Take the pictures; each is the whole page."""
    for width_name, (width, height) in WIDTHS.items():
        for theme in THEMES:
            phone = width_name == "phone"
            size = ViewportSize(width=width, height=height)
            context = browser.new_context(
                viewport=size, color_scheme=theme, contrast="more" if MORE else "no-preference", locale=LANGUAGE,
                has_touch=phone, is_mobile=phone,
            )  # fmt: skip
            page = context.new_page()
            page.goto(base + "/login/")
            if not only or "login" in only:
                yield _picture(page, out / f"login-{width_name}-{theme}.png")
            page.fill("[name=username]", user)
            page.fill("[name=password]", password)
            page.press("[name=password]", "Enter")
            page.wait_for_url(base + "/")
            for name, address in addresses(page, base).items():
                if only and name not in only:
                    continue
                page.goto(base + address)
                page.wait_for_timeout(1200 if name in SLOW else 400)
                yield _picture(page, out / f"{name}-{width_name}-{theme}.png")
            context.close()


def _picture(page: Page, path: Path) -> Path:
    page.screenshot(path=path, full_page=True)
    return path


def main() -> None:
    base, user, password, *rest = sys.argv[1:]
    out = Path(rest[0] if rest else "/tmp/shots")
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for path in look(browser, base.rstrip("/"), user, password, out, rest[1:]):
            sys.stdout.write(f"{path}\n")
        browser.close()


if __name__ == "__main__":
    main()
