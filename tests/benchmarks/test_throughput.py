"""How fast a whole trip is read, beside how fast the same film is decoded. Run: python -m pytest -m benchmark -s

The film is the drawn drive at 1080 lines and 30 frames a second, with a sensor's noise, encoded at the 14 Mbit/s that
dashcams write: noise and rate are what makes decoding a real road cost what it does.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from recognition import pipeline
from recognition.errors import WeightsRefused
from recognition.media.container import open_video
from recognition.media.frames import decode
from recognition.training.synth import drive
from recognition.training.synth.camera import Camera
from recognition.types import PlateTrack, Progress

pytestmark = pytest.mark.benchmark

SECONDS, FPS, BITS, NOISE = 12.0, 30.0, 14_000_000, 4.0


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, rng = tmp_path_factory.mktemp("film") / "road.mp4", np.random.default_rng(1)
    noise = rng.normal(0, NOISE, (4, 1080, 1920, 1)).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=round(FPS), options={"preset": "veryfast", "g": "30"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 1920, 1080, "yuv420p", BITS
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for index, frame in enumerate(drive.frames(SECONDS, 7, Camera(1920, 1080), FPS)):
            grain = np.roll(noise[index % 4], int(rng.integers(1920)), 1)
            picture = av.VideoFrame.from_ndarray((frame.image + grain).clip(0, 255).astype(np.uint8), format="bgr24")
            picture = picture.reformat(format="yuv420p")
            picture.pts, picture.time_base = round(frame.seconds * 1000), Fraction(1, 1000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def timed(act: Iterator[object]) -> tuple[float, list[object]]:
    begun = time.perf_counter()
    found = list(act)
    return time.perf_counter() - begun, found


def decoded(path: Path) -> Iterator[float]:
    with open_video(path) as video:
        yield from (seconds for seconds, _ in decode(video))


def test_the_whole_pipeline_at_default_settings_against_the_bare_decoding(film: Path) -> None:
    try:
        reader = pipeline.load_reader("cpu")
    except WeightsRefused as error:
        pytest.skip(str(error))
    bare = min(timed(decoded(film))[0] for _ in range(2))
    whole, events = min((timed(pipeline.read_video(film, reader)) for _ in range(2)), key=lambda run: run[0])
    plates = [event.plate for event in events if isinstance(event, PlateTrack)]
    last = [event for event in events if isinstance(event, Progress)][-1]
    size = 8 * film.stat().st_size / SECONDS / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\n{SECONDS:.0f} s of 1080p{FPS:.0f} at {size:.1f} Mbit/s: decoded in {bare:.2f} s, read in {whole:.2f} s")
    print(f"{SECONDS / whole:.2f} times real time, {whole / bare:.2f} times the decoding; {memory:.2f} GiB at most")
    print("seconds by stage:", {stage: round(spent, 2) for stage, spent in last.timings.items()}, sorted(plates))
    assert plates
