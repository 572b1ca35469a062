"""Viofo's `freeGPS ` blocks (A119, A129 …): Novatek's record right after the block's length.

Before the first fix the status is `V00` or ` 00`, and the moment is that of the camera's own clock.
Source: as novatek.py; the sample file.
"""

from __future__ import annotations

from collections.abc import Iterator

from recognition.telemetry import novatek
from recognition.telemetry.fix import Fix, gather
from recognition.telemetry.recording import Recording

AT = 0x0C  # from the magic on


def read(recording: Recording) -> list[Fix]:
    found = gather(_block, novatek.blocks(recording), recording.notes, "GPS blocks")
    return novatek.numbered(found, recording)


def _block(block: novatek.Block) -> Iterator[Fix]:
    content, seconds = block
    if novatek.is_record(content, AT):
        yield from novatek.record(content, AT, seconds)
