"""Alerts by e-mail: once each, again where sending failed, and never where it is off."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from anpr_site.mail import settings_of
from sightings.models import Alert, Fleet, Sighting, User
from sightings.processing.sweep import sweep_mail
from sightings.services import alert_mail
from sightings.services.alerting import watch
from sightings.services.watchlists import add_entry, create_watchlist

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_on(settings: Any) -> None:
    settings.EMAIL_URL = "smtp://localhost"


@pytest.fixture
def alert(northwind: Fleet, bob: User, sighting: Sighting) -> Alert:
    return alerted(northwind, bob)


def alerted(fleet: Fleet, bob: User) -> Alert:
    values = {"name": "Stolen\ncars", "emails": ["guard@example.com"]}
    watchlist = create_watchlist(user=bob, fleet=fleet, values=values)
    add_entry(watchlist=watchlist, user=bob, pattern="B99BNX", reason="Since May")
    watch(Sighting.objects.all())
    return Alert.objects.get()


def test_an_alert_is_sent_once(alert: Alert) -> None:
    alert_mail.send(alert.pk)
    alert_mail.send(alert.pk)
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert (sent.bcc, sent.to) == (["guard@example.com"], [])
    assert sent.subject == "B99BNX was seen: Stolen cars"
    assert "Since May" in sent.body
    assert f"/alerts/?alert={alert.pk}" in sent.body
    alert.refresh_from_db()
    assert alert.mail_state == "sent"


def test_mail_speaks_the_language_of_the_site(alert: Alert, settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"
    alert_mail.send(alert.pk)
    assert mail.outbox[0].subject == "B99BNX wurde gesehen: Stolen cars"


def test_what_could_not_be_sent_waits_and_is_sent_again_by_the_sweep(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        alert_mail.send(alert.pk)
    alert.refresh_from_db()
    assert (alert.mail_state, alert.mail_attempts) == ("waiting", 1)
    assert not alert_mail.due().exists()
    Alert.objects.update(mail_due_at=timezone.now())
    asked: list[Any] = []
    monkeypatch.setattr("sightings.processing.sweep.waiting", lambda queue: 0)
    monkeypatch.setattr("sightings.processing.sweep.send", lambda name, queue, ids: asked.append((name, ids)))
    sweep_mail()
    assert asked == [("send_alert_mail", {"alert_id": alert.pk})]
    alert_mail.send(alert.pk)
    assert len(mail.outbox) == 1


def test_without_a_mail_server_nobody_waits_for_mail(
    northwind: Fleet, bob: User, sighting: Sighting, settings: Any
) -> None:
    settings.EMAIL_URL = ""
    assert alerted(northwind, bob).mail_state == "none"


def test_the_address_of_the_mail_server_says_how_it_is_spoken_to() -> None:
    found = settings_of("smtp://me%40x:p%3A@mail.example.com:587/?tls=yes")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.com", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@x", "p:")
    with pytest.raises(ImproperlyConfigured):
        settings_of("mail.example.com")
