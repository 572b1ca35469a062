"""Where the weights of the baselines lie, apart from those that read at a user's, and how they are loaded."""

from __future__ import annotations

from pathlib import Path

from recognition.inference import backends, weights
from recognition.inference.backends import Network

FOLDER = Path(__file__).parent / "weights"


def load(name: str, threads: int = 0) -> tuple[Network, int, float]:
    """The network of that name on the CPU, its parameters, and GFLOPs of one pass.

    Raises WeightsRefused for weights that are missing or changed.
    """
    size = weights.entry_of(name, FOLDER).input
    network = backends.load_network(name, "cpu", folder=FOLDER, threads=threads)
    return network, int(size["parameters"]), float(size["gflops"])
