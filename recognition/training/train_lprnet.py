"""One command that trains LPRNet on what the recognizer is trained on, and exports its weights as a baseline."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from recognition import alphabet
from recognition.baselines import lprnet
from recognition.baselines.lprnet_network import HEIGHT, WIDTH, LPRNet
from recognition.training import baselines, loop, train_recognizer
from recognition.training.baselines import Validator
from recognition.training.loop import LoopConfig
from recognition.training.losses import CropBatch
from recognition.training.train_recognizer import RecognizerTraining

CONFIG = RecognizerTraining(
    drawn=40_000,
    batch_size=32,
    real_share=(0.3, 0.6, 0.8),
    loop=LoopConfig(
        steps=40_000,
        minutes=60,
        learning_rate=1.5e-3,
        warmup_steps=100,
        weight_decay=0.01,
        validate_seconds=420,
        checkpoint_seconds=60,
        seed=5,
    ),
)


def ctc_loss(model: nn.Module, batch: CropBatch) -> Tensor:
    """Mean over the batch of CTC per character, of the same crops in LPRNet's size."""
    crops = np.stack([lprnet.shrink(crop) for crop in batch.crops.numpy()])
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(torch.from_numpy(crops).contiguous(memory_format=torch.channels_last))
    by_time = logits.float().log_softmax(-1).transpose(0, 1)
    steps = torch.full_like(batch.lengths, len(by_time))
    loss = F.ctc_loss(by_time, batch.targets, steps, batch.lengths, alphabet.BLANK, "none", zero_infinity=True)
    return (loss / batch.lengths.clamp(min=4)).mean()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    baselines.add_arguments(parser, "lprnet", CONFIG.loop.minutes)
    parser.add_argument("--shards", type=Path, default=None, help="folder for drawn crops (default: in --run)")


def run(args: argparse.Namespace) -> int:
    if args.figures:
        readers = {decoding: lprnet.LPRNet(decoding).read for decoding in ("greedy", "beam")}
        print("\n".join(baselines.figures(readers, args.data)))
        return 0
    config = replace(CONFIG, loop=replace(CONFIG.loop, minutes=args.minutes))
    cv2.setNumThreads(1)
    loop.start(config.loop.seed, config.loop.threads)
    material = train_recognizer.gather(config, args.data, args.fonts, args.shards or args.run / "shards")
    model: LPRNet = LPRNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    sampler = train_recognizer.make_sampler(config, material)
    session = loop.Run(args.run, model, config.loop, asdict(config))
    loop.train(
        session, sampler, ctc_loss, Validator(material.held_out, lprnet.view, lambda cells: lprnet.greedy(cells[0]))
    )
    baselines.finish(session.average.model, torch.zeros(1, 1, HEIGHT, WIDTH), "lprnet", args.weights, {0: "crops"})
    return 0
