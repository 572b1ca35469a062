"""The line between browser and site: it can be slow, be cut in the middle of a request, and be mended."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

PIECE = 16 * 1024
HEADERS = 4 * 1024  # what is smaller is the head of a request, which is never held up


class Wire:
    """Passes TCP connections on to the site's port."""

    def __init__(self, target: int) -> None:
        self.bytes_per_s: float | None = None  # upwards, from browser to site
        self.sent = 0  # bytes of bodies that went up
        self._target = target
        self._whole = True
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and let none through until `mend`."""
        self._whole = False
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut_after(self, sent: int, within_s: float = 60.0) -> None:
        """Cut once so many bytes have gone up."""
        until = time.monotonic() + within_s
        while self.sent < sent and time.monotonic() < until:
            time.sleep(0.02)
        self.cut()

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
                site = socket.create_connection(("127.0.0.1", self._target)) if self._whole else None
            except OSError:
                return
            if site is None:
                browser.close()
                continue
            self._open |= {browser, site}
            threading.Thread(target=self._pass, args=(browser, site, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(site, browser, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, upwards: bool) -> None:
        try:
            while piece := source.recv(PIECE):
                sink.sendall(piece)
                if upwards and len(piece) > HEADERS:
                    self._hold_up(len(piece))
        except OSError:
            pass  # cut
        finally:
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
                self._open.discard(end)

    def _hold_up(self, count: int) -> None:
        self.sent += count
        if self.bytes_per_s:
            time.sleep(count / self.bytes_per_s)
