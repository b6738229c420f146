"""A server on this machine that speaks S3, counts what it is asked, and fails when it is told to."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import werkzeug.serving
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

Start = Callable[..., Any]
Environment = dict[str, Any]


@dataclass
class S3Server:
    """The server.

    Attributes:
        asked: Requests so far, as (method, path).
        fail: Decides by method and path which status a request is refused with (None: it is served).
        lose: Decides which requests are served, and then answered with 503 as if the answer had been lost.
    """

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    fail: Callable[[str, str], int | None] = lambda method, path: None
    lose: Callable[[str, str], bool] = lambda method, path: False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def make_bucket(self, name: str) -> None:
        connection = HTTPConnection("127.0.0.1", self.port)
        # Moto tells services apart by the signature.
        signature = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"
        try:
            connection.request("PUT", f"/{name}", headers={"Authorization": signature})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
        finally:
            connection.close()

    @contextmanager
    def counting(self) -> Generator[list[tuple[str, str]]]:
        """Collect the requests made within the block."""
        asked: list[tuple[str, str]] = []
        start = len(self.asked)
        yield asked
        asked += self.asked[start:]

    def app(self) -> Callable[[Environment, Start], Iterable[bytes]]:
        inner: Any = DomainDispatcherApplication(create_backend_app)

        def serve(environ: Environment, start: Start) -> Iterable[bytes]:
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode()
            self.asked.append((method, path))
            if status := self.fail(method, path):
                start(f"{status} Refused", [("Content-Type", "application/xml")])
                code = {409: "ConditionalRequestConflict"}.get(status, "SlowDown")
                return [f"<Error><Code>{code}</Code><Message>secret</Message></Error>".encode()]
            lost = self.lose(method, path)
            body: Iterable[bytes] = inner(environ, _unheard if lost else start)
            if lost:
                list(body)
                start("503 Lost", [("Content-Type", "application/xml")])
                return [b"<Error><Code>InternalError</Code></Error>"]
            return body

        return serve


def _unheard(*answer: object) -> None:
    """Take the start of an answer that nobody is to hear."""


def methods(asked: Iterable[tuple[str, str]]) -> Counter[str]:
    """Count requests by method."""
    return Counter(method for method, _ in asked)


@contextmanager
def serving() -> Generator[S3Server]:
    """Serve on a free port of the loopback interface for the block."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = S3Server()
    http = werkzeug.serving.make_server("127.0.0.1", 0, server.app(), threaded=True)
    server.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
