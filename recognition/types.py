"""The values that travel between the stages, and the one place where their units are said.

Images are uint8, height × width × 3, in OpenCV's blue-green-red order. Pixel coordinates are of the upright frame,
x to the right and y down. Times are seconds of the video as its player counts them: from the first frame on, unless an
MP4 or Matroska file says that its first frame comes later. Positions are WGS84 degrees, speeds m/s, headings degrees
clockwise from true north. Scores, confidences and probabilities lie in 0–1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # the web process lays sightings on tracks, and has no numpy
    import numpy as np
    from numpy.typing import NDArray

Image: TypeAlias = "NDArray[np.uint8]"
FloatArray: TypeAlias = "NDArray[np.float32]"

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
UNREADABLE = "?"  # stands in a text for a character that is there but cannot be read


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels: x1 < x2, y1 < y2."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def as_list(self) -> list[float]:
        """[x1, y1, x2, y2], rounded to a tenth of a pixel."""
        return [round(value, 1) for value in (self.x1, self.y1, self.x2, self.y2)]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture and the true time at which it is shown."""

    index: int  # position in decoding order, counted from the start of what was read
    seconds: float
    image: Image


@dataclass(frozen=True, slots=True)
class Detection:
    """One plate in one frame. `corners` run clockwise from the top left of the plate as it is read."""

    box: Box
    corners: tuple[tuple[float, float], ...]  # four (x, y)
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One text a plate may carry, with its probability."""

    plate: str
    score: float


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a reading; `text` is UNREADABLE where the reader would be guessing."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Region:
    """Where a plate was issued: a lower-case ISO 3166 code (`ro`), with a state where known (`us-ca`)."""

    code: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one crop says. An empty `plate` means that nothing on it can be read as a plate."""

    plate: str
    confidence: float
    characters: tuple[Character, ...] = ()
    candidates: tuple[Candidate, ...] = ()  # best first, the first one is `plate` before weak characters became ?
    region: Region | None = None
    raw: str = ""  # the text that the network alone would have written, before any country's formats were weighed


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One detection with its reading at one moment of a video."""

    seconds: float
    detection: Detection
    reading: Reading
    weight: float  # how much this frame counts in the vote: sharpness × plate height × detector score, at least 0
    crop: Image | None = None  # the rectified plate
    context: Image | None = None  # the frame around the plate, kept for the best observation of a track alone


@dataclass(frozen=True, slots=True, eq=False)
class PlateTrack:
    """One plate seen during one uninterrupted pass, fused from its observations, which are in order of time."""

    plate: str
    confidence: float
    characters: tuple[Character, ...]
    candidates: tuple[Candidate, ...]
    region: Region | None
    observations: tuple[Observation, ...]
    best: Observation  # the sharpest, largest one: the picture to show

    @property
    def first_seen(self) -> float:
        return self.observations[0].seconds

    @property
    def last_seen(self) -> float:
        return self.observations[-1].seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a video has been read. `timings` holds seconds spent per stage so far."""

    seconds: float  # position reached in the video
    until: float  # position at which reading ends
    frames: int  # frames analysed so far
    detections: int
    timings: dict[str, float] = field(default_factory=dict)
    start: float = 0.0  # position at which reading began

    @property
    def fraction(self) -> float:
        length = self.until - self.start
        return min(1.0, max(0.0, self.seconds - self.start) / length) if length > 0 else 0.0


TimeSource = Literal["gps", "container", "file_name", "person", "upload"]


@dataclass(frozen=True, slots=True)
class GpsPoint:
    """One position. `time` is UTC where the source has it; `seconds` is the offset into the video where known."""

    lat: float
    lon: float
    time: datetime | None = None
    seconds: float | None = None
    speed: float | None = None
    heading: float | None = None
    accuracy: float | None = None  # metres, one standard deviation


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a container says of its video. Width and height are those of the upright frame, after rotation."""

    duration: float
    frame_rate: float  # average; 0 where unknown
    width: int
    height: int
    rotation: int  # degrees clockwise that the container asks for: 0, 90, 180, 270
    codec: str
    container: str
    created_at: datetime | None  # the container's creation time as it stands; start or end of the recording, unverified
    truncated: bool = False  # the file ends before it says that it should
    missing: float = 0.0  # seconds that are not there of those that its index promises; 0 where that is not known
    pixel_format: str = ""  # as FFmpeg names it: yuv420p, yuvj422p, …
