from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from recognition.config import CONFIGS, PipelineConfig, from_mapping, load
from recognition.errors import UnknownSetting


@dataclass(frozen=True)
class Inner:
    rate: float = 0.5


@dataclass(frozen=True)
class Outer:
    steps: int = 1
    shares: tuple[float, ...] = ()
    inner: Inner = Inner()
    weights: dict[str, float] = field(default_factory=dict)
    seed: int | None = None
    quick: bool = False


def test_the_shipped_file_holds_the_defaults() -> None:
    assert load(CONFIGS / "pipeline.toml", PipelineConfig) == PipelineConfig()


def test_values_become_what_the_fields_say() -> None:
    values = {"steps": 3, "shares": [1, 0.5], "inner": {"rate": 2}, "weights": {"a": 1}, "seed": 7, "quick": True}
    assert from_mapping(values, Outer) == Outer(3, (1.0, 0.5), Inner(2.0), {"a": 1.0}, 7, True)


def test_an_unknown_key_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("[inner]\nrat = 1.0\n")
    with pytest.raises(UnknownSetting, match=r"inner.*rat.*known: rate"):
        load(path, Outer)


@pytest.mark.parametrize("values", [{"steps": "3"}, {"steps": 1.5}, {"quick": 1}, {"steps": True}, {"inner": 3}])
def test_a_value_of_another_type_is_an_error(values: dict[str, object]) -> None:
    with pytest.raises(UnknownSetting):
        from_mapping(values, Outer)


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("steps = = 3")
    with pytest.raises(UnknownSetting, match="not valid TOML"):
        load(path, Outer)
