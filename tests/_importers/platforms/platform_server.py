"""A platform that keeps traces, on loopback: answers by rule and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.provider.loopback import serving_http


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    parameters: Mapping[str, list[str]]
    body: Any
    headers: Mapping[str, str]
    """Names in lower case."""

    def one(self, name: str, default: str = "") -> str:
        """Value of a parameter of the address."""
        return self.parameters.get(name, [default])[0]


@dataclass(frozen=True)
class Reply:
    """An answer that is not JSON with status 200."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cut: bool = False
    """Whether the connection ends within it."""


@dataclass
class PlatformServer:
    """What the server does and what it saw."""

    answer: Callable[[Asked], Any]
    url: str = ""
    asked: list[Asked] = field(default_factory=list[Asked])

    @property
    def paths(self) -> list[str]:
        """Paths that were asked for, in order."""
        return [each.path for each in self.asked]


@contextmanager
def serving_platform(answer: Callable[[Asked], Any]) -> Generator[PlatformServer]:
    """Serve within the block.

    Args:
        answer: Gives JSON, text, bytes or a `Reply` to a request.
    """
    server = PlatformServer(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _handle(self) -> None:
            address = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                body = json.loads(content) if content else None
            except ValueError:
                body = content
            parameters = parse_qs(address.query)
            asked = Asked(
                self.command,
                address.path,
                parameters,
                body,
                {name.lower(): value for name, value in self.headers.items()},
            )
            server.asked.append(asked)
            reply = server.answer(asked)
            reply = reply if isinstance(reply, Reply) else Reply(body=reply)
            sent = reply.body if isinstance(reply.body, bytes) else None
            if sent is None:
                sent = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent[: len(sent) // 2] if reply.cut else sent)
            if reply.cut:
                self.close_connection = True

        do_GET = do_POST = do_PATCH = do_PUT = _handle  # noqa: N815 - names of the standard library

    with serving_http(Handler, lambda: None) as url:
        server.url = url
        yield server
