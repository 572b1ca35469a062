"""A pack is one sequence of bytes: whatever is changed, added or left out is found, by people without the site too."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sightings.evidence import verify
from sightings.evidence.verify import Entry, NotIntact, write_pack
from sightings.services.evidence_key import public_pem

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FINGERPRINT = verify.fingerprint_of(KEY.public_key())
FILES: list[Entry] = [
    ("clip.mp4", bytes(range(256))),
    ("pictures/plate.jpg", b"\xff\xd8"),
    ("REPORT.html", b"<p>B99BNX"),
]


def entries(key: Ed25519PrivateKey = KEY, files: list[Entry] = FILES) -> list[Entry]:
    signed = [*files, (verify.PUBLIC_KEY, public_pem(key))]
    listed = [{"name": n, "size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in signed]
    manifest = json.dumps({"format": verify.FORMAT, "made_at": "now", "made_by": "bob", "files": listed}).encode()
    return [*signed, (verify.MANIFEST, manifest), (verify.SIGNATURE, key.sign(manifest))]


PACK = write_pack(entries())


def test_a_pack_is_accepted_and_opens_in_any_program() -> None:
    assert verify.verify(PACK, FINGERPRINT).files["clip.mp4"] == bytes(range(256))
    with zipfile.ZipFile(io.BytesIO(PACK)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [name for name, _ in entries()]


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_one_flipped_bit_anywhere_is_found(bit: int) -> None:
    """Contents, headers, names, directory, signature: every byte of the file."""
    for place in range(len(PACK)):
        changed = bytearray(PACK)
        changed[place] ^= 1 << bit
        with pytest.raises(NotIntact):
            verify.verify(bytes(changed), FINGERPRINT)


@pytest.mark.parametrize("which", range(len(entries())))
def test_one_flipped_bit_of_a_file_is_found_though_the_zip_was_put_right(which: int) -> None:
    """Its checksum fits again: hashes and signature alone can tell."""
    name, content = entries()[which]
    for place in range(0, 8 * len(content), 7):  # at least one of every byte
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        found = entries()
        found[which] = (name, bytes(changed))
        with pytest.raises(NotIntact):
            verify.verify(write_pack(found), FINGERPRINT)


@pytest.mark.parametrize("place", [0, 30, 60, 400, PACK.index(b"PK\1\2"), PACK.index(b"PK\5\6"), len(PACK)])
def test_bytes_put_in_or_taken_out_anywhere_are_found(place: int) -> None:
    for changed in (PACK[:place] + b"x" + PACK[place:], PACK[: max(0, place - 1)] + PACK[place:]):
        if changed != PACK:
            with pytest.raises(NotIntact):
                verify.verify(changed, FINGERPRINT)


def _rezipped(pack: bytes) -> bytes:
    """The same files, packed by another program."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return out.getvalue()


def _commented(pack: bytes) -> bytes:
    out = io.BytesIO(pack)
    with zipfile.ZipFile(out, "a") as opened:
        opened.comment = b"seen and approved"
    return out.getvalue()


def _swapped(key: Ed25519PrivateKey) -> bytes:
    found = entries(key)
    return write_pack([found[1], found[0], *found[2:]])


@pytest.mark.parametrize(
    "change",
    [
        lambda: _rezipped(PACK),
        lambda: _commented(PACK),
        lambda: PACK + PACK,
        lambda: b"",
        lambda: write_pack([]),
        lambda: write_pack([*entries(), ("more.txt", b"more")]),
        lambda: write_pack([("more.txt", b"more"), *entries()]),
        lambda: write_pack(entries()[1:]),
        lambda: write_pack([entries()[0], *entries()]),
        lambda: write_pack([*entries(), entries()[-1]]),
        lambda: _swapped(KEY),
        lambda: write_pack([("clip2.mp4", FILES[0][1]), *entries()[1:]]),
        lambda: write_pack([(FILES[0][0], b"another film"), *entries()[1:]]),
        lambda: write_pack([*entries()[:-1], (verify.SIGNATURE, b"")]),
        lambda: write_pack([*entries()[:-1], (verify.SIGNATURE, bytes(64))]),
        lambda: write_pack([*entries()[:-2], (verify.MANIFEST, b"[]"), (verify.SIGNATURE, KEY.sign(b"[]"))]),
    ],
)
def test_a_pack_that_was_put_together_otherwise_is_refused(change: Callable[[], bytes]) -> None:
    with pytest.raises(NotIntact):
        verify.verify(change(), FINGERPRINT)


def test_a_pack_that_another_key_signed_anew_is_found_by_the_fingerprint_alone() -> None:
    other = Ed25519PrivateKey.generate()
    forged = write_pack(entries(other, [("clip.mp4", b"another film"), *FILES[1:]]))
    assert verify.verify(forged).fingerprint != FINGERPRINT
    with pytest.raises(NotIntact, match="another key"):
        verify.verify(forged, FINGERPRINT)


def test_the_file_alone_checks_a_pack_where_there_is_no_site(tmp_path: Path) -> None:
    alone = shutil.copy(verify.__file__, tmp_path / "verify.py")
    (tmp_path / "pack.zip").write_bytes(PACK)
    (tmp_path / "bad.zip").write_bytes(PACK.replace(b"B99BNX", b"B98BNX"))
    (tmp_path / "key.pem").write_bytes(public_pem(KEY))

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-I", alone, *arguments], cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert run("pack.zip", "--key", FINGERPRINT.replace(" ", ":").upper())[0] == 0
    assert run("pack.zip", "--key", "key.pem")[0] == 0
    assert "Compare the fingerprint" in run("pack.zip")[1]
    code, words = run("bad.zip", "--key", FINGERPRINT)
    assert (code, words.startswith("NOT INTACT")) == (1, True)
    assert run("pack.zip", "--key", "0" * 64)[0] == 1
