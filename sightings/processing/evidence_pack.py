"""What an evidence pack holds, put together and signed. `sightings.evidence.verify` has its format, and checks it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from recognition import images, redact
from recognition.media.hashing import sha256_file
from recognition.pipeline import context_of
from recognition.types import Box
from sightings import shapes
from sightings.evidence import verify
from sightings.models import EvidencePack, Observation, Sighting
from sightings.processing import evidence_story as story
from sightings.processing import files
from sightings.processing.read import reader
from sightings.services import evidence_key

PICTURE_QUALITY = 92  # of JPEG
CONTEXT_WIDTH = 960  # pixels
AROUND_S = 2.0  # before and after the clip, from where a plate may come into it
NOT_HIDDEN = "Faces are not hidden: no detector that is good enough ships with the program."


class FilmChanged(Exception):
    """The stored film is not the one whose SHA-256 was taken when it arrived."""


@dataclass(frozen=True, slots=True)
class Film:
    """What was made of the film."""

    clip: bytes
    redacted: redact.Redacted
    model_version: str


def write(pack: EvidencePack, out: Path, note: Callable[[float], None]) -> dict[str, Any]:
    """Write the ZIP; returns the size, hash and key that its row names.

    Raises FileNotFoundError where the sighting or its film is gone, FilmChanged, RecognitionError, OSError.
    """
    rows = Sighting.objects.filter(evidence_packs=pack).select_related("fleet", "trip__vehicle", "video")
    sighting = rows.first()
    if sighting is None or len(pack.box) != 4:
        raise FileNotFoundError("the sighting")
    film = _film(pack, sighting, out.with_name("clip.mp4"), note)
    key = evidence_key.signing_key()
    made = _signed(pack, sighting, film, key)
    out.write_bytes(made)
    fingerprint = verify.fingerprint_of(key.public_key())
    return {"size": len(made), "sha256": hashlib.sha256(made).hexdigest(), "key_fingerprint": fingerprint}


def _film(pack: EvidencePack, sighting: Sighting, out: Path, note: Callable[[float], None]) -> Film:
    loaded, video = reader(), sighting.video
    with files.local(str(video.file)) as source:
        if sha256_file(source) != video.sha256:
            raise FilmChanged
        redacted = redact.redact(
            source,
            out,
            loaded,
            start=max(0.0, pack.seconds - pack.before_s),
            end=pack.seconds + pack.after_s,
            best=pack.seconds,
            own=_way(sighting),
            text=sighting.plate_raw,
            others=_others(sighting, pack.seconds - pack.before_s, pack.seconds + pack.after_s),
            note=note,
        )
    return Film(out.read_bytes(), redacted, str(loaded.version))


def _way(sighting: Sighting) -> redact.Way:
    seen = [(row.seconds, Box(*row.box)) for row in sighting.observations.all() if len(row.box) == 4]
    return redact.Way.through(seen or [(sighting.best_s, Box(*sighting.box))])


def _others(sighting: Sighting, start: float, end: float) -> list[redact.Way]:
    """Where the other plates of the same reading were, in and around the clip."""
    seen: dict[int, list[tuple[float, Box]]] = {}
    near = Observation.objects.filter(seconds__range=(start - AROUND_S, end + AROUND_S))
    rows = near.filter(sighting__run=sighting.run_id).exclude(sighting=sighting)
    for pk, seconds, box in rows.values_list("sighting", "seconds", "box"):
        if len(box) == 4:
            seen.setdefault(pk, []).append((seconds, Box(*box)))
    return [redact.Way.through(one) for one in seen.values()]


def _signed(pack: EvidencePack, sighting: Sighting, film: Film, key: Ed25519PrivateKey) -> bytes:
    """The whole ZIP. The report names the hashes of all other files, the manifest those of all, the signature it."""
    public, clip = evidence_key.public_pem(key), _clip_facts(film)
    about: dict[str, Any] = {
        "format": verify.FORMAT,
        "made_at": shapes.utc(timezone.now()),
        "made_by": pack.user.get_username() if pack.user else None,
        "fleet": pack.fleet.name,
        "site": settings.SITE_URL,
        "software": f"platelog {_version()}",
        "key_fingerprint": verify.fingerprint_of(key.public_key()),
        "clip": clip,
    }
    told = story.sighting_json(sighting) | {"clip": clip}
    entries = [("clip.mp4", film.clip), *_pictures(pack, sighting, film.redacted)]
    entries += [("sighting.json", _json(told)), *story.track_files(sighting, film.redacted)]
    entries += [(verify.PUBLIC_KEY, public)]
    report = story.report(pack, sighting, told, about, _listed(entries), dict(entries).get("pictures/context.jpg", b""))
    entries += [("REPORT.html", report)]
    manifest = _json({**about, "files": _listed(entries)})
    entries += [(verify.MANIFEST, manifest), (verify.SIGNATURE, key.sign(manifest))]
    return verify.write_pack(entries)


def _clip_facts(film: Film) -> dict[str, Any]:
    done = film.redacted
    return {
        "first_frame_video_s": round(done.first_s, 6),
        "last_frame_video_s": round(done.last_s, 6),
        "frames": done.frames,
        "frames_with_the_plate": done.own_frames,
        "filled": done.filled,
        "model_version": film.model_version,
        "times_read_again": done.rounds,
        "hidden": "Every other plate, and whatever might be one, is filled with one grey in every frame; the clip was "
        "then read by the program, which could read nothing but the plate that the pack is about.",
        "not_hidden": NOT_HIDDEN,
        "sound": "left out",
    }


def _pictures(pack: EvidencePack, sighting: Sighting, done: redact.Redacted) -> list[verify.Entry]:
    """The plate as the reader saw it, where it was kept, and what was around it, filled like the clip."""
    found: list[verify.Entry] = []
    if sighting.crop:
        try:
            with files.local(sighting.crop) as path:
                found.append(("pictures/plate.jpg", path.read_bytes()))
        except FileNotFoundError:
            pass
    context = context_of(done.best, Box(*pack.box), CONTEXT_WIDTH)
    return [*found, ("pictures/context.jpg", images.encode_jpeg(context, PICTURE_QUALITY))]


def _listed(entries: list[verify.Entry]) -> list[dict[str, Any]]:
    return [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in entries
    ]


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _version() -> str:
    try:
        return version("platelog")
    except PackageNotFoundError:
        return "(not installed)"
