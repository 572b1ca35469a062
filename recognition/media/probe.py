"""What a video is, and whether it can be read at all."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import av

from recognition.errors import VideoDamaged
from recognition.media.container import NO_PICTURE, Video, open_video
from recognition.media.endings import cut_off
from recognition.media.frames import decode, quarters
from recognition.types import VideoInfo

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)  # earlier stamps come from clocks that were never set (1904, 1970)


def probe(path: Path | str) -> VideoInfo:
    """Open a video and decode its first frame. Raises NotAVideo and VideoDamaged with a reason for people."""
    path = Path(path)
    with open_video(path) as video:
        first = next(islice(decode(video), 1), None)
        if first is None:
            raise VideoDamaged(NO_PICTURE, name=path.name)
        picture = first[1]
        turns = quarters(picture)
        width, height = (picture.height, picture.width) if turns % 2 else (picture.width, picture.height)
        promised, truncated = _duration(video), cut_off(path)
        duration = _read_duration(path) if truncated or not promised else promised
        return VideoInfo(
            duration=duration,
            frame_rate=float(video.stream.average_rate or 0),
            width=width,
            height=height,
            rotation=(-90 * turns) % 360,
            codec=video.stream.codec_context.codec.canonical_name,  # not that of the program that decodes it
            container=video.container.format.name,
            created_at=_created_at(video.container.metadata) or _created_at(video.stream.metadata),
            truncated=truncated,
            pixel_format=picture.format.name,
            missing=max(0.0, promised - duration) if truncated else 0.0,
        )


def _duration(video: Video) -> float:
    """As the header says; 0 where it says nothing."""
    if video.stream.duration:
        return video.seconds(int(video.stream.start_time or 0) + video.stream.duration)
    return float(video.container.duration / av.time_base) if video.container.duration else 0.0


def _read_duration(path: Path) -> float:
    """The end of the last packet that is truly there: demultiplexes the whole file, decodes nothing."""
    end = 0.0
    with open_video(path) as video:
        try:
            for packet in video.container.demux(video.stream):
                stamp = video.stamp_of(packet)
                if stamp is not None:
                    end = max(end, video.seconds(stamp + (packet.duration or 0)))
        except av.error.FFmpegError:
            pass  # the file ends here
    return end


def _created_at(metadata: dict[str, Any]) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(metadata.get("creation_time", "")))
    except ValueError:
        return None
    time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    return time if time >= OLDEST else None
