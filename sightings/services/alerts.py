"""What people do with alerts: say that they have seen to one, and take that back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from sightings.errors import AlreadyAcknowledged
from sightings.models import Alert, AlertState, Role, User
from sightings.progress import publish_alert
from sightings.services import audit
from sightings.services.roles import require_role


@transaction.atomic
def acknowledge_alert(*, alert: Alert, user: User, note: str = "") -> Alert:
    """Raises NotAllowed, AlreadyAcknowledged."""
    require_role(user, alert.fleet, Role.REVIEWER)
    done = Alert.objects.filter(pk=alert.pk, state=AlertState.OPEN).update(
        state=AlertState.ACKNOWLEDGED, note=note.strip()[:500], acknowledged_by=user, acknowledged_at=timezone.now()
    )
    if done != 1:
        raise AlreadyAcknowledged
    return _noted("alert.acknowledged", alert, user)


@transaction.atomic
def reopen_alert(*, alert: Alert, user: User) -> Alert:
    """Take an acknowledgment back; the note stays. Reopening an open one changes nothing. Raises NotAllowed."""
    require_role(user, alert.fleet, Role.REVIEWER)
    acknowledged = Alert.objects.filter(pk=alert.pk, state=AlertState.ACKNOWLEDGED)
    if not acknowledged.update(state=AlertState.OPEN, acknowledged_by=None, acknowledged_at=None):
        return alert
    return _noted("alert.reopened", alert, user)


def _noted(action: str, alert: Alert, user: User) -> Alert:
    alert.refresh_from_db()
    audit.record(action=action, user=user, fleet=alert.fleet, target=alert)
    publish_alert(alert.fleet_id)
    return alert
