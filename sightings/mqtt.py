"""What is read, published to an MQTT broker: in Frigate's shape, and as sensors that Home Assistant finds by itself.

The log is followed by key from a stored position, which moves on when the broker has acknowledged (QoS 1): a restart,
or a broker that was away, loses nothing, and can make the last few messages come twice.
"""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from django.db import transaction
from django.utils import timezone
from paho.mqtt.enums import CallbackAPIVersion

from sightings import shapes
from sightings.models import Alert, FeedPosition, Fleet, Sighting
from sightings.selectors_feed import Horizon, written_since
from sightings.services import audit

log = logging.getLogger(__name__)
AT_ONCE = 50  # sightings between two acknowledgments
PATIENCE_S = 1.0
ONLINE, OFFLINE = "online", "offline"


@dataclass(frozen=True, slots=True)
class Broker:
    host: str
    port: int
    encrypted: bool
    name: str | None
    password: str | None


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: str
    retain: bool = False


def broker_of(url: str) -> Broker:
    """mqtt://name:password@host:1883, or mqtts:// on port 8883. Raises ValueError with what was expected."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise ValueError("MQTT_URL must read mqtt://name:password@host:1883 or mqtts://host.")
    encrypted = parts.scheme == "mqtts"
    name, password = (unquote(word) if word else None for word in (parts.username, parts.password))
    return Broker(parts.hostname, parts.port or (8883 if encrypted else 1883), encrypted, name, password)


class Line:
    """The connection to a broker. It comes back by itself; what was not acknowledged is sent again then."""

    def __init__(self, broker: Broker, *, available: str, client_id: str) -> None:
        self._available = available
        self._acknowledged: set[int] = set()
        self._news = threading.Condition()
        self.fresh = threading.Event()  # connected anew since somebody last looked
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.will_set(available, OFFLINE, qos=1, retain=True)
        self._client.reconnect_delay_set(1, 30)
        if broker.name is not None:
            self._client.username_pw_set(broker.name, broker.password)
        if broker.encrypted:
            self._client.tls_set_context(ssl.create_default_context())
        self._client.connect_async(broker.host, broker.port, keepalive=30)
        self._client.loop_start()

    def _on_connect(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.warning("the MQTT broker refuses: %s", reason)
        else:
            log.info("connected to the MQTT broker")
            self.fresh.set()

    def _on_disconnect(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.warning("the MQTT broker went away (%s); it is tried again", reason)

    def _on_publish(self, client: Any, data: Any, number: int, reason: Any, properties: Any) -> None:
        with self._news:
            self._acknowledged.add(number)
            self._news.notify_all()

    def send(self, messages: Iterable[Message], *, patience_s: float | None = None) -> bool:
        """Publish, and wait until the broker has all of it; without end, or so long. Whether it has."""
        numbers = {self._client.publish(one.topic, one.payload, qos=1, retain=one.retain).mid for one in messages}
        with self._news:
            done = self._news.wait_for(lambda: numbers <= self._acknowledged, patience_s)
            self._acknowledged -= numbers
        return done

    def close(self) -> None:
        if self._client.is_connected():
            self.send([Message(self._available, OFFLINE, retain=True)], patience_s=PATIENCE_S)
        self._client.disconnect()
        self._client.loop_stop()


class Publisher:
    """Passes one fleet's sightings on. `plates`: which of them may be read on the broker (none, watched, all)."""

    def __init__(self, *, broker: Broker, fleet: Fleet, prefix: str, plates: str, discovery: str, site: str) -> None:
        self.fleet, self.prefix, self.plates, self.discovery, self.site = fleet, prefix, plates, discovery, site
        self._available = f"{prefix}/available"
        self._line = Line(broker, available=self._available, client_id=f"{prefix}-{fleet.slug}"[:60])
        self._horizon = Horizon()
        self._name = f"mqtt:{fleet.pk}"
        self._told: set[str] = set()  # cameras that Home Assistant knows of

    def step(self) -> int:
        """Publish what is new; returns how many sightings that was."""
        if self._line.fresh.is_set():
            self._line.fresh.clear()
            self._told.clear()
            self._line.send([Message(self._available, ONLINE, retain=True)])
        upto = self._horizon.look()
        if upto is None:
            return 0
        position, _ = FeedPosition.objects.get_or_create(name=self._name, defaults={"upto": upto})
        log_of_fleet = Sighting.objects.filter(fleet=self.fleet).current()
        detailed = log_of_fleet.prefetch_related("fleet", "trip__vehicle", "video").defer("characters", "candidates")
        rows = written_since(detailed, position.upto, upto, AT_ONCE)
        if not rows:
            return 0
        shown = self._shown(rows)
        self._line.send(message for row in rows for message in self._messages(row, row.pk in shown))
        with transaction.atomic():
            FeedPosition.objects.filter(name=self._name).update(upto=rows[-1].pk, updated_at=timezone.now())
            detail = {"via": "mqtt", "rows": len(rows), "plates": self.plates}
            audit.record(action="sightings.published", user=None, fleet=self.fleet, detail=detail)
        return len(rows)

    def close(self) -> None:
        self._line.close()

    def _shown(self, rows: list[Sighting]) -> set[int]:
        """The sightings whose plate the operator lets out."""
        keys = {row.pk for row in rows}
        if self.plates == "watched":
            return set(Alert.objects.filter(sighting__in=keys).values_list("sighting", flat=True))
        return keys if self.plates == "all" else set()

    def _messages(self, row: Sighting, reveal: bool) -> list[Message]:
        camera = camera_topic(row)
        update = Message(f"{self.prefix}/tracked_object_update", _json(shapes.frigate(row, reveal)))
        latest = Message(f"{self.prefix}/{camera}/plate", _json(self._latest(row, reveal)), retain=True)
        if not self.discovery or camera in self._told:
            return [update, latest]
        self._told.add(camera)
        return [self._sensor(row, camera), update, latest]

    def _latest(self, row: Sighting, reveal: bool) -> dict[str, Any]:
        """State and attributes of a camera's sensor."""
        return {
            "plate": shapes.shown(row.text, reveal) or "?",
            "score": round(row.confidence, 3),
            "region": row.region or "unknown",
            "camera": shapes.camera_of(row),
            "timestamp": shapes.utc(row.seen_at),
            "latitude": row.lat,
            "longitude": row.lon,
            "sighting": row.pk,
            "url": f"{self.site}/sightings/{row.pk}/",
        }

    def _sensor(self, row: Sighting, camera: str) -> Message:
        """How Home Assistant learns of a camera (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery)."""
        state = f"{self.prefix}/{camera}/plate"
        vehicle = row.trip.vehicle
        name = f"{self.fleet.slug}_{camera}".replace("-", "_")
        about = {
            "name": "Last plate",
            "unique_id": f"platelog_{name}_plate",
            "state_topic": state,
            "value_template": "{{ value_json.plate }}",
            "json_attributes_topic": state,
            "availability_topic": self._available,
            "icon": "mdi:car-search",
            "device": {
                "identifiers": [f"platelog_{name}"],
                "name": shapes.camera_of(row),
                "manufacturer": "Platelog",
                "model": (vehicle.camera_model if vehicle else "") or "dashcam",
            },
            "origin": {"name": "Platelog", "support_url": self.site},
        }
        return Message(f"{self.discovery}/sensor/platelog_{name}/plate/config", _json(about), retain=True)


def camera_topic(row: Sighting) -> str:
    """By key: a vehicle may be called what a topic cannot, and anew tomorrow."""
    return f"{f'vehicle_{row.trip.vehicle_id}' if row.trip.vehicle_id else 'no_vehicle'}_{row.video.camera}"


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
