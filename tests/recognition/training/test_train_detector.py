"""The whole command on a toy scale, with no pictures and no font file: drawn scenes -> weights that inference loads."""

import argparse
from pathlib import Path

import numpy as np
import pytest
import torch

from recognition.inference import backends, weights
from recognition.inference.detect import Detector as Finder
from recognition.networks.detector import Detector
from recognition.training import loop, train_detector
from recognition.training.datasets_drawn import drawn_pictures

CONFIG = """
size = 96
batch_size = 2
stickers = 4
scenes = 2
distractors = 4
[loop]
steps = {steps}
log_every = 1
warmup_steps = 1
"""


def command(folder: Path, *more: str, steps: int = 3) -> int:
    (folder / "detector-s.toml").write_text(CONFIG.format(steps=steps), encoding="utf-8")
    parser = argparse.ArgumentParser()
    train_detector.add_arguments(parser)
    options = {"--data": "none", "--run": "run", "--config": "detector-s.toml", "--weights": "weights"}
    words = [word for key, name in options.items() for word in (key, str(folder / name))]
    return train_detector.run(parser.parse_args([*words, *more]))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    assert command(folder) == 0
    return folder


def test_the_command_leaves_weights_that_the_manifest_vouches_for(trained: Path) -> None:
    entry = weights.entry_of("detector-s", trained / "weights")
    assert entry.kind == "detector"
    assert entry.input["max_side"] == 1280
    assert weights.verified(entry.onnx, trained / "weights").exists()
    assert weights.verified(entry.pt, trained / "weights").exists()


def test_the_card_says_what_the_run_was(trained: Path) -> None:
    card = (trained / "weights" / "cards" / "detector-s.md").read_text(encoding="utf-8")
    assert "3 steps" in card
    assert "{" not in card


def test_the_exported_network_agrees_with_the_trained_one_at_any_size(trained: Path) -> None:
    network = backends.load_network("detector-s", "cpu", folder=trained / "weights")
    model = Detector()
    model.load_state_dict(torch.load(trained / "run" / loop.CHECKPOINT, weights_only=True)["ema"])
    model.eval()
    for shape in ((1, 3, 64, 160), (2, 3, 96, 64)):
        batch = np.random.default_rng(1).random(shape, np.float32)
        with torch.no_grad():
            expected = model(torch.from_numpy(batch)).numpy()
        assert np.abs(network(batch)[0] - expected).max() < 1e-3


def test_exporting_again_counts_the_version_up(trained: Path) -> None:
    before = weights.entry_of("detector-s", trained / "weights").version
    assert command(trained, "--export-only") == 0
    assert weights.entry_of("detector-s", trained / "weights").version == before + 1


def test_nothing_to_train_on_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_detector, "drawn_pictures", lambda count, seed: [])
    with pytest.raises(SystemExit, match="--data"):
        command(tmp_path)


def test_validation_counts_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [picture for picture in drawn_pictures(4, 5) if len(picture.plates)]
    plates = sum(len(picture.plates) for picture in pictures)
    figures = train_detector.Validator(pictures)(lambda batch: torch.zeros(1, 0, 9))  # type: ignore[arg-type]
    assert plates > 0
    assert figures == {"drawn_recall": 0.0}


def test_the_shipped_detector_finds_the_plates_of_drawn_scenes() -> None:
    network = backends.load_network("detector-s", "cpu")
    finder = Finder(network)
    for picture in drawn_pictures(3, 77):
        tall = [p for p in picture.plates if np.ptp(p[1:8:2]) >= 14]
        found = [d.box for d in finder(picture.image)]
        for plate in tall:
            middle = plate[:8].reshape(4, 2).mean(0)
            assert any(b.x1 < middle[0] < b.x2 and b.y1 < middle[1] < b.y2 for b in found)
