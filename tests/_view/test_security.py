"""The list of attacks, tried on the whole server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from inspect_scout._view import ViewSettings
from inspect_scout._view.application import guarded_app
from inspect_scout._view.changes import Changes
from inspect_scout._view.errors import handle_errors
from inspect_scout._view.serving.server import allow_open_files
from support.server.attacks import attacks
from support.server.serving import served

STREAMS = 500
SECONDS = 2.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    """A server of an empty project."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    with served(guarded_app(ViewSettings(str(tmp_path_factory.mktemp("project")), port=number)), number) as found:
        assert found == number
        yield found


def exchange(port: int, request: bytes) -> bytes:
    """Send bytes and give the answer, head and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=90) as client:
        client.sendall(request.replace(b"PORT", str(port).encode()))
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while not _is_whole(answer) and (chunk := client.recv(65536)):
                answer += chunk
        return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])


WEBSOCKET_HEADERS = (
    b"upgrade: websocket\r\nconnection: upgrade\r\n"
    b"origin: http://evil.example\r\nsec-websocket-version: 13\r\nsec-websocket-key: eA==\r\n"
)
WEBSOCKET = b"GET / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n" + WEBSOCKET_HEADERS + b"\r\n"


FOR_BOTH = [
    (b"HEAD API/scans", b"origin: http://evil.example\r\n", 403),
    (b"OPTIONS API/scans", b"origin: null\r\naccess-control-request-method: DELETE\r\n", 403),
    (b"OPTIONS API/openapi.json", b"", 405),
    (b"PATCH API/openapi.json", b"", 405),
    (b"GET API/openapi.json", b"sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\n", 403),
    (b"GET API/openapi.json", b"sec-fetch-site: same-site\r\nsec-fetch-mode: navigate\r\n", 403),
    (b"GET API/openapi.json", b"origin: http://127.0.0.1:1\r\n", 403),
    (b"GET API/openapi.json", b"origin: http://127.0.0.1:PORT\r\norigin: http://evil.example\r\n", 403),
    (b"GET http://rebound.exampleAPI/openapi.json", b"", 404),
    (b"GET //rebound.exampleAPI/openapi.json", b"", 404),
    (b"GET API/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", b"", 404),
    (b"GET API/%2e%2e%2f%2e%2e%2fetc/passwd", b"", 404),
    (b"GET API/..%5c..%5cetc/passwd", b"", 404),
    (b"GET API/scans%00", b"", 404),
    (b"GET API/" + b"a" * 40_000, b"", 404),
    (b"GET API/nothing?q=" + b"a" * 40_000, b"", 404),
    (b"GET API/nothing", b"x-long: " + b"a" * 40_000 + b"\r\n", 404),
    (b"GET API/events", WEBSOCKET_HEADERS, 403),
]
"""Requests to try on either API."""


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nhost: localhost:PORT\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nhost: rebound.example:PORT\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nhost: rebound.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 400),
        (b"GET http://rebound.example/ HTTP/1.1\r\nhost: rebound.example\r\n\r\n", 400),
        (b"GET /api/v2/x HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\norigin: http://evil.example\r\n\r\n", 403),
        (b"GET /api/v2/x HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\norigin: null\r\n\r\n", 403),
        (b"OPTIONS /api/v3/x HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\norigin: http://evil.example\r\n\r\n", 403),
        (b"GET /../../etc/passwd HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"GET /api/v2/docs HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"GET /api/v3/redoc HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"GET /api/v2/../../x HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\norigin: null\r\n\r\n", 403),
        *(
            (line.replace(b"API", api) + b" HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n" + headers + b"\r\n", status)
            for api in (b"/api/v2", b"/api/v3")
            for line, headers, status in FOR_BOTH
        ),
        (b"GET /%ff%fe HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"GET /%00 HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 404),
        (b"TRACE / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ncontent-length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\ncontent-length: -1\r\n\r\n", 400),
        (WEBSOCKET, 403),
    ],
)
def test_each_attack_is_refused_without_a_word_of_the_code(port: int, request_text: bytes, status: int) -> None:
    answer = exchange(port, request_text)
    assert answer.startswith(f"HTTP/1.1 {status}".encode()), answer[:300]
    assert b"Traceback" not in answer
    assert b"site-packages" not in answer
    assert b"root:" not in answer
    if status != 400 or b"Invalid host" in answer:  # what is not HTTP is answered before any application
        assert b"content-security-policy: " in answer


@pytest.mark.anyio
@pytest.mark.parametrize("prefix", ["/api/v2", "/api/v3"])
async def test_no_route_fails_at_any_input(tmp_path: Path, caplog: pytest.LogCaptureFixture, prefix: str) -> None:
    app = guarded_app(ViewSettings(str(tmp_path)))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    failed: list[str] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576") as http:
        described = await http.get(f"{prefix}/openapi.json")
        assert described.status_code == 200
        for of_route in attacks(described.json(), prefix):
            # A stream that waits for news ends with the first wait: one of each is enough.
            with contextlib.suppress(TimeoutError):
                for attack in of_route:
                    async with asyncio.timeout(SECONDS):
                        response = await http.request(
                            attack.method,
                            f"{attack.path}?{urlencode(attack.params, errors='surrogatepass')}",
                            headers=attack.headers,
                            content=attack.body,
                        )
                    if response.status_code >= 500 or "Traceback" in response.text or "root:" in response.text:
                        failed.append(f"{response.status_code} {attack}")
    assert failed == []
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_five_hundred_streams_leave_the_server_answering() -> None:
    allow_open_files()
    changes = Changes()

    async def lines() -> AsyncGenerator[str]:
        yield "data: here\n\n"
        async for change in changes.listen():
            yield f"data: {change.topic}\n\n"

    async def events(_: object) -> StreamingResponse:
        changes.listen()  # refused before the answer begins
        return StreamingResponse(lines(), media_type="text/event-stream")

    async def publish(_: object) -> JSONResponse:
        changes.publish("scans")
        return JSONResponse(changes.snapshot())

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        await changes.close()

    app = Starlette(routes=[Route("/events", events), Route("/publish", publish)], lifespan=lifespan)
    handle_errors(app)
    with served(app) as port, contextlib.ExitStack() as open_streams:
        streams = [
            open_streams.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            for _ in range(STREAMS)
        ]
        for stream in streams:
            stream.sendall(b"GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
        said = [_until(stream, b"data: here") for stream in streams]
        assert all(said)
        assert httpx.get(f"http://127.0.0.1:{port}/publish", timeout=60).status_code == 200
        assert all(_until(stream, b"data: scans") for stream in streams)
        refused = httpx.get(f"http://127.0.0.1:{port}/events", timeout=60)
        assert refused.status_code == 429
        assert "takes 500" in refused.json()["detail"]
        streams[0].close()
        assert _becomes_free(port)


def _until(stream: socket.socket, wanted: bytes) -> bool:
    said = b""
    while wanted not in said:
        chunk = stream.recv(65536)
        if not chunk:
            return False
        said += chunk
    return True


def _becomes_free(port: int) -> bool:
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as stream:
            stream.sendall(b"GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
            if stream.recv(65536).startswith(b"HTTP/1.1 200"):
                return True
    return False


@pytest.mark.anyio
async def test_a_fault_of_ours_shows_nothing_of_the_code(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: object) -> JSONResponse:
        raise RuntimeError("secret")

    app = Starlette(routes=[Route("/", fail)])
    handle_errors(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        response = await http.get("/")
    assert response.status_code == 500
    assert response.json() == {"detail": "The server failed at this request; its log says why."}
    assert "secret" in caplog.text
