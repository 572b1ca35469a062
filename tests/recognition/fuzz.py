"""Broken recordings by the thousand: `python -m tests.recognition.fuzz --count 100000`.

Each is a fixture of one of the readers of positions, a short encoded clip, or one of the small files in ../shared where
that is, with bytes changed, cut out, doubled or cut off. Positions are looked for in each, and clips are also probed,
cut and decoded. That may give less, or one of the named errors; it may not raise anything else, kill its process, take
a second of processor time, or 500 MiB. The files are worked through in a process of its own, which is replaced where it
dies or hangs, so that the rest is read all the same.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from recognition.errors import NotAVideo, VideoDamaged
from recognition.media.frames import frames
from recognition.media.probe import probe
from recognition.media.segments import plan
from recognition.telemetry import extract
from tests.recognition.clips import can_encode, write_clip
from tests.recognition.telemetry.fixtures import FIXTURES, SHARED
from tests.recognition.videos import grey_levels

SMALL = 300_000
EDGES = (0, 1, 0x7F, 0x80, 0xFF)
CLIPS = (
    ("h264.mp4", "libx264", "avc1"),
    ("h264.mkv", "libx264", ""),
    ("h264.avi", "libx264", ""),
    ("h264.ts", "libx264", ""),
    ("hevc.mov", "libx265", "hvc1"),
    ("hevc.m2ts", "libx265", ""),
    ("mjpeg.avi", "mjpeg", ""),
    ("mjpeg.mov", "mjpeg", ""),
    ("av1.mp4", "libsvtav1", ""),
)
CHECKED_FRAMES = 3
LONGEST_S, MOST_MIB = 1.0, 500
GONE_S = 30.0  # without a word from the process: it hangs


def mutated(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.choice((1, 2, 5, 20))):
        if not found:
            break
        at, length = chance.randrange(len(found)), chance.choice((1, 2, 4, 8))
        match chance.randrange(5):
            case 0:
                found[at] = chance.randrange(256)
            case 1:
                found[at : at + length] = bytes([chance.choice(EDGES)]) * length
            case 2:
                del found[at : at + length]
            case 3:
                found[at:at] = found[at : at + chance.choice((1, 8, 188))]
            case 4:
                if chance.random() < 0.3:
                    del found[at:]
    return bytes(found)


@cache
def sources(extra: Path = SHARED) -> dict[str, bytes]:
    """What is broken, by name."""
    found = dict(FIXTURES)
    with tempfile.TemporaryDirectory() as folder:
        for name, codec, tag in CLIPS:
            if can_encode(codec):
                times = [i / 10 for i in range(8)]
                clip = write_clip(Path(folder) / name, grey_levels(8), times, codec=codec, tag=tag)
                found[f"clip_{name}"] = clip.read_bytes()
    if extra.is_dir():
        found |= {path.name: path.read_bytes() for path in extra.iterdir() if path.stat().st_size < SMALL}
    return found


def case(number: int, seed: int, of: dict[str, bytes]) -> tuple[str, bytes]:
    """(name, content): the same ones for the same seed and sources."""
    chance = random.Random(f"{seed}/{number}")
    name = chance.choice(sorted(of))
    return name, mutated(of[name], chance)


def look(path: Path) -> Iterator[str]:
    """All that inspection does with a file; yields what came of it. Raises whatever is not a named error."""
    found = extract.read(path, beside=False)
    yield f"positions: {found.verdict}"
    if not path.name.startswith(("clip_", "no_gps")):
        return
    try:
        probe(path)
        plan(path)
        for _ in islice(frames(path), CHECKED_FRAMES):
            pass
        yield "video: read"
    except (NotAVideo, VideoDamaged) as error:
        yield f"video: {error.code}"


@dataclass
class Outcome:
    """What became of all files; `faults` are what must not happen, in words, each with the number of its case."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)  # seconds of processor time, case
    largest_mib: int = 0


def _memory_mib() -> int:
    """The most that this process has held. What the system calls so also counts the process that started this one."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) // 1024


def _work(said: Connection, first: int, count: int, seed: int, extra: Path) -> None:
    """Read the cases from `first` on, and say of each what came of it."""
    os.environ["PATH"] = ""  # our own readers alone, without ExifTool
    of = sources(extra)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, count):
            name, content = case(number, seed, of)
            path = Path(folder) / name
            path.write_bytes(content)
            began, came, fault = time.process_time(), list[str](), ""
            try:
                came.extend(look(path))
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                fault = traceback.format_exc()
            path.unlink()
            said.send((number, name, came, fault, time.process_time() - began, _memory_mib()))


def run(count: int, seed: int = 1, extra: Path = SHARED) -> Outcome:
    """Work through all cases. The process that reads them is started anew where it dies."""
    outcome, first = Outcome(), 0
    context = multiprocessing.get_context("spawn")
    while first < count:
        hears, says = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(says, first, count, seed, extra))
        worker.start()
        says.close()
        first = _hear(hears, outcome, first, count)
        worker.kill()
        worker.join()
        if first < count:
            died = "hung" if worker.exitcode == -signal.SIGKILL else f"died ({worker.exitcode})"
            outcome.faults.append(f"case {first} of seed {seed}: the process {died}")
            first += 1
    return outcome


def _hear(hears: Connection, outcome: Outcome, first: int, count: int) -> int:
    """Take in what the process says; returns the case that it did not finish, or `count`."""
    while first < count:
        try:
            if not hears.poll(GONE_S):
                return first
            number, name, came, fault, seconds, memory = hears.recv()
        except EOFError:
            return first
        outcome.counts.update(came)
        outcome.slowest = max(outcome.slowest, (seconds, number))
        if fault:
            outcome.faults.append(f"case {number} ({name}):\n{fault}")
        if seconds > LONGEST_S:
            outcome.faults.append(f"case {number} ({name}): {seconds:.2f} s")
        if memory > max(MOST_MIB, outcome.largest_mib):
            outcome.faults.append(f"case {number} ({name}): {memory} MiB")
        outcome.largest_mib = max(outcome.largest_mib, memory)
        first = number + 1
    return first


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--count", type=int, default=1000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--folder", type=Path, default=SHARED, help="more files to break: %(default)s")
    asked = words.parse_args()
    began = time.perf_counter()
    outcome = run(asked.count, asked.seed, asked.folder)
    for fault in outcome.faults:
        sys.stdout.write(f"{fault}\n")
    for what, number in sorted(outcome.counts.items()):
        sys.stdout.write(f"{number:8d}  {what}\n")
    seconds, slowest = outcome.slowest
    sys.stdout.write(
        f"{asked.count} files of {len(sources(asked.folder))} kinds in {time.perf_counter() - began:.0f} s: "
        f"{len(outcome.faults)} faults, at most {seconds:.3f} s (case {slowest}) and {outcome.largest_mib} MiB\n"
    )
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
