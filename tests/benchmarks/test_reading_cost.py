"""What reading costs on a CPU, beside what LPRNet costs in the same minute. Run: python -m pytest -m benchmark -s"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from recognition import pipeline
from recognition.config import PipelineConfig
from recognition.errors import WeightsRefused
from recognition.inference import backends, detect
from recognition.inference.recognize import HEIGHT, WIDTH, Recognizer

datasets_drawn = pytest.importorskip("recognition.training.datasets_drawn")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.benchmark

ROUNDS, WARM_UP = 30, 5
TARGET_MS = 60.0  # of the pair on two cores, for a frame of 1280 × 720 with two plates


def median_ms(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS + WARM_UP):
        begun = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times[WARM_UP:])


def test_the_cpu_pair_on_a_frame_with_two_plates_against_lprnet() -> None:
    """Detector and recognizer as a video is read, two threads; LPRNet in torch behind the same detector."""
    from recognition.baselines.lprnet_network import LPRNet

    try:
        detector = detect.load_detector(pipeline.DETECTOR, PipelineConfig().min_score, "cpu", threads=2)
        recognizer = Recognizer(backends.load_network(pipeline.RECOGNIZER, "cpu", threads=2))
        small = Recognizer(backends.load_network("recognizer-s", "cpu", threads=2))
    except WeightsRefused as error:
        pytest.skip(str(error))
    torch.set_num_threads(2)
    lprnet = LPRNet().eval()
    rng = np.random.default_rng(1)
    frame = next(scene.image for scene in datasets_drawn.drawn_pictures(20, 1) if len(detector(scene.image)) == 2)
    assert frame.shape == (720, 1280, 3)
    plates = [rng.integers(0, 255, (96, 288, 3), dtype=np.uint8) for _ in range(2)]
    batch = torch.from_numpy(rng.standard_normal((2, 1, 24, 94)).astype(np.float32))

    def theirs() -> None:
        with torch.inference_mode():
            lprnet(batch)

    detecting, reading = median_ms(lambda: detector(frame)), median_ms(lambda: recognizer(plates))
    reading_small, reading_lprnet = median_ms(lambda: small(plates)), median_ms(theirs)
    pair = detecting + reading
    print(f"\ndetector {detecting:.1f} ms, {pipeline.RECOGNIZER} {reading:.1f} ms for two plates of {WIDTH} × {HEIGHT}")
    print(f"pair {pair:.1f} ms (target {TARGET_MS:.0f}); recognizer-s {reading_small:.1f} ms")
    small_ratio, whole = reading_small / reading_lprnet, pair / (detecting + reading_lprnet)
    print(f"LPRNet in eager torch {reading_lprnet:.1f} ms: ours costs {reading / reading_lprnet:.2f} times as much,")
    print(f"recognizer-s {small_ratio:.2f} times; behind the same detector {whole:.2f} times")
    assert pair > 0
