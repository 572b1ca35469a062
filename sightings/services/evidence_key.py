"""The key that signs evidence packs: the operator's, or one made on first use that lies beside the data."""

from __future__ import annotations

import os
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


def signing_key() -> Ed25519PrivateKey:
    """Raises ImproperlyConfigured where what is set is no such key."""
    pem = settings.EVIDENCE_KEY.encode() or _kept(Path(settings.DATA_DIR) / "evidence_key.pem")
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


def _kept(path: Path) -> bytes:
    """The key in this file, which is made on first use, readable by its owner alone."""
    if path.exists():
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.unlink(missing_ok=True)
    own.touch(mode=0o600, exist_ok=False)
    own.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        os.link(own, path)  # fails where another process was first: its key counts
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return path.read_bytes()
