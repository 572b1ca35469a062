"""What stands along the drawn street: houses, trees, lamps and signs, each place with its own."""

from __future__ import annotations

import numpy as np

from recognition.training.synth import foliage
from recognition.training.synth.bodies import Color, shade
from recognition.training.synth.camera import NEAREST, Camera, Place, haze, mist, paste, quad, shapes
from recognition.types import Image

PITCH = 13.0  # meters between places
SIGHT = 11  # places that are drawn
EDGES = {-1: -4.6, 1: 4.0}  # the curbs, left and right
PAVEMENT = 2.3
WALLS: tuple[Color, ...] = (
    (198, 222, 238),
    (158, 188, 228),
    (146, 196, 230),
    (216, 212, 196),
    (188, 208, 192),
    (230, 234, 238),
    (118, 132, 184),
)
ROOFS: tuple[Color, ...] = ((78, 96, 168), (96, 92, 90), (66, 84, 128))
AWNINGS: tuple[Color, ...] = ((70, 70, 190), (120, 140, 60), (150, 90, 50))


def draw_roadside(image: Image, camera: Camera, traveled: float) -> None:
    """From the farthest to the nearest."""
    first = int(traveled // PITCH)
    for place in range(first + SIGHT, first - 2, -1):
        for side in (-1, 1):
            rng = np.random.default_rng((place + 10, side + 1))
            z = place * PITCH - traveled
            _house(image, camera, side, z, rng)
            curb = EDGES[side]
            _tree(image, camera, curb + side * (PAVEMENT + 1.0 + rng.uniform(0, 0.8)), z + rng.uniform(0, 3), rng)
            if place % 3 == (0 if side < 0 else 1):
                _lamp(image, camera, side, curb + side * 0.5, z + 2)
            elif place % 5 == (3 if side < 0 else 1):
                _sign(image, camera, curb + side * 0.6, z + 1, place % 2)


def tree_shadows(camera: Camera, traveled: float) -> list[list[Place]]:
    """Where the trees on the left, with the sun behind them, darken the road: outlines on the ground."""
    first = int(traveled // PITCH)
    blots: list[list[Place]] = []
    for place in range(first - 1, first + SIGHT):
        rng = np.random.default_rng((place + 10, 77))
        z = place * PITCH - traveled + 2
        for x, size in ((-4.2, 1.5), (-3.5, 1.2), (-2.9, 1.0), (-2.4, 0.9), (-1.8, 0.7), (-1.3, 0.4)):
            x, depth = x + float(rng.normal(0, 0.3)), z + float(rng.normal(0, 0.7))
            turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
            blots.append([(x + size * float(np.cos(a)), 0.0, depth + 0.8 * size * float(np.sin(a))) for a in turn])
    return [blot for blot in blots if min(point[2] for point in blot) > NEAREST]


def _tree(image: Image, camera: Camera, x: float, z: float, rng: np.random.Generator) -> None:
    kind, tall = int(rng.integers(len(foliage.GREENS))), float(rng.uniform(5.0, 7.6))
    if z < 2.5:
        return
    high = camera.focal * tall / z
    levels = foliage.tree(kind)
    level = min(len(levels) - 1, max(0, int(np.log2(foliage.TREE_SIZE[1] / high))))
    scale = high / levels[level].shape[0]
    u, v = camera.project(x, 0, z)
    paste(image, levels[level], u - levels[level].shape[1] * scale / 2, v - high, scale, mist(z))


def _lamp(image: Image, camera: Camera, side: int, x: float, z: float) -> None:
    if z < NEAREST + 1:
        return
    color = haze((92, 94, 92), z)
    quad(image, camera, color, (x - 0.07, 0, z), (x + 0.07, 0, z), (x + 0.045, 6.4, z), (x - 0.045, 6.4, z))
    arm = x - side * 1.4
    quad(image, camera, color, (x, 6.3, z), (arm, 6.6, z), (arm, 6.68, z), (x, 6.42, z))
    quad(
        image,
        camera,
        haze((186, 192, 194), z),
        (arm, 6.54, z),
        (arm - side * 0.6, 6.58, z),
        (arm - side * 0.6, 6.7, z),
        (arm, 6.74, z),
    )


def _sign(image: Image, camera: Camera, x: float, z: float, kind: int) -> None:
    if z < NEAREST + 1.5:
        return
    color = haze((128, 128, 126), z)
    quad(image, camera, color, (x - 0.03, 0, z), (x + 0.03, 0, z), (x + 0.03, 2.6, z), (x - 0.03, 2.6, z))
    scale = camera.focal * 0.62 / z / 128
    u, v = camera.project(x, 2.35, z)
    paste(image, foliage.sign(kind), u - 64 * scale, v - 64 * scale, scale, mist(z))


def _house(image: Image, camera: Camera, side: int, z: float, rng: np.random.Generator) -> None:
    front = EDGES[side] + side * (PAVEMENT + 2.6 + float(rng.uniform(0, 1.2)))
    long, floors = float(rng.uniform(8.5, 12.0)), int(rng.integers(2, 4))
    wall = shade(WALLS[int(rng.integers(len(WALLS)))], float(rng.uniform(0.94, 1.02)))
    roof, shop = ROOFS[int(rng.integers(len(ROOFS)))], rng.random() < 0.35
    awning = AWNINGS[int(rng.integers(len(AWNINGS)))]
    near, far, tall = z, z + long, 2.9 * floors + 0.5
    if far < NEAREST + 2:
        return
    deep = front + side * 9
    facade = 1.04 if side > 0 else 0.80  # the sun stands on the left
    quad(
        image,
        camera,
        haze(shade(wall, facade), z),
        (front, 0, near),
        (front, 0, far),
        (front, tall, far),
        (front, tall, near),
    )
    _street_windows(image, camera, side, front, near, long, floors, shop, facade)
    if shop:
        _awning(image, camera, side, front, near, long, awning)
    ridge = (front + deep) / 2
    if near > NEAREST:
        gable = shade(wall, 0.9)
        quad(
            image,
            camera,
            haze(gable, z),
            (front, 0, near),
            (deep, 0, near),
            (deep, tall, near),
            (ridge, tall + 2.4, near),
            (front, tall, near),
        )
        _gable_windows(image, camera, side, front, near, floors)
    out = front - side * 0.35
    quad(
        image,
        camera,
        haze(shade(roof, 1.1 if side > 0 else 0.85), z),
        (out, tall - 0.12, near - 0.2),
        (out, tall - 0.12, far),
        (ridge, tall + 2.5, far),
        (ridge, tall + 2.5, near - 0.2),
    )
    quad(
        image,
        camera,
        haze(shade(roof, 0.6), z),
        (out, tall - 0.26, near - 0.2),
        (out, tall - 0.26, far),
        (out, tall - 0.1, far),
        (out, tall - 0.1, near - 0.2),
    )
    chimney = ridge - side * 1.2
    if near > NEAREST:
        quad(
            image,
            camera,
            haze(shade(wall, 0.7), z),
            (chimney - 0.35, tall + 1, near + 2),
            (chimney + 0.35, tall + 1, near + 2),
            (chimney + 0.35, tall + 3.1, near + 2),
            (chimney - 0.35, tall + 3.1, near + 2),
        )


def _street_windows(
    image: Image, camera: Camera, side: int, x: float, near: float, long: float, floors: int, shop: bool, light: float
) -> None:
    """Windows of the wall along the street, with frames and sills where they are near enough to see."""
    frames: list[list[Place]] = []
    panes: list[list[Place]] = []
    skies: list[list[Place]] = []
    sills: list[list[Place]] = []
    for floor in range(1 if shop else 0, floors):
        foot = 1.0 + 2.9 * floor
        for start in np.arange(near + 0.9, near + long - 1.4, 2.1):
            a, b = float(start), float(start) + 1.15
            frames.append(
                [
                    (x, foot - 0.08, a - 0.1),
                    (x, foot - 0.08, b + 0.1),
                    (x, foot + 1.58, b + 0.1),
                    (x, foot + 1.58, a - 0.1),
                ]
            )
            for left, right in ((a, (a + b) / 2 - 0.03), ((a + b) / 2 + 0.03, b)):
                panes.append([(x, foot, left), (x, foot, right), (x, foot + 1.5, right), (x, foot + 1.5, left)])
                skies.append(
                    [(x, foot + 0.7, left), (x, foot + 0.7, right), (x, foot + 1.5, right), (x, foot + 1.5, left)]
                )
            sills.append(
                [
                    (x, foot - 0.2, a - 0.2),
                    (x, foot - 0.2, b + 0.2),
                    (x, foot - 0.08, b + 0.2),
                    (x, foot - 0.08, a - 0.2),
                ]
            )
    if near < 60:
        shapes(image, camera, haze(shade((232, 236, 238), light), near), frames)
        shapes(image, camera, haze(shade((150, 156, 160), light), near), sills)
    shapes(image, camera, haze(shade((96, 84, 70), light), near), panes)
    if near < 60:
        shapes(image, camera, haze(shade((176, 160, 138), light), near), skies)


def _gable_windows(image: Image, camera: Camera, side: int, front: float, z: float, floors: int) -> None:
    frames: list[list[Place]] = []
    panes: list[list[Place]] = []
    for floor in range(floors):
        foot = 1.0 + 2.9 * floor
        for step in (1.6, 4.6):
            a, b = front + side * step, front + side * (step + 1.2)
            c, d = front + side * (step - 0.1), front + side * (step + 1.3)
            frames.append([(c, foot - 0.1, z), (d, foot - 0.1, z), (d, foot + 1.6, z), (c, foot + 1.6, z)])
            panes.append([(a, foot, z), (b, foot, z), (b, foot + 1.5, z), (a, foot + 1.5, z)])
    shapes(image, camera, haze((226, 230, 232), z), frames)
    shapes(image, camera, haze((104, 92, 78), z), panes)


def _awning(image: Image, camera: Camera, side: int, x: float, near: float, long: float, color: Color) -> None:
    """A shop's window below a striped awning."""
    a, b, out = near + 0.8, near + long - 0.8, x - side * 1.1
    quad(image, camera, haze((120, 112, 100), near), (x, 0.5, a), (x, 0.5, b), (x, 2.4, b), (x, 2.4, a))
    quad(image, camera, haze((176, 204, 214), near), (x, 0.5, a), (x, 0.5, b), (x, 1.2, b), (x, 1.2, a))
    edges = np.linspace(a, b, 13)
    for odd, tone in ((0, color), (1, (232, 236, 238))):
        strips = [
            [
                (x, 2.9, float(edges[i])),
                (x, 2.9, float(edges[i + 1])),
                (out, 2.35, float(edges[i + 1])),
                (out, 2.35, float(edges[i])),
            ]
            for i in range(odd, 12, 2)
        ]
        shapes(image, camera, haze(tone, near), [list(strip) for strip in strips])
        fringe = [
            [
                (out, 2.35, float(edges[i])),
                (out, 2.35, float(edges[i + 1])),
                (out, 2.12, float(edges[i + 1])),
                (out, 2.12, float(edges[i])),
            ]
            for i in range(odd, 12, 2)
        ]
        shapes(image, camera, haze(shade(tone, 0.85), near), [list(strip) for strip in fringe])
