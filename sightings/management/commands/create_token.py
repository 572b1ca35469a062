"""python manage.py create_token --user NAME [--scopes a,b] [--name …]: prints the token alone, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sightings.errors import UnknownScope
from sightings.models import Scope, User
from sightings.services.tokens import create_token


class Command(BaseCommand):
    help = "Make an API token and print it. It is shown this once and cannot be read back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="name of the person on whose behalf the program acts")
        parser.add_argument("--scopes", help=f"with commas between; default all: {', '.join(Scope.values)}")
        parser.add_argument("--name", default="made on the command line", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        scopes = [word.strip() for word in options["scopes"].split(",") if word.strip()] if options["scopes"] else None
        try:
            _, secret = create_token(user=user, name=options["name"], scopes=scopes)
        except UnknownScope as error:
            raise CommandError(error.detail) from error
        self.stdout.write(secret)
