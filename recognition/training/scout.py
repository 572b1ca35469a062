"""The quick form of a trained detector: the same network in 8-bit numbers, for a CPU's first look at whole pictures.

Static quantization (ONNX Runtime): weights per channel, activations between the least and the greatest value that the
calibration pictures show. Weights keep 7 bits, because CPUs without VNNI add two products of 8 bits in 16.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from recognition.inference import detect, weights
from recognition.networks.detector import Detector
from recognition.training import datasets_scenes
from recognition.training.datasets_drawn import drawn_pictures
from recognition.training.export import export
from recognition.types import FloatArray, Image

DRAWN, REAL = 24, 24  # calibration pictures
SEED = 99


class _Pictures(quantization.CalibrationDataReader):  # type: ignore[misc]
    """Pictures as the network is shown them, one at a time."""

    def __init__(self, pictures: Sequence[Image], max_side: int) -> None:
        self.left, self.max_side = list(pictures), max_side

    def get_next(self) -> dict[str, FloatArray] | None:
        if not self.left:
            return None
        batch, _ = detect.prepare(self.left.pop(), self.max_side)
        return {"input": np.multiply(batch, np.float32(1 / 255), dtype=np.float32)}


def calibration_pictures(data: Path) -> list[Image]:
    """Drawn scenes, and pictures that were trained on where there are any."""
    real, _ = datasets_scenes.load(data)
    ours = [picture.image for picture in real.get("dashcam_ro", [])]
    return [*(picture.image for picture in drawn_pictures(DRAWN, SEED)), *ours[:: max(1, len(ours) // REAL)][:REAL]]


def quantize(onnx: Path, quick: Path, pictures: Sequence[Image], max_side: int) -> None:
    """Write the network of `onnx` to `quick` with its convolutions in 8-bit numbers."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(onnx, prepared, skip_symbolic_shape=True)
        quantization.quantize_static(
            prepared,
            quick,
            _Pictures(pictures, max_side),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            reduce_range=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )


def export_detector(model: Detector, name: str, max_side: int, pictures: Sequence[Image], folder: Path) -> None:
    """Both forms of a trained detector, and their line in the manifest."""
    export(
        model,
        torch.zeros(1, 3, 96, 128),
        name,
        kind="detector",
        dynamic={0: "pictures", 2: "height", 3: "width"},
        folder=folder,
        scout=lambda onnx, quick: quantize(onnx, quick, pictures, max_side),
        build={"depth": model.depth},
        input={"color": "BGR", "range": "0–1", "grid": detect.GRID, "max_side": max_side},
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="detector-s", help="of the trained detector")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="real pictures; may be absent")
    parser.add_argument("--weights", type=Path, default=weights.FOLDER, help="folder of the weights")


def run(args: argparse.Namespace) -> int:
    entry = weights.entry_of(args.name, args.weights)
    model = Detector(**entry.build)
    model.load_state_dict(torch.load(weights.verified(entry.pt, args.weights), weights_only=True))
    pictures = calibration_pictures(args.data)
    export_detector(model, args.name, int(entry.input["max_side"]), pictures, args.weights)
    print(f"{args.name}: quick form made with {len(pictures)} pictures")
    return 0
