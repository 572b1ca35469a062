"""Pictures in and out, and the few operations on them that several stages share. BGR uint8 throughout."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from recognition.errors import NotAnImage
from recognition.geometry import Corners, homography, quad_size
from recognition.types import Box, Image

PADDING = 114  # the grey around a letterboxed picture
LARGEST_SIDE = 1600  # pixels of an intermediate crop; a bigger plate has detail to spare


def read_image(path: Path | str) -> Image:
    """A picture file as BGR, turned upright as its EXIF asks. Raises NotAnImage; FileNotFoundError as usual."""
    path = Path(path)
    return decode_image(path.read_bytes(), path.name)


def decode_image(data: bytes, name: str) -> Image:
    """As `read_image`, from a file's bytes; `name` stands in what is said of them."""
    if not data:
        raise NotAnImage(f"{name} is empty. Copy it again, or leave it out.")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise NotAnImage(f"{name} cannot be decoded as a picture.") from error
    if image is None:
        raise NotAnImage(f"{name} is not a picture that can be read. JPEG, PNG, WebP, BMP and TIFF are.")
    return np.asarray(image, np.uint8)


def encode_jpeg(image: Image, quality: int = 90) -> bytes:
    """JPEG bytes; `quality` 0–100."""
    ok, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise ValueError(f"a picture of shape {image.shape} cannot be written as JPEG")
    return data.tobytes()


def resize(image: Image, width: int, height: int, *, quick: bool = False) -> Image:
    """Averaging where the picture shrinks, so that thin strokes do not vanish; linear where it grows.

    `quick` is linear down to half the size, a fifth of the time: two pixels of every two are looked at even so.
    """
    least = 0.5 if quick else 1.0
    shrinks = width < least * image.shape[1] or height < least * image.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def letterbox(image: Image, width: int, height: int) -> tuple[Image, float, int, int]:
    """The whole picture inside width × height with grey around it, never enlarged out of proportion.

    Returns (picture, scale, pad_x, pad_y): a point (x, y) of `image` lies at (x·scale + pad_x, y·scale + pad_y).
    """
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    new_w, new_h = max(1, round(columns * scale)), max(1, round(rows * scale))
    pad_x, pad_y = (width - new_w) // 2, (height - new_h) // 2
    canvas = np.full((height, width, image.shape[2]), PADDING, np.uint8)
    canvas[pad_y : pad_y + new_h, pad_x : pad_x + new_w] = resize(image, new_w, new_h)
    return canvas, scale, pad_x, pad_y


def rectify_crop(image: Image, corners: Corners, out_w: int, out_h: int, margin: float = 0.08) -> Image:
    """The plate between the four corners, straightened to out_w × out_h.

    `margin` is the share of the plate's width and height that is kept beyond the corners on every side. Corners that
    are degenerate (three on a line) give the upright box around them instead.
    """
    plate_w, plate_h = quad_size(corners)
    grow = 1 + 2 * margin
    # Sampled at the size that the plate has in the picture, then averaged down: warping straight to a smaller size
    # would skip pixels.
    work_w = int(min(LARGEST_SIDE, max(out_w, np.ceil(plate_w * grow))))
    work_h = int(min(LARGEST_SIDE, max(out_h, np.ceil(plate_h * grow))))
    left, top = work_w * margin / grow, work_h * margin / grow
    target = ((left, top), (work_w - left, top), (work_w - left, work_h - top), (left, work_h - top))
    # Pixel centres sit at +0.5: shifting both sides keeps the crop from sliding by half a pixel when it is scaled.
    source = [(x - 0.5, y - 0.5) for x, y in corners]
    try:
        matrix = homography(source, [(x - 0.5, y - 0.5) for x, y in target])
    except np.linalg.LinAlgError:
        xs, ys = zip(*source, strict=True)
        x1, y1, x2, y2 = min(xs), min(ys), max(max(xs), min(xs) + 1), max(max(ys), min(ys) + 1)
        matrix = homography(((x1, y1), (x2, y1), (x2, y2), (x1, y2)), target)
    work = cv2.warpPerspective(image, matrix, (work_w, work_h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(work, np.uint8) if (work_w, work_h) == (out_w, out_h) else resize(np.asarray(work), out_w, out_h)


def cut(image: Image, box: Box) -> Image:
    """A copy of the pixels inside the box, at least one pixel; parts outside of the picture are left away."""
    rows, columns = image.shape[:2]
    x1, y1 = (int(min(max(a, 0), limit - 1)) for a, limit in ((box.x1, columns), (box.y1, rows)))
    x2, y2 = (int(min(max(np.ceil(b), a + 1), limit)) for b, a, limit in ((box.x2, x1, columns), (box.y2, y1, rows)))
    return image[y1:y2, x1:x2].copy()


def sharpness(image: Image) -> float:
    """How much of a picture's contrast is in fine edges, 0–1; comparable between crops of the same size alone.

    Laplacian after a light blur (so that sensor noise does not pass for sharpness) over the picture's own contrast.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    smooth = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
    edges = float(np.asarray(cv2.Laplacian(smooth, cv2.CV_32F)).std())
    ratio = edges / (float(smooth.std()) + 4.0)
    return ratio / (ratio + 0.3)
