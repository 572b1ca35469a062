"""What workers run: one call each. Names are what `sightings.queue.enqueue` sends.

What is read or inspected next is chosen when a worker is free for it, not when the work was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from celery import shared_task

from sightings.processing import evidence, inspect, merge, read, renditions, states, sweep
from sightings.progress import publish_trip
from sightings.services import alert_mail, demo_trip, reprocess, reprocess_decide, seen_cars, sending

Work = TypeVar("Work", bound=Callable[..., None])


def task(name: str) -> Callable[[Work], Work]:
    """Register under a name. No retry here: a killed worker's task comes back by the sweep and by Redis, and an error
    is written into the row that it concerns.
    """
    register: Callable[[Work], Work] = shared_task(name=name)
    return register


@task("inspect_next")
def inspect_next() -> None:
    inspect.inspect_next()


@task("read_next")
def read_next() -> None:
    read.read_next()


@task("merge_run")
def merge_run(*, run_id: int) -> None:
    merge.merge_run(run_id)


@task("refresh_trip")
def refresh_trip(*, trip_id: int) -> None:
    states.refresh_trip(trip_id)
    publish_trip(trip_id)


@task("decide_reprocess")
def decide_reprocess(*, reprocess_id: int) -> None:
    reprocess_decide.decide(reprocess_id)


@task("drop_reprocess")
def drop_reprocess(*, reprocess_id: int) -> None:
    reprocess.drop_runs(reprocess_id)


@task("bring_demo")
def bring_demo(*, fleet_id: int, user_id: int) -> None:
    demo_trip.bring_demo(fleet_id, user_id)


@task("place_cars")
def place_cars(*, vehicle_id: int) -> None:
    seen_cars.place_cars(vehicle_id)


@task("send_alert_mail")
def send_alert_mail(*, alert_id: int) -> None:
    alert_mail.send(alert_id)


@task("send_deliveries")
def send_deliveries() -> None:
    sending.wake()


@task("render_next")
def render_next() -> None:
    renditions.render_next()


@task("pack_next")
def pack_next() -> None:
    evidence.pack_next()


@task("sweep")
def sweep_lost_work() -> None:
    sweep.sweep()
