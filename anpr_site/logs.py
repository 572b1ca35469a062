"""Logging: one line an event on stderr. No plate text ever: queries of people's searches are kept out too."""

from __future__ import annotations

from typing import Any


def config(level: str) -> dict[str, Any]:
    """LOGGING for settings. uvicorn's access log is silenced because it writes query strings, which hold plates."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "sightings": {"level": level},
            "anpr_site": {"level": level},
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }
