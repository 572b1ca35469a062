"""The key that signs evidence packs: the operator's, or one made on first use that lies beside the data."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sightings.kept_file import kept


def signing_key() -> Ed25519PrivateKey:
    """Raises ImproperlyConfigured where what is set is no such key."""
    pem = settings.EVIDENCE_KEY.encode() or kept(Path(settings.DATA_DIR) / "evidence_key.pem", _new)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            "EVIDENCE_KEY, or evidence_key.pem in DATA_DIR, is no private key in PEM."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("The key for evidence packs must be an Ed25519 key.")
    return key


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _new() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
