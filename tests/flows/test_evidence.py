"""Evidence packs, from a film to a signed ZIP; and every way in which they may not be made, doubled or handed out."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from recognition.media.frames import frames
from recognition.pipeline import read_video
from recognition.types import PlateTrack
from sightings.errors import EvidenceSpan, NotAllowed
from sightings.evidence import verify
from sightings.models import AuditEntry, EvidencePack, ProcessingRun, Sighting, User
from sightings.processing import evidence, sweep
from sightings.services import evidence as packs
from sightings.services import reviews
from tests.factories import make_run, make_sighting
from tests.flows.colored import Car, draw_film, load_reader
from tests.flows.gpx import write_gpx

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
CHOSEN, BESIDE = "MAG5005", {"GRN2002", "BLU3003"}
CARS = (Car(CHOSEN, 150, 0.5, 4.5, 190), Car("GRN2002", 60, 0.0, 4.8, 90), Car("BLU3003", 120, 1.0, 4.0, 140))
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds, with all three plates in the picture for three of them."""
    return draw_film(tmp_path_factory.mktemp("beside") / "drive.mp4", seconds=5.0, cars=CARS)


@pytest.fixture
def sighting(bring_in: Any, film: Path, tmp_path: Path) -> Sighting:
    bring_in(write_gpx(tmp_path / "drive.gpx"), batch="b1")
    bring_in(film, batch="b1")
    return Sighting.objects.get(plate_raw=CHOSEN)


@pytest.fixture
def asked(sighting: Sighting, bob: User) -> EvidencePack:
    return packs.ask(sighting=sighting, user=bob, before_s=2, after_s=2)


def make(pack: EvidencePack) -> EvidencePack:
    evidence.pack_next()
    pack.refresh_from_db()
    return pack


def bytes_of(pack: EvidencePack) -> bytes:
    with default_storage.open(str(pack.file)) as stream:
        return bytes(stream.read())


def stored() -> list[str]:
    """What lies in storage of evidence packs."""
    if not default_storage.exists("evidence"):
        return []
    return [
        name
        for fleet in default_storage.listdir("evidence")[0]
        for name in default_storage.listdir(f"evidence/{fleet}")[1]
    ]


def test_a_pack_holds_what_is_known_and_shows_one_plate_alone(
    asked: EvidencePack, sighting: Sighting, bob: User, film: Path, tmp_path: Path
) -> None:
    reviews.correct_sighting(sighting=sighting, user=bob, text="MAG5006", note="asked Mallory")
    made = make(asked)
    assert (made.state, made.progress, made.attempts, made.fault) == ("done", 1.0, 1, "")
    pack = verify.verify(bytes_of(made), made.key_fingerprint)
    assert set(pack.files) == {
        "clip.mp4", "pictures/plate.jpg", "pictures/context.jpg", "sighting.json", "track.json", "track.gpx",
        "REPORT.html", "public_key.pem", "manifest.json", "manifest.sig",
    }  # fmt: skip
    told = json.loads(pack.files["sighting.json"])
    assert (told["plate"], told["plate_raw"], told["plate_source"]) == ("MAG5006", CHOSEN, "person")
    assert [(word["by"], word["after"]) for word in told["words_of_people"]] == [("reviewer", "MAG5006")]
    assert told["video"]["sha256"] == sighting.video.sha256
    assert told["time"]["source"] == "gps"
    assert len(told["reads"]) == sighting.reads_count
    report = pack.files["REPORT.html"].decode()
    assert told["video"]["sha256"] in report
    assert made.key_fingerprint in report
    assert "<script" not in report
    everything = b"".join(pack.files.values())
    assert b"Mallory" not in everything
    assert not any(other.encode() in everything for other in BESIDE)

    clip = tmp_path / "clip.mp4"
    clip.write_bytes(pack.files["clip.mp4"])
    reader, first = load_reader("cpu"), told["clip"]["first_frame_video_s"]
    read = {
        track.plate
        for track in read_video(film, reader, start=first, end=made.seconds + 2)
        if isinstance(track, PlateTrack)
    }
    assert {CHOSEN, *BESIDE} <= read
    assert {track.plate for track in read_video(clip, reader) if isinstance(track, PlateTrack)} == {CHOSEN}
    original = [frame.seconds for frame in frames(film, start=first, end=made.seconds + 2)]
    assert [frame.seconds for frame in frames(clip)] == pytest.approx([at - first for at in original], abs=1e-6)


def test_the_site_accepts_its_own_pack_and_no_other(asked: EvidencePack, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(bytes_of(make(asked)))
    call_command("verify_evidence", path)
    assert "intact" in capsys.readouterr().out
    call_command("evidence_key")
    assert capsys.readouterr().out.strip() == asked.key_fingerprint
    with pytest.raises(CommandError, match="another key"):
        call_command("verify_evidence", path, "--key", "0" * 64)
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(CommandError, match="NOT INTACT"):
        call_command("verify_evidence", path)


def test_the_key_is_readable_by_its_owner_alone(settings: Any, capsys: Any) -> None:
    call_command("evidence_key")
    assert (Path(settings.DATA_DIR) / "evidence_key.pem").stat().st_mode & 0o777 == 0o600
    first = capsys.readouterr().out
    call_command("evidence_key")
    assert capsys.readouterr().out == first


def test_what_a_killed_worker_left_is_made_again_once(asked: EvidencePack, monkeypatch: pytest.MonkeyPatch) -> None:
    """It died with its file in storage, before its row said so."""
    monkeypatch.setattr(evidence, "_end", lambda *_, **__: None)
    evidence.pack_next()
    monkeypatch.undo()
    evidence.pack_next()  # its lease still runs: nobody else may
    assert EvidencePack.objects.get().attempts == 1
    EvidencePack.objects.update(updated_at=timezone.now() - HOUR)
    assert (make(asked).state, asked.attempts) == ("done", 2)
    assert stored() == [f"{asked.pk}.2.zip"]
    evidence.pack_next()
    assert EvidencePack.objects.get().attempts == 2


def test_a_worker_that_was_replaced_leaves_nothing(asked: EvidencePack, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(pack: EvidencePack, out: Path, note: Callable[[float], None]) -> dict[str, Any]:
        EvidencePack.objects.update(attempts=2)  # another one has taken over
        out.write_bytes(b"mine")
        return {"size": 4}

    monkeypatch.setattr("sightings.processing.evidence_pack.write", write)
    assert (make(asked).state, asked.file.name) == ("making", "")
    assert stored() == []


def test_what_kills_its_worker_is_given_up(asked: EvidencePack, settings: Any) -> None:
    EvidencePack.objects.update(state="making", attempts=settings.MAX_ATTEMPTS, updated_at=timezone.now() - HOUR)
    assert (make(asked).state, asked.fault) == ("failed", "died")


def test_a_film_that_is_gone_or_another_one_is_said_in_plain_words_and_asking_anew_tries_again(
    asked: EvidencePack, sighting: Sighting, bob: User
) -> None:
    name = str(sighting.video.file)
    path = Path(default_storage.path(name))
    film = path.read_bytes()
    path.unlink()  # the film of the session may be linked here
    path.write_bytes(film + b"x")
    assert (make(asked).state, asked.fault) == ("failed", "changed")
    path.unlink()
    again = packs.ask(sighting=sighting, user=bob, before_s=2, after_s=2)
    assert EvidencePack.objects.count() == 1
    assert (make(again).fault, "no longer on the server" in again.get_fault_display()) == ("gone", True)


def test_a_full_disk_is_said_and_a_plate_that_stays_readable_keeps_the_pack_from_being_made(
    asked: EvidencePack, sighting: Sighting, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sightings.processing.files.keep", full)
    assert (make(asked).state, asked.fault) == ("failed", "no_room")
    monkeypatch.undo()
    monkeypatch.setattr("recognition.redact.fill", lambda *_: None)
    again = packs.ask(sighting=sighting, user=bob, before_s=2, after_s=2)
    assert (make(again).state, again.fault, stored()) == ("failed", "readable", [])


def test_reviewers_ask_once_and_fetch_by_range_and_it_is_written_down(
    api_as: Callable[..., APIClient], sighting: Sighting, bob: User, dora: User, charlie: User
) -> None:
    address = f"/api/v1/sightings/{sighting.pk}/evidence/"
    answers = [api_as(bob).post(address, {"before_s": 2, "after_s": 2}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    job = answers[0]["Location"]
    assert api_as(bob).get(f"{job}file/").json()["code"] == "evidence_not_made"
    make(EvidencePack.objects.get())
    told = api_as(bob).get(job).json()
    assert (told["state"], told["download_url"]) == ("done", f"{job}file/")
    whole = api_as(bob).get(told["download_url"], headers={"accept": "application/zip"})
    assert len(b"".join(whole)) == told["size"]
    rest = api_as(bob).get(told["download_url"], headers={"range": "bytes=2-3"})
    assert (rest.status_code, b"".join(rest)) == (206, b"\3\4")
    assert AuditEntry.objects.filter(action="evidence.downloaded", user=bob).count() == 1
    assert api_as(dora).get(told["download_url"]).status_code == 403
    assert api_as(dora).post(address).status_code == 403
    assert {api_as(charlie).get(where).status_code for where in (job, told["download_url"], address)} == {404}
    with pytest.raises(EvidenceSpan):
        packs.ask(sighting=sighting, user=bob, before_s=21)
    with pytest.raises(NotAllowed):
        packs.ask(sighting=sighting, user=dora)


def test_a_pack_outlives_its_sighting_and_is_shown_on_the_one_that_replaced_it(
    asked: EvidencePack, sighting: Sighting, bob: User, page_as: Callable[[User], Client]
) -> None:
    make(asked)
    ProcessingRun.objects.filter(video=sighting.video).update(is_current=False)
    fresh = make_sighting(make_run(sighting.video), CHOSEN, at=asked.seconds - 1, best_s=asked.seconds, box=asked.box)
    sighting.delete()
    asked.refresh_from_db()
    assert asked.sighting_id is None
    assert packs.packs_of(bob, fresh) == [asked]
    body = page_as(bob).get(f"/sightings/{fresh.pk}/").content.decode()
    assert f"/api/v1/evidence/{asked.pk}/file/" in body
    assert asked.key_fingerprint in body


def test_a_deletion_can_be_undone_for_a_day_and_what_has_expired_goes(
    asked: EvidencePack, bob: User, page_as: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "waiting", lambda queue: 1)
    make(asked)
    page_as(bob).post(f"/evidence/{asked.pk}/delete/")
    assert not EvidencePack.objects.visible_to(bob).exists()
    sweep.sweep()
    page_as(bob).post(f"/evidence/{asked.pk}/restore/")
    assert EvidencePack.objects.visible_to(bob).get() == asked
    assert stored() == [f"{asked.pk}.1.zip"]
    EvidencePack.objects.update(expires_at=timezone.now() - HOUR)
    sweep.sweep()
    assert (EvidencePack.objects.count(), stored()) == (0, [])
    assert AuditEntry.objects.filter(action="evidence.expired").count() == 1


def test_the_page_offers_it_to_reviewers_and_tells_viewers_who_can(
    page_as: Callable[[User], Client], sighting: Sighting, bob: User, dora: User
) -> None:
    address = f"/sightings/{sighting.pk}/"
    assert "A reviewer of the fleet can make one" in page_as(dora).get(address).content.decode()
    page_as(dora).post(f"{address}evidence/", {"before_s": "2", "after_s": "5"})
    assert not EvidencePack.objects.exists()
    page_as(bob).post(f"{address}evidence/", {"before_s": "2", "after_s": "5"})
    assert (EvidencePack.objects.get().before_s, EvidencePack.objects.get().after_s) == (2.0, 5.0)
    assert "Give it up" in page_as(bob).get(f"/evidence/of/{sighting.pk}/").content.decode()
    assert b"Ed25519" in Client().get("/evidence/verify.py").content
