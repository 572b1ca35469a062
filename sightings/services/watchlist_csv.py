"""Watchlists as CSV: out so that no spreadsheet runs a formula, in with a word on every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext

from sightings.errors import BadQuery
from sightings.models import Role, User, WatchEntry, WatchKey, Watchlist
from sightings.services import audit
from sightings.services.roles import require_role
from sightings.services.watchlists import write_keys
from sightings.tables import as_meant, harmless
from sightings.watching import meanings, pattern_of

COLUMNS = ("plate", "lookalikes", "one_wrong", "reason", "expires")
MOST_ROWS = 20_000
YES, NO = ("yes", "true", "1", "x", "ja"), ("", "no", "false", "0", "nein")


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of a row; its number is the line's in the file, where the heading is line 1."""

    row: int
    plate: str
    status: Literal["added", "changed", "unchanged", "bad"]
    detail: str = ""


def written(watchlist: Watchlist, *, user: User) -> str:
    """All entries in force as CSV."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for entry in watchlist.entries.filter(removed_at=None).order_by("pattern"):
        expires = entry.expires_on.isoformat() if entry.expires_on else ""
        table.writerow([entry.pattern, _word(entry.alike), _word(entry.near), harmless(entry.reason), expires])
    audit.record(action="watchlist.exported", user=user, fleet=watchlist.fleet, target=watchlist)
    return out.getvalue()


@transaction.atomic
def read_in(*, watchlist: Watchlist, user: User, text: str) -> list[RowReport]:
    """Add and change entries by the rows; what a row says badly is told, and keeps no other row from coming in.

    Raises NotAllowed, BadQuery where it is no table of plates at all.
    """
    require_role(user, watchlist.fleet, Role.REVIEWER)
    held = {entry.pattern: entry for entry in watchlist.entries.filter(removed_at=None)}
    reports: list[RowReport] = []
    new: dict[str, WatchEntry] = {}
    changed: dict[str, WatchEntry] = {}
    for number, row in _rows(text):
        try:
            read = _entry(watchlist, row)
        except BadQuery as error:
            reports.append(RowReport(number, row["plate"][:64], "bad", error.detail))
            continue
        before = held.get(read.pattern)
        if before is None:
            held[read.pattern] = new[read.pattern] = read
            reports.append(RowReport(number, read.pattern, "added"))
        elif _said(before) == _said(read):
            reports.append(RowReport(number, read.pattern, "unchanged"))
        else:
            before.alike, before.near, before.reason, before.expires_on = _said(read)
            if read.pattern not in new:
                changed[read.pattern] = before
            reports.append(RowReport(number, read.pattern, "changed"))
    WatchEntry.objects.bulk_create(new.values(), batch_size=500)
    WatchEntry.objects.bulk_update(changed.values(), ["alike", "near", "reason", "expires_on"], batch_size=500)
    WatchKey.objects.filter(entry__in=[entry.pk for entry in changed.values()]).delete()
    write_keys([*new.values(), *changed.values()])
    counts = {status: sum(one.status == status for one in reports) for status in ("added", "changed", "bad")}
    audit.record(action="watchlist.imported", user=user, fleet=watchlist.fleet, target=watchlist, detail=counts)
    return reports


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not blank, with its line. Commas, semicolons or tabs; the first line names the columns."""
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = [(table.line_num, cells) for cells in table if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadQuery(gettext("This is no CSV file: %(why)s.") % {"why": error}) from error
    if not lines:
        raise BadQuery(gettext("This file is empty. Its first line names the columns, each other one is a plate."))
    names = [cell.strip().lower() for cell in lines[0][1]]
    if "plate" not in names:
        raise BadQuery(gettext("The first line must name the columns, “plate” among them."))
    if len(lines) > MOST_ROWS + 1:
        raise BadQuery(gettext("%(most)s rows at most. Split the file.") % {"most": MOST_ROWS})
    for number, cells in lines[1:]:
        given = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        yield number, {column: given.get(column, "") for column in COLUMNS}


def _entry(watchlist: Watchlist, row: Mapping[str, str]) -> WatchEntry:
    alike, near = _flag(row, "lookalikes"), _flag(row, "one_wrong")
    return WatchEntry(
        watchlist=watchlist,
        pattern=pattern_of(meanings(row["plate"], alike, near)),
        alike=alike,
        near=near,
        reason=as_meant(row["reason"])[:300],
        expires_on=_day(row["expires"]),
    )


def _said(entry: WatchEntry) -> tuple[bool, bool, str, date | None]:
    return entry.alike, entry.near, entry.reason, entry.expires_on


def _flag(row: Mapping[str, str], name: str) -> bool:
    typed = row[name].lower()
    if typed not in YES + NO:
        raise BadQuery(gettext("“%(column)s” must be yes or no.") % {"column": name})
    return typed in YES


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadQuery(gettext("“expires” must be a day like 2026-12-31.")) from error


def _word(flag: bool) -> str:
    return "yes" if flag else "no"
