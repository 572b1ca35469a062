"""Model cards: a template beside the card, filled with what was measured and how long the training ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recognition.inference import weights


def template(name: str) -> Path:
    return weights.FOLDER / "cards" / f"{name}.template.md"


def failures(name: str, folder: Path = weights.FOLDER) -> Path:
    """The picture of drawn plates that the network gets wrong; the card shows it."""
    return folder / "cards" / f"{name}-failures.png"


def write_card(
    name: str, folder: Path, state: Mapping[str, Any], figures: Sequence[str], parameters: int, **more: str
) -> None:
    """Write cards/`name`.md into `folder`. `state` is the run's checkpoint, `figures` lines of Markdown."""
    batch = int(state["settings"].get("batch_size", 0))
    text = (
        template(name)
        .read_text(encoding="utf-8")
        .format(
            version=weights.entry_of(name, folder).version,
            date=datetime.now(UTC).date().isoformat(),
            parameters=f"{parameters / 1e6:.2f} M",
            steps=state["step"],
            samples=f"{state['step'] * batch:,}",
            minutes=round(state["elapsed"] / 60),
            figures="\n".join(figures),
            **more,
        )
    )
    (folder / "cards").mkdir(exist_ok=True)
    (folder / "cards" / f"{name}.md").write_text(text, encoding="utf-8")
