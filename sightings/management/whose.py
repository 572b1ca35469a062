"""On whose behalf a command brings files in."""

from __future__ import annotations

from django.core.management.base import CommandError

from sightings.models import Fleet, Member, Role, User, Vehicle


def fleet_named(slug: str | None) -> Fleet:
    """The fleet, or the first one where none is named. Raises CommandError."""
    fleets = Fleet.objects.order_by("pk")
    fleet = fleets.filter(slug=slug).first() if slug else fleets.first()
    if fleet is None:
        raise CommandError(f"There is no fleet {slug}." if slug else "There is no fleet yet. Start the site once: up.")
    return fleet


def user_named(name: str | None, fleet: Fleet) -> User:
    """The user, or a manager of the fleet where none is named. Raises CommandError."""
    if name:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        return user
    manager = Member.objects.filter(fleet=fleet, role=Role.MANAGER, user__is_active=True).order_by("pk").first()
    if manager is None:
        raise CommandError(f"{fleet.name} has no manager. Name a user with --user.")
    return manager.user


def vehicle_named(name: str | None, fleet: Fleet) -> Vehicle | None:
    """The car, added to the fleet if it is new; None where none is named."""
    return Vehicle.objects.get_or_create(fleet=fleet, name=name)[0] if name else None
