"""docker/compose.yml runs the programs that `manage.py up` runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from anpr_site.supervisor import standard_parts

DOCKER = Path(__file__).resolve().parents[2] / "docker"
SAID = {"--app", "--queues"}  # options in which the two must agree


def services() -> dict[str, dict[str, Any]]:
    return yaml.safe_load((DOCKER / "compose.yml").read_text("utf8"))["services"]  # type: ignore[no-any-return]


def essence(command: Sequence[str]) -> list[str]:
    """The program, its subcommand, and the options that say what it does."""
    words = [Path(word).name for word in command]
    if "manage.py" in words:
        return words[words.index("manage.py") :]
    words = list(command[command.index("-m") + 1 :])
    options = [f"{name} {value}" for name, value in pairwise(words) if name in SAID]
    return sorted(options) + [word for word in words if re.fullmatch(r"uvicorn|celery|worker|beat|[\w.]+:\w+", word)]


@pytest.mark.parametrize("part", standard_parts("127.0.0.1", 8000), ids=lambda part: part.name)
def test_every_part_of_up_is_a_service_that_runs_the_same_program(part: Any) -> None:
    assert essence(services()[part.name]["command"]) == essence(part.command)


def test_pages_are_served_by_an_image_without_torch_and_pixels_by_one_that_has_them() -> None:
    build = {name: service["build"]["dockerfile"] for name, service in services().items() if "build" in service}
    assert build["web"] == "docker/Dockerfile.web"
    assert {build[name] for name in ("ingest", "reader", "plate-reader", "beat")} == {"docker/Dockerfile.worker"}
    assert "torch" not in re.sub(r"#.*", "", (DOCKER / "Dockerfile.web").read_text("utf8"))


def test_no_secret_has_a_value_in_the_compose_file() -> None:
    text = (DOCKER / "compose.yml").read_text("utf8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "S3_SECRET_KEY"):
        values = re.findall(rf"^\s+{name}: (.*)$", text, re.MULTILINE)
        assert values
        assert all(value.startswith("${" + name + ":?") for value in values)
