"""The shipped networks give the same answers in ONNX Runtime and in torch, and reading on a CPU needs no torch."""

import subprocess
import sys

import numpy as np
import pytest

from recognition.errors import WeightsRefused
from recognition.inference import backends, weights

SHAPES = {"detector-s": [(1, 3, 96, 160), (2, 3, 64, 64)], "recognizer-s": [(1, 1, 48, 144), (5, 1, 48, 144)]}
SHAPES["recognizer-m"] = SHAPES["recognizer-s"]


@pytest.mark.parametrize("name", SHAPES)
def test_onnx_runtime_and_torch_agree(name: str) -> None:
    entry = weights.entry_of(name)
    onnx = backends.load_network(name, "cpu")
    torch = backends.TorchNetwork(entry, weights.verified(entry.pt), "cpu")
    rng = np.random.default_rng(4)
    for shape in SHAPES[name]:
        batch = rng.random(shape, np.float32)
        for one, other in zip(onnx(batch), torch(batch), strict=True):
            assert one.shape == other.shape
            assert one.dtype == np.float32
            assert np.abs(one - other).max() < 1e-3 * max(1.0, float(np.abs(other).max()))


def test_bytes_stand_for_0_to_1() -> None:
    entry = weights.entry_of("detector-s")
    onnx = backends.load_network("detector-s", "cpu")
    torch = backends.TorchNetwork(entry, weights.verified(entry.pt), "cpu")
    batch = np.random.default_rng(4).integers(0, 256, (1, 3, 64, 64), dtype=np.uint8)
    for network in (onnx, torch):
        for one, other in zip(network(batch), network(batch.astype(np.float32) / np.float32(255)), strict=True):
            assert np.abs(one - other).max() < 1e-3


def test_reading_on_a_cpu_imports_no_torch() -> None:
    code = (
        "import sys, numpy as np\n"
        "from recognition import pipeline\n"
        "pipeline.read_image(np.zeros((64, 64, 3), np.uint8), pipeline.load_reader('cpu'))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_asking_for_a_gpu_that_is_not_there_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "has_cuda", lambda: False)
    with pytest.raises(WeightsRefused, match="--device cpu"):
        backends.load_network("detector-s", "cuda")


def test_auto_takes_the_cpu_where_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "has_cuda", lambda: False)
    assert isinstance(backends.load_network("detector-s", "auto"), backends.OnnxNetwork)
