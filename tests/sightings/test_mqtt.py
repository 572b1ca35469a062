"""Published to a real broker, under a prefix of its own: nothing is lost over restarts, and plates only as allowed."""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from sightings.models import AuditEntry, FeedPosition, Fleet, ProcessingRun
from sightings.services import watchlists
from sightings.services.alerting import watch
from tests.factories import make_run, make_sighting, make_trip, make_video
from tests.faults.test_up import free_port

paho = pytest.importorskip("paho.mqtt.client", reason="the extra mqtt is not installed")
mqtt = pytest.importorskip("sightings.mqtt")
HOST, PORT = "127.0.0.1", 1883


def answers(port: int = PORT) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not answers(), reason=f"no MQTT broker answers at {HOST}:{PORT}"),
]


class Listener:
    """Somebody who has subscribed to all topics of the test."""

    def __init__(self, prefix: str, port: int = PORT) -> None:
        self.heard: queue.Queue[tuple[str, Any, bool]] = queue.Queue()
        ready: queue.Queue[bool] = queue.Queue()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda client, data, message: self.heard.put(
            (message.topic.removeprefix(f"{prefix}/"), _read(message.payload), message.retain)
        )
        self.client.on_subscribe = lambda *_: ready.put(True)
        self.client.connect(HOST, port)
        self.client.subscribe(f"{prefix}/#", qos=1)
        self.client.loop_start()
        ready.get(timeout=10)

    def hear(self, topic: str) -> Any:
        """What is said next under a topic."""
        while True:
            where, payload, _ = self.heard.get(timeout=10)
            if where == topic:
                return payload

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def _read(payload: bytes) -> Any:
    return json.loads(payload) if payload[:1] == b"{" else payload.decode()


@pytest.fixture
def prefix() -> Iterator[str]:
    """What the broker keeps under it is forgotten after the test."""
    prefix = f"test-{uuid4().hex[:12]}"
    yield prefix
    listener = Listener(prefix)
    with contextlib.suppress(queue.Empty):
        while True:
            topic, _, kept = listener.heard.get(timeout=0.3)
            if kept:
                listener.client.publish(f"{prefix}/{topic}", None, qos=1, retain=True).wait_for_publish(5)
    listener.leave()


@pytest.fixture
def listener(prefix: str) -> Iterator[Listener]:
    listener = Listener(prefix)
    yield listener
    listener.leave()


@pytest.fixture
def publisher(northwind: Fleet, prefix: str) -> Iterator[Callable[..., Any]]:
    made: list[Any] = []

    def make(plates: str = "all") -> Any:
        """One whose first look, which only says where it begins, is done."""
        broker = mqtt.broker_of(f"mqtt://{HOST}:{PORT}")
        options = {"prefix": prefix, "plates": plates, "discovery": f"{prefix}/ha", "site": "http://log"}
        made.append(mqtt.Publisher(broker=broker, fleet=northwind, **options))
        made[-1].step()
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_sighting_is_published_as_frigate_does_and_home_assistant_finds_the_camera(
    publisher: Callable[..., Any], listener: Listener, run: ProcessingRun
) -> None:
    one = publisher()
    row = make_sighting(run)
    assert one.step() == 1
    sensor = listener.hear(f"ha/sensor/platelog_northwind_vehicle_{row.trip.vehicle_id}_front/plate/config")
    assert (sensor["name"], sensor["device"]["name"]) == ("Last plate", "Van 1/front")
    told = listener.hear("tracked_object_update")
    assert (told["type"], told["id"], told["plate"], told["score"]) == ("lpr", str(row.pk), "B99BNX", 0.95)
    latest = listener.hear(sensor["state_topic"].partition("/")[2])
    assert (latest["plate"], latest["latitude"], latest["url"]) == ("B99BNX", 44.43, f"http://log/sightings/{row.pk}/")
    assert one.step() == 0
    assert AuditEntry.objects.get(action="sightings.published").detail == {"via": "mqtt", "rows": 1, "plates": "all"}


def test_after_a_restart_it_goes_on_where_it_was(
    publisher: Callable[..., Any], listener: Listener, run: ProcessingRun
) -> None:
    make_sighting(run, "B00OLD")  # before the first start: not published
    first = publisher()
    make_sighting(run, "B10AAA", at=20.0)
    first.step()
    first.close()
    make_sighting(run, "B11AAA", at=30.0)
    publisher().step()
    assert [listener.hear("tracked_object_update")["plate"] for _ in range(2)] == ["B10AAA", "B11AAA"]


def test_a_position_is_not_moved_on_before_the_broker_has_it(
    publisher: Callable[..., Any], listener: Listener, run: ProcessingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = publisher()
    make_sighting(run)

    def killed(messages: Any) -> bool:
        list(messages)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(one._line, "send", killed)
        with pytest.raises(SystemExit):
            one.step()
    one.step()
    assert listener.hear("tracked_object_update")["plate"] == "B99BNX"
    assert FeedPosition.objects.get().upto > 0


@pytest.mark.parametrize(("plates", "shown"), [("none", {"•••"}), ("watched", {"•••", "B10AAA"})])
def test_plates_are_read_there_only_as_the_operator_allows(
    publisher: Callable[..., Any], listener: Listener, run: ProcessingRun, alice: Any, plates: str, shown: set[str]
) -> None:
    watchlist = watchlists.create_watchlist(user=alice, fleet=run.video.fleet, values={"name": "Wanted"})
    watchlists.add_entry(watchlist=watchlist, user=alice, pattern="B10*")
    one = publisher(plates)
    rows = [make_sighting(run, "B10AAA"), make_sighting(run, "B11AAA", at=30.0)]
    watch(type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]))
    one.step()
    assert {listener.hear("tracked_object_update")["plate"] for _ in rows} == shown


def test_nothing_of_another_fleet_is_published(
    publisher: Callable[..., Any], southgate: Fleet, run: ProcessingRun
) -> None:
    one = publisher()
    make_sighting(make_run(make_video(make_trip(southgate))), "B66SEC")
    assert one.step() == 0


def test_the_broker_says_when_the_publisher_is_gone(publisher: Callable[..., Any], listener: Listener) -> None:
    one = publisher()
    deadline = time.monotonic() + 10
    while not one._line.fresh.is_set() and time.monotonic() < deadline:
        time.sleep(0.02)
    one.step()
    assert listener.hear("available") == "online"
    one.close()
    assert listener.hear("available") == "offline"


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="no mosquitto to start and kill")
def test_what_is_written_while_the_broker_is_gone_is_published_when_it_is_back(
    northwind: Fleet, run: ProcessingRun, prefix: str
) -> None:
    port = free_port()
    first = start_broker(port)
    options = {"prefix": prefix, "plates": "all", "discovery": "", "site": "http://log"}
    one = mqtt.Publisher(broker=mqtt.broker_of(f"mqtt://{HOST}:{port}"), fleet=northwind, **options)
    one.step()
    first.kill()
    first.wait()
    row = make_sighting(run)
    again: list[subprocess.Popen[bytes]] = []
    later = threading.Timer(1.5, lambda: again.append(start_broker(port)))
    later.start()
    assert one.step() == 1  # waits for the broker
    listener = Listener(prefix, port)  # hears what is retained
    assert listener.hear(f"vehicle_{row.trip.vehicle_id}_front/plate")["plate"] == "B99BNX"
    listener.leave()
    one.close()
    again[0].kill()
    again[0].wait()


def start_broker(port: int) -> subprocess.Popen[bytes]:
    broker = subprocess.Popen(["mosquitto", "-p", str(port)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return broker


@pytest.mark.parametrize("url", ["http://broker", "mqtt://", "broker:1883"])
def test_an_address_that_is_none_is_refused_with_what_was_expected(northwind: Fleet, settings: Any, url: str) -> None:
    settings.MQTT_URL = url
    with pytest.raises(CommandError, match="mqtt://name:password@host:1883"):
        call_command("publish_mqtt")


def test_without_an_address_the_command_says_which_setting_is_missing(settings: Any) -> None:
    settings.MQTT_URL = ""
    with pytest.raises(CommandError, match="MQTT_URL is not set"):
        call_command("publish_mqtt")


def test_name_and_password_may_hold_any_character() -> None:
    broker = mqtt.broker_of("mqtts://me:p%40ss%2F@host")
    assert (broker.name, broker.password, broker.port, broker.encrypted) == ("me", "p@ss/", 8883, True)
