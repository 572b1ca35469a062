"""Secrets of webhooks and what is signed with them, as Standard Webhooks (standardwebhooks.com) says.

A secret is worked out from the site's SECRET_KEY and a salt that belongs to the webhook. So none is stored, and the
database alone, or a copy of it, signs nothing. A new SECRET_KEY means new secrets for all webhooks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from django.utils.crypto import salted_hmac

PREFIX = "whsec_"


def secret_of(salt: str) -> str:
    """As receivers are given it: `whsec_` and the key in base64."""
    return PREFIX + base64.b64encode(_key(salt)).decode()


def headers_for(event_id: str, moment: int, body: bytes, salts: Iterable[str]) -> dict[str, str]:
    """The three headers; one signature for each secret that holds at the moment (seconds since 1970)."""
    signed = f"{event_id}.{moment}.".encode() + body
    made = (hmac.new(_key(salt), signed, hashlib.sha256).digest() for salt in salts)
    signatures = " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)
    return {"webhook-id": event_id, "webhook-timestamp": str(moment), "webhook-signature": signatures}


def _key(salt: str) -> bytes:
    return salted_hmac("sightings.webhook", salt, algorithm="sha256").digest()
