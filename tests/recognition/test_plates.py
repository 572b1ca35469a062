from __future__ import annotations

import math
import random

import pytest

from recognition.plates import (
    deletion_keys,
    format_score,
    formats_for,
    lookalike_key,
    lookalikes,
    normalize,
    two_edit_keys,
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [(" b-99 bnx ", "B99BNX"), ("WÜ·AB 1", "WÜAB1"), ("京A·12345", "京A12345"), ("Ａ１", "A1"), ("--", "")],
)
def test_a_plate_has_one_normal_form(written: str, plain: str) -> None:
    assert normalize(written) == plain
    assert normalize(plain) == plain


def test_texts_that_differ_by_lookalikes_share_a_key_and_others_do_not() -> None:
    assert lookalike_key("OB1") == lookalike_key("0BI") == lookalike_key("q8i")
    assert lookalike_key("B99BNX") != lookalike_key("B99BNY")


def test_texts_one_edit_apart_share_a_deletion_key() -> None:
    for other in ("B98BNX", "B9BNX", "B99BNXX"):
        assert deletion_keys("B99BNX") & deletion_keys(other)
    assert not deletion_keys("B99BNX") & deletion_keys("B88BNX")
    assert "B99BNX" in deletion_keys("B99BNX")


def test_the_formats_tip_the_scales_between_lookalikes() -> None:
    assert format_score("B99BNX", "ro") > format_score("B9988NX", "ro")
    assert format_score("B09BNX", "ro") > format_score("BO9BNX", "ro")
    assert format_score("B09BNX") > format_score("BO9BNX")
    assert format_score("京A12345", "cn") > format_score("京AI2345", "cn")


def test_a_place_code_that_exists_fits_better_than_one_that_does_not() -> None:
    assert format_score("CJ07ABC", "ro") > format_score("QX07ABC", "ro")


def test_no_text_is_forbidden_however_odd() -> None:
    for text in ("MYCAR", "X", "", "A1B2C3D4E5F6"):
        assert format_score(text, "ro") == pytest.approx(math.log(0.02))


def test_a_states_code_and_an_unknown_country_find_formats() -> None:
    assert {form.region for form in formats_for("us-ca")} == {"us"}
    assert formats_for("zz") == formats_for(None)
    assert sum(form.weight for form in formats_for(None)) == pytest.approx(1)


def test_texts_two_edits_apart_share_a_key() -> None:
    rng = random.Random(1)
    for _ in range(300):
        text = "".join(rng.choices("AB012?", k=rng.randint(4, 8)))
        other = edited(edited(text, rng), rng)
        assert two_edit_keys(text) & deletion_keys(other), (text, other)


def edited(text: str, rng: random.Random) -> str:
    place, symbol = rng.randrange(len(text)), rng.choice("AB012?")
    return rng.choice(
        [
            text[:place] + symbol + text[place:],
            text[:place] + text[place + 1 :],
            text[:place] + symbol + text[place + 1 :],
        ]
    )


def test_lookalikes_of_a_text_are_those_with_its_key() -> None:
    assert sorted(lookalikes("B1X")) == ["81X", "8IX", "B1X", "BIX"]
