"""A recording's sound beside new pictures of it, at the time at which it is heard there."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from recognition.errors import CannotWrite
from recognition.media.container import Video, open_video

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)  # that AAC knows and recorders use
OTHERWISE = 48000
BITS = 64_000  # a second and channel
DRIFT_S = 0.08  # by which sound may be off before it is put right with silence, or by leaving some out


def add_sound(pictures: Path, source: Path | str, out: Path) -> bool:
    """Write `pictures` (an MP4) again as `out` with the sound of `source`; False where that has none that can be read.

    Raises CannotWrite.
    """
    with open_video(source) as video, av.open(str(pictures)) as silent:
        if not video.container.streams.audio or video.container.streams.audio[0].codec_context is None:
            return False
        heard = video.container.streams.audio[0]
        rate = heard.codec_context.sample_rate
        rate = rate if rate in RATES else OTHERWISE
        layout = "mono" if heard.codec_context.channels == 1 else "stereo"
        try:
            with av.open(str(out), "w", format="mp4", options={"movflags": "faststart"}) as written:
                seen: Any = written.add_stream_from_template(silent.streams.video[0])
                spoken: Any = written.add_stream("aac", rate=rate, layout=layout)
                spoken.bit_rate = BITS * spoken.codec_context.channels
                packets = heapq.merge(_pictures(silent, seen), _encoded(video, spoken), key=_seconds)
                for packet in packets:
                    written.mux(packet)
        except OSError as error:
            raise CannotWrite(f"The sound cannot be added: {error.strerror or error}.") from error
        except (av.error.FFmpegError, ValueError):
            return False  # sound of a kind that the resampler or the encoder does not know
    return True


def _seconds(packet: Any) -> float:
    return float(packet.dts * packet.time_base)


def _pictures(silent: Any, stream: Any) -> Iterator[Any]:
    for packet in silent.demux(video=0):
        if packet.dts is not None:
            packet.stream = stream
            yield packet


def _encoded(video: Video, stream: Any) -> Iterator[Any]:
    for frame in _in_step(video, stream.codec_context):
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _in_step(video: Video, codec: Any) -> Iterator[Any]:
    """The sound in the encoder's form, without gap or overlap, from second 0 of the video on."""
    resampler = av.AudioResampler(format="fltp", layout=codec.layout.name, rate=codec.sample_rate)
    origin, written = float(video.origin * video.time_base), 0
    for frame in _decoded(video):
        at = float(frame.pts * frame.time_base) - origin if frame.pts is not None else written / codec.sample_rate
        frame.pts = None
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray()
            off = round(at * codec.sample_rate) - written
            if off > DRIFT_S * codec.sample_rate:
                samples = np.concatenate([np.zeros((len(samples), off), np.float32), samples], axis=1)
            elif off < -DRIFT_S * codec.sample_rate:
                samples = samples[:, -off:]
            if not samples.shape[1]:
                continue
            whole = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32), "fltp", codec.layout.name)
            whole.sample_rate, whole.pts = codec.sample_rate, written
            written += samples.shape[1]
            at = written / codec.sample_rate
            yield whole


def _decoded(video: Video) -> Iterator[Any]:
    """What can be decoded of the sound; the rest of a recording that breaks off is silent."""
    try:
        for packet in video.container.demux(audio=0):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue
    except av.error.FFmpegError:
        return
