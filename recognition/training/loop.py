"""The training loop of every network here: AdamW, warm-up and cosine, weight averaging, exact resumption.

A batch is a function of the step number (and of how far the run has come), never of what was drawn before it, so a
run that was killed goes on from its last checkpoint as though nothing had happened. The checkpoint holds the whole
configuration and the seed beside the weights.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

Batches = Callable[[int, float], Any]  # (step, progress 0–1) -> whatever the loss function takes
LossFunction = Callable[[nn.Module, Any], Tensor]  # the network in training mode and a batch -> scalar
Validate = Callable[[nn.Module], Mapping[str, float]]  # the averaged network in evaluation mode -> figures to print

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class LoopConfig:
    """`minutes` bounds the run by the clock as well: the cosine ends at whichever of the two comes first."""

    steps: int = 10_000
    minutes: float = 0.0  # 0: by steps alone, which is the only mode that resumes to the last bit
    learning_rate: float = 1e-3
    final_rate: float = 0.01  # share of the learning rate that is left at the end
    warmup_steps: int = 200
    weight_decay: float = 0.02
    clip: float = 5.0  # largest norm of the gradient
    ema_decay: float = 0.998
    seed: int = 1
    threads: int = 1
    log_every: int = 50
    checkpoint_seconds: float = 120.0
    validate_seconds: float = 600.0


class Average:
    """An exponential moving average of weights; it follows quickly at first. Buffers are copied as they are."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.model = copy.deepcopy(model).eval()
        self.model.requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for mean, now in zip(self.model.parameters(), model.parameters(), strict=True):
            mean.lerp_(now, 1 - decay)
        for kept, buffer in zip(self.model.buffers(), model.buffers(), strict=True):
            kept.copy_(buffer)


def learning_rate(config: LoopConfig, step: int, progress: float) -> float:
    """Linear warm-up by steps, then half a cosine by progress down to `final_rate` of the rate."""
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return config.learning_rate * warm * (config.final_rate + (1 - config.final_rate) * cosine)


def make_optimizer(model: nn.Module, config: LoopConfig) -> torch.optim.AdamW:
    """Weight decay acts on matrices and kernels alone, not on biases and normalization."""
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    plain = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": config.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.99))


class Run:
    """One training run in one folder. `settings` is the trainer's own configuration, kept in the checkpoint."""

    def __init__(self, folder: Path, model: nn.Module, config: LoopConfig, settings: Mapping[str, Any]) -> None:
        self.folder, self.model, self.config, self.settings = folder, model, config, dict(settings)
        self.average = Average(model, config.ema_decay)
        self.optimizer = make_optimizer(model, config)
        self.step = 0
        self.elapsed = 0.0  # seconds of training behind us, over all resumptions
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def progress(self) -> float:
        by_clock = self.elapsed / (60 * self.config.minutes) if self.config.minutes else 0.0
        return max(self.step / self.config.steps, by_clock)

    def save(self) -> None:
        """Write the checkpoint beside the old one and swap, so that a kill never leaves half a file."""
        state = {
            "step": self.step,
            "elapsed": self.elapsed,
            "model": self.model.state_dict(),
            "ema": self.average.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rng": torch.get_rng_state(),
            "config": asdict(self.config),
            "settings": self.settings,
        }
        partial = self.folder / (CHECKPOINT + ".part")
        torch.save(state, partial)
        partial.replace(self.folder / CHECKPOINT)

    def resume(self) -> bool:
        """Load the folder's checkpoint; False where there is none."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["ema"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        self.step, self.elapsed = state["step"], state["elapsed"]
        return True

    def train_step(self, batch: Any, loss_function: LossFunction) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.config, self.step, self.progress)
        self.model.train()
        loss = loss_function(self.model, batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.average.update(self.model, self.step)
        self.step += 1
        return float(loss.detach())


def start(seed: int, threads: int) -> None:
    """Call before the model is made: the seed fixes its first weights."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)


def train(
    run: Run,
    batches: Batches,
    loss_function: LossFunction,
    validate: Validate,
    *,
    until_step: int | None = None,
) -> Mapping[str, float]:
    """Train to the end (or to `until_step`), from the folder's checkpoint where there is one.

    Returns the figures of the last validation, which is made on the averaged weights.
    """
    if run.resume():
        print(f"resumed at step {run.step}", flush=True)
    clock = saved = validated = shown = time.monotonic()
    shown_step, losses = run.step, []
    config = run.config
    while run.progress < 1 and (until_step is None or run.step < until_step):
        losses.append(run.train_step(batches(run.step, run.progress), loss_function))
        now = time.monotonic()
        run.elapsed += now - clock
        clock = now
        if run.step % config.log_every == 0:
            rate = (run.step - shown_step) / (now - shown)
            mean = sum(losses) / len(losses)
            print(f"step {run.step} {run.progress:.1%} loss {mean:.4f} {rate:.2f} steps/s", flush=True)
            shown, shown_step, losses = now, run.step, []
        if now - saved > config.checkpoint_seconds:
            run.save()
            saved = now
        if now - validated > config.validate_seconds:
            report(run, validate)
            validated = time.monotonic()
    run.save()
    return report(run, validate)


def report(run: Run, validate: Validate) -> Mapping[str, float]:
    figures = validate(run.average.model)
    print(f"step {run.step} validation " + " ".join(f"{k} {v:.4f}" for k, v in figures.items()), flush=True)
    return figures
