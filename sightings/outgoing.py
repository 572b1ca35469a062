"""One POST to an address that somebody typed: only where the operator lets it go, and never for longer than said.

The name is looked up here, each address is judged, and the connection goes to the very address that was judged, so that
a name that answers otherwise the second time leads nowhere. Redirects are not followed, and no proxy is used.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Why = Literal["", "status", "redirect", "address", "name", "connect", "tls", "timeout", "broken"]

MOST_READ = 4096  # bytes of an answer
KEPT = 500  # characters of it
LONGEST_URL = 500
LONGEST_WAIT_S = 3600  # that an answer may ask for
# IPv6 addresses that carry an IPv4 address: translated (NAT64), by tunnel (6to4, Teredo), compatible.
TRANSLATED = IPv6Network("64:ff9b::/96")
TUNNELS = [IPv6Network(text) for text in ("2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96")]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator lets webhooks reach although it is private."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: until the connection stands, and for all of it."""

    connect_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How it went: delivered where `why` is empty."""

    why: Why
    status: int | None = None
    text: str = ""
    seconds: float = 0.0
    wait_s: float = 0.0  # as asked for by Retry-After


class _Failed(Exception):
    def __init__(self, why: Why) -> None:
        self.why = why


class NoTarget(ValueError):
    """An address that cannot be called; `what` is wrong with it."""

    def __init__(self, what: Literal["scheme", "password", "host"]) -> None:
        super().__init__(what)
        self.what = what


def split(url: str) -> SplitResult:
    """The parts of an address that can be called. Raises NoTarget."""
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url):
        raise NoTarget("host")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoTarget("host") from error
    if parts.scheme not in ("http", "https"):
        raise NoTarget("scheme")
    if parts.username is not None or parts.password is not None:
        raise NoTarget("password")
    if not parts.hostname or port == 0 or parts.fragment:
        raise NoTarget("host")
    return parts


def literal(host: str) -> Address | None:
    """The address that a host is, where it is no name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def may_reach(address: Address, allowed: Allowed) -> bool:
    """Whether it is public, or in one of the networks that the operator allows."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in TRANSLATED else None)
        if inner is not None:
            return may_reach(inner, allowed)
    if any(address in network for network in allowed.networks if network.version == address.version):
        return True
    return _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address.is_site_local or any(address in net for net in TUNNELS)):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def post(url: str, body: bytes, headers: Mapping[str, str], limits: Limits, allowed: Allowed) -> Answer:
    """Send it and say how that went; raises nothing. Looking up the name has no limit but the resolver's own."""
    begun = time.monotonic()
    try:
        answer = _sent(split(url), body, headers, limits, allowed)
    except _Failed as failed:
        answer = Answer(failed.why)
    except (OSError, HTTPException, ValueError) as error:
        answer = Answer(_why(error, time.monotonic() - begun >= limits.total_s))
    return replace(answer, seconds=round(time.monotonic() - begun, 3))


def _why(error: Exception, late: bool) -> Why:
    """`late`: the line was cut by us, whatever error that became."""
    if late or isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else "broken"


def _sent(parts: SplitResult, body: bytes, headers: Mapping[str, str], limits: Limits, allowed: Allowed) -> Answer:
    host, tls = parts.hostname or "", parts.scheme == "https"
    line = _connected(_addresses(host, parts.port or (443 if tls else 80), allowed), limits.connect_s)
    if tls:
        line = _trust().wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    with _cut_after(line, limits.total_s):
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        connection = HTTPSConnection(host, parts.port) if tls else HTTPConnection(host, parts.port)
        connection.sock = line
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {**headers, "Connection": "close"})
        with connection.getresponse() as response:
            text, waits = response.read(MOST_READ).decode("utf8", "replace"), response.headers.get("Retry-After", "")
    wait_s = min(float(waits), LONGEST_WAIT_S) if re.fullmatch("[0-9]{1,9}", waits) else 0.0
    return Answer(_judged(response.status), response.status, _clean(text), wait_s=wait_s)


@contextmanager
def _cut_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """A receiver that sends a byte now and then would never time out: after all of its time the line is cut."""
    line.settimeout(seconds)
    timer = threading.Timer(seconds, _cut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.close()


def _judged(status: int) -> Why:
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"


def _clean(text: str) -> str:
    """Without what neither databases nor pages like."""
    return re.sub(r"[^\t\n -~\xa0-\U0010ffff]", " ", text)[:KEPT]


def _addresses(host: str, port: int, allowed: Allowed) -> list[tuple[Address, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Failed("name") from error
    known = {str(sockaddr[0]).partition("%")[0]: None for *_, sockaddr in found}
    fitting = [address for text in known if _fits(address := ip_address(text), host, allowed)]
    if not fitting:
        raise _Failed("address")
    return [(address, port) for address in fitting]


def _fits(address: Address, host: str, allowed: Allowed) -> bool:
    return host.lower().rstrip(".") in allowed.hosts or may_reach(address, allowed)


def _connected(addresses: list[tuple[Address, int]], connect_s: float) -> socket.socket:
    """To the first that answers, all of them together within the time."""
    until = time.monotonic() + connect_s
    for address, port in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=max(0.05, until - time.monotonic()))
        except TimeoutError as error:
            raise _Failed("timeout") from error
        except OSError:
            continue
    raise _Failed("connect")


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        # Not the method of a TLS socket, which is not made to be called while another thread reads.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
