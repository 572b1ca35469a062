"""Videos whose every frame says which one it is: a number to look at, and the same in black and white blocks to read.

A block of color moves across the picture, standing for a plate whose place in each frame is known.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from recognition.types import Image

WIDTH, HEIGHT, BITS, SIDE = 640, 360, 10, 32
STEP = 4  # pixels that the block moves from frame to frame
LARGE = (1920, 1080)
BLOCK = (80, 40)  # its size
UNIT = Fraction(1, 1000)

# Reads the number of a frame, and the left edge of the block, out of a video element; `over` is the player's canvas.
READ = """
(() => {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [640, 360];
  const pen = copy.getContext("2d", {willReadFrequently: true});
  window.frameOf = (video) => {
    pen.drawImage(video, 0, 0, 640, 360);
    const light = (x, y) => pen.getImageData(x, y, 1, 1).data[1];
    let number = 0;
    for (let bit = 0; bit < 10; bit += 1) if (light(bit * 32 + 16, 16) > 128) number |= 1 << bit;
    return number;
  };
  window.blockOf = (video) => {
    pen.drawImage(video, 0, 0, 640, 360);
    const row = pen.getImageData(0, 270, 640, 1).data;
    for (let x = 0; x < 640; x += 1) if (row[4 * x] > 150 && row[4 * x + 1] < 110) return x;
    return null;
  };
  // The box's left edge on the canvas, in pixels of the video; it is drawn 4 pixels of the page outside.
  window.boxOf = (canvas) => {
    const scale = Math.min(canvas.width / 640, canvas.height / 360);
    const [left, top] = [(canvas.width - 640 * scale) / 2, (canvas.height - 360 * scale) / 2];
    const row = canvas.getContext("2d").getImageData(0, Math.round(top + 270 * scale), canvas.width, 1).data;
    for (let x = 0; x < canvas.width; x += 1) if (row[4 * x + 3] > 60) return (x + 5 * devicePixelRatio - left) / scale;
    return null;
  };
})()
"""


def block_at(number: int) -> list[float]:
    """[x1, y1, x2, y2] of the block in a frame."""
    left = 10 + (number * STEP) % (WIDTH - BLOCK[0] - 20)
    return [float(left), 250.0, float(left + BLOCK[0]), 250.0 + BLOCK[1]]


def picture(number: int) -> Image:
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    for bit in range(BITS):
        image[:SIDE, bit * SIDE : (bit + 1) * SIDE] = 255 if number >> bit & 1 else 0
    cv2.putText(image, str(number), (200, 180), cv2.FONT_HERSHEY_SIMPLEX, 4, (255, 255, 255), 8)
    x1, y1, x2, y2 = (round(side) for side in block_at(number))
    image[y1:y2, x1:x2] = (220, 40, 230)
    return image


def uneven(count: int) -> list[float]:
    """Times such as a phone or a camera in the dark writes: frames come late, and sometimes not for half a second."""
    rng = np.random.default_rng(3)
    gaps = rng.choice([0.033, 0.034, 0.067, 0.1, 0.5], size=count - 1, p=[0.4, 0.3, 0.2, 0.07, 0.03])
    return [0.0, *(round(float(at), 3) for at in np.cumsum(gaps))]


def enlarged(number: int) -> Image:
    """The numbered picture at the size of a dashcam's, with grain that makes decoding cost what it does on a road."""
    large = cv2.resize(picture(number), LARGE, interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.add(large, _grain(number % 8)), np.uint8)


@cache
def _grain(kind: int) -> Image:
    coarse = np.random.default_rng(kind).integers(0, 24, (LARGE[1] // 4, LARGE[0] // 4, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, LARGE), np.uint8)


def write_numbered(
    path: Path, times: list[float], draw: Callable[[int], Image] = picture, *, key_frames_apart: int = 60
) -> Path:
    """H.264 with key frames two seconds apart and frames that refer to later ones, as cameras write it."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=30, options={"crf": "18", "preset": "veryfast", "bf": "2"})
        stream.height, stream.width = draw(0).shape[:2]
        stream.pix_fmt, stream.gop_size = "yuv420p", key_frames_apart
        stream.time_base = stream.codec_context.time_base = UNIT
        for number, seconds in enumerate(times):
            frame = av.VideoFrame.from_ndarray(draw(number), format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(seconds * 1000), UNIT
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def write_jpegs(path: Path, count: int, rate: int = 15) -> Path:
    """JPEGs, which no browser plays."""
    return _write_other(path, count, rate, "mjpeg", "yuvj420p")


def write_hevc(path: Path, count: int, rate: int = 15) -> Path:
    """HEVC with sound, of which a browser that does not know HEVC plays the sound alone."""
    return _write_other(path, count, rate, "libx265", "yuv420p", sound=True)


def _write_other(path: Path, count: int, rate: int, codec: str, pixels: str, *, sound: bool = False) -> Path:
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
        silence: Any = output.add_stream("aac", rate=16000, layout="mono") if sound else None
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(picture(number), format="bgr24").reformat(format=pixels)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
        if silence is not None:
            heard = av.AudioFrame.from_ndarray(np.zeros((1, 16000 * count // rate), np.int16), "s16", "mono")
            heard.sample_rate, heard.pts = 16000, 0
            output.mux([*silence.encode(heard), *silence.encode()])
    return path
