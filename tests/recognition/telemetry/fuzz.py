"""Broken recordings by the thousand. `PYTHONPATH=. python tests/recognition/telemetry/fuzz.py 100000` reads so many.

Each is one of the fixtures (or, where they are, of the small files in ../shared) with bytes changed, cut out, doubled
or cut off. Reading it may give less; it may not raise, hang for a second, or take memory.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from recognition.telemetry import extract
from tests.recognition.telemetry.fixtures import FIXTURES, SHARED

SMALL = 300_000
EDGES = (0, 1, 0x7F, 0x80, 0xFF)


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


def cases(count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """(name, content), the same ones for the same seed."""
    chance = random.Random(seed)
    sources = dict(FIXTURES)
    if SHARED.is_dir():
        sources |= {path.name: path.read_bytes() for path in SHARED.iterdir() if path.stat().st_size < SMALL}
    names = sorted(sources)
    for _ in range(count):
        name = chance.choice(names)
        yield name, mutated(sources[name], chance)


def run(count: int, folder: Path, seed: int = 1) -> tuple[int, float]:
    """(how many gave positions, the longest that one took in seconds). Raises what reading raises."""
    gave, longest = 0, 0.0
    for name, content in cases(count, seed):
        path = folder / name
        path.write_bytes(content)
        began = time.perf_counter()
        gave += extract.read(path, beside=False).track is not None
        longest = max(longest, time.perf_counter() - began)
    return gave, longest


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
        positions, seconds = run(number, Path(name), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(f"{number} files, {positions} with positions, at most {seconds:.3f} s and {memory} MiB\n")
