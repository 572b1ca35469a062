"""Where a network runs: ONNX Runtime on a CPU, torch on a GPU. Both take and give NumPy arrays, and agree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from recognition.errors import WeightsRefused
from recognition.inference import weights
from recognition.inference.weights import NetworkEntry
from recognition.types import FloatArray

Device = Literal["auto", "cpu", "cuda"]
MOST_THREADS = 4  # more make one picture little faster, and other workers slower


Batch: TypeAlias = "FloatArray | NDArray[np.uint8]"


class Network(Protocol):
    """One batch (n, …) in, all outputs (n, …) of the network out. Bytes stand for 0–1 in steps of 1/255."""

    def __call__(self, batch: Batch) -> tuple[FloatArray, ...]: ...


class OnnxNetwork:
    """ONNX Runtime on the CPU. `threads` 0 takes as many as there are cores, up to MOST_THREADS."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or min(MOST_THREADS, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        # Numbers too small to matter slow a CPU down many times; threads that spin take the cores from the decoder.
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name

    def __call__(self, batch: Batch) -> tuple[FloatArray, ...]:
        shown = np.multiply(batch, np.float32(1 / 255), dtype=np.float32) if batch.dtype == np.uint8 else batch
        return tuple(np.asarray(output, np.float32) for output in self.session.run(None, {self.input: shown}))


class TorchNetwork:
    """The same network in torch, on `device` (`cuda`, or `cpu` to compare)."""

    def __init__(self, entry: NetworkEntry, path: Path, device: str) -> None:
        import torch

        from recognition.networks.detector import Detector
        from recognition.networks.recognizer import Recognizer

        self.torch, self.device = torch, torch.device(device)
        self.model = {"detector": Detector, "recognizer": Recognizer}[entry.kind](**entry.build)
        self.model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        self.model.eval().to(self.device)

    def __call__(self, batch: Batch) -> tuple[FloatArray, ...]:
        half = self.device.type == "cuda"  # in float16 a GPU takes half the time
        with self.torch.inference_mode(), self.torch.autocast(self.device.type, self.torch.float16, enabled=half):
            shown = self.torch.from_numpy(batch).to(self.device)
            outputs = self.model(shown.float() / 255 if batch.dtype == np.uint8 else shown)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(output.float().cpu().numpy() for output in outputs)


def has_cuda() -> bool:
    """Whether torch is installed and sees a GPU; torch is not loaded where it is not there."""
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def load_network(name: str, device: Device = "auto", *, folder: Path = weights.FOLDER, threads: int = 0) -> Network:
    """The network of that name in the manifest, its file's hash checked first. `auto` takes a GPU where there is one.

    Raises WeightsRefused, also where `cuda` is asked for and no GPU answers.
    """
    entry = weights.entry_of(name, folder)
    if on_gpu(device):
        return TorchNetwork(entry, weights.verified(entry.pt, folder), "cuda")
    return OnnxNetwork(weights.verified(entry.onnx, folder), threads)


def load_scout(name: str, *, folder: Path = weights.FOLDER, threads: int = 0) -> Network | None:
    """A detector's quick form for the CPU, in 8-bit numbers; None where the manifest names none."""
    scout = weights.entry_of(name, folder).scout
    return OnnxNetwork(weights.verified(scout, folder), threads) if scout is not None else None


def on_gpu(device: Device) -> bool:
    """Whether networks asked for on `device` run on a GPU. Raises WeightsRefused for `cuda` where no GPU answers."""
    found = device != "cpu" and has_cuda()
    if device == "cuda" and not found:
        raise WeightsRefused("No CUDA GPU answers (or torch is not installed). Use --device cpu, or READ_DEVICE=cpu.")
    return found
