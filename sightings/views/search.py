"""Where have we met this plate?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from sightings import filters, plate_query, results, selectors, selectors_alerts, watching
from sightings.errors import BadQuery
from sightings.filters import SightingFilters, key_of
from sightings.models import Role, User
from sightings.services import audit
from sightings.services.roles import fleet_for_audit, fleets_with_role
from sightings.services.searches import VIEWS
from sightings.views.charts import bars
from sightings.views.people import page as page_for_people
from sightings.views.people import person_of

PER_PAGE = {"list": 50, "crops": 60, "map": 20}
MOST_PLATES = 8  # named above the results
MOST_TRIPS = 100  # offered as choices
DEEPEST = 10_000  # how far "Show more" goes
PRESETS = ((_("Today"), 1), (_("7 days"), 7), (_("30 days"), 30))


@require_safe
@page_for_people
def page(request: HttpRequest) -> HttpResponseBase:
    """All of it stands in the URL: the filters, and `view`, how their results are shown."""
    if request.GET.get("show") == "doubtful":  # an older address
        return redirect("/search/?doubtful=true")
    words, view = filters.words_of(request.GET), request.GET.get("view", "")
    context: dict[str, Any] = {"typed": words.get("q", ""), "words": words, "view": view if view in VIEWS else "list"}
    try:
        zone = filters.zone_of(words, timezone.get_current_timezone())
        asked = filters.parse(words, zone)
        if words or view:
            context |= _found(request, person_of(request), asked, context | {"zone": zone})
    except BadQuery as error:
        context["problem"] = error.detail
    return render(request, "sightings/search.html", context, status=400 if "problem" in context else 200)


@require_safe
@page_for_people
def explain(request: HttpRequest) -> JsonResponse:
    """What a query means, while it is being typed. Nothing is looked up, so nothing is written to the audit."""
    try:
        return JsonResponse({"explanation": plate_query.parse(request.GET.get("q", "")).explanation})
    except BadQuery as error:
        return JsonResponse({"error": error.detail})


def _found(request: HttpRequest, person: User, asked: SightingFilters, shown: Mapping[str, Any]) -> dict[str, Any]:
    words, view, offset = shown["words"], shown["view"], key_of(request.GET.get("offset", "")) or 0
    upto = key_of(request.GET.get("upto", "")) or results.newest_key(person)
    if not offset:
        _note(person, words)
    limit = PER_PAGE.get(view, 0)
    rows = results.listed(person, asked, offset=offset, limit=limit + 1, upto=upto) if limit else []
    more = len(rows) > limit and offset + limit < DEEPEST
    address = words | {"view": view}
    total, facets = results.overview(person, asked)
    found = {
        "asked": asked,
        "total": total,
        "rows": rows[:limit],
        "watched": selectors_alerts.watched(person, rows[:limit]),
        "more": urlencode(address | {"offset": offset + limit, "upto": upto}) if more else "",
        "upto": upto,
        "downloads": [
            (name, label, urlencode({"zone": str(shown["zone"]), **words, "format": name})) for name, label in DOWNLOADS
        ],
        "views": [(name, label, urlencode(words | {"view": name})) for name, label in VIEW_LABELS],
        "chips": _chips(person, words, view),
        "facets": facets,
        "presets": _presets(words, view),
        "trips": selectors.trip_choices(person, asked.trip, MOST_TRIPS),
    }
    if asked.plate is not None and not found["chips"] and (entry := watching.entry_of(asked.plate)):
        found["watch"] = urlencode(entry) if fleets_with_role(person, Role.REVIEWER) else ""
    if asked.plate is not None and not offset:
        found |= {"plates": _plates(person, words)}
    return found | (_chart(person, asked, words, shown["zone"]) if view == "time" else {})


def _note(person: User, words: Mapping[str, str]) -> None:
    """Write down who looked for what."""
    detail = {"plate" if name == "q" else name: value for name, value in words.items()} | {"via": "page"}
    audit.record(action="plates.searched", user=person, fleet=fleet_for_audit(person), detail=detail)


def _plates(person: User, words: Mapping[str, str]) -> dict[str, Any]:
    """The plates that are meant, best first."""
    result = selectors.search(person, words.get("q") or words["plate"])
    return {
        "best": result.matches[:MOST_PLATES],
        "others": len(result.matches) - MOST_PLATES,
        "truncated": result.truncated,
        "explanation": result.explanation,
        "by_difference": result.query.kind in ("near", "alike", "far"),
    }


def _chart(person: User, asked: SightingFilters, words: Mapping[str, str], zone: tzinfo) -> dict[str, Any]:
    counted = results.histogram(person, asked, zone)
    unit, found = bars(counted.days)
    links = [
        urlencode({**words, "from": bar.start.isoformat(), "to": bar.end.isoformat(), "view": "time"}) for bar in found
    ]
    return {
        "unit": unit,
        "bars": list(zip(found, links, strict=True)),
        "untimed": counted.untimed,
        "timed": sum(count for _, count in counted.days),
    }


def _presets(words: Mapping[str, str], view: str) -> list[tuple[str, str, bool]]:
    """Spans of time that people ask for: name, address, and whether it is what is shown."""
    today = timezone.localdate()
    spans = [(str(label), (today - timedelta(days=days - 1)).isoformat()) for label, days in PRESETS]
    rest = {name: value for name, value in words.items() if name not in ("from", "to")} | {"view": view}
    shown = (words.get("from"), words.get("to"))
    return [
        (gettext("Any time"), urlencode(rest), shown == (None, None)),
        *((label, urlencode(rest | {"from": start}), shown == (start, None)) for label, start in spans),
    ]


def _chips(person: User, words: Mapping[str, str], view: str) -> list[tuple[str, str]]:
    """Each filter in words, with the address without it."""
    names = {str(vehicle.pk): vehicle.name for vehicle in selectors.vehicles_for(person)} if "vehicle" in words else {}
    chips = []
    for name, value in words.items():
        if name in ("q", "plate", "fuzzy", "zone"):
            continue
        rest = {key: kept for key, kept in words.items() if key != name}
        chips.append((_label(name, value, names), urlencode(rest | {"view": view})))
    return chips


def _label(name: str, value: str, vehicles: Mapping[str, str]) -> str:
    if name == "vehicle":
        return ", ".join(
            vehicles.get(part) or gettext("vehicle %(number)s") % {"number": part} for part in value.split(",")
        )
    if name == "to" and (day := parse_date(value) if len(value) == 10 else None):
        value = (day - timedelta(days=1)).isoformat()
        return gettext("until %(day)s") % {"day": value}
    if name == "region":
        return value.upper()
    if name == "review_state":
        return ", ".join(str(STATES[state.strip()]) for state in value.split(",") if state.strip())
    if name == "flagged" and value not in ("true", "1"):
        return gettext("not flagged")
    return str(LABELS[name]) % {"value": value}


VIEW_LABELS = (("list", _("List")), ("crops", _("Pictures")), ("map", _("Map")), ("time", _("Over time")))
DOWNLOADS = (
    ("csv", _("CSV, for spreadsheets")), ("jsonl", _("JSON lines, for programs")), ("geojson", _("GeoJSON, for maps")),
    ("kml", _("KML, for Google Earth")), ("gpx", _("GPX way points, for navigation")),
)  # fmt: skip
STATES = {
    "unreviewed": _("unreviewed"), "confirmed": _("confirmed"), "corrected": _("corrected"), "rejected": _("rejected"),
}  # fmt: skip
LABELS = {
    "from": _("from %(value)s"), "to": _("before %(value)s"), "trip": _("trip %(value)s"),
    "min_confidence": _("at least %(value)s sure"), "max_confidence": _("at most %(value)s sure"),
    "flagged": _("flagged"), "doubtful": _("doubtful"),
    "bbox": _("a part of the map"), "area": _("an area on the map"),
}  # fmt: skip
