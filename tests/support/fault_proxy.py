"""A proxy in front of a server that speaks HTTP, which breaks some of the exchanges.

What becomes of a request is decided by its number and a seed alone, so that a run can be had again. Faults strike before the
server has seen the request, or after it has done what was asked: the client cannot tell which.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler
from typing import Literal, get_args

from .provider.loopback import serving_http

Fault = Literal["hang", "late", "cut", "half", "reset", "lost", "500", "slow_down"]
"""What goes wrong.

    hang       no answer comes, and the server never sees the request
    late       the server does what was asked, and no answer comes
    cut        the connection is reset in the middle of the answer, which said how long it would be
    half       half of the answer comes, with a length that fits (only XML: of other content nobody could tell)
    reset      the connection is reset before the server sees the request
    lost       the server does what was asked, then the connection is reset
    500        status 500, InternalError; the server never sees the request
    slow_down  status 503, SlowDown; the server never sees the request
"""

FAULTS: tuple[Fault, ...] = get_args(Fault)
_CODES = {"500": "InternalError", "slow_down": "SlowDown"}


def by_chance(each: float, seed: int = 0) -> Callable[[int], Fault | None]:
    """Let each kind of fault strike with a probability, by the number of the request."""

    def choose(number: int) -> Fault | None:
        place = random.Random(f"{seed}/{number}").random()
        return FAULTS[int(place / each)] if place < each * len(FAULTS) else None

    return choose


@dataclass
class FaultProxy:
    """The proxy.

    Args:
        upstream: Port of the server on this machine.
        choose: Says which fault strikes a request, counted from 1 (None: it is passed on as it is).
    """

    upstream: int
    choose: Callable[[int], Fault | None] = lambda number: None
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    struck: Counter[Fault] = field(default_factory=Counter[Fault])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    def strike(self, fault: Fault, *numbers: int) -> None:
        """Let a fault strike some requests, counted from 1 for the next one, and no others."""
        before = len(self.asked)
        self.choose = lambda number: fault if number - before in numbers else None

    def take(self, method: str, path: str) -> Fault | None:
        """Count a request, and decide on it."""
        with self._lock:
            self.asked.append((method, path))
            fault = self.choose(len(self.asked))
            if fault is not None:
                self.struck[fault] += 1
            return fault

    def hold(self, connection: socket.socket) -> None:
        """Answer nothing until the client hangs up, or the proxy closes."""
        connection.settimeout(0.05)
        while not self._closing.is_set():
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def close(self) -> None:
        """Hold nothing any longer."""
        self._closing.set()


@contextmanager
def breaking(upstream: int) -> Generator[FaultProxy]:
    """Serve on a free port of the loopback interface for the block."""
    proxy = FaultProxy(upstream)

    class Handler(_Handler):
        pass

    Handler.proxy = proxy

    with serving_http(Handler, proxy.close) as proxy.url:
        yield proxy


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def _serve(self) -> None:
        fault = self.proxy.take(self.command, self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if fault == "hang":
            self.proxy.hold(self.connection)
            self.close_connection = True
        elif fault == "reset":
            self._reset()
        elif fault in _CODES:
            self._refuse(fault)
        else:
            self._pass_on(body, fault)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815 - names that the library calls

    def _pass_on(self, body: bytes, fault: Fault | None) -> None:
        server = HTTPConnection("127.0.0.1", self.proxy.upstream)
        try:
            server.request(self.command, self.path, body, dict(self.headers.items()))
            answer = server.getresponse()
            data = answer.read()
        finally:
            server.close()
        if fault == "late":
            self.proxy.hold(self.connection)
            self.close_connection = True
        elif fault == "lost":
            self._reset()
        else:
            self._answer(answer, data, fault)

    def _answer(self, answer: HTTPResponse, data: bytes, fault: Fault | None) -> None:
        if fault == "half":
            if data.startswith(b"<?xml") and answer.status == 200:
                data = data[: len(data) // 2]
            else:
                fault = "cut"
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        length = answer.getheader("content-length") if self.command == "HEAD" else None
        self.send_header("content-length", length or str(len(data)))
        if fault == "cut":
            if not data:  # the headers themselves break off
                self._reset()
                return
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self._reset()
            return
        self.end_headers()
        self.wfile.write(data)

    def _refuse(self, fault: str) -> None:
        data = f"<?xml version='1.0'?><Error><Code>{_CODES[fault]}</Code></Error>".encode()
        self.send_response(500 if fault == "500" else 503)
        self.send_header("content-type", "application/xml")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _reset(self) -> None:
        """Break the connection off, so that the client gets no orderly end."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        pass
