"""Requests by the thousand, made from the OpenAPI document: `python -m tests.fuzz --examples 50`.

schemathesis calls every address of a running site, with what the document allows and with what it forbids, alone and in
chains of calls, and holds the answers against the document with all of its checks. Ours is a further one: nothing of
another fleet is shown, and at the end nothing of it has changed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import h3

from tests.faults.site import ROOT
from tests.fuzz.marks import LAT, LETTERS, LON, OTHERS, OURS
from tests.fuzz.site import FuzzSite, NoService

PHASES = "examples,coverage,fuzzing,stateful"
# What a request that the document forbids may be answered; beside what schemathesis knows: tus's 410, 412 and 423, too
# large (413), and a key used twice.
REFUSALS = [400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 423, 429]
# And what one that it allows: well, or how the thing stands that it is about. 410, 423: an upload that is over, or
# that another connection holds.
AS_IT_STANDS = ["2xx", "3xx", 401, 403, 404, 409, 410, 423, 429]
# DELETE ends an upload and discards a new reading, but both stay in their lists with how they ended: reading them
# afterwards is no use of what is gone.
KEPT_AFTER_DELETE = [
    "[[operations]]",
    'include-path = ["/api/v1/uploads/{upload_id}/", "/api/v1/reprocess/{id}/"]',
    "[operations.checks.use_after_free]",
    "enabled = false",
]
KEYS = (
    "path.edit_id", "query.trip", "query.watchlist", "body.trip",
    "body.trips[*]", "body.other", "body.watchlist", "body.vehicle", "body.vehicles[*]", "body.sightings[*]",
    "body.held[*]", "body.skipped[*]", "body.differences[*]",
)  # fmt: skip
TEXTS = ("query.q", "query.plate")
FLEETS = ("query.fleet", "body.fleet")


def configuration(world: dict[str, Any]) -> str:
    """For schemathesis, in TOML: who calls, and which keys and texts of both fleets are worth a try."""
    keys = [OURS + 1, OURS + 2, OURS + 3, OTHERS + 1, OTHERS + 2]
    cells = [h3.latlng_to_cell(*place, 9) for place in ((44.43, 26.1), (LAT, LON))]
    texts = ["B99BNX", "~B99*", f"{LETTERS}99BNX", f"{LETTERS}*", f"/{LETTERS}.*/"]
    named = {
        "keys": (keys, KEYS),
        "written": ([str(key) for key in keys], ("path.id", "query.sightings", "query.vehicle")),
        "uploads": (world["ours"] + world["others"], ("path.upload_id",)),
        "texts": (texts, TEXTS),
        "plates": (["B99BNX", "B11AAA", "8?9*", "B77XYZ"], ("body.plate", "body.misread", "body.pattern")),
        "zones": (["Europe/Bucharest", "localtime", "Etc/GMT+12", "posixrules"], ("query.zone", "body.time_zone")),
        "cells": (cells, ("path.cell",)),
        "fleets": (["northwind", f"{LETTERS}-southgate".lower()], FLEETS),
    }
    lines = ['hooks = "tests.fuzz.hooks"', "continue-on-failure = true", "[cache]", "enabled = false"]
    lines += ["[generation]", 'database = "none"', "[auth.openapi.tokenAuth]", f'api_key = "Token {world["token"]}"']
    lines += ["[checks.negative_data_rejection]", f"expected-statuses = {json.dumps(REFUSALS)}"]
    lines += ["[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(AS_IT_STANDS)}"]
    for name, (values, _) in named.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines.append("[parameters]")
    for name, (_, places) in named.items():
        lines += [f'"{place}" = {{ dictionary = "{name}", probability = 0.8 }}' for place in places]
    return "\n".join([*lines, *KEPT_AFTER_DELETE])


def fuzz(database: str, examples: int, more: list[str], phases: str = PHASES) -> bool | int:
    """The exit status of one run."""
    with tempfile.TemporaryDirectory() as folder:
        site = FuzzSite(Path(folder) / "site", database)
        try:
            world = site.start()
            settings = Path(folder) / "schemathesis.toml"
            settings.write_text(configuration(world), "utf8")
            command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings), "run"]
            command += [f"{site.url}/api/v1/schema/", "--max-examples", str(examples), "--phases", phases, *more]
            environment = os.environ | {"PYTHONPATH": str(ROOT), "FUZZ_OTHERS_UPLOADS": ",".join(world["others"])}
            status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
            faults = site.faults()
            if not site.admits(world["token"]):
                faults.append("The token no longer opens the log: much of this was answered with 401.\n")
            if site.seen_by_others() != world["seen"]:
                faults.append("The other fleet's rows have changed.\n")
            sys.stdout.write("\n".join(faults))
            return status or len(faults) > 0
        finally:
            site.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--examples", type=int, default=50, help="of each call, in each way of making them")
    parser.add_argument("--phases", default=PHASES)
    asked, more = parser.parse_known_args()
    try:
        sys.exit(fuzz(asked.database, asked.examples, more, asked.phases))
    except NoService as missing:
        sys.exit(f"No {missing} answers here.")


if __name__ == "__main__":
    main()
