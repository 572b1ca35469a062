"""A toy run: it learns, it stops and goes on as though it had never stopped, its checkpoint says how it was made."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from recognition.training import loop
from recognition.training.loop import LoopConfig

CONFIG = LoopConfig(steps=40, learning_rate=0.02, warmup_steps=3, ema_decay=0.9, log_every=1000)


def toy() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))


def batches(step: int, progress: float) -> tuple[Tensor, Tensor]:
    rng = np.random.default_rng([5, step])
    values = rng.standard_normal((16, 4), np.float32)
    return torch.from_numpy(values), torch.from_numpy(values.sum(1, keepdims=True))


def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    return nn.functional.mse_loss(model(batch[0]), batch[1])


def validate(model: nn.Module) -> Mapping[str, float]:
    values = torch.from_numpy(np.random.default_rng(1).standard_normal((64, 4), np.float32))
    with torch.no_grad():
        return {"error": float(nn.functional.mse_loss(model(values), values.sum(1, keepdim=True)))}


def run_in(folder: Path, until_step: int | None = None, config: LoopConfig = CONFIG) -> tuple[loop.Run, float]:
    loop.start(config.seed, config.threads)
    run = loop.Run(folder, toy(), config, {"kind": "toy"})
    figures = loop.train(run, batches, loss, validate, until_step=until_step)
    return run, figures["error"]


def test_training_makes_the_averaged_network_better(tmp_path: Path) -> None:
    _, first = run_in(tmp_path / "a", until_step=1)
    _, last = run_in(tmp_path / "b")
    assert last < 0.5 * first


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, error = run_in(tmp_path / "whole")
    run_in(tmp_path / "halves", until_step=17)
    resumed, same_error = run_in(tmp_path / "halves")
    assert same_error == error
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name
    for name, value in whole.average.model.state_dict().items():
        assert torch.equal(value, resumed.average.model.state_dict()[name]), name


def test_the_checkpoint_holds_configuration_and_seed(tmp_path: Path) -> None:
    run_in(tmp_path, until_step=2)
    state = torch.load(tmp_path / loop.CHECKPOINT, weights_only=True)
    assert state["config"]["seed"] == CONFIG.seed
    assert state["config"]["steps"] == 40
    assert state["settings"] == {"kind": "toy"}


def test_a_finished_run_trains_no_further(tmp_path: Path) -> None:
    run, _ = run_in(tmp_path)
    again, _ = run_in(tmp_path)
    assert again.step == run.step == CONFIG.steps


def test_the_rate_warms_up_and_then_falls_to_its_last_share() -> None:
    config = LoopConfig(learning_rate=1.0, final_rate=0.1, warmup_steps=10)
    assert loop.learning_rate(config, 0, 0.0) == pytest.approx(0.1)
    assert loop.learning_rate(config, 500, 0.5) == pytest.approx(0.55)
    assert loop.learning_rate(config, 900, 1.0) == pytest.approx(0.1)


def test_a_clock_bound_ends_a_run_early(tmp_path: Path) -> None:
    config = LoopConfig(steps=10**9, minutes=0.003, warmup_steps=3, log_every=1000)
    run, _ = run_in(tmp_path, config=config)
    assert run.progress >= 1
    assert run.step < 10**9
