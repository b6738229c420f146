"""A provider on loopback that speaks several dialects, misbehaves by a script and counts what it sees."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, TypeAlias

from support.provider.loopback import serving_http

from .behaviours import OK, Behaviour
from .dialects import Dialect, base_url, dialect_of, encoded

Script: TypeAlias = "Sequence[Behaviour] | Callable[[int, str], Behaviour]"
"""What becomes of the calls, counted from 1; after the end of a sequence they are answered. Functions are given the
number of the call and the request as JSON, one call after the other."""


@dataclass(frozen=True)
class Call:
    """A call as it came in.

    Args:
        number: Which call it is, from 1.
        at: When it came (`time.monotonic`).
        dialect: What it speaks.
        body: What it holds.
        behaviour: What became of it.
    """

    number: int
    at: float
    dialect: Dialect
    body: Any
    behaviour: Behaviour


@dataclass
class Provider:
    """What the server does and what it saw.

    Args:
        script: What becomes of each call.
        text: Makes the text of an answer out of what was asked (the whole request as JSON).
    """

    script: Script = ()
    text: Callable[[str], str] | None = None
    url: str = ""
    calls: list[Call] = field(default_factory=list[Call])
    answered: int = 0
    strays: list[str] = field(default_factory=list[str])
    in_flight: int = 0
    peak: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def base_url(self, dialect: Dialect) -> str:
        """Give what a client of a dialect takes as base URL."""
        return base_url(dialect, self.url)

    def arrive(self, path: str, body: Any) -> Call:
        """Count a call when it comes, and decide about it."""
        dialect = dialect_of(path)
        with self.changed:
            number = len(self.calls) + 1
            call = Call(number, time.monotonic(), dialect, body, self._behaviour(number, body))
            self.calls.append(call)
            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
            self.changed.notify_all()
        return call

    def leave(self, sent: bool) -> None:
        """Take note that a call is over, and whether all of an answer was sent."""
        with self.changed:
            self.in_flight -= 1
            self.answered += sent
            self.changed.notify_all()

    def wait_for_calls(self, number: int, seconds: float = 60) -> None:
        """Wait until so many calls came."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.calls) >= number, seconds)
        assert came, f"{len(self.calls)} calls came"

    def _behaviour(self, number: int, body: Any) -> Behaviour:
        if callable(self.script):
            return self.script(number, json.dumps(body))
        return self.script[number - 1] if number <= len(self.script) else OK


@contextmanager
def serving_provider(provider: Provider) -> Generator[Provider]:
    """Serve on a free port of 127.0.0.1 within the block."""

    class Handler(_Handler):
        served = provider

    with serving_http(Handler, provider.over.set) as provider.url:
        yield provider


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Provider

    def do_POST(self) -> None:
        """Answer a call, or do whatever the script says."""
        length = int(self.headers["content-length"])
        data = self.rfile.read(length)
        if len(data) < length:  # the client gave up before it had said what it wants
            self._hang_up()
            return
        body = json.loads(data)
        if self.path.endswith(("count_tokens", ":countTokens")):
            self.served.strays.append(self.path)
            self._send(200, encoded({"input_tokens": 10, "totalTokens": 10}), {})
            return
        call = self.served.arrive(self.path, body)
        sent = False
        try:
            sent = self._behave(call)
        finally:
            self.served.leave(sent)

    def do_GET(self) -> None:
        """Refuse whatever is not a call to a model, and keep that it came."""
        self.served.strays.append(self.path)
        self._send(404, b"{}", {})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _behave(self, call: Call) -> bool:
        behaviour, over = call.behaviour, self.served.over
        if behaviour.cut == "hang" or (behaviour.delay and over.wait(behaviour.delay)):
            over.wait()
            return self._hang_up()
        if behaviour.cut == "reset":
            # Without lingering, a closed socket is reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self._hang_up()
        text = behaviour.said if self.served.text is None else self.served.text(json.dumps(call.body))
        as_events = call.dialect == "anthropic" and bool(call.body.get("stream")) and behaviour.status == 200
        as_events = as_events and behaviour.raw is None
        data = encoded(behaviour.written(call.dialect, text), as_events)
        headers = {**({"content-type": "text/event-stream"} if as_events else {}), **behaviour.headers}
        if behaviour.cut == "whole":
            self._send(behaviour.status, data, headers)
            return behaviour.is_answer
        self._head(behaviour.status, len(data), headers)
        if behaviour.cut == "half":
            self.wfile.write(data[: len(data) // 2])
        else:
            for at in range(len(data) - 1):
                self.wfile.write(data[at : at + 1])
                if over.wait(0.05):
                    break
        return self._hang_up()

    def _hang_up(self) -> bool:
        self.close_connection = True
        return False

    def _send(self, status: int, data: bytes, headers: Any) -> None:
        self._head(status, len(data), headers)
        self.wfile.write(data)

    def _head(self, status: int, length: int, headers: Any) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
