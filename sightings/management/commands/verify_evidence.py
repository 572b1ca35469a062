"""Check an evidence pack on the machine of the site; `sightings/evidence/verify.py` does it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sightings.evidence.verify import NotIntact, fingerprint_in, fingerprint_of, said, verify
from sightings.services.evidence_key import signing_key


class Command(BaseCommand):
    help = "Check that an evidence pack is as it was made and signed, by this site's key unless another one is named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pack", type=Path)
        parser.add_argument("--key", default="", help="another fingerprint, or a file with a public key")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = fingerprint_in(options["key"]) if options["key"] else fingerprint_of(signing_key().public_key())
            self.stdout.write(said(verify(options["pack"].read_bytes(), key)))
        except (NotIntact, OSError) as error:
            raise CommandError(f"NOT INTACT: {error}") from error
