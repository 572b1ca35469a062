"""Whether an evidence pack is whole and unchanged. One file, for people who do not run the site.

It needs Python 3.9 or later and the package `cryptography`:

    python verify.py PACK.zip --key FINGERPRINT

A pack is a ZIP of plain, uncompressed files, written in one way only: `write_pack` is a function of the names and the
bytes of the files. So a pack is checked whole: it is written anew from what is in it, and must come out the same, byte
for byte. What its files hold is checked by the SHA-256s in manifest.json, and that one by the Ed25519 signature over
its bytes in manifest.sig. The key is in the pack too: that it is the site's own must be learned elsewhere, from the
site's pages or from the people who run it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

FORMAT = "platelog-evidence/1"
MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "public_key.pem"
LARGEST = 2**32 - 1  # bytes; the ZIP format without its extensions goes no further

# APPNOTE.TXT 6.3.10 of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16. No extra fields, no comments, nothing compressed,
# and 1980-01-01 for every file: when a pack was made is in its manifest.
LOCAL, CENTRAL, END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"
VERSION, DATE, PLAIN_FILE = 20, 33, 0o100644 << 16

UNCOMPARED = """Whoever holds that key made it. Compare the fingerprint with the one that the site's people tell you.
"""

Entry = tuple[str, bytes]  # name, content


class NotIntact(Exception):
    """The pack was changed, or is none. The message says what is wrong with it."""


@dataclass(frozen=True)
class Verified:
    """A pack in which nothing was changed since it was signed by the key with this fingerprint."""

    fingerprint: str
    manifest: dict[str, Any]
    files: dict[str, bytes]


def write_pack(entries: Sequence[Entry]) -> bytes:
    """The one ZIP that these files give, in this order. Raises ValueError where it would be too large."""
    body, directory = bytearray(), bytearray()
    for name, content in entries:
        spelled, size, check = name.encode("ascii"), len(content), zlib.crc32(content)
        about = (VERSION, 0, 0, 0, DATE, check, size, size, len(spelled), 0)
        directory += struct.pack(CENTRAL, b"PK\1\2", 3 << 8 | VERSION, *about, 0, 0, 0, PLAIN_FILE, len(body)) + spelled
        body += struct.pack(LOCAL, b"PK\3\4", *about) + spelled + content
        if len(body) > LARGEST:
            raise ValueError("The pack would be larger than 4 GiB.")
    end = struct.pack(END, b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + end)


def read_pack(data: bytes) -> list[Entry]:
    """The files of a pack, in order. Raises NotIntact unless these files give exactly these bytes."""
    entries: list[Entry] = []
    at, head = 0, struct.calcsize(LOCAL)
    while data[at : at + 4] == b"PK\3\4" and at + head <= len(data):
        *_, size, length, _ = struct.unpack_from(LOCAL, data, at)
        start = at + head + length
        try:
            name = data[at + head : start].decode("ascii")
        except UnicodeDecodeError:
            raise NotIntact("A file in it has a name that no pack has.") from None
        entries.append((name, data[start : start + size]))
        at = start + size
    try:
        same = write_pack(entries) == data
    except (ValueError, struct.error):
        same = False
    if not same:
        raise NotIntact("The ZIP is not as it was written: bytes of it were changed, added or removed.")
    return entries


def fingerprint_of(public_key: Ed25519PublicKey) -> str:
    """SHA-256 of the key in DER, in groups of four: what `openssl pkey -pubin -outform DER | sha256sum` prints."""
    digest = hashlib.sha256(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def plain(fingerprint: str) -> str:
    """A fingerprint without what people put between its digits."""
    return "".join(letter for letter in fingerprint.lower() if letter not in " :-\n\t")


def verify(data: bytes, fingerprint: str = "") -> Verified:
    """Raises NotIntact for a pack that was changed, and where it is not of the key with this fingerprint.

    With no fingerprint any key will do: then whoever changed the pack may have signed it anew.
    """
    entries = read_pack(data)
    files = dict(entries)
    for name in (MANIFEST, SIGNATURE, PUBLIC_KEY):
        if name not in files:
            raise NotIntact(f"It holds no {name}.")
    key = public_key_of(files[PUBLIC_KEY])
    if fingerprint and plain(fingerprint) != plain(fingerprint_of(key)):
        raise NotIntact(f"It is signed by another key, whose fingerprint is {fingerprint_of(key)}.")
    try:
        key.verify(files[SIGNATURE], files[MANIFEST])
    except InvalidSignature:
        raise NotIntact("The signature does not fit: manifest.json or manifest.sig was changed.") from None
    manifest, told = _told(files[MANIFEST])
    found = [(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in entries]
    signed = [one for one in found if one[0] not in (MANIFEST, SIGNATURE)]
    for one in signed:
        if one not in told:
            raise NotIntact(f"{one[0]} is not the file that was signed.")
    if signed != told or len(found) != len(signed) + 2:
        raise NotIntact("Files are missing, double, or in another order.")
    return Verified(fingerprint_of(key), manifest, files)


def _told(content: bytes) -> tuple[dict[str, Any], list[tuple[str, int, str]]]:
    """A manifest, and what it says of the files."""
    try:
        manifest = json.loads(content)
        if manifest["format"] != FORMAT:
            raise NotIntact(f"Its format is {manifest['format']}, which this program does not know.")
        return manifest, [(one["name"], one["size"], one["sha256"]) for one in manifest["files"]]
    except (ValueError, KeyError, TypeError):
        raise NotIntact(f"{MANIFEST} is not one of a pack.") from None


def public_key_of(pem: bytes) -> Ed25519PublicKey:
    """Raises NotIntact for what is no such key."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise NotIntact(f"{PUBLIC_KEY} is no public key.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise NotIntact(f"{PUBLIC_KEY} is not an Ed25519 key.")
    return key


def fingerprint_in(typed: str) -> str:
    """A fingerprint as it was typed, or that of the public key in the file of that name. Raises NotIntact."""
    path = Path(typed)
    if len(plain(typed)) != 64 and path.is_file():
        return fingerprint_of(public_key_of(path.read_bytes()))
    if len(plain(typed)) != 64 or set(plain(typed)) - set("0123456789abcdef"):
        raise NotIntact(f"--key takes the 64 digits of a fingerprint, or a file with a public key, not {typed!r}.")
    return typed


def said(pack: Verified) -> str:
    """What was found, for people."""
    sizes = "\n".join(f"  {one['sha256']}  {one['name']} ({one['size']} bytes)" for one in pack.manifest["files"])
    made = f"Made {pack.manifest.get('made_at')} by {pack.manifest.get('made_by')}."
    return f"The pack is intact.\n{made}\nSigned by the key {pack.fingerprint}.\n{sizes}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an evidence pack.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--key", default="", help="the fingerprint of the site's key, or a file with its public key")
    asked = parser.parse_args(arguments)
    try:
        pack = verify(asked.pack.read_bytes(), fingerprint_in(asked.key) if asked.key else "")
    except (NotIntact, OSError) as error:
        sys.stderr.write(f"NOT INTACT: {error}\n")
        return 1
    sys.stdout.write(f"{said(pack)}\n{'' if asked.key else UNCOMPARED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
