"""What the demo fleet watches for, and the alerts that its drives raised."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from sightings.models import Alert, Fleet, Sighting, User
from sightings.services.alerting import watch
from sightings.services.alerts import acknowledge_alert
from sightings.services.watchlists import add_entry, create_watchlist

LISTS = (
    ("Reported stolen", ("Silver hatchback, police file 4471", "Van with a roof rack", "Motorhome, dent on the left")),
    ("Barred from the depot", ("Took a load without papers", "Owes for two deliveries")),
)
SEEN_TO = "The office knows, and has called them."
MET = range(1, 4)  # how often: what is met every day is no news


def alerts(fleet: Fleet, person: User, meetings: list[list[tuple[float, int]]], texts: list[str]) -> int:
    """Watchlists of plates that were met lately, and their alerts, the oldest of which a person has seen to.

    `meetings`: of each drive, in order of time, (share of it, index into `texts`). Returns how many alerts.
    """
    if fleet.watchlists.exists():
        return 0
    times = Counter(plate for drive in meetings for _, plate in drive)
    rare = (plate for drive in reversed(meetings) for _, plate in drive if times[plate] in MET)
    latest = islice(dict.fromkeys(texts[plate] for plate in rare), 0, None, 3)  # not all from one drive's end
    watched: list[str] = []
    for name, reasons in LISTS:
        watchlist = create_watchlist(user=person, fleet=fleet, values={"name": name})
        for text, reason in zip(islice(latest, len(reasons)), reasons, strict=False):
            add_entry(watchlist=watchlist, user=person, pattern=text, alike=True, reason=reason)
            watched.append(text)
    made = watch(Sighting.objects.filter(plate__fleet=fleet, plate__text__in=watched))
    for alert in Alert.objects.filter(fleet=fleet).order_by("seen_at", "pk")[: made // 3]:
        acknowledge_alert(alert=alert, user=person, note=SEEN_TO)
    return made
