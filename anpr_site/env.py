"""Small typed readers of the environment. What is set wrongly stops the start, with the name and what was expected."""

from __future__ import annotations

import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sightings.kept_file import kept

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """NAME, or the contents of the file that NAME_FILE points to (for secrets), or the default."""
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text("utf8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE points to {path}, which cannot be read: {error}") from error
    return default


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return value in TRUE


def number(name: str, default: float, *, least: float = 0.0) -> float:
    value = text(name, str(default))
    try:
        parsed = float(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from error
    if not parsed >= least:
        raise ImproperlyConfigured(f"{name} must be at least {least:g}, not {value}.")
    return parsed


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
    value = text(name, default).strip().lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def numbers(name: str, default: str) -> list[float]:
    """Comma-separated; at least one, none below 0."""
    typed = words(name, default)
    try:
        parsed = [float(word) for word in typed]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be numbers with commas between them, not {text(name)!r}.") from error
    if not parsed or not all(0.0 <= one < float("inf") for one in parsed):
        raise ImproperlyConfigured(f"{name} must be numbers from 0 on, at least one.")
    return parsed


def hosts_and_networks(name: str) -> tuple[list[str], list[IPv4Network | IPv6Network]]:
    """Comma-separated host names, addresses, and networks such as 10.0.0.0/8."""
    hosts, networks = list[str](), list[IPv4Network | IPv6Network]()
    for word in words(name):
        try:
            networks.append(ip_network(word))
        except ValueError as error:
            if not re.fullmatch(r"[A-Za-z0-9_.-]+", word) or re.fullmatch(r"[0-9.]+", word):
                wanted = "a host name, an address, or a network such as 10.0.0.0/8"
                raise ImproperlyConfigured(f"{name}: {word!r} is not {wanted}.") from error
            hosts.append(word.lower().rstrip("."))
    return hosts, networks


def folder(name: str, default: Path) -> Path:
    """An absolute path; the folder need not exist yet."""
    return Path(text(name) or default).expanduser().resolve()


def kept_secret(path: Path) -> str:
    """The secret in this file, which is made on first use, readable by its owner alone."""
    return kept(path, lambda: secrets.token_urlsafe(50).encode()).decode("ascii").strip()
