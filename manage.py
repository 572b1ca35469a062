#!/usr/bin/env python
"""Django's command line for this site."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def data_folder(arguments: list[str]) -> str | None:
    """What `--data DIR` says. It must be known before the settings are read, because they live by it."""
    for index, word in enumerate(arguments):
        if word.startswith("--data="):
            return word.removeprefix("--data=")
        if word == "--data" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anpr_site.settings")
    if folder := data_folder(sys.argv[2:]):
        os.environ["DATA_DIR"] = folder
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
