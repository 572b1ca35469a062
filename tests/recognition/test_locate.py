"""Where a seen car was, against cases computed by hand and against drawn chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from recognition.cameras import known_cameras
from recognition.locate import CarPlace, Lens, Pose, View, horizontal_of_diagonal, locate, measure, moved, sizes_of
from recognition.plates import formats_for
from recognition.types import EARTH_RADIUS_M

DASHCAM = View(1280, 720, 60.0)  # focal length 640 / tan 30° = 1108.51 pixels
NORTH = Pose(45.0, 25.0, 0.0, accuracy_m=3.0, speed=15.0)
Corner = tuple[float, float]
METER = math.degrees(1 / EARTH_RADIUS_M)  # of latitude


def upright(x: float, y: float, width: float, height: float) -> list[Corner]:
    """The corners of a plate whose middle is at (x, y)."""
    left, top = x - width / 2, y - height / 2
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


def seen(
    view: View, middle: Sequence[float], turned_deg: float = 0.0, size: tuple[float, float] = (0.52, 0.11)
) -> list[Corner]:
    """The corners of a plate whose middle is `middle` (m right of, below and before the camera), by the lens's formula.

    `turned_deg` turns it around its upright middle line.
    """
    half = math.radians(view.field_of_view_deg) / 2
    focal = view.width / 2 / view.lens.radius(half)
    across, into = math.cos(math.radians(turned_deg)), math.sin(math.radians(turned_deg))
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        right = middle[0] + x * size[0] / 2 * across
        down = middle[1] + y * size[1] / 2
        ahead = middle[2] + x * size[0] / 2 * into
        away = math.hypot(right, down)
        r = focal * view.lens.radius(math.atan2(away, ahead))
        corners.append((view.width / 2 + r * right / away, view.height / 2 + r * down / away))
    return corners


def place(corners: Sequence[Corner], view: View = DASHCAM, pose: Pose = NORTH, region: str | None = "de") -> CarPlace:
    found = locate(corners, view, pose, region)
    assert found is not None
    return found


def test_a_plate_520_mm_wide_and_57_6_pixels_wide_is_ten_meters_away() -> None:
    # 1108.51 pixels × 0.520 m / 10 m = 57.64 pixels, and 1108.51 × 0.110 / 10 = 12.19.
    found = place(upright(640, 360, 57.64, 12.19))
    assert found.range_m == pytest.approx(10.0, abs=0.01)
    assert found.bearing_deg == pytest.approx(0.0, abs=1e-9)
    assert (found.lat - 45.0) / METER == pytest.approx(10.0, abs=0.01)
    assert found.lon == pytest.approx(25.0, abs=1e-9)


def test_a_plate_a_quarter_in_from_the_right_edge_lies_16_degrees_to_the_right() -> None:
    # atan(320 / 1108.51) = 16.10°; the plate is square to the axis, so 10 m ahead are 10 / cos 16.10° = 10.41 m away.
    found = place(upright(960, 360, 57.64, 12.19))
    assert found.bearing_deg == pytest.approx(16.10, abs=0.01)
    assert found.range_m == pytest.approx(10.41, abs=0.02)


@pytest.mark.parametrize(
    ("region", "width", "height"),
    [("us", 305, 152), ("us-ca", 305, 152), ("cn", 440, 140), ("br", 400, 130), ("in", 340, 200), ("fr", 275, 200)],
)
def test_each_region_s_plates_have_their_own_size(region: str, width: float, height: float) -> None:
    pixels = 1108.51 / 10_000  # of a millimeter at 10 m
    found = place(upright(640, 360, width * pixels, height * pixels), region=region)
    assert found.range_m == pytest.approx(10.0, abs=0.01)


def test_every_region_that_the_reader_names_has_its_sizes() -> None:
    assert not {form.region for form in formats_for(None) if sizes_of(form.region) == sizes_of(None)}


def test_a_plate_of_an_unknown_region_is_placed_with_a_larger_error() -> None:
    known, unknown = (place(upright(640, 360, 57.64, 12.19), region=region) for region in ("de", None))
    assert unknown.range_m == pytest.approx(10.0, abs=0.01)
    assert max(unknown.major_m, unknown.minor_m) > max(known.major_m, known.minor_m)


def test_a_turned_plate_is_measured_by_its_height() -> None:
    turned = seen(replace(DASHCAM, width=3840, height=2160), (1.0, 0.5, 10.0), turned_deg=50)
    found = place(turned, replace(DASHCAM, width=3840, height=2160))
    assert found.range_m == pytest.approx(math.hypot(1.0, 10.0), rel=0.01)


def test_bearings_wrap_around_at_north() -> None:
    assert place(upright(960, 360, 57.64, 12.19), pose=replace(NORTH, heading=350.0)).bearing_deg == pytest.approx(
        6.10, abs=0.01
    )
    assert place(upright(320, 360, 57.64, 12.19), pose=replace(NORTH, heading=10.0)).bearing_deg == pytest.approx(
        353.90, abs=0.01
    )


def test_a_rear_camera_looks_backward_and_its_right_is_our_left() -> None:
    rear = replace(DASHCAM, rear=True)
    assert place(upright(640, 360, 57.64, 12.19), rear).bearing_deg == pytest.approx(180.0)
    behind = place(upright(960, 360, 57.64, 12.19), rear)
    assert behind.bearing_deg == pytest.approx(196.10, abs=0.01)
    assert behind.lat < 45.0
    assert behind.lon < 25.0


def test_a_place_across_the_date_line_stays_a_longitude() -> None:
    found = place(upright(640, 360, 57.64, 12.19), pose=Pose(0.0, 179.99999, 90.0, 3.0, 15.0))
    assert -180.0 <= found.lon < -179.99


def test_moving_a_kilometer_is_right_to_a_centimeter() -> None:
    lat, lon = moved(60.0, 10.0, 53.0, 1000.0)
    a, b = math.radians(60.0), math.radians(lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon - 10.0) / 2) ** 2
    assert 2 * EARTH_RADIUS_M * math.asin(math.sqrt(h)) == pytest.approx(1000.0, abs=0.01)


def test_all_lenses_agree_at_the_middle() -> None:
    # Near the axis r ≈ f θ for each of them: a plate of the same size in units of the focal length is as far away.
    ranges = []
    for lens in Lens:
        view = View(1280, 720, 100.0, lens)
        focal = 640 / lens.radius(math.radians(50))
        sight = measure(upright(640, 360, 0.052 * focal, 0.011 * focal), view, "de")
        assert sight is not None
        ranges.append(sight.range_m)
    assert ranges == pytest.approx([10.0] * len(Lens), rel=0.001)


def test_an_equidistant_lens_spreads_degrees_evenly() -> None:
    view = View(1280, 720, 120.0, Lens.EQUIDISTANT)
    sights = [measure(upright(640 + share * 640, 360, 20, 6), view, "de") for share in (-0.5, 0.25, 0.75)]
    assert [math.degrees(sight.azimuth) for sight in sights if sight] == pytest.approx([-30.0, 15.0, 45.0], abs=0.2)


@pytest.mark.parametrize("lens", list(Lens))
@pytest.mark.parametrize("middle", [(0.3, 0.6, 8.0), (-5.0, 0.8, 6.0), (6.0, 0.9, 4.0)])
def test_what_a_lens_shows_is_placed_where_it_was(lens: Lens, middle: tuple[float, float, float]) -> None:
    view = View(3840, 2160, 130.0, lens)
    sight = measure(seen(view, middle), view, "de")
    assert sight is not None
    assert sight.range_m == pytest.approx(math.hypot(middle[0], middle[2]), rel=0.02)
    assert math.degrees(sight.azimuth) == pytest.approx(math.degrees(math.atan2(middle[0], middle[2])), abs=0.5)


def test_a_plate_beside_the_car_is_seen_by_a_fisheye_and_measured_by_its_height() -> None:
    view = View(3840, 2880, 200.0, Lens.EQUIDISTANT)
    sight = measure(seen(view, (4.0, 0.8, -0.2), turned_deg=-85), view, "de")
    assert sight is not None
    assert sight.range_m == pytest.approx(4.0, rel=0.03)
    assert math.degrees(sight.azimuth) == pytest.approx(92.9, abs=0.5)


@pytest.mark.parametrize(
    ("corners", "view"),
    [
        ([], DASHCAM),
        (upright(640, 360, 57.0, 12.0), replace(DASHCAM, field_of_view_deg=180.0)),
        (upright(640, 360, 57.0, 12.0), replace(DASHCAM, field_of_view_deg=0.0)),
        (upright(640, 360, 57.0, 12.0), replace(DASHCAM, width=0)),
        (upright(640, 360, -57.0, 12.0), DASHCAM),
        (upright(640, 360, 57.0, 0.0), DASHCAM),
        (upright(640, 360, 1.0, 0.3), DASHCAM),
        ([(math.nan, 0.0)] * 4, DASHCAM),
    ],
)
def test_what_cannot_be_placed_has_no_place(corners: list[Corner], view: View) -> None:
    assert locate(corners, view, NORTH, "de") is None


def test_the_long_axis_lies_along_the_sight_where_the_range_is_least_known() -> None:
    # A small plate straight east, from an exact position: the range's share of error exceeds the heading's.
    found = place(upright(640, 360, 14.4, 3.05), pose=Pose(45.0, 25.0, 90.0, 0.1, 30.0))
    assert found.range_m == pytest.approx(40.0, rel=0.01)
    assert found.angle_deg == pytest.approx(90.0, abs=1.0)
    assert found.major_m > 1.5 * found.minor_m


def test_a_standing_car_knows_less_of_its_heading() -> None:
    moving, standing = (place(upright(640, 360, 28.8, 6.1), pose=replace(NORTH, speed=v)) for v in (15.0, 0.0))
    assert standing.major_m > moving.major_m


@pytest.mark.parametrize("lens", [Lens.RECTILINEAR, Lens.EQUIDISTANT])
def test_the_ellipse_holds_the_true_place_in_95_of_100_cases(lens: Lens) -> None:
    """Everything that is uncertain is drawn by chance, as the module says that it is uncertain."""
    rng = np.random.default_rng(4)
    said = View(1920, 1080, 90.0, lens)
    held, tries = 0, 2000
    for _ in range(tries):
        true_view = replace(said, field_of_view_deg=90.0 / (1 + rng.normal(0, 0.05)))
        scale = 1 + rng.normal(0, 0.02)
        middle = (rng.uniform(-6, 6), 0.8, rng.uniform(6, 25))
        corners = np.array(seen(true_view, middle, rng.normal(0, 10), (0.52 * scale, 0.11 * scale)))
        noisy = [(float(x), float(y)) for x, y in corners + rng.normal(0, 1.0, (4, 2))]
        heading = 70 + rng.normal(0, math.hypot(3.0, math.degrees(math.atan2(0.3, 15.0))))
        found = locate(noisy, said, Pose(45.0, 25.0, 70.0, 3.0, 15.0), "de")
        assert found is not None
        lat, lon = moved(45.0, 25.0, heading + math.degrees(math.atan2(middle[0], middle[2])), math.hypot(*middle[::2]))
        off = np.array([lat - found.lat, (lon - found.lon) * math.cos(math.radians(45.0))]) / METER  # north, east
        held += _inside(found, off + rng.normal(0, 3.0, 2))
    assert 0.935 <= held / tries <= 0.965


def _inside(found: CarPlace, off: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    turn = math.radians(found.angle_deg)
    along = off[0] * math.cos(turn) + off[1] * math.sin(turn)
    across = off[1] * math.cos(turn) - off[0] * math.sin(turn)
    return bool((along / found.major_m) ** 2 + (across / found.minor_m) ** 2 <= 1)


def test_a_published_diagonal_becomes_a_horizontal_field_of_view() -> None:
    # An equidistant lens shows degrees in proportion to pixels: 140° × 16 / √(16² + 9²) = 122.0°.
    assert horizontal_of_diagonal(140.0, Lens.EQUIDISTANT, 16 / 9) == pytest.approx(122.0, abs=0.1)
    # A rectilinear one their tangents: 2 atan(tan 45° × 0.8716) = 82.2°.
    assert horizontal_of_diagonal(90.0, Lens.RECTILINEAR, 16 / 9) == pytest.approx(82.2, abs=0.1)


def test_every_camera_in_the_list_can_be_placed_with() -> None:
    for model in known_cameras():
        for optics in (model.front, model.rear or model.front):
            assert View(1920, 1080, optics.field_of_view_deg, optics.lens).is_possible
