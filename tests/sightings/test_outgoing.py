"""Where webhooks may lead, and that a call goes nowhere else and takes no longer than said."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from anpr_site import env
from sightings import outgoing
from sightings.outgoing import Allowed, Answer, Limits, NoTarget, may_reach, post, split
from tests.receiver import Receiver

HERE = Allowed(networks=(ip_network("127.0.0.0/8"),))


def call(url: str, allowed: Allowed = HERE, total_s: float = 0.4) -> Answer:
    return post(url, b"{}", {}, Limits(0.5, total_s), allowed)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:53aa:64c::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_reached(address: str) -> None:
    assert not may_reach(ip_address(address), Allowed())


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_is_public_is_reached(address: str) -> None:
    assert may_reach(ip_address(address), Allowed())


@pytest.mark.parametrize(
    ("address", "network"), [("10.1.2.3", "10.0.0.0/8"), ("::ffff:10.1.2.3", "10.0.0.0/8"), ("fd12::1", "fd12::/16")]
)
def test_the_operator_allows_networks(address: str, network: str) -> None:
    assert may_reach(ip_address(address), Allowed(networks=(ip_network(network),)))
    assert not may_reach(ip_address("192.168.1.1"), Allowed(networks=(ip_network(network),)))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_no_way_of_writing_this_machine_gets_through(host: str, receiver: Receiver) -> None:
    assert call(f"http://{host}:{receiver.port}/", Allowed()).why == "address"
    assert receiver.got == []


def test_a_name_is_looked_up_once_and_the_judged_address_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers publicly first and privately next leads nowhere private."""
    answers = iter(["127.0.0.1", "127.0.0.2"])  # the second would be another machine
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return real(next(answers) if host == "rebind.example" else host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert call(f"http://rebind.example:{receiver.port}/").why == ""
    assert asked.count("rebind.example") == 1
    assert receiver.got[0].headers["host"] == f"rebind.example:{receiver.port}"


def test_a_host_that_the_operator_names_may_be_private(receiver: Receiver) -> None:
    assert call(f"http://LocalHost:{receiver.port}/", Allowed(hosts=frozenset({"localhost"}))).why == ""


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "//example.com/", "http://", "http://user:word@example.com/",
        "http://example.com:0/", "http://example.com:99999/", "http://example.com/#part", "http://exa mple.com/",
        "http://example.com/\r\nX: y", "http://exämple.com/", "http://example.com/" + "a" * 500,
    ],
)  # fmt: skip
def test_what_is_no_address_to_call_is_refused(url: str) -> None:
    with pytest.raises(NoTarget):
        split(url)
    assert call(url).why == "broken"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_failures_and_not_followed(status: int, receiver: Receiver) -> None:
    receiver.behavior = lambda _: (status, {"Location": receiver.url})
    answer = call(receiver.url)
    assert (answer.why, answer.status, len(receiver.got)) == ("redirect", status, 1)


def test_nobody_there_nobody_of_that_name_and_nobody_who_speaks_tls(receiver: Receiver) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert call(f"http://127.0.0.1:{port}/").why == "connect"
    assert call("http://nobody.invalid/").why == "name"
    assert call(receiver.url.replace("http:", "https:")).why == "tls"


@pytest.fixture
def certified(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The receiver speaks TLS as hook.example, whose certificate is trusted here; the names it is asked for."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    said = ["-subj", "/CN=hook.example", "-addext", "subjectAltName=DNS:hook.example"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert), *said]
    subprocess.run(made, check=True, capture_output=True)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(cert, key)
    asked: list[str | None] = []
    served.sni_callback = lambda _, name, __: asked.append(name)
    receiver._server.socket = served.wrap_socket(receiver._server.socket, server_side=True)
    monkeypatch.setattr(outgoing, "_trust", lambda: ssl.create_default_context(cafile=str(cert)))
    real = socket.getaddrinfo
    here = ("hook.example", "other.example")
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **kind: real("127.0.0.1" if host in here else host, *more, **kind)
    )
    return asked


def test_over_tls_the_name_is_asked_for_and_its_certificate_checked(
    receiver: Receiver, certified: list[str | None]
) -> None:
    answer = call(f"https://hook.example:{receiver.port}/", total_s=5.0)
    assert (answer.why, certified) == ("", ["hook.example"])
    assert receiver.got[0].headers["host"] == f"hook.example:{receiver.port}"
    assert call(f"https://other.example:{receiver.port}/", total_s=5.0).why == "tls"
    assert len(receiver.got) == 1


def trickle(line: bytes) -> int:
    """The port of a server that sends a byte of this now and then, for ever."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as client:
            for number in range(200):
                try:
                    client.sendall(line[number % len(line) : number % len(line) + 1])
                except OSError:
                    return
                time.sleep(0.05)

    threading.Thread(target=serve, daemon=True).start()
    return int(server.getsockname()[1])


@pytest.mark.parametrize("line", [b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200, b"\r\n"])
def test_a_receiver_that_trickles_is_cut_off(line: bytes) -> None:
    begun = time.monotonic()
    assert call(f"http://127.0.0.1:{trickle(line)}/").why in ("timeout", "broken")
    assert time.monotonic() - begun < 2.0


def test_a_long_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as client:
            client.recv(4096)
            try:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    client.sendall(b"a" * 65536)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    answer = call(f"http://127.0.0.1:{server.getsockname()[1]}/", total_s=5.0)
    assert (answer.why, len(answer.text)) == ("", 500)
    assert answer.seconds < 2.0


def test_the_operators_list_is_read_or_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED", "10.0.0.0/8, homeassistant.lan, 127.0.0.1, fd00::/8")
    hosts, networks = env.hosts_and_networks("ALLOWED")
    assert hosts == ["homeassistant.lan"]
    assert networks == [ip_network(text) for text in ("10.0.0.0/8", "127.0.0.1/32", "fd00::/8")]
    for wrong in ("10.0.0.0/33", "10.0.0.300", "http://example.com"):
        monkeypatch.setenv("ALLOWED", wrong)
        with pytest.raises(ImproperlyConfigured):
            env.hosts_and_networks("ALLOWED")
