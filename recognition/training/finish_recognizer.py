"""The end of a recognizer's training: temperature, exported weights with their manifest entry, model card, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from recognition import alphabet
from recognition.inference import backends, rectify, weights
from recognition.inference.decode import DecodeConfig
from recognition.inference.recognize import HEIGHT, WIDTH
from recognition.networks.recognizer import Recognizer
from recognition.training import calibration
from recognition.training.calibration import Trial
from recognition.training.cards import write_card
from recognition.training.datasets_crops import CropSet
from recognition.training.export import export
from recognition.training.loop import CHECKPOINT
from recognition.training.validation import run_network

START = "start.pt"  # in a run's folder: the weights that it began with
PREPROCESSING: dict[str, Any] = {
    "height": HEIGHT,
    "width": WIDTH,
    "color": "grey",
    "normalization": "each crop to mean 0 and deviation 1",
    "margin": rectify.MARGIN,
}


def judge(network: calibration.Network, held_out: Sequence[CropSet], config: DecodeConfig) -> list[Trial]:
    return [trial for crops in held_out if len(crops) for trial in calibration.trials(network, crops, config)]


def averaged(run: Path) -> tuple[Recognizer, dict[str, Any]]:
    """The averaged network of a run's checkpoint, and the checkpoint.

    A share `start_share` of its weights is that of the network it began with, if any: half way between the two, what
    was learned anew costs the least of what was known (Wortsman 2022, arXiv:2109.01903).
    """
    state: dict[str, Any] = torch.load(run / CHECKPOINT, map_location="cpu", weights_only=True)
    model = Recognizer(depth=state["settings"].get("depth", 1))
    model.load_state_dict(state["ema"])
    share = state["settings"].get("start_share", 0.0)
    if share and (run / START).exists():
        start = torch.load(run / START, map_location="cpu", weights_only=True)
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                value.lerp_(start[name], share)
    return model.eval(), state


def finish(name: str, run: Path, held_out: Sequence[CropSet], folder: Path = weights.FOLDER) -> list[str]:
    """Export the averaged weights of a run as `name`; returns the lines of figures that the card holds."""
    model, state = averaged(run)
    config = DecodeConfig()
    trials = judge(lambda batch: run_network(model, batch), held_out, config)
    real = [t for t in trials if not t.source.startswith(("drawn", "empty")) and calibration.first_half(t.truth)]
    temperature = round(calibration.fit_temperature(real, config), 3) if real else 1.0
    export(
        model,
        torch.zeros(2, 1, HEIGHT, WIDTH),
        name,
        kind="recognizer",
        dynamic={0: "crops"},
        folder=folder,
        alphabet=alphabet.CHARACTERS,
        build={"depth": model.depth},
        input={**PREPROCESSING, "temperature": temperature},
    )
    lines = calibration.table(trials, replace(config, temperature=temperature))
    write_card(name, folder, state, lines, sum(p.numel() for p in model.parameters()))
    return lines


def figures(name: str, held_out: Sequence[CropSet], folder: Path = weights.FOLDER) -> list[str]:
    """The figures of the weights that are there, measured again."""
    config = DecodeConfig(temperature=float(weights.entry_of(name, folder).input["temperature"]))
    return calibration.table(judge(backends.load_network(name, "cpu", folder=folder), held_out, config), config)
