"""The exported table in a real spreadsheet: whatever it is split at, nothing in it is worked out as a formula."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from sightings import tables
from sightings.models import ProcessingRun, User, Vehicle
from tests.factories import make_run, make_sighting, make_trip, make_video

CALC = shutil.which("soffice") or ""
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CALC, reason="LibreOffice is not installed"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

HOSTILE = (
    "=1+1", "+1+1", "-1+1", "@SUM(1;2)", "\t=1+1", "\r=1+1", " =1+1", '"=1+1', "＝1+1", "van;=1+1", "van,=1+1",
    "van\t=1+1", "van\n=1+1", '";=1+1', "van;-1+1", "=HYPERLINK(\"http://a.example\";1)",
)  # fmt: skip
SEPARATORS = {"comma": 44, "semicolon": 59, "tab": 9}


def formulas(folder: Path, table: str, separator: int) -> int:
    """How many cells of a table LibreOffice would work out."""
    (folder / "log.csv").write_text(table, "utf-8", newline="")
    # Separator, quote, UTF-8, from the first line, …, the last one: formulas are worked out.
    wanted = f"CSV:{separator},34,76,1,,1033,false,true,false,false,false,-1,true"
    command = [CALC, f"-env:UserInstallation=file://{folder}/profile", "--headless", f"--infilter={wanted}"]
    command += ["--convert-to", "fods", "--outdir", str(folder), str(folder / "log.csv")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return len(re.findall(r"table:formula=", (folder / "log.fods").read_text("utf-8")))


@pytest.mark.parametrize("separator", SEPARATORS)
def test_no_cell_is_a_formula(
    api_as: Callable[..., APIClient],
    alice: User,
    run: ProcessingRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    separator: str,
) -> None:
    for name in HOSTILE:
        vehicle = Vehicle.objects.create(fleet=run.video.fleet, name=name)
        make_sighting(make_run(make_video(make_trip(run.video.fleet, vehicle=vehicle))))
    table = b"".join(api_as(alice).get("/api/v1/sightings/?format=csv")).decode()
    assert table.count("/front") == len(HOSTILE)
    assert formulas(tmp_path, table, SEPARATORS[separator]) == 0
    assert formulas(tmp_path, tables.as_meant(table), SEPARATORS[separator]) > 0  # it is our marks that keep them out
