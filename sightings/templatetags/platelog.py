"""How things are written on pages: plates, times, lengths, states, and what the frame around every page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from sightings import plate_query, said, selectors_pages
from sightings.models import ReviewState, Sighting
from sightings.plate_query import PlateQuery
from sightings.selectors import Person, is_doubtful
from sightings.selectors_pages import WEAK_BELOW

register = template.Library()

STAGES = {
    "waiting": gettext_lazy("Waiting"),
    "reading": gettext_lazy("Reading"),
    "merging": gettext_lazy("Merging"),
    "pausing": gettext_lazy("Pausing"),
    "paused": gettext_lazy("Paused"),
    "accepting": gettext_lazy("Taking it over"),
    "undoing": gettext_lazy("Switching back"),
    "done": gettext_lazy("Done"),
    "partial": gettext_lazy("Partial"),
    "failed": gettext_lazy("Failed"),
}


@register.inclusion_tag("sightings/partials/plate.html")
def plate(text: str, region: str = "", characters: Any = None, size: str = "", state: str = "") -> dict[str, Any]:
    """The plate chip: region band, characters of equal width, weak ones underlined, unreadable ones hatched."""
    return {"text": text, "region": band(region), "characters": marked(text, characters), "size": size, "state": state}


def band(region: str) -> str:
    """What stands in the band: the country's two letters, or nothing where the region is not known."""
    return "" if region in ("", "unknown") else region.split("-")[0].upper()[:2]


def marked(text: str, characters: Sequence[dict[str, Any]] | None) -> list[tuple[str, str]]:
    """Each character with `weak`, `blind` or nothing; confidences count only where they belong to this text."""
    known = characters if characters and len(characters) == len(text) else [{} for _ in text]
    return [(char, _mark(char, float(seen.get("confidence", 1.0)))) for char, seen in zip(text, known, strict=True)]


def _mark(char: str, confidence: float) -> str:
    if char == "?":
        return "blind"
    return "weak" if confidence < WEAK_BELOW else ""


@register.simple_tag
def plate_markup(text: str, characters: Any = None) -> SafeString:
    """The chip as a value, for sentences that hold one."""
    return render_to_string("sightings/partials/plate.html", plate(text, characters=characters))


@register.inclusion_tag("sightings/partials/plate.html")
def sighting_plate(sighting: Sighting, size: str = "") -> dict[str, Any]:
    """The chip of a sighting as it stands; a person's word has no weak characters."""
    characters = None if sighting.plate_corrected else sighting.characters
    return plate(sighting.text, selectors_pages.likely_region(sighting), characters, size, sighting.review_state)


@register.inclusion_tag("sightings/partials/plate.html")
def found_plate(sighting: Sighting, query: PlateQuery | None, size: str = "") -> dict[str, Any]:
    """The chip of a sighting that a search found: characters other than those asked for are marked."""
    chip = sighting_plate(sighting, size)
    others = plate_query.differing(query, sighting.text) if query else set()
    chip["characters"] = [
        (char, f"{mark} other".strip() if place in others else mark)
        for place, (char, mark) in enumerate(chip["characters"])
    ]
    return chip


@register.simple_tag
def why_found(sighting: Sighting, query: PlateQuery) -> str:
    return plate_query.why(query, sighting.text)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}img/icons.svg#{}"/></svg>', _static(), name)


def _static() -> str:
    return settings.STATIC_URL


register.filter("said", said.say)


@register.filter
def file_url(path: str) -> str:
    """Where a stored crop is served."""
    return f"/files/crops/{quote(path)}" if path else ""


@register.filter
def percent(share: float | None) -> str:
    """0.934 is 93 %; what is not quite certain never becomes 100 %."""
    if share is None:
        return "–"
    if 0.0 < share < 0.005:
        return "< 1 %"
    return f"{min(99, round(share * 100)) if share < 0.9995 else 100} %"


@register.filter
def hundredths(share: float | None) -> str:
    """A share as a plain number for styles."""
    return f"{(share or 0.0) * 100:.1f}"


@register.filter
def clock(seconds: float | None) -> str:
    """75.2 is 1:15."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


@register.filter
def distance(metres: float | None) -> str:
    if metres is None:
        return "–"
    return f"{number_format(f'{metres / 1000:.1f}')} km" if metres >= 950 else f"{metres:.0f} m"


@register.filter
def span(seconds: float | None) -> str:
    """A length of time in words: 48 s, 12 min, 1 h 20 min."""
    if not seconds:
        return "–"
    if seconds < 90:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


@register.filter
def pace(frame_rate: float) -> str:
    """Some cameras take one picture every few seconds."""
    if 0.0 < frame_rate < 1.0:
        return gettext("a frame every %(seconds)s s") % {"seconds": f"{1.0 / frame_rate:.0f}"}
    return gettext("%(rate)s frames/s") % {"rate": number_format(f"{frame_rate:.4g}")}


@register.filter
def shifted(seconds: float) -> str:
    """How far a clock was moved: `+1 h`, `−2 min 3.5 s`."""
    left, parts = round(abs(seconds), 3), []
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        count, left = divmod(left, size)
        parts += [f"{count:.0f} {unit}"] if count else []
    parts += [f"{number_format(f'{round(left, 3):g}')} s"] if left or not parts else []
    return ("+" if seconds >= 0 else "−") + " ".join(parts)


@register.filter
def stage_name(live: Mapping[str, Any] | None) -> str:
    """What is being done with a trip; one that waits for a reader is not known to the queue yet."""
    return str(STAGES.get(live["stage"] if live else "waiting", STAGES["waiting"]))


@register.filter
def uncapped(words: str) -> str:
    """Words of a choice as they stand inside a sentence: other languages keep the capitals of their nouns."""
    return words[:1].lower() + words[1:]


@register.filter
def split(words: str) -> list[str]:
    return words.split()


@register.filter
def get(of: Mapping[str, Any], name: str) -> Any:
    return of.get(name)


@register.filter
def rest(share: float) -> float:
    """What is missing to a hundred."""
    return round(100.0 - share, 2)


@register.filter
def plus_minus(seconds: float | None) -> str:
    """An uncertainty: ± 0.5 s, ± 3 min, ± 1 d."""
    if seconds is None:
        return ""
    for limit, size, unit in ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h")):
        if seconds < limit:
            amount = number_format(f"{seconds / size:.{int(seconds < 10)}f}")
            return f"±\N{NO-BREAK SPACE}{amount}\N{NO-BREAK SPACE}{unit}"
    return f"±\N{NO-BREAK SPACE}{seconds / 86_400:.0f}\N{NO-BREAK SPACE}d"


@register.filter
def meaning(sighting: Sighting) -> str:
    """One of the four meanings: certain, doubtful or wrong; watched comes with watchlists."""
    if sighting.review_state == ReviewState.REJECTED:
        return "wrong"
    return "doubtful" if is_doubtful(sighting) else "certain"


@register.filter
def likely_region(sighting: Sighting | None) -> str:
    return selectors_pages.likely_region(sighting) if sighting else ""


@register.simple_tag
def heat_level(count: int, most: int) -> int:
    """1–4, for the shade of a cell."""
    return min(4, 1 + 4 * count // (most + 1))


@register.simple_tag
def nav_state(person: Person) -> dict[str, Any]:
    """What the rail and the top bar show."""
    return selectors_pages.nav(person)


@register.simple_tag
def map_settings() -> dict[str, str]:
    """The operator's street tiles, if any."""
    return {
        "tiles": getattr(settings, "MAP_TILES_URL", ""),
        "credit": getattr(settings, "MAP_TILES_CREDIT", ""),
        "world": f"{_static()}vendor/world-atlas/countries-50m.json",
    }
