"""The demo's rows, a batch of drives at a time, of the same shapes as `processing.persist` and the services write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import h3
import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max, Min, OuterRef, Subquery

from recognition.plates import deletion_keys
from sightings import storage
from sightings.demo.inserting import insert, insert_objects
from sightings.demo.plan import Drive
from sightings.demo.reads import Read, read
from sightings.demo.roads import length
from sightings.forms import FLAG_REASONS
from sightings.models import (
    Correction,
    CorrectionAction,
    Flag,
    Fleet,
    Observation,
    Plate,
    PlateKey,
    ProcessingRun,
    ReviewState,
    RunState,
    Sighting,
    TimeSource,
    Track,
    Trip,
    TripState,
    User,
    Vehicle,
    Video,
)
from sightings.querysets import DOUBTFUL_BELOW
from sightings.services.coverage import COARSE, FINE, cover

MODEL = "demo@1"
GPS = "demo"
WIDTH, HEIGHT, FRAME_RATE = 1920, 1080, 30.0
LOOKED_AT = 0.3  # of the doubtful sightings, those that a person has cleared
CONFIRMED = 0.01  # of the others, those that a person has confirmed
NO_PLATE = 0.1  # of those looked at, those that were no plate
FLAGGED, RESOLVED = 0.006, 0.4
READS = 3  # observations of a sighting
OBSERVED = (
    "sighting", "seconds", "box", "corners", "dscore", "text", "confidence", "characters", "candidates", "weight",
    "crop",
)  # fmt: skip
MIDDLE = (WIDTH / 2, HEIGHT / 2) * 2  # of the frame, once for each corner of a box


@dataclass(slots=True)
class Meeting:
    """One sighting that is not yet written, with what people will say on it."""

    row: Sighting
    reader: Read
    word: CorrectionAction | None = None
    flag: str = ""


@dataclass(slots=True)
class Writer:
    """Writes drives of one fleet. `crops` holds a picture (JPEG) of each plate that has one, by its text."""

    fleet: Fleet
    vehicles: list[Vehicle]
    reviewer: User
    seed: int
    crops: dict[str, bytes]
    with_reads: bool = True
    with_crop: int = 0
    _plates: dict[str, int] = field(default_factory=dict)
    _stored: dict[str, str] = field(default_factory=dict)
    _before: int = 0  # trips that the fleet held already

    def __post_init__(self) -> None:
        self._plates = dict(Plate.objects.filter(fleet=self.fleet).values_list("text", "pk"))
        self._before = Trip.objects.filter(fleet=self.fleet).count()

    @transaction.atomic
    def write(self, drives: list[tuple[int, Drive, list[tuple[float, str, str]]]]) -> None:
        """Drives with their number and what they met: (share of the time, plate, region)."""
        runs = self._runs([(number, drive) for number, drive, _ in drives])
        meetings = []
        for run, (number, drive, met) in zip(runs, drives, strict=True):
            meetings += self._meetings(run, drive, met, np.random.default_rng([self.seed, 2, number]))
        self._write_plates(meetings)
        insert_objects([one.row for one in meetings])
        keys = Sighting.objects.filter(run__in=runs).values_list("run", "key", "pk")
        written = {(run, key): pk for run, key, pk in keys}
        for one in meetings:
            one.row.pk = written[one.row.run_id, one.row.key]
        for run in runs:
            cover(run.video)
        if self.with_reads:
            insert(Observation, OBSERVED, [row for one in meetings for row in _observations(one.row)])
        self._write_words(meetings)

    def _runs(self, drives: list[tuple[int, Drive]]) -> list[ProcessingRun]:
        """Trip, video, track and finished run of each drive."""
        trips = Trip.objects.bulk_create([self._trip(drive) for _, drive in drives])
        pairs = list(zip(drives, trips, strict=True))
        videos = Video.objects.bulk_create([self._video(number, drive, trip) for (number, drive), trip in pairs])
        Track.objects.bulk_create([_track(drive, video) for (_, drive), video in zip(drives, videos, strict=True)])
        return ProcessingRun.objects.bulk_create([_run(video) for video in videos])

    def _trip(self, drive: Drive) -> Trip:
        return Trip(
            fleet=self.fleet,
            vehicle=self.vehicles[drive.car],
            name=drive.name,
            state=TripState.DONE,
            started_at=drive.started_at,
            ended_at=drive.started_at + timedelta(seconds=len(drive.track)),
            time_source=TimeSource.GPS,
            time_uncertainty_s=0.5,
            distance_m=round(length(drive.track), 1),
            created_by=self.reviewer,
        )

    def _video(self, number: int, drive: Drive, trip: Trip) -> Video:
        return Video(
            fleet=self.fleet,
            trip=trip,
            vehicle=trip.vehicle,
            sha256=hashlib.sha256(f"demo {self._before} {self.seed} {number} {drive.started_at}".encode()).hexdigest(),
            size=len(drive.track) * 1_500_000,
            file="videos/demo/none.mp4",
            original_name=f"{drive.started_at:%Y%m%d_%H%M%S}_F.mp4",
            duration_s=float(len(drive.track)),
            frame_rate=FRAME_RATE,
            width=WIDTH,
            height=HEIGHT,
            codec="h264",
            started_at=drive.started_at,
            time_source=TimeSource.GPS,
            time_uncertainty_s=0.5,
        )

    def _meetings(
        self, run: ProcessingRun, drive: Drive, met: list[tuple[float, str, str]], rng: np.random.Generator
    ) -> list[Meeting]:
        return [self._meeting(run, drive, index, one, rng) for index, one in enumerate(met)]

    def _meeting(
        self, run: ProcessingRun, drive: Drive, index: int, met: tuple[float, str, str], rng: np.random.Generator
    ) -> Meeting:
        share, truth, region = met
        reader, seconds = read(truth, rng), share * (len(drive.track) - 1)
        word, flag = _said(reader, rng)
        corrected = truth if word == CorrectionAction.CORRECT else ""
        row = Sighting(
            fleet=self.fleet,
            trip_id=run.video.trip_id,
            video_id=run.video_id,
            run=run,
            key=f"{int(seconds // 90):04d}:{index:05d}",
            plate_raw=reader.text,
            plate_corrected=corrected,
            confidence=reader.confidence,
            **_moment(drive, seconds, float(rng.exponential(2.5))),
            **_framed(rng),
            characters=reader.characters,
            candidates=reader.candidates,
            region=region,
            region_score=round(0.5 + reader.confidence / 2, 5),
            reads_count=READS,
            review_state=_state(word),
            flagged=flag == "open",
            crop=self._crop(truth, run),
            model_version=MODEL,
            version=1 if word is None else 2,
        )
        return Meeting(row, reader, word, flag)

    def _crop(self, text: str, run: ProcessingRun) -> str:
        """Where the plate's picture lies: beside the crops of the first run that met it."""
        if text not in self.crops:
            return ""
        if text not in self._stored:
            name = storage.crop_name(fleet_id=self.fleet.pk, run_id=run.pk, name=f"demo-{len(self._stored):04d}")
            self._stored[text] = default_storage.save(name, ContentFile(self.crops[text]))
        self.with_crop += 1
        return self._stored[text]

    def _write_plates(self, meetings: list[Meeting]) -> None:
        """Plates and search keys of texts that are new, and every sighting's plate."""
        named = [one.row for one in meetings if one.word != CorrectionAction.REJECT and one.row.text.strip("?")]
        texts = {row.text: row.region for row in reversed(named) if row.text not in self._plates}
        fresh = [Plate(fleet=self.fleet, text=text, region=texts[text]) for text in sorted(texts)]
        fresh = Plate.objects.bulk_create(fresh, batch_size=1000)
        keys = ((plate.pk, self.fleet.pk, key) for plate in fresh for key in sorted(deletion_keys(plate.text)))
        insert(PlateKey, ("plate", "fleet", "key"), list(keys))
        self._plates |= {plate.text: plate.pk for plate in fresh}
        for row in named:
            row.plate_id = self._plates[row.text]

    def _write_words(self, meetings: list[Meeting]) -> None:
        Correction.objects.bulk_create(self._correction(one) for one in meetings if one.word is not None)
        Flag.objects.bulk_create(self._flag(one) for one in meetings if one.flag)

    def _anchor(self, row: Sighting) -> dict[str, Any]:
        """As `services.reviews` hangs words up."""
        return {
            "fleet": self.fleet, "trip_id": row.trip_id, "video_id": row.video_id, "sighting": row,
            "seconds": row.best_s, "box": row.box, "user": self.reviewer,
        }  # fmt: skip

    def _correction(self, one: Meeting) -> Correction:
        after = "" if one.word == CorrectionAction.REJECT else one.row.text
        return Correction(
            **self._anchor(one.row), action=one.word or "", text_before=one.row.plate_raw, text_after=after
        )

    def _flag(self, one: Meeting) -> Flag:
        reason = FLAG_REASONS[len(one.row.plate_raw) % len(FLAG_REASONS)][0]
        done = one.row.seen_at + timedelta(days=1) if one.flag == "resolved" and one.row.seen_at else None
        return Flag(
            **self._anchor(one.row), reason=reason, resolved_at=done, resolved_by=self.reviewer if done else None
        )


def finish(fleet: Fleet) -> None:
    """What hangs on all of the rows: when each plate was first and last seen, and when a trip came in."""
    seen = Sighting.objects.current().filter(plate=OuterRef("pk")).order_by().values("plate")
    first, last = (Subquery(seen.annotate(at=side("seen_at")).values("at")) for side in (Min, Max))
    Plate.objects.filter(fleet=fleet).update(first_seen=first, last_seen=last)
    made_up = ProcessingRun.objects.filter(video__fleet=fleet, model_version=MODEL)
    Trip.objects.filter(pk__in=made_up.values("video__trip")).update(created_at=F("ended_at"))


def _said(reader: Read, rng: np.random.Generator) -> tuple[CorrectionAction | None, str]:
    """What a person said on a sighting, and whether it was flagged: "open", "resolved" or ""."""
    chance, turn = rng.random(2)
    word = None
    if reader.confidence < DOUBTFUL_BELOW or "?" in reader.text:
        if chance < LOOKED_AT:
            right = reader.text == reader.candidates[0]["plate"] and turn >= NO_PLATE
            word = CorrectionAction.REJECT if turn < NO_PLATE else CorrectionAction.CORRECT
            word = CorrectionAction.CONFIRM if right and turn > 0.5 else word
    elif chance < CONFIRMED:
        word = CorrectionAction.CONFIRM
    if rng.random() >= FLAGGED:
        return word, ""
    return word, "resolved" if rng.random() < RESOLVED else "open"


def _state(word: CorrectionAction | None) -> ReviewState:
    if word is None:
        return ReviewState.UNREVIEWED
    return {
        CorrectionAction.CORRECT: ReviewState.CORRECTED,
        CorrectionAction.CONFIRM: ReviewState.CONFIRMED,
        CorrectionAction.REJECT: ReviewState.REJECTED,
    }[word]


def _moment(drive: Drive, seconds: float, lasts: float) -> dict[str, Any]:
    """When and where: as `processing.places.Stamper` says it."""
    best = round(seconds, 3)
    lat, lon, speed, heading = drive.track[int(seconds)].tolist()
    return {
        "first_seen_s": max(0.0, round(best - lasts, 3)),
        "last_seen_s": round(best + lasts / 3, 3),
        "best_s": best,
        "seen_at": drive.started_at + timedelta(seconds=best),
        "time_source": TimeSource.GPS,
        "time_uncertainty_s": 0.5,
        "lat": round(lat, 7),
        "lon": round(lon, 7),
        "heading": round(heading, 2),
        "speed": round(speed, 2),
        "accuracy_m": 3.0,
        "gps_source": GPS,
        "h3_r7": h3.str_to_int(h3.latlng_to_cell(lat, lon, COARSE)),
        "h3_r9": h3.str_to_int(h3.latlng_to_cell(lat, lon, FINE)),
    }


def _framed(rng: np.random.Generator) -> dict[str, Any]:
    """Where in the frame."""
    x, y, wide, score = rng.random(4).tolist()
    width = 50.0 + 90.0 * wide
    left, top = 200.0 + x * 1400.0, 520.0 + y * 260.0
    box = [round(side, 1) for side in (left, top, left + width, top + width / 4.5)]
    return {
        "dscore": round(0.6 + 0.4 * score, 5),
        "box": box,
        "corners": [[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]],
    }


def _observations(row: Sighting) -> Iterator[tuple[Any, ...]]:
    """The frames that voted, as values of OBSERVED: the plate comes nearer until the best one."""
    for frame in range(1, READS + 1):
        grown = 0.6 + 0.4 * frame / READS
        box = [round(side * grown + middle * (1 - grown), 1) for side, middle in zip(row.box, MIDDLE, strict=True)]
        seconds = row.first_seen_s + (row.best_s - row.first_seen_s) * (frame - 1) / (READS - 1)
        last = frame == READS
        characters, candidates = (json.dumps(row.characters), json.dumps(row.candidates)) if last else ("[]", "[]")
        yield (
            row.pk, round(seconds, 3), json.dumps(box), "[]", row.dscore, row.plate_raw,
            round(row.confidence * grown, 5), characters, candidates, round(grown, 3), row.crop if last else "",
        )  # fmt: skip


def _track(drive: Drive, video: Video) -> Track:
    """[seconds, lat, lon, speed, heading, accuracy in m] once a second."""
    points = [
        [float(second), round(lat, 6), round(lon, 6), round(speed, 2), round(heading, 1), 3.0]
        for second, (lat, lon, speed, heading) in enumerate(drive.track.tolist())
    ]
    ended: datetime = drive.started_at + timedelta(seconds=len(points) - 1)
    return Track(
        video=video,
        source=GPS,
        points=points,
        distance_m=length(drive.track),
        started_at=drive.started_at,
        ended_at=ended,
    )


def _run(video: Video) -> ProcessingRun:
    return ProcessingRun(
        video=video,
        model_version=MODEL,
        state=RunState.DONE,
        progress=1.0,
        frames=int(video.duration_s * 10),
        is_current=True,
        started_at=video.started_at,
        finished_at=video.started_at + timedelta(seconds=2 * video.duration_s) if video.started_at else None,
    )
