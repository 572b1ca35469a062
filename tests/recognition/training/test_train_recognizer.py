"""The whole command on a toy scale, with no pictures and no font file: drawn crops -> weights that inference loads."""

import argparse
from pathlib import Path

import numpy as np
import pytest
import torch

from recognition.inference import backends, weights
from recognition.inference.decode import DecodeConfig
from recognition.inference.recognize import Recognizer as Reader
from recognition.networks.recognizer import Recognizer
from recognition.training import calibration, finish_recognizer, loop, train_recognizer, validation
from recognition.training.calibration import Trial
from recognition.training.datasets_crops import CropSet
from recognition.training.losses import CropBatch, recognizer_loss
from recognition.training.synth import shards

CONFIG = """
drawn = 24
batch_size = 4
[loop]
steps = 3
log_every = 1
warmup_steps = 1
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    (folder / "recognizer-s.toml").write_text(CONFIG, encoding="utf-8")
    parser = argparse.ArgumentParser()
    train_recognizer.add_arguments(parser)
    options = {"--data": "none", "--run": "run", "--config": "recognizer-s.toml", "--weights": "weights"}
    words = [word for key, name in options.items() for word in (key, str(folder / name))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "SHARD", 24)
        assert train_recognizer.run(parser.parse_args(words)) == 0
    return folder


def test_the_command_leaves_weights_that_the_manifest_vouches_for(trained: Path) -> None:
    entry = weights.entry_of("recognizer-s", trained / "weights")
    assert entry.kind == "recognizer"
    assert entry.input["temperature"] == 1.0
    assert weights.verified(entry.onnx, trained / "weights").exists()
    assert weights.verified(entry.pt, trained / "weights").exists()


def test_the_card_says_what_the_run_was(trained: Path) -> None:
    card = (trained / "weights" / "cards" / "recognizer-s.md").read_text(encoding="utf-8")
    assert "3 steps" in card
    assert "{" not in card


def test_the_exported_network_agrees_with_the_trained_one(trained: Path) -> None:
    network = backends.load_network("recognizer-s", "cpu", folder=trained / "weights")
    state = torch.load(trained / "run" / loop.CHECKPOINT, weights_only=True)
    model = Recognizer()
    model.load_state_dict(state["ema"])
    for count in (1, 3):
        batch = np.random.default_rng(count).standard_normal((count, 1, 48, 144)).astype(np.float32)
        with torch.no_grad():
            expected = model.eval()(torch.from_numpy(batch))
        for mine, theirs in zip(network(batch), expected, strict=True):
            assert np.allclose(mine, theirs.numpy(), atol=1e-3)


def test_the_exported_network_reads_crops(trained: Path) -> None:
    reader = Reader(backends.load_network("recognizer-s", "cpu", folder=trained / "weights"))
    readings = reader([np.zeros((30, 90, 3), np.uint8)] * 2)
    assert len(readings) == 2
    assert 0 <= readings[0].confidence <= 1


def test_a_deeper_network_starts_with_what_a_shallower_one_knows(trained: Path) -> None:
    entry = weights.entry_of("recognizer-s", trained / "weights")
    known = torch.load(weights.verified(entry.pt, trained / "weights"), weights_only=True)
    deep = Recognizer(depth=2)
    deep.start_from(known)
    assert all(torch.equal(deep.state_dict()[name], value) for name, value in known.items())
    with pytest.raises(ValueError, match="another network"):
        Recognizer(depth=1).start_from(deep.state_dict())


def test_a_teacher_pulls_a_network_towards_its_own_answers() -> None:
    torch.manual_seed(5)
    teacher, pupil = Recognizer().eval(), Recognizer().eval()
    crops, nothing = torch.randn(4, 1, 48, 144), torch.zeros(4, dtype=torch.long)
    batch = CropBatch(crops, torch.zeros(0, dtype=torch.long), nothing, nothing - 1)
    with torch.no_grad():
        alone, taught = recognizer_loss(pupil, batch), recognizer_loss(pupil, batch, teacher)
        same, itself = recognizer_loss(teacher, batch), recognizer_loss(teacher, batch, teacher)
    assert taught > alone
    assert torch.allclose(same, itself, atol=1e-4)


def test_half_of_what_is_exported_may_be_what_the_training_began_with(tmp_path: Path) -> None:
    torch.manual_seed(3)
    began, ended = Recognizer(), Recognizer()
    session = loop.Run(tmp_path, ended, loop.LoopConfig(), {"depth": 1, "start_share": 0.5})
    session.save()
    torch.save(began.state_dict(), tmp_path / finish_recognizer.START)
    between = finish_recognizer.averaged(tmp_path)[0]
    for one, half, other in zip(began.parameters(), between.parameters(), ended.parameters(), strict=True):
        assert torch.allclose(half, (one + other) / 2, atol=1e-6)


def test_a_label_that_cannot_be_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    crops = CropSet(
        "plates_br", np.zeros((2, 64, 192, 3), np.uint8), ["AB1", "CD2"], np.array([1, 1]), 0, np.ones(2, bool)
    )
    likely = lambda model, crops: np.array([0.5, 1e-5])  # noqa: E731
    monkeypatch.setattr(validation, "label_likelihood", likely)
    (kept,) = train_recognizer.without_doubtful([crops], Recognizer())
    assert kept.texts == ["AB1"]


def trial(found: list[tuple[str, float]], truth: str) -> Trial:
    return Trial("plates_eu_1", truth, True, found[0][0], found, None, None)


def test_an_overconfident_network_gets_a_temperature_above_one() -> None:
    """Half of what it is 95 % sure of is wrong."""
    judged = [trial([("B10ABC", 0.95), ("B1OABC", 0.05)], truth) for truth in ("B10ABC", "B1OABC") * 20]
    assert calibration.fit_temperature(judged, DecodeConfig(format_weight=0)) > 1.5


def test_the_table_counts_sets_apart() -> None:
    judged = [trial([("AB1", 0.9)], "AB1"), trial([("AB1", 0.9)], "AB2")]
    row = next(line for line in calibration.table(judged, DecodeConfig()) if "plates_eu_1" in line)
    assert row == "| plates_eu_1 | 2 | 0.500 | 0.500 |"


def test_figures_of_shipped_weights_use_their_temperature(trained: Path) -> None:
    lines = finish_recognizer.figures("recognizer-s", [], trained / "weights")
    assert any("temperature (1.00)" in line for line in lines)
