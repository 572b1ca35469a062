"""python manage.py publish_mqtt: passes sightings on to an MQTT broker, for Home Assistant and others."""

from __future__ import annotations

import importlib
import signal
import sys
import time
from importlib.util import find_spec
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from sightings.management.whose import fleet_named

LOOK_EVERY_S = 1.0


class Command(BaseCommand):
    help = "Publish new sightings of a fleet to the broker that MQTT_URL names, until stopped. See docs/mqtt.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="publish what is new, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MQTT_URL:
            raise CommandError("MQTT_URL is not set. It names the broker: mqtt://name:password@host:1883")
        if find_spec("paho") is None:
            raise CommandError("MQTT needs the package paho-mqtt: pip install 'platelog[mqtt]'")
        mqtt = importlib.import_module("sightings.mqtt")  # only where its package is there
        try:
            broker = mqtt.broker_of(settings.MQTT_URL)
        except ValueError as error:
            raise CommandError(str(error)) from error
        signal.signal(signal.SIGTERM, _end)
        publisher = mqtt.Publisher(
            broker=broker,
            fleet=fleet_named(settings.MQTT_FLEET),
            prefix=settings.MQTT_PREFIX,
            plates=settings.MQTT_PLATES,
            discovery=settings.MQTT_DISCOVERY,
            site=settings.SITE_URL,
        )
        try:
            self._follow(publisher, once=options["once"])
        except KeyboardInterrupt:
            pass
        finally:
            publisher.close()

    def _follow(self, publisher: Any, *, once: bool) -> None:
        while True:
            if not publisher.step():
                if once:
                    return
                time.sleep(LOOK_EVERY_S)
            close_old_connections()


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
