"""LPRNet: the shapes that the paper gives, and its two ways of decoding."""

import numpy as np
import torch

from recognition import alphabet
from recognition.baselines import lprnet
from recognition.baselines.lprnet_network import LPRNet


def steps(*likely: dict[str, float]) -> np.ndarray:
    """Logits of steps from probabilities; "-" is the blank."""
    shares = np.full((len(likely), alphabet.CLASSES), 1e-6)
    for step, chances in zip(shares, likely, strict=True):
        for character, chance in chances.items():
            step[0 if character == "-" else alphabet.encode(character)[0]] = chance
    return np.asarray(np.log(shares), np.float32)


def test_a_crop_becomes_one_row_of_eighty_eight_steps_with_the_papers_number_of_weights() -> None:
    model = LPRNet().eval()
    assert model(torch.zeros(2, 1, 24, 94)).shape == (2, 88, alphabet.CLASSES)
    assert 0.4e6 < sum(parameter.numel() for parameter in model.parameters()) < 0.5e6


def test_what_a_crop_reads_does_not_depend_on_its_neighbors_in_the_batch() -> None:
    torch.manual_seed(4)
    model, crops = LPRNet().eval(), torch.randn(3, 1, 24, 94)
    torch.testing.assert_close(model(crops)[1], model(crops[1:2])[0], rtol=1e-4, atol=1e-4)


def test_greedy_decoding_writes_a_repeated_character_once_and_twice_across_a_blank() -> None:
    sure = [{c: 0.9} for c in "AAB-B-7"]
    assert lprnet.greedy(steps(*sure)) == "ABB7"


def test_the_beam_adds_up_the_ways_to_write_a_text_that_greedy_decoding_misses() -> None:
    # At each of two steps the blank is the single best class, and yet some A is likelier than no character at all.
    logits = steps({"-": 0.55, "A": 0.45}, {"-": 0.55, "A": 0.45})
    assert lprnet.greedy(logits) == ""
    assert lprnet.beam(logits) == "A"


def test_the_network_is_shown_the_recognizers_crop_in_the_papers_size() -> None:
    rng = np.random.default_rng(5)
    crop = rng.integers(0, 255, (96, 288, 3)).astype(np.uint8)
    shown = lprnet.view(crop)
    assert shown.shape == (1, 1, 24, 94)
    assert abs(float(shown.mean())) < 0.05
