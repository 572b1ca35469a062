"""How the vehicles of the drawn drive move."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest

from recognition.training.synth import drive, traffic
from recognition.training.synth.camera import NEAREST


def test_no_two_vehicles_before_the_camera_are_ever_in_the_same_place() -> None:
    passages = traffic.cast(60.0, np.random.default_rng(7))
    for now in np.arange(0, 60, 0.2):
        spots = [(p.vehicle.body, *spot) for p in passages if (spot := p.at(float(now))) is not None]
        spots = [(body, x, z) for body, x, z in spots if z + body.length > NEAREST + 1]
        for (one, x1, z1), (two, x2, z2) in combinations(spots, 2):
            beside = abs(x1 - x2) >= (one.width + two.width) / 2
            apart = z1 >= z2 + two.length or z2 >= z1 + one.length
            assert beside or apart, (now, x1, z1, x2, z2)


def test_nobody_drives_through_our_own_car() -> None:
    passages = traffic.cast(60.0, np.random.default_rng(7))
    for now in np.arange(0, 60, 0.1):
        for passage in passages:
            spot = passage.at(float(now))
            if spot is not None and -passage.vehicle.body.length < spot[1] < 2.5:
                assert abs(spot[0]) > 0.9 + passage.vehicle.body.width / 2 - 0.25


def test_what_was_driven_is_the_speed_summed_up() -> None:
    summed = sum(traffic.speed(i / 100) for i in range(1000)) / 100
    assert traffic.along(10.0) == pytest.approx(summed, abs=0.05)


def test_the_track_is_as_long_as_the_way_that_the_picture_shows() -> None:
    places = [drive.position(second) for second in range(21)]
    meters = 0.0
    for (lat, lon), (lat2, lon2) in pairwise(places):
        meters += math.hypot((lat2 - lat) * 111_320, (lon2 - lon) * 111_320 * math.cos(math.radians(lat)))
    assert meters == pytest.approx(traffic.along(20.0), rel=0.02)
