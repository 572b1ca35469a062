"""Weights that are not what the manifest says are refused with a message that a person understands."""

import hashlib
import json
from pathlib import Path

import pytest

from recognition.errors import UnknownSetting, WeightsRefused
from recognition.inference import backends, weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = b"some weights"
    (tmp_path / "net.onnx").write_bytes(content)
    file = {"file": "net.onnx", "sha256": hashlib.sha256(content).hexdigest()}
    write(tmp_path, {"kind": "detector", "version": 3, "onnx": file, "pt": file})
    return tmp_path


def write(folder: Path, entry: dict[str, object]) -> None:
    (folder / "manifest.json").write_text(json.dumps({"networks": {"net": entry}}), "utf-8")


def test_a_file_with_the_right_hash_is_accepted(folder: Path) -> None:
    entry = weights.entry_of("net", folder)
    assert entry.version == 3
    assert weights.verified(entry.onnx, folder) == folder / "net.onnx"


def test_one_changed_byte_is_refused(folder: Path) -> None:
    (folder / "net.onnx").write_bytes(b"some weightz")
    with pytest.raises(WeightsRefused, match="SHA-256"):
        backends.load_network("net", "cpu", folder=folder)


def test_a_missing_file_says_how_to_get_it_back(folder: Path) -> None:
    (folder / "net.onnx").unlink()
    with pytest.raises(WeightsRefused, match="missing"):
        weights.verified(weights.entry_of("net", folder).onnx, folder)


def test_an_unknown_name_tells_the_known_ones(folder: Path) -> None:
    with pytest.raises(WeightsRefused, match="net"):
        weights.entry_of("other", folder)


def test_a_folder_without_a_manifest_says_how_to_train(tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match="train"):
        weights.read_manifest(tmp_path)


def test_an_unknown_key_in_the_manifest_is_an_error(folder: Path) -> None:
    write(folder, {"kind": "detector", "version": 1, "onnx": {}, "pt": {}, "extra": 1})
    with pytest.raises(UnknownSetting, match="extra"):
        weights.read_manifest(folder)


def test_a_model_version_names_every_network() -> None:
    names = ("detector-s", "recognizer-s")
    expected = "+".join(f"{name}@{weights.entry_of(name).version}" for name in names)
    assert weights.model_version(*names) == expected
