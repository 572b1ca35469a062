"""The order of the stages: frames → detect → rectify → recognize → associate → vote. The only file that knows it.

A video is read by a generator of Progress and PlateTrack. No callback, no database, no file written.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

from recognition import geometry, images
from recognition.config import PipelineConfig, TrackingConfig
from recognition.inference import backends, weights
from recognition.inference.decode import DecodeConfig
from recognition.inference.detect import Detector, load_detector
from recognition.inference.recognize import THREE_LOOKS, Recognizer
from recognition.inference.rectify import rectify
from recognition.media import frames, probe
from recognition.tracking.associate import Associator, likeness, plain_text, trim
from recognition.tracking.vote import fuse
from recognition.types import Box, Detection, Frame, Image, Observation, PlateTrack, Progress, Reading

DETECTOR, RECOGNIZER = "detector-s", "recognizer-m"
GPU_DETECTOR = "detector-m"  # looks at full HD as it is, which a CPU has no time for
LEAST_SCORE = 0.15  # of what may be a plate, where none must be missed
GPU_BATCH = 16  # frames that it looks at together; on a CPU a batch saves nothing
CONTEXT_ASPECT = 0.6  # height of the picture around a plate, as a share of its width
CONTEXT_PLATES = 5.0  # its least width in plate widths
EDGE = 2.0  # pixels from the frame's edge within which a plate may be cut off
CLIPPED_SHARE = 0.1  # of its weight is left to such a plate
OTHER_TEXT = 0.6  # an observation whose text is less like the fused one than this may show another car


class Detect(Protocol):
    """A frame -> its plates."""

    def __call__(self, image: Image, /) -> list[Detection]: ...


class DetectMany(Protocol):
    """Frames of one size -> the plates of each."""

    def __call__(self, pictures: Sequence[Image], /) -> list[list[Detection]]: ...


class DetectNear(Protocol):
    """A frame -> the plates near the boxes in which some are expected."""

    def __call__(self, image: Image, boxes: Sequence[Box], /) -> list[Detection]: ...


class Recognize(Protocol):
    """Rectified plates -> one reading each, in order."""

    def __call__(self, crops: Sequence[Image], region: str | None = None, /) -> list[Reading]: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """The two networks, ready. `raw_recognizer` leaves plate formats out, which over a track count once, at its end.

    With `detect_many`, what is filmed is looked at `batch` frames at a time, as a GPU likes it. With `detect_near`, not
    every frame is looked at as a whole, which spares a CPU.
    """

    detector: Detect
    recognizer: Recognize
    raw_recognizer: Recognize | None = None
    version: str = ""  # what is written beside every sighting: the networks and their versions
    detect_many: DetectMany | None = None
    batch: int = 1
    detect_near: DetectNear | None = None
    gpu: bool = False  # on an NVIDIA card, which then decodes the film as well
    detect_all: Detect | None = None  # also what is hardly one, looked for with care: to hide plates, not to read them

    def detect(self, pictures: Sequence[Image]) -> list[list[Detection]]:
        return self.detect_many(pictures) if self.detect_many else [self.detector(picture) for picture in pictures]

    @property
    def for_tracks(self) -> Recognize:
        return self.raw_recognizer or self.recognizer


def load_reader(
    device: Literal["auto", "cpu", "cuda"] = "auto", detector: str = "", recognizer: str = RECOGNIZER
) -> Reader:
    """The shipped networks on a device; no detector named means the one that suits the device.

    Raises WeightsRefused where they are absent or changed.
    """
    gpu = device != "cpu" and backends.has_cuda()
    chosen = detector or (GPU_DETECTOR if gpu else DETECTOR)
    decoding = DecodeConfig(temperature=float(weights.entry_of(recognizer).input.get("temperature", 1.0)))
    network = backends.load_network(recognizer, device)
    detect = load_detector(chosen, PipelineConfig().min_score, device)
    return Reader(
        detect,
        Recognizer(network, decoding, looks=THREE_LOOKS),
        Recognizer(network, replace(decoding, format_weight=0.0)),
        weights.model_version(chosen, recognizer),
        detect.many,
        GPU_BATCH if gpu else 1,
        None if gpu else detect.near,
        gpu,
        Detector(detect.network, LEAST_SCORE, detect.max_side).everywhere,
    )


def read_image(image: Image, reader: Reader, *, region: str | None = None) -> list[tuple[Detection, Reading]]:
    """Every plate of a picture with what it says, surest detection first."""
    found = reader.detector(image)
    crops = [rectify(image, detection) for detection in found]
    readings = reader.recognizer(crops, region) if crops else []
    return [(detection, legible(reading)) for detection, reading in zip(found, readings, strict=True)]


def read_crop(image: Image, reader: Reader, region: str | None = None) -> Reading:
    """What a picture says that is one plate already cut out."""
    return legible(reader.recognizer([image], region)[0])


def legible(reading: Reading, limit: float = TrackingConfig().min_confidence) -> Reading:
    """The reading, or one that says nothing where it is a guess: leaves and railings look like a plate at times."""
    return reading if reading.confidence >= limit else Reading("", reading.confidence)


@dataclass(slots=True)
class _Count:
    """What has been done so far, and how long it took."""

    frames: int = 0
    detections: int = 0
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.timings[stage] = self.timings.get(stage, 0.0) + time.perf_counter() - begun


def read_video(
    path: Path | str,
    reader: Reader,
    *,
    start: float = 0.0,
    end: float | None = None,
    region: str | None = None,
    config: PipelineConfig | None = None,
) -> Iterator[Progress | PlateTrack]:
    """The plates that pass between `start` and `end` (seconds), each as soon as its pass is over, and how far it is.

    A Progress comes first, then at least one per `config.progress_seconds` of work, and one at the end. Raises
    NotAVideo and VideoDamaged before anything else.
    """
    config = config or PipelineConfig()
    until = probe.probe(path).duration if end is None else end
    count, associator, whole = _Count(), Associator(config.tracking, config.keep_crops), _Whole(config)
    yield Progress(start, until, 0, 0, {}, start)
    told = time.monotonic()
    source = frames.ahead(
        _timed_frames(path, start, end, reader.gpu, config, count), config.decode_ahead * reader.batch
    )
    for group in _groups(frames.moving(source, config.still_change, config.still_seconds), reader.batch):
        with count.timed("detect"):
            found = _look(group, reader, associator, whole, config)
        if found is None:
            continue
        for frame, observations in zip(group, _read(group, found, reader, region, config, count), strict=True):
            with count.timed("associate"):
                over = associator.update(frame.seconds, observations)
            yield from _fused(over, region, config, count)
        if time.monotonic() - told >= config.progress_seconds:
            reached = min(group[-1].seconds, until)
            yield Progress(reached, until, count.frames, count.detections, dict(count.timings), start)
            told = time.monotonic()
    yield from _fused(associator.finish(), region, config, count)
    yield Progress(until, until, count.frames, count.detections, dict(count.timings), start)


def _timed_frames(
    path: Path | str, start: float, end: float | None, gpu: bool, config: PipelineConfig, count: _Count
) -> Iterator[Frame]:
    source = frames.frames(path, start=start, end=end, every=1 / config.analysis_fps, gpu=gpu)
    while True:
        with count.timed("decode"):
            frame = next(source, None)
        if frame is None:
            return
        yield frame


def _groups(source: Iterator[Frame], size: int) -> Iterator[list[Frame]]:
    """Frames, `size` at a time."""
    while group := list(islice(source, size)):
        yield group


class _Whole:
    """Which frames are looked at as a whole: every `whole_every`th slot of the film, and where frames come seldom, all.

    Slots are counted from the start of the film, so that the choice does not depend on where reading began.
    """

    def __init__(self, config: PipelineConfig) -> None:
        self.config, self.last = config, -math.inf

    def __call__(self, frame: Frame) -> bool:
        every, fps = self.config.whole_every, self.config.analysis_fps
        due = int(frame.seconds * fps + 1e-6) % every == 0 or frame.seconds - self.last > (every + 0.5) / fps
        if due:
            self.last = frame.seconds
        return due


def _look(
    group: Sequence[Frame], reader: Reader, associator: Associator, whole: _Whole, config: PipelineConfig
) -> list[list[Detection]] | None:
    """The plates of each frame that are worth reading; None where there is nothing to look for."""
    if reader.detect_near is None or len(group) > 1 or whole(group[0]):
        found = reader.detect([frame.image for frame in group])
    elif expected := associator.unsettled(group[0].seconds):
        found = [reader.detect_near(group[0].image, expected)]
    else:
        return None
    return [[item for item in detections if _worth_reading(item, config)] for detections in found]


def _read(
    group: Sequence[Frame],
    plates: Sequence[Sequence[Detection]],
    reader: Reader,
    region: str | None,
    config: PipelineConfig,
    count: _Count,
) -> list[list[Observation]]:
    """What the plates of each frame say; all are read in one batch."""
    found = [(frame, item) for frame, detections in zip(group, plates, strict=True) for item in detections]
    count.frames += len(group)
    count.detections += len(found)
    with count.timed("rectify"):
        crops = [rectify(frame.image, detection) for frame, detection in found]
    with count.timed("recognize"):
        readings = reader.for_tracks(crops, region) if crops else []
    observed: dict[int, list[Observation]] = {frame.index: [] for frame in group}
    for (frame, detection), reading, crop in zip(found, readings, crops, strict=True):
        observed[frame.index].append(
            Observation(
                frame.seconds,
                detection,
                reading,
                weight=_weight(frame.image, detection, crop),
                crop=crop,
                context=context_of(frame.image, detection.box, config.context_width),
            )
        )
    return list(observed.values())


def _weight(image: Image, detection: Detection, crop: Image) -> float:
    """How much an observation counts, and how good a picture it makes: a plate that leaves the frame makes none."""
    weight = images.sharpness(crop) * geometry.quad_size(detection.corners)[1] * detection.score
    box, (rows, columns) = detection.box, image.shape[:2]
    inside = min(box.x1, box.y1, columns - box.x2, rows - box.y2) > EDGE
    return weight if inside else weight * CLIPPED_SHARE


def _worth_reading(detection: Detection, config: PipelineConfig) -> bool:
    return detection.score >= config.min_score and detection.box.height >= config.min_plate_height


def context_of(image: Image, box: Box, width: int) -> Image:
    """The picture around a plate, at most `width` pixels wide, moved so that it lies within the frame."""
    rows, columns = image.shape[:2]
    wide = min(columns, max(width, CONTEXT_PLATES * box.width))
    high = min(rows, wide * CONTEXT_ASPECT)
    x, y = geometry.center(box)
    left, top = min(max(0.0, x - wide / 2), columns - wide), min(max(0.0, y - high / 2), rows - high)
    part = images.cut(image, Box(left, top, left + wide, top + high))
    if part.shape[1] <= width:
        return part
    return images.resize(part, width, max(1, round(part.shape[0] * width / part.shape[1])), quick=True)


def _fused(
    passes: Sequence[Sequence[Observation]], region: str | None, config: PipelineConfig, count: _Count
) -> Iterator[PlateTrack]:
    with count.timed("vote"):
        tracks = [make_track(observations, region) for observations in passes]
    yield from (track for track in tracks if worth_keeping(track, config))


def make_track(observations: Sequence[Observation], region: str | None = None) -> PlateTrack:
    """One pass from its observations in order of time, ends that nobody could read left out.

    Only the best observation keeps the picture around the plate.
    """
    fused = fuse(observations, region)
    text = fused.candidates[0].plate if fused.candidates else ""
    observations = trim(observations, text)
    best = max(observations, key=_showing(text))
    lighter = tuple(item if item is best else replace(item, context=None) for item in observations)
    return PlateTrack(fused.plate, fused.confidence, fused.characters, fused.candidates, fused.region, lighter, best)


def _showing(text: str) -> Callable[[Observation], tuple[bool, bool, float]]:
    """Prefers the right car, then what still has its pictures, then the sharpest and largest."""

    def order(item: Observation) -> tuple[bool, bool, float]:
        alike = likeness(plain_text(item), text) >= OTHER_TEXT
        return alike and item.crop is not None, item.context is not None, item.weight

    return order


def worth_keeping(track: PlateTrack, config: PipelineConfig) -> bool:
    """Whether anyone can use the track: it says something that is no shop sign, and a plate seen once was seen well."""
    limits = config.tracking
    if len(track.characters) < limits.min_characters or track.confidence < limits.min_confidence:
        return False
    score = max(item.detection.score for item in track.observations)
    if score < limits.min_word_score and not any(character.isdigit() for character in track.candidates[0].plate):
        return False
    if len(track.observations) > 1:
        return True
    return score >= limits.min_single_score and track.confidence >= limits.min_single_confidence
