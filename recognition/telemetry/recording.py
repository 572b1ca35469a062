"""One file as the readers see it: its bytes, and whatever was worked out of them already."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from recognition.media.boxes import Bytes
from recognition.telemetry import mp4, transport
from recognition.telemetry.transport import Packet

HEAD_BYTES = 65536
PLAIN = frozenset(b"\t\r\n" + bytes(range(32, 127)))  # a log is mostly ASCII
MOST_TEXT = 64 << 20  # of a log; a day of one row a second has 20 MB
TEXT_FORMATS = (b"tx3g", b"text", b"mp4s", b"sbtl")


@dataclass
class Recording:
    """Readers add to `notes` what a person should know of bytes that could not be read."""

    path: Path
    data: Bytes
    name: str = ""  # what the camera called it, where that is not the path's
    notes: list[str] = field(default_factory=list)

    @cached_property
    def head(self) -> bytes:
        return self.data[:HEAD_BYTES]

    @property
    def is_mp4(self) -> bool:
        return self.head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")

    @property
    def is_known(self) -> bool:
        """A container that is read or at least told apart, or a text."""
        foreign = self.head[:4] in (b"RIFF", b"\x1a\x45\xdf\xa3")
        return self.is_mp4 or foreign or bool(self.text) or transport.is_stream(self.data)

    @cached_property
    def movie(self) -> mp4.Movie | None:
        return mp4.movie(self.data) if self.is_mp4 else None

    @cached_property
    def texts(self) -> list[tuple[float, bytes]]:
        """(second, text) of every line of the subtitle tracks, without the two bytes that say how long it is."""
        tracks = self.movie.of(*TEXT_FORMATS) if self.movie else ()
        found = ((sample.seconds, content) for track in tracks for sample, content in track.contents())
        return [(seconds, _unwrapped(content)) for seconds, content in found]

    @cached_property
    def private(self) -> list[Packet]:
        """What a transport stream carries beside picture and sound."""
        return [] if self.is_mp4 else transport.private_packets(self.data)

    @cached_property
    def text(self) -> str:
        """A log; empty for a file that is none."""
        head = self.head[:4096]
        plain = sum(byte in PLAIN for byte in head)
        if self.is_mp4 or b"\0" in head or plain < len(head) / 2:
            return ""
        return self.data[:MOST_TEXT].decode("ascii", errors="replace")


def _unwrapped(content: bytes) -> bytes:
    return content[2:] if len(content) >= 2 and int.from_bytes(content[:2], "big") == len(content) - 2 else content
