"""CTC decoding: what the beam finds, what the format prior may and may not do, which characters are weak."""

import numpy as np
import pytest

from recognition import agreement, alphabet
from recognition.inference import decode
from recognition.inference.decode import DecodeConfig
from recognition.types import UNREADABLE, Candidate


def logits(*steps: dict[str, float]) -> np.ndarray:
    """One step per dict of character -> probability ("" is the blank); what is left goes to the blank."""
    rows = np.full((len(steps), alphabet.CLASSES), 1e-9)
    for row, step in zip(rows, steps, strict=True):
        for character, probability in step.items():
            row[alphabet.encode(character)[0] if character else alphabet.BLANK] = probability
        row[alphabet.BLANK] += max(0.0, 1.0 - sum(step.values()))
    return np.asarray(np.log(rows), np.float32)


def one_look(*steps: dict[str, float]) -> list[np.ndarray]:
    return [logits(*steps)]


def test_repeats_join_unless_a_blank_stands_between_them() -> None:
    found = decode.decode(one_look({"A": 1}, {"A": 1}, {"": 1}, {"A": 1}), DecodeConfig())
    assert found[0].plate == "AA"
    assert found[0].score == pytest.approx(1.0, abs=1e-3)


def test_a_text_spread_over_several_paths_beats_the_single_best_path() -> None:
    """Greedy decoding would say "": blank is the likeliest class of both steps."""
    found = decode.decode(one_look({"A": 0.45}, {"A": 0.45}), DecodeConfig())
    assert found[0].plate == "A"
    assert found[0].score == pytest.approx(1 - 0.55**2, abs=1e-3)


def test_candidates_are_sorted_and_carry_their_probabilities() -> None:
    found = decode.decode(one_look({"B": 1}, {"8": 0.7, "B": 0.1, "3": 0.2}), DecodeConfig())
    assert [c.plate for c in found[:3]] == ["B8", "B3", "B"]
    assert sum(c.score for c in found) <= 1.0 + 1e-9


def test_nothing_seen_reads_as_the_empty_text() -> None:
    assert decode.decode(one_look({}, {}, {}), DecodeConfig())[0].plate == ""


def prefer(wanted: str) -> decode.Prior:
    return lambda text: 0.0 if text == wanted else -4.0


def test_the_prior_decides_between_look_alikes() -> None:
    doubtful = logits({"B": 1}, {"O": 0.55, "0": 0.45})
    assert decode.decode([doubtful], DecodeConfig())[0].plate == "BO"
    assert decode.decode([doubtful], DecodeConfig(), prefer("B0"))[0].plate == "B0"


def test_the_prior_does_not_overrule_what_is_clearly_seen() -> None:
    clear = logits({"B": 1}, {"O": 0.995, "0": 0.005})
    assert decode.decode([clear], DecodeConfig(), prefer("B0"))[0].plate == "BO"


def test_the_prior_does_not_turn_nothing_into_a_plate() -> None:
    found = decode.decode(one_look({"A": 0.2}, {}), DecodeConfig(), prefer("A"))
    assert found[0].plate == ""


def test_format_weight_zero_leaves_the_raw_reading() -> None:
    doubtful = logits({"B": 1}, {"O": 0.55, "0": 0.45})
    assert decode.decode([doubtful], DecodeConfig(format_weight=0), prefer("B0"))[0].plate == "BO"


def test_a_higher_temperature_is_less_sure_and_keeps_the_order() -> None:
    steps = one_look({"B": 0.9}, {"8": 0.8, "3": 0.2})
    cold, warm = (decode.decode(steps, DecodeConfig(temperature=t)) for t in (1.0, 2.0))
    assert warm[0].score < cold[0].score
    assert [c.plate for c in warm[:2]] == [c.plate for c in cold[:2]]


def test_a_character_that_the_candidates_dispute_is_unreadable() -> None:
    letters = agreement.characters([Candidate("B8", 0.4), Candidate("B3", 0.35), Candidate("B6", 0.25)])
    assert [letter.text for letter in letters] == ["B", UNREADABLE]
    assert letters[0].confidence == pytest.approx(1.0)
    assert letters[1].confidence == pytest.approx(0.4)


def test_a_missing_character_does_not_make_those_after_it_weak() -> None:
    letters = agreement.characters([Candidate("AB123", 0.6), Candidate("B123", 0.4)])
    assert [round(letter.confidence, 2) for letter in letters] == [0.6, 1.0, 1.0, 1.0, 1.0]


def test_looks_at_one_crop_are_averaged_and_the_text_that_most_of_them_show_wins() -> None:
    looks = [logits({"B": 0.6, "8": 0.4}), logits({"8": 0.9, "B": 0.1}), logits({"8": 0.7, "B": 0.3})]
    found = decode.decode(looks, DecodeConfig())
    assert found[0].plate == "8"
    assert found[0].score == pytest.approx((0.4 + 0.9 + 0.7) / 3, abs=1e-3)
