"""What the trainings of the baselines have in common: their options, how they are judged, what they leave behind."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from recognition.baselines import weights_folder
from recognition.training import train_recognizer, validation
from recognition.training.datasets_crops import CropSet
from recognition.training.export import export
from recognition.training.metrics import ExactMatch
from recognition.types import FloatArray, Image

View = Callable[[Image], FloatArray]  # a crop -> what the network is shown, (n, …)
Read = Callable[[Image], str]  # a crop -> the text on it, by shipped weights
Text = Callable[[FloatArray], str]  # what the network answers, (n, …) -> the text on the crop


def add_arguments(parser: argparse.ArgumentParser, name: str, minutes: float) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="real pictures; may be absent")
    parser.add_argument("--fonts", type=Path, default=None, help="folder of font files; without it, our own outlines")
    parser.add_argument("--run", type=Path, default=Path("runs") / name, help="folder for checkpoints and drawn crops")
    parser.add_argument(
        "--minutes", type=float, default=minutes, help="how long to train, by the clock; goes on if run again"
    )
    parser.add_argument("--figures", action="store_true", help="measure the shipped weights on the hold-out crops")
    parser.add_argument("--weights", type=Path, default=weights_folder.FOLDER, help="folder the weights are written to")


class Validator:
    """Share of crops that a network in torch reads exactly, per set."""

    def __init__(self, sets: Sequence[CropSet], view: View, text: Text) -> None:
        self.text = text
        self.sets = [
            (crops, [view(validation.as_inference_sees(crops, index)) for index in range(len(crops))])
            for crops in sets
            if len(crops)
        ]

    @torch.no_grad()
    def __call__(self, model: nn.Module) -> dict[str, float]:
        exact = ExactMatch()
        for crops, views in self.sets:
            for shown, truth in zip(views, crops.texts, strict=True):
                exact.update(crops.name, self.text(model(torch.from_numpy(shown)).numpy()), truth)
        return exact.summary()


def figures(readers: Mapping[str, Read], data: Path) -> list[str]:
    """Lines of Markdown: the share of hold-out crops that each reader reads exactly; `empty` are no plates."""
    sets = train_recognizer.held_out_sets(data)
    exact = {name: ExactMatch() for name in readers}
    for crops in sets:
        for index, truth in enumerate(crops.texts):
            crop = validation.as_inference_sees(crops, index)
            for name, read in readers.items():
                exact[name].update(crops.name, read(crop), truth)
    lines = [f"| hold-out set | crops | {' | '.join(readers)} |", "| --- | --- |" + " --- |" * len(readers)]
    for crops in sets:
        shares = [f"{exact[name].summary()[crops.name]:.3f}" for name in readers]
        lines.append(f"| {crops.name} | {len(crops)} | {' | '.join(shares)} |")
    return lines


def gflops(model: nn.Module, example: Tensor) -> float:
    """Multiplications and additions of one pass over `example`, in thousands of millions: layers with weights alone."""
    total = 0

    def count(layer: nn.Module, _: Any, output: Tensor) -> None:
        nonlocal total
        if isinstance(layer, nn.GRU):
            states = output[0].numel()  # of both directions: three gates, each of the input and of the last state
            total += 2 * states * 3 * (layer.input_size + layer.hidden_size)
            return
        assert isinstance(layer, nn.Conv2d | nn.Linear)
        total += 2 * output.numel() * layer.weight[0].numel()

    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear | nn.GRU)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        model.eval()(example)
    for hook in hooks:
        hook.remove()
    return total / 1e9


def finish(
    model: nn.Module, example: Tensor, name: str, folder: Path, dynamic: dict[int, str], usual: Tensor | None = None
) -> None:
    """Export `model`; the manifest also says how large it is and what a pass over `usual` (or `example`) costs."""
    size = {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "gflops": round(gflops(model, example if usual is None else usual), 4),
    }
    export(model, example, name, kind=name, dynamic=dynamic, folder=folder, card="", input=size)
