"""Where the seen car was: bearing and range of a plate in a picture, laid out from the camera's position and heading.

The camera is taken as level and its axis as going through the picture's middle, so the column of a plate gives its
bearing, and its size its range. Two ranges are measured:

- from the width, for a plate that stands square to the camera's axis, as those of cars driving with or against us do;
- from the height, which does not shrink where a plate is turned away, but is two to five times fewer pixels.

So the width is used, unless the two differ by more than the noise of both explains: then the plate is turned, and the
height is used. A turn too small to be noticed is part of the width's uncertainty.

Angles in degrees unless a name says radians; bearings and headings clockwise from true north.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from recognition.types import EARTH_RADIUS_M

SIZES_FILE = Path(__file__).parent / "configs" / "plate_sizes.toml"

# One standard deviation each.
PIXELS = 1.0  # of a measured width or height: each is the mean of two edges whose four ends lie within a pixel
VIEW_SHARE = 0.05  # of a published field of view: lenses differ, stabilization crops
SIZE_SHARE = 0.02  # of a plate whose region is known
UNKNOWN_SIZE_SHARE = 0.12  # of one whose region is not
TURN = math.radians(10)  # of a plate that looks square to the camera's axis
MOUNT_DEG = 3.0  # of the camera's axis from the direction of travel
SPEED_M_S = 0.3  # of a receiver's speed across the way, from which its heading errs at low speed …
WORST_HEADING_DEG = 10.0  # … but no more than so, since a standing car keeps the heading it came with

ELLIPSE = math.sqrt(-2 * math.log(0.05))  # standard deviations to the edge of an ellipse that holds 95 %
WIDEST = math.radians(75)  # from the axis, beyond which a plate's width says nothing of its range
SURPRISE = 3.0  # standard deviations between the two ranges from which the plate is taken as turned; at two, many a bad
#                height would be chosen for being bad
FARTHEST_M = 200.0  # a plate measured beyond it is no plate that could be read
POLE = 89.9  # degrees of latitude beyond which east and west lose their meaning

Corners = Sequence[tuple[float, float]]  # four (x, y) in pixels, clockwise from the top left of the plate


class Lens(StrEnum):
    """How a lens maps θ, the angle from its axis, to r, the distance from the picture's middle, f its focal length.

    Rectilinear r = f tan θ; stereographic r = 2f tan(θ/2); equidistant ("fisheye") r = fθ; equisolid r = 2f sin(θ/2).
    Source: Kannala & Brandt, "A generic camera model and calibration method for conventional, wide-angle, and fish-eye
    lenses", IEEE TPAMI 28 (2006), equations 1–4.
    """

    RECTILINEAR = "rectilinear"
    STEREOGRAPHIC = "stereographic"
    EQUIDISTANT = "equidistant"
    EQUISOLID = "equisolid"

    @property
    def widest_deg(self) -> float:
        """Fields of view from here on cannot be."""
        return 179.0 if self is Lens.RECTILINEAR else 359.0

    def radius(self, angle: float) -> float:
        """Distance from the middle in focal lengths, of an angle in radians."""
        match self:
            case Lens.RECTILINEAR:
                return math.tan(angle)
            case Lens.STEREOGRAPHIC:
                return 2 * math.tan(angle / 2)
            case Lens.EQUISOLID:
                return 2 * math.sin(angle / 2)
            case Lens.EQUIDISTANT:
                return angle

    def angle(self, radius: float) -> float:
        """The inverse: radians from the axis, of a distance from the middle in focal lengths; NaN beyond the lens."""
        match self:
            case Lens.RECTILINEAR:
                return math.atan(radius)
            case Lens.STEREOGRAPHIC:
                return 2 * math.atan(radius / 2)
            case Lens.EQUISOLID:
                return 2 * math.asin(radius / 2) if radius <= 2 else math.nan
            case Lens.EQUIDISTANT:
                return radius


@dataclass(frozen=True, slots=True)
class View:
    """How a camera looks: its picture in pixels, and its horizontal field of view across the picture's middle."""

    width: float
    height: float
    field_of_view_deg: float
    lens: Lens = Lens.RECTILINEAR
    rear: bool = False  # looks backward

    @property
    def is_possible(self) -> bool:
        return min(self.width, self.height) > 0 and 0 < self.field_of_view_deg < self.lens.widest_deg


@dataclass(frozen=True, slots=True)
class Pose:
    """The camera's position (WGS84 degrees, one standard deviation in m), and the car's heading and speed (m/s)."""

    lat: float
    lon: float
    heading: float
    accuracy_m: float
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class CarPlace:
    """Where a car's plate was, with the ellipse that holds the true place in 95 of 100 cases."""

    lat: float
    lon: float
    range_m: float  # along the ground, from the camera
    bearing_deg: float  # from the camera, 0–360
    major_m: float  # semi-axes of the ellipse
    minor_m: float
    angle_deg: float  # of the major axis, 0–180


@dataclass(frozen=True, slots=True)
class Sight:
    """A plate as seen from the camera alone: range along the ground in m, azimuth in radians right of the axis."""

    range_m: float
    azimuth: float
    range_share: float  # one standard deviation of the range, as a share of it; the lens's own error left out


def locate(corners: Corners, view: View, pose: Pose, region: str | None = None) -> CarPlace | None:
    """The place of the car whose plate has these corners (pixels, clockwise from the top left).

    `region` is the plate's, as `ro` or `us-ca`; None where not known. None where the picture does not tell the place.
    """
    sight = measure(corners, view, region)
    if sight is None or abs(pose.lat) > POLE:
        return None
    bearing = pose.heading + 180 * view.rear + math.degrees(sight.azimuth)
    major, minor, turned = _axes(*_spread(corners, view, pose, region, sight))
    lat, lon = moved(pose.lat, pose.lon, bearing, sight.range_m)
    angle = (bearing + math.degrees(turned)) % 180 % 180
    return CarPlace(lat, lon, sight.range_m, bearing % 360 % 360, ELLIPSE * major, ELLIPSE * minor, angle)


def measure(corners: Corners, view: View, region: str | None = None) -> Sight | None:
    """Range and azimuth from the picture alone; None where the corners, the lens or the result make no sense."""
    outline = _outline(corners, view) if len(corners) == 4 and view.is_possible else None
    if outline is None:
        return None
    sizes, share = sizes_of(region)
    sight, *_ = min((_sight(outline, size, share) for size in sizes), key=itemgetter(1, 2))
    return sight if sight.range_m <= FARTHEST_M else None


@dataclass(frozen=True, slots=True)
class _Outline:
    """A plate as seen: radians right of the axis at its sides, its height in slopes, both lengths in pixels."""

    left: float
    right: float
    slope: float
    width_px: float
    height_px: float


def _outline(corners: Corners, view: View) -> _Outline | None:
    (left_top, right_top, right_foot, left_foot) = corners
    (a, a_up), (b, b_up), (c, c_up), (d, d_up) = (_direction(corner, view) for corner in corners)
    found = _Outline(
        left=(a + d) / 2,
        right=(b + c) / 2,
        slope=(a_up + b_up - c_up - d_up) / 2,
        width_px=(right_top[0] + right_foot[0] - left_top[0] - left_foot[0]) / 2,
        height_px=(left_foot[1] + right_foot[1] - left_top[1] - right_top[1]) / 2,
    )
    # Also false where a corner lies beyond the lens and all is NaN.
    return found if found.left < found.right and min(found.slope, found.width_px, found.height_px) > 0 else None


def _sight(seen: _Outline, size: tuple[float, float], share: float) -> tuple[Sight, bool, float]:
    """The sight of a plate of this size in m, whether it looks too wide for it, and how badly its proportions fit.

    Turning makes a plate look narrower than it is, but no wider than when it faces the camera.
    """
    by_height = size[1] / seen.slope
    tall = Sight(by_height, (seen.left + seen.right) / 2, math.hypot(PIXELS / seen.height_px, share))
    if max(-seen.left, seen.right) > WIDEST:
        return tall, False, 0.0
    middle = (math.tan(seen.left) + math.tan(seen.right)) / 2
    by_width = size[0] / (math.tan(seen.right) - math.tan(seen.left)) * math.hypot(1, middle)
    # A plate turned by t shows cos t + middle · sin t of its width; t is taken as normally distributed around 0.
    turned = math.hypot(math.sqrt(0.75) * TURN**2, middle * TURN)
    wide = Sight(by_width, math.atan(middle), math.hypot(PIXELS / seen.width_px, share, turned))
    excess = math.log(by_height / by_width)
    noise = SURPRISE * math.hypot(PIXELS / seen.height_px, PIXELS / seen.width_px, share, turned)
    too_wide = excess - math.log(math.hypot(1, middle)) > noise
    return (tall if abs(excess) > noise else wide), too_wide, abs(excess)


def _direction(corner: tuple[float, float], view: View) -> tuple[float, float]:
    """Of a pixel: radians right of the axis, and the slope upward (rise over way along the ground)."""
    half = math.radians(view.field_of_view_deg) / 2
    focal = view.width / 2 / view.lens.radius(half)
    u, v = corner[0] - view.width / 2, corner[1] - view.height / 2
    r = max(math.hypot(u, v), 1e-9)
    angle = view.lens.angle(r / focal)
    right, down, ahead = math.sin(angle) * u / r, math.sin(angle) * v / r, math.cos(angle)
    return math.atan2(right, ahead), -down / math.hypot(right, ahead)


def _spread(corners: Corners, view: View, pose: Pose, region: str | None, sight: Sight) -> tuple[float, float, float]:
    """Variances in m² along and across the line of sight, and their covariance."""
    receiver = math.degrees(math.atan2(SPEED_M_S, abs(pose.speed))) if pose.speed else WORST_HEADING_DEG
    heading = math.radians(math.hypot(MOUNT_DEG, min(WORST_HEADING_DEG, receiver)))
    along, across = _lens_error(corners, view, region, sight)
    return (
        pose.accuracy_m**2 + along**2 + (sight.range_share * sight.range_m) ** 2,
        pose.accuracy_m**2 + across**2 + (heading * sight.range_m) ** 2,
        along * across,
    )


def _axes(along: float, across: float, shared: float) -> tuple[float, float, float]:
    """Deviations of a 2 × 2 covariance on its own axes, the greater first, and by how many radians that one is turned
    from "along" towards "across"."""
    middle, reach = (along + across) / 2, math.hypot((along - across) / 2, shared)
    return math.sqrt(middle + reach), math.sqrt(max(0.0, middle - reach)), math.atan2(2 * shared, along - across) / 2


def _lens_error(corners: Corners, view: View, region: str | None, sight: Sight) -> tuple[float, float]:
    """How far, along and across, one standard deviation of the field of view moves the place."""
    other = View(view.width, view.height, view.field_of_view_deg * (1 - VIEW_SHARE), view.lens, view.rear)
    moved_to = measure(corners, other, region)
    if moved_to is None:
        return 0.0, 0.0
    along = sight.range_m * math.log(moved_to.range_m / sight.range_m)
    return along, sight.range_m * (moved_to.azimuth - sight.azimuth)


def horizontal_of_diagonal(diagonal_deg: float, lens: Lens, aspect: float) -> float:
    """The horizontal field of view of a lens whose diagonal one is known; `aspect` is width over height."""
    corner = lens.radius(math.radians(diagonal_deg) / 2)
    return 2 * math.degrees(lens.angle(corner * aspect / math.hypot(aspect, 1)))


def moved(lat: float, lon: float, bearing: float, way_m: float) -> tuple[float, float]:
    """The place `way_m` meters from another; right to a millimeter per kilometer, short of the poles."""
    north, east = way_m * math.cos(math.radians(bearing)), way_m * math.sin(math.radians(bearing))
    new_lat = lat + math.degrees(north / EARTH_RADIUS_M)
    new_lon = lon + math.degrees(east / (EARTH_RADIUS_M * math.cos(math.radians((lat + new_lat) / 2))))
    return new_lat, (new_lon + 180) % 360 - 180


def sizes_of(region: str | None) -> tuple[Sequence[tuple[float, float]], float]:
    """Widths and heights in m of a region's plates, and their standard deviation as a share."""
    table = _sizes()
    known = table.get((region or "").split("-")[0].lower())
    return (known, SIZE_SHARE) if known else (table["unknown"], UNKNOWN_SIZE_SHARE)


@lru_cache(maxsize=1)
def _sizes() -> dict[str, tuple[tuple[float, float], ...]]:
    rows = tomllib.loads(SIZES_FILE.read_text(encoding="utf-8"))
    return {region: tuple((width / 1000, height / 1000) for width, height in sizes) for region, sizes in rows.items()}
