"""Each baseline's whole training on a toy scale, without pictures or font files: drawn plates -> a reader's weights."""

import argparse
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from recognition.baselines import characters, lprnet, weights_folder, windows
from recognition.errors import WeightsRefused
from recognition.training import train_characters, train_lprnet, train_windows
from recognition.training.loop import LoopConfig
from recognition.training.synth import shards

LOOP = LoopConfig(steps=2, warmup_steps=1, log_every=1)
PLATE = np.random.default_rng(1).integers(0, 255, (96, 288, 3)).astype(np.uint8)


def train(module: ModuleType, folder: Path) -> None:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    options = {"--data": "none", "--run": "run", "--weights": "weights"}
    words = [word for key, name in options.items() for word in (key, str(folder / name))]
    assert module.run(parser.parse_args([*words, "--minutes", "0"])) == 0


def test_lprnet_trains_into_weights_that_read_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 12)
    monkeypatch.setattr(train_lprnet, "CONFIG", replace(train_lprnet.CONFIG, drawn=12, batch_size=4, loop=LOOP))
    train(train_lprnet, tmp_path)
    monkeypatch.setattr(weights_folder, "FOLDER", tmp_path / "weights")
    for decoding in ("greedy", "beam"):
        reader = lprnet.LPRNet(decoding)
        assert isinstance(reader.read(PLATE), str)
        assert decoding in reader.name
    assert 0.25 < reader.gflops < 0.4  # the paper says 0.34


def test_the_window_trains_into_weights_that_read_scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = train_windows.WindowTraining(plates=4, batch_size=4, loop=LOOP)
    monkeypatch.setattr(train_windows, "WindowTraining", lambda: toy)
    train(train_windows, tmp_path)
    monkeypatch.setattr(weights_folder, "FOLDER", tmp_path / "weights")
    reader = windows.Windows()
    assert reader.parameters < 1_500_000
    assert all(len(text) == 7 for _, text in reader.read_scene(np.tile(PLATE, (3, 2, 1))))


def test_the_character_finder_trains_into_weights_that_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = train_characters.CharacterTraining(drawn=4, batch_size=4, loop=LOOP)
    monkeypatch.setattr(train_characters, "CharacterTraining", lambda: toy)
    monkeypatch.setattr(train_characters, "SHARD", 4)
    train(train_characters, tmp_path)
    monkeypatch.setattr(weights_folder, "FOLDER", tmp_path / "weights")
    assert isinstance(characters.Characters().read(PLATE), str)


def test_readers_whose_weights_are_missing_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_folder, "FOLDER", tmp_path)
    for reader in (lprnet.LPRNet, windows.Windows, characters.Characters):
        with pytest.raises(WeightsRefused):
            reader()
