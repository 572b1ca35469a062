"""What others may want to hear of. Every event arises here, in the transaction that makes it true.

Who else wants to hear hangs on `_hearing` and `_pass_on`. Where nobody does, telling costs one query.

What identifies a pass is not its sighting, which a new reading or a join over a cut replaces, but where it was: its
`Announced` row goes over to the sighting that shows it now, recognized by moment, place in the picture and text. So
writing sightings again tells nothing, and a new reading tells of what it changes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from uuid import uuid4

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from sightings.models import Alert, Announced, EventKind, Observation, ReviewState, Sighting, Trip, Video
from sightings.payloads import Event
from sightings.querysets import SightingQuerySet
from sightings.services import outbox
from sightings.services.likeness import SLACK_S, likeness_to
from sightings.services.plates import UNREADABLE

OF_SIGHTINGS = (EventKind.SIGHTING_CREATED, EventKind.SIGHTING_CHANGED)
MOST_AT_ONCE = 500  # rows that one statement names


def _hearing(*kinds: EventKind) -> set[int]:
    """The fleets in which anybody wants to hear of this."""
    return outbox.fleets_hearing(kinds)


def _pass_on(events: Sequence[Event]) -> None:
    if events:
        outbox.write(events)


def tell(sightings: SightingQuerySet[Sighting]) -> None:
    """Of those that are new, and of those that say something else than was told last."""
    fleets = _hearing(*OF_SIGHTINGS)
    if not fleets:
        return
    found = sightings.current().filter(fleet__in=fleets).select_related("fleet", "video", "trip__vehicle")
    rows = list(found.order_by("video", "first_seen_s", "pk"))
    known = _announced_as(rows)
    adopted = _adopt([row for row in rows if row.pk not in known])
    events, fresh, changed = list[tuple[Announced, Sighting, Announced | None]](), list[Announced](), list[Announced]()
    for row in rows:
        told = known.get(row.pk) or adopted.get(row.pk)
        if told is None:
            if row.version == 1 and not _worth_telling(row):
                continue
            fresh.append(_as_it_stands(row, Announced(times=1)))
            events.append((fresh[-1], row, None))
        elif row.pk in adopted or _change(told, row):
            before = Announced(text=told.text, review_state=told.review_state, gone=told.gone)
            if _change(told, row):
                told.times += 1
                events.append((told, row, before))
            changed.append(_as_it_stands(row, told))
    Announced.objects.bulk_create(fresh, batch_size=MOST_AT_ONCE)
    fields = ["sighting_key", "seconds", "box", "text", "review_state", "gone", "times"]
    Announced.objects.bulk_update(changed, fields, batch_size=MOST_AT_ONCE)
    _pass_on([_event(told, row, before) for told, row, before in events])


def tell_gone(video: Video) -> None:
    """Of passes that nothing shows any more: they became part of others, or another reading did not find them."""
    if video.fleet_id not in _hearing(*OF_SIGHTINGS):
        return
    lost = list(_homeless([video.pk]).filter(gone=False).select_related("fleet", "video").order_by("pk"))
    for told in lost:
        told.gone, told.times = True, told.times + 1
    Announced.objects.bulk_update(lost, ["gone", "times"], batch_size=MOST_AT_ONCE)
    _pass_on([_changed(told, None, "gone", told) for told in lost])


def tell_alert(alert: Alert, row: Sighting) -> None:
    """Of a new one."""
    if alert.fleet_id in _hearing(EventKind.ALERT_CREATED):
        name = f"alert-{alert.pk}"
        kind = EventKind.ALERT_CREATED
        _pass_on(
            [Event(kind=kind, id=name, fleet=alert.fleet, subject=name, plate=alert.text, sighting=row, alert=alert)]
        )


def tell_trip(trip: Trip) -> None:
    """That nothing of it is left to read, at this moment; more clips of it may come, and then it is told again."""
    if trip.fleet_id in _hearing(EventKind.TRIP_READ):
        subject, name = f"trip-{trip.pk}", f"trip-{trip.pk}-{uuid4().hex[:12]}"
        _pass_on([Event(kind=EventKind.TRIP_READ, id=name, fleet=trip.fleet, subject=subject, trip=trip)])


def _worth_telling(row: Sighting) -> bool:
    """A new one: nobody hears of what could not be read, or is no plate."""
    return bool(row.text.strip(UNREADABLE)) and row.review_state != ReviewState.REJECTED


def _as_it_stands(row: Sighting, told: Announced) -> Announced:
    told.fleet_id, told.video_id, told.sighting_key = row.fleet_id, row.video_id, row.pk
    told.seconds, told.box, told.text = row.best_s, row.box, row.text
    told.review_state, told.gone = row.review_state, False
    return told


def _change(told: Announced, row: Sighting) -> str:
    """What became of it since; empty where nothing did."""
    if told.gone:
        return "back"
    if (told.text, told.review_state) == (row.text, row.review_state):
        return ""
    said = {told.review_state, row.review_state} != {ReviewState.UNREVIEWED}
    return str(row.review_state) if said else "reread"


def _event(told: Announced, row: Sighting, before: Announced | None) -> Event:
    if before is not None:
        return _changed(told, row, _change(before, row), before)
    if row.version > 1:  # a person has spoken on what was here before anybody wanted to hear
        return _changed(told, row, str(row.review_state), None)
    return Event(
        kind=EventKind.SIGHTING_CREATED,
        id=f"pass-{told.pk}-{told.times}",
        fleet=row.fleet,
        subject=f"pass-{told.pk}",
        plate=row.text,
        sighting=row,
    )


def _changed(told: Announced, row: Sighting | None, change: str, before: Announced | None) -> Event:
    return Event(
        kind=EventKind.SIGHTING_CHANGED,
        id=f"pass-{told.pk}-{told.times}",
        fleet=row.fleet if row else told.fleet,
        subject=f"pass-{told.pk}",
        plate=told.text,
        sighting=row,
        change=change,
        before=before,
    )


def _announced_as(rows: Sequence[Sighting]) -> dict[int, Announced]:
    keys, found = [row.pk for row in rows], dict[int, Announced]()
    for start in range(0, len(keys), MOST_AT_ONCE):
        some = Announced.objects.filter(sighting_key__in=keys[start : start + MOST_AT_ONCE])
        found |= {told.sighting_key: told for told in some}
    return found


def _homeless(videos: Sequence[int]) -> QuerySet[Announced]:
    """Passes whose sighting is there no more, or belongs to a reading that does not count."""
    standing = Sighting.objects.current().filter(pk=OuterRef("sighting_key"))
    return Announced.objects.filter(~Exists(standing), video__in=videos)


def _adopt(rows: Sequence[Sighting]) -> dict[int, Announced]:
    """Which of these sightings show a pass that others were told of under another: each the likest that is left."""
    if not rows:
        return {}
    homeless: dict[int, list[Announced]] = {}
    for told in _homeless(sorted({row.video_id for row in rows})).order_by("seconds", "pk"):
        homeless.setdefault(told.video_id, []).append(told)
    pairs = [(row, near) for row in rows if (near := _at_the_time(homeless.get(row.video_id, []), row))]
    boxes = Observation.objects.only("sighting", "seconds", "box").order_by("seconds", "pk")
    prefetch_related_objects([row for row, _ in pairs], Prefetch("observations", queryset=boxes))
    taken, found = set[int](), dict[int, Announced]()
    for row, near in pairs:
        scored = [(likeness_to(row, one.seconds, one.box, one.text), one) for one in near if one.pk not in taken]
        score, likest = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if likest is not None and score > 0.0:
            taken.add(likest.pk)
            found[row.pk] = likest
    return found


def _at_the_time(homeless: list[Announced], row: Sighting) -> list[Announced]:
    """Those near enough in time to be looked at; in order of time."""
    first = bisect_left(homeless, row.first_seen_s - SLACK_S, key=lambda told: told.seconds)
    last = bisect_right(homeless, row.last_seen_s + SLACK_S, key=lambda told: told.seconds)
    return homeless[first:last]
