"""What holds the parts apart, checked on the code as it stands."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 400
CODE = ("*.py", "*.js", "*.css", "*.html")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so the files that belong to the project are not known")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def loaded_by(statement: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter holds after `statement`."""
    program = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_web_process_loads_no_torch_and_no_pixels() -> None:
    loaded = loaded_by(
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'anpr_site.settings'\n"
        "import anpr_site.asgi, anpr_site.urls, sightings.urls, sightings.routing"
    )
    assert "django" in loaded
    assert not loaded & {"torch", "cv2", "onnxruntime", "av", "numpy"}


def test_reading_on_a_cpu_loads_no_torch_and_no_django() -> None:
    loaded = loaded_by("import recognition.pipeline, recognition.cli")
    assert "cv2" in loaded
    assert not loaded & {"torch", "django", "celery", "redis"}


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    files = [path for path in tracked(*CODE) if not re.search(r"/static/vendor/|/migrations/", path.as_posix())]
    long = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf8").splitlines()) for path in files}
    assert files
    assert not {name: lines for name, lines in long.items() if lines > LINES}


def test_every_queued_name_is_a_registered_task() -> None:
    from anpr_site.celery import app

    app.loader.import_default_modules()
    queued = {
        call.args[0].value
        for path in tracked("sightings/*.py", "anpr_site/*.py")
        for call in ast.walk(ast.parse(path.read_text("utf8")))
        if isinstance(call, ast.Call)
        and (getattr(call.func, "id", "") == "enqueue" or getattr(call.func, "attr", "") == "enqueue")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert queued
    assert queued <= set(app.tasks)


def test_the_import_contracts_notice_a_wrong_import(tmp_path: Path) -> None:
    """A copy of the code with one forbidden import must fail, else the contracts guard nothing."""
    for path in tracked("*.py", "pyproject.toml"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    wrong = tmp_path / "recognition" / "geometry.py"
    wrong.write_text("import django\n" + wrong.read_text("utf8"), "utf8")
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    found = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode != 0
    assert "Recognition knows nothing of the site BROKEN" in found.stdout
