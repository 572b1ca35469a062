"""Alerts by e-mail: once each. What could not be sent waits, longer each time; the sweep sends it again."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext

from sightings.models import Alert, MailState

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8  # over some two hours
FIRST_WAIT = timedelta(seconds=30)
LONGEST_SENDING = timedelta(minutes=10)  # then whoever was sending it is gone


def due() -> QuerySet[Alert]:
    """Alerts whose mail is to be sent now, those among them whose sender died."""
    open_states = (MailState.WAITING, MailState.SENDING)
    return Alert.objects.filter(mail_state__in=open_states, mail_due_at__lte=timezone.now())


def send(alert_id: int) -> None:
    """Send the mail of one alert, if it is due and nobody else is sending it."""
    taken = (
        due()
        .filter(pk=alert_id)
        .update(
            mail_state=MailState.SENDING,
            mail_attempts=F("mail_attempts") + 1,
            mail_due_at=timezone.now() + LONGEST_SENDING,
        )
    )
    if taken != 1:
        return
    alert = Alert.objects.select_related("watchlist__fleet", "entry", "video__trip__vehicle").get(pk=alert_id)
    try:
        with translation.override(settings.LANGUAGE_CODE):  # nobody's browser is asked here
            _message(alert).send()
    except (SMTPException, OSError) as error:
        _put_off(alert, error)
    else:
        Alert.objects.filter(pk=alert_id).update(mail_state=MailState.SENT, mail_due_at=None)


def _put_off(alert: Alert, error: Exception) -> None:
    log.warning(
        "the mail of alert %s was not sent, attempt %s: %s", alert.pk, alert.mail_attempts, type(error).__name__
    )
    over = alert.mail_attempts >= MOST_ATTEMPTS
    Alert.objects.filter(pk=alert.pk).update(
        mail_state=MailState.FAILED if over else MailState.WAITING,
        mail_due_at=None if over else timezone.now() + FIRST_WAIT * 2**alert.mail_attempts,
    )


def _message(alert: Alert) -> EmailMessage:
    seen = alert.seen_at.astimezone(alert.watchlist.zone) if alert.seen_at else None
    vehicle = alert.video.trip.vehicle
    said = {
        "plate": alert.text,
        "watchlist": alert.watchlist.name,
        "reason": alert.entry.reason or "–",
        "time": f"{seen:%Y-%m-%d %H:%M:%S %Z}" if seen else gettext("unknown"),
        "vehicle": vehicle.name if vehicle else "–",
        "address": f"{settings.SITE_URL}/alerts/?alert={alert.pk}",
    }
    subject = gettext("%(plate)s was seen: %(watchlist)s") % said
    body = gettext(
        "%(plate)s was seen, which is on the watchlist %(watchlist)s.\n\n"
        "Reason: %(reason)s\nSeen: %(time)s\nBy: %(vehicle)s\n\n%(address)s\n"
    )
    # A name with a line break in it must not become a header.
    clean = " ".join(subject.split())
    return EmailMessage(clean, body % said, settings.DEFAULT_FROM_EMAIL, bcc=list(alert.watchlist.emails))
