"""python manage.py plate_reader: answers what is sent to /v1/plate-reader/."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand
from redis.exceptions import RedisError

from sightings.processing.answering import answer_next
from sightings.processing.read import reader

log = logging.getLogger(__name__)
AGAIN_S = 2.0


class Command(BaseCommand):
    help = "Read the pictures that programs send to /v1/plate-reader/, until stopped. As many may run as there is work."

    def handle(self, *args: Any, **options: Any) -> None:
        reader()  # loaded before the first picture comes
        while True:
            try:
                answer_next()
            except (RedisError, OSError) as error:
                log.warning("Redis does not answer: %s", error)
                time.sleep(AGAIN_S)
