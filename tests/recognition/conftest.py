"""A drawn clip whose plates are known, made once a session."""

from __future__ import annotations

import pytest

from recognition.training.synth.drive import DrawnDrive, draw_drive


@pytest.fixture(scope="session")
def drawn_clip(tmp_path_factory: pytest.TempPathFactory) -> DrawnDrive:
    """Two and a half seconds behind the car B274KLM, with another one parked ahead."""
    return draw_drive(tmp_path_factory.mktemp("clip"), seconds=2.5, fps=10)
