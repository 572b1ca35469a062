"""Trained weights: the refusal of any file whose bytes are not those that the manifest names."""

from __future__ import annotations

from pathlib import Path

from recognition.errors import WeightsRefused
from recognition.manifest import FOLDER, MANIFEST, NetworkEntry, WeightsFile, entry_of, model_version, read_manifest
from recognition.media.hashing import sha256_file

__all__ = [
    "FOLDER", "MANIFEST", "NetworkEntry", "WeightsFile", "entry_of", "model_version", "read_manifest", "verified",
]  # fmt: skip


def verified(weights: WeightsFile, folder: Path = FOLDER) -> Path:
    """The file's path, once its bytes have the hash that the manifest says. Raises WeightsRefused."""
    path = folder / weights.file
    if not path.exists():
        raise WeightsRefused(f"The weights file {path} is missing. Check the repository out again.")
    if sha256_file(path) != weights.sha256:
        raise WeightsRefused(f"{path} is not the file that {MANIFEST} names: its SHA-256 differs. Restore it from git.")
    return path
