"""What drawn plates say."""

import re

import numpy as np
import pytest

from recognition import alphabet
from recognition.training.synth import grammars


def many(count: int = 400, region: str | None = None) -> list[grammars.PlateText]:
    rng = np.random.default_rng(11)
    return [grammars.sample(rng, region=region) for _ in range(count)]


def test_every_text_can_be_written_by_the_recognizer() -> None:
    for plate in many(3000):
        assert alphabet.writable(plate.text), plate
        assert 2 <= len(plate.text) <= 11


def test_the_same_seed_gives_the_same_texts() -> None:
    assert many(50) == many(50)


@pytest.mark.parametrize(
    ("region", "pattern"),
    [
        ("ro", r"[A-Z]{1,2}\d{2,3}[A-Z]{3}|[A-Z]{1,2}\d{6}"),
        ("se", r"[A-Z]{3}\d{2}[A-Z0-9]"),
        ("br", r"[A-Z]{3}\d[A-Z0-9]\d{2}"),
        ("il", r"\d{7,8}"),
        ("cn", r"[^\x00-\x7f][A-Z][A-Z0-9]{5,6}"),
        ("in", r"[A-Z]{2}\d{1,2}[A-Z]{0,2}\d{3,4}"),
    ],
)
def test_texts_of_a_country_follow_its_formats(region: str, pattern: str) -> None:
    for plate in many(100, region):
        assert re.fullmatch(pattern, plate.text), plate
        assert plate.region == region


def test_about_a_fifth_is_random_and_some_have_two_lines() -> None:
    plates = many(3000)
    assert 0.15 < sum(plate.region == "" for plate in plates) / len(plates) < 0.25
    assert 0.1 < sum(len(plate.lines) == 2 for plate in plates) / len(plates) < 0.4


def test_all_of_the_regions_that_grammars_name_are_known_to_the_region_head() -> None:
    assert {grammar.region for grammar in grammars.GRAMMARS} <= set(alphabet.REGIONS)


def test_a_pattern_splits_into_groups_and_lines() -> None:
    plate = grammars.parse("B 99-BNX|12.5", "ro", "eu")
    assert plate.lines[0] == grammars.Line(("B", "99", "BNX"), " -")
    assert plate.lines[1].groups == ("12", "5")
    assert plate.text == "B99BNX125"
