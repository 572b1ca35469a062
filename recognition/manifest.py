"""The trained networks that are shipped: their names, kinds, versions and files, as the manifest tells. No pixels."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recognition.config import from_mapping
from recognition.errors import WeightsRefused

FOLDER = Path(__file__).resolve().parent / "weights"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class WeightsFile:
    file: str  # name in the weights folder
    sha256: str


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """One network of the manifest. `input` says what its preprocessing was, and other figures made with the weights."""

    kind: str  # "detector" or "recognizer"
    version: int
    onnx: WeightsFile
    pt: WeightsFile
    card: str = ""  # the model card, in the weights folder
    alphabet: str = ""  # what the classes after the blank stand for
    input: dict[str, Any] = field(default_factory=dict)
    build: dict[str, Any] = field(default_factory=dict)  # what the network's class is called with in torch
    scout: WeightsFile | None = None  # of a detector: the same in 8-bit numbers, for a CPU's first look at a picture


def read_manifest(folder: Path = FOLDER) -> Mapping[str, NetworkEntry]:
    """Every network by name. Raises WeightsRefused where there is no manifest."""
    path = folder / MANIFEST
    if not path.exists():
        raise WeightsRefused(
            f"There are no trained weights in {folder}. Train them: python -m recognition train --help"
        )
    entries = json.loads(path.read_text("utf-8"))["networks"]
    return {name: from_mapping(entry, NetworkEntry, where=f"{MANIFEST}: {name}") for name, entry in entries.items()}


def entry_of(name: str, folder: Path = FOLDER) -> NetworkEntry:
    """Raises WeightsRefused for a name that the manifest does not have."""
    entries = read_manifest(folder)
    if name not in entries:
        raise WeightsRefused(f"No network is called {name}; known: {', '.join(sorted(entries))}")
    return entries[name]


@functools.cache
def model_version(*names: str) -> str:
    """What is written beside every sighting: `detector-s@1+recognizer-s@1`."""
    return "+".join(f"{name}@{entry_of(name).version}" for name in names)
