"""Print the fingerprint of the key that signs evidence packs, for whoever is to compare it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sightings.evidence.verify import fingerprint_of
from sightings.services.evidence_key import public_pem, signing_key


class Command(BaseCommand):
    help = "Print the fingerprint of the key that signs evidence packs, which is made where there is none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--public", action="store_true", help="the public key itself, in PEM")

    def handle(self, *args: Any, **options: Any) -> None:
        key = signing_key()
        self.stdout.write(public_pem(key).decode() if options["public"] else fingerprint_of(key.public_key()))
