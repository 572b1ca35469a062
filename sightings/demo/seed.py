"""A whole demo fleet: people, cars, drives, and what they met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from sightings.demo.alerts import alerts
from sightings.demo.drawing import crop_of
from sightings.demo.plan import CARS, Drive, Planner
from sightings.demo.traffic import Traffic, best_known
from sightings.demo.writing import Writer, finish
from sightings.models import Fleet, Member, Role, User, Vehicle
from sightings.services import audit

PEOPLE = (("demo-manager", Role.MANAGER), ("demo-reviewer", Role.REVIEWER), ("demo-viewer", Role.VIEWER))
BATCH = 10_000  # sightings in one transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    trips: int
    sightings: int
    seed: int
    until: date
    crops: int = 500
    with_reads: bool = True
    password: str = ""


def seed_fleet(fleet: Fleet, wanted: Wanted, say: Callable[[str], None]) -> Writer:
    """Fill a fleet. The same `wanted` gives the same log."""
    people = [_person(fleet, name, role, wanted.password) for name, role in PEOPLE]
    vehicles = [_vehicle(fleet, name) for name, _ in CARS]
    drives = Planner(wanted.seed).drives(wanted.trips, wanted.until)
    rng = np.random.default_rng([wanted.seed, 3])
    seconds = np.array([len(drive.track) for drive in drives], np.float64)
    counts = rng.multinomial(wanted.sightings, seconds / seconds.sum()).tolist()
    traffic = Traffic(wanted.sightings, rng)
    meetings = [traffic.met(drive, count) for drive, count in zip(drives, counts, strict=True)]
    say(f"{len(drives)} drives that meet {wanted.sightings} plates are planned.")
    known = [traffic.plates[index] for index in best_known(meetings, wanted.crops)]
    crops = {plate.text: crop_of(plate, np.random.default_rng([wanted.seed, 4, i])) for i, plate in enumerate(known)}
    say(f"{len(crops)} crops are drawn.")
    writer = Writer(fleet, vehicles, people[1], wanted.seed, crops, wanted.with_reads)
    batch: list[tuple[int, Drive, list[tuple[float, str, str]]]] = []
    waiting, written = 0, 0
    for number, (drive, met) in enumerate(zip(drives, meetings, strict=True)):
        batch.append((number, drive, [(at, (p := traffic.plates[i]).text, p.region) for at, i in met]))
        waiting += len(met)
        if waiting >= BATCH or number == len(drives) - 1:
            writer.write(batch)
            written += waiting
            say(f"{written} sightings are written.")
            batch, waiting = [], 0
    finish(fleet)
    raised = alerts(fleet, people[1], meetings, [plate.text for plate in traffic.plates])
    say(f"{raised} alerts are raised.")
    detail = {"trips": wanted.trips, "sightings": wanted.sightings, "seed": wanted.seed}
    audit.record(action="fleet.seeded", user=None, fleet=fleet, target=fleet, detail=detail)
    return writer


def _person(fleet: Fleet, name: str, role: Role, password: str) -> User:
    """A demo person; one without a password cannot log in."""
    person, is_new = User.objects.get_or_create(username=name)
    if is_new:
        person.set_password(password or None)
        person.save()
    Member.objects.get_or_create(fleet=fleet, user=person, defaults={"role": role})
    return person


def _vehicle(fleet: Fleet, name: str) -> Vehicle:
    found, _ = Vehicle.objects.get_or_create(
        fleet=fleet, name=name, defaults={"camera_model": "Demo cam", "field_of_view_deg": 120.0}
    )
    return found
