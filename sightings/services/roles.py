"""The one place where a role is asked for."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sightings.errors import NoFleet, NotAllowed
from sightings.models import Fleet, Member, Role, User

_AT_LEAST: dict[Role, tuple[Role, ...]] = {
    Role.VIEWER: (Role.VIEWER, Role.REVIEWER, Role.MANAGER),
    Role.REVIEWER: (Role.REVIEWER, Role.MANAGER),
    Role.MANAGER: (Role.MANAGER,),
}
_IN_A_SENTENCE = {Role.VIEWER: _("viewer"), Role.REVIEWER: _("reviewer"), Role.MANAGER: _("manager")}


def has_role(user: User, fleet: Fleet, role: Role) -> bool:
    """Whether the person is at least `role` in the fleet; staff always are."""
    if not user.is_active:
        return False
    return user.is_staff or Member.objects.filter(fleet=fleet, user=user, role__in=_AT_LEAST[role]).exists()


def require_role(user: User, fleet: Fleet, role: Role) -> None:
    """Raise NotAllowed unless the person is at least `role` in the fleet."""
    if not has_role(user, fleet, role):
        words = gettext("This needs the role %(role)s in %(fleet)s. A manager of the fleet can give it.")
        raise NotAllowed(words % {"role": _IN_A_SENTENCE[role], "fleet": fleet.name})


def fleets_with_role(user: User, role: Role) -> list[int]:
    """The fleets in which the person is at least `role`, by key."""
    fleets = Fleet.objects.visible_to(user)
    if not user.is_staff:
        fleets = fleets.filter(members__user=user, members__role__in=_AT_LEAST[role])
    return list(fleets.order_by("pk").values_list("pk", flat=True))


def managed_fleets(user: User) -> list[int]:
    """The fleets that the person manages, by key. Raises NotAllowed where there is none."""
    fleets = fleets_with_role(user, Role.MANAGER)
    if not fleets:
        raise NotAllowed
    return fleets


def home_fleet(user: User, slug: str = "") -> Fleet:
    """The fleet a person means: the named one, else the first they belong to. Raises NoFleet."""
    fleets = Fleet.objects.visible_to(user)
    fleet = fleets.filter(slug=slug).first() if slug else fleets.filter(members__user=user).order_by("pk").first()
    if fleet is None and user.is_staff and not slug:
        fleet = fleets.order_by("pk").first()
    if fleet is None:
        raise NoFleet
    return fleet


def fleet_for_audit(user: User) -> Fleet | None:
    """The fleet under which an act that spans all a person's fleets is written down; None for staff without one."""
    return Fleet.objects.filter(members__user=user).order_by("pk").first()
