"""What an empty site needs before anyone can use it: one person, one fleet."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from sightings.models import Fleet, Member, Role, User

NAME = "admin"


@dataclass(frozen=True, slots=True)
class FirstUser:
    name: str
    password: str


@transaction.atomic
def make_first_user(*, password: str = "") -> FirstUser | None:
    """Make the first user, who runs the site and manages a first fleet; None where anyone is there already.

    Without a password one is drawn, which the caller shows once; only its hash is stored.
    """
    if User.objects.exists():
        return None
    password = password or secrets.token_urlsafe(12)
    user = User.objects.create_superuser(NAME, password=password)
    fleet = Fleet.objects.order_by("pk").first() or Fleet.objects.create(name="My fleet", slug="my-fleet")
    Member.objects.create(fleet=fleet, user=user, role=Role.MANAGER)
    return FirstUser(NAME, password)
