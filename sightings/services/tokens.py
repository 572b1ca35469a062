"""Keys for programs: made once, stored as a digest, found by it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from sightings.errors import BeyondGiver, ExpiryPast, UnknownScope
from sightings.models import ApiToken, Scope, User
from sightings.services import audit

PREFIX = "plog_"
_USE_RESOLUTION = timedelta(minutes=1)  # last_used_at is written at most this often, not on each request


def digest_of(secret: str) -> str:
    """A plain hash is enough: the secret is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    user: User,
    name: str,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
    giver: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """A new key and its secret, which is not kept. No scopes named means all that a person has.

    `giver` is the key with which it is asked for, if any: the new one can do no more, and works no longer.
    Raises UnknownScope, BeyondGiver, ExpiryPast.
    """
    wanted = sorted(set(Scope.values if scopes is None else scopes))
    unknown = [scope for scope in wanted if scope not in Scope.values]
    if unknown:
        words = gettext("There is no scope %(unknown)s. Scopes are %(known)s.")
        raise UnknownScope(words % {"unknown": ", ".join(unknown), "known": ", ".join(Scope.values)})
    if expires_at is not None and expires_at <= timezone.now():
        raise ExpiryPast
    if giver is not None:
        if beyond := [scope for scope in wanted if scope not in giver.scopes]:
            words = gettext("This token lacks the scope %(scope)s, and cannot give it.")
            raise BeyondGiver(words % {"scope": ", ".join(beyond)})
        expires_at = min(filter(None, (expires_at, giver.expires_at)), default=None)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[: len(PREFIX) + 4],
        digest=digest_of(secret),
        scopes=wanted,
        expires_at=expires_at,
    )
    audit.record(action="token.created", user=user, fleet=None, target=token, detail={"scopes": wanted})
    return token, secret


def find_token(*, secret: str) -> ApiToken | None:
    """The key with this secret if it still works; its use is noted."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    now = timezone.now()
    if token is None or not token.works_at(now) or not token.user.is_active:
        return None
    # Looked at here and not in the UPDATE: SQLite takes its one writer's lock for an UPDATE that meets no row too, and
    # fifty readers would wait for it in line.
    if token.last_used_at is None or token.last_used_at < now - _USE_RESOLUTION:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, user: User) -> None:
    """End a key; ending it twice changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        audit.record(action="token.revoked", user=user, fleet=None, target=token)
