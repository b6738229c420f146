"""The server as a process and as a thread: its words, its end, and clients that take too long."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspect_scout import ConfigError, LocationError, NotAvailableError, view
from inspect_scout._view import ViewRequest, settings_for
from inspect_scout._view.serving.protocol import Patience
from support.cli import scout
from support.server.serving import served

TOKEN = "INSPECT_VIEW_AUTHORIZATION_TOKEN"
RUNNING = re.compile(r"^======== Running on (http://127\.0\.0\.1:\d+)(\?mode=scans)? ========$")


@contextlib.contextmanager
def scout_view(*arguments: str, folder: Path, **environment: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run `scout view` as a process of its own; gives it and the URL that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from inspect_scout._cli import main; raise SystemExit(main())", "view", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        yield process, next(found[1] for line in process.stdout if (found := RUNNING.match(line.strip())))
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_it_accepts_connections_when_it_says_that_it_runs(tmp_path: Path) -> None:
    with scout_view("--port", str(free_port()), folder=tmp_path) as (process, url):
        assert httpx.get(url).status_code == 200
        assert process.stdout is not None
        assert process.stdout.readline() == "(Press CTRL+C to quit)\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "Traceback" not in process.stdout.read()
    assert os.listdir(tmp_path) == []


def test_clients_that_wait_keep_it_from_ending_for_a_second_only(tmp_path: Path) -> None:
    with scout_view("--port", str(free_port()), folder=tmp_path) as (process, url):
        waiting = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
        waiting.sendall(b"GET / HTTP/1.1\r\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        waiting.close()


def test_a_second_server_on_the_port_ends_the_first(tmp_path: Path) -> None:
    port = str(free_port())
    with (
        scout_view("--port", port, folder=tmp_path) as (first, url),
        scout_view("--port", port, folder=tmp_path) as (_, second_url),
    ):
        assert first.wait(30) == 0
        assert second_url == url
        assert httpx.get(url).status_code == 200


def test_the_token_of_the_editor_is_asked_of_programs_and_kept_from_children(tmp_path: Path) -> None:
    arguments = ("--port", str(free_port()), "--log-level", "warning", "--display", "rich")
    with scout_view(*arguments, folder=tmp_path, **{TOKEN: "7d3f-token"}) as (process, url):
        assert httpx.get(f"{url}/").status_code == 401
        assert httpx.get(f"{url}/", headers={"authorization": "7d3f-token"}).status_code == 200
        assert process.stdout is not None
        process.stdout.readline()
        link = process.stdout.readline().removeprefix("In a browser, open this once: ").strip()
        with httpx.Client() as browser:
            welcome = browser.get(link)
            assert 'content="0; url=./"' in welcome.text
            assert browser.get(f"{url}/").status_code == 200
        assert httpx.get(link).status_code == 401


def test_a_file_that_came_with_a_project_trusts_no_other_pages(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("UVICORN_ROOT_PATH=https://evil.example/x\n")
    evil = {"origin": "https://evil.example"}
    with scout_view("--port", str(free_port()), folder=tmp_path) as (_, url):
        for path in ("/api/v2/app-config", "/api/v3/project", "/"):
            assert httpx.get(f"{url}{path}", headers=evil).status_code == 403
            assert httpx.get(f"{url}{path}").status_code == 200
        assert httpx.get(f"{url}/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "0.0.0.0"), "Other machines can reach"),
        (("--host", "0.0.0.0", "--unsafe-allow-unauthenticated"), "stands for all addresses"),
        (("nowhere",), "No transcripts at"),
        (("notes.txt",), "is not an eval log or a database"),
        (("--trusted-origin", "evil"), "is not an origin"),
        (("--root-path", "/a b"), "is not a path or URL of a proxy"),
        (("--port", "0"), "not in the range"),
    ],
)
def test_what_cannot_be_served_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    monkeypatch.chdir(tmp_path)
    ran = scout("view", *arguments)
    assert ran.code == (2 if arguments[0].startswith("--") else 1)
    assert said in ran.err
    assert "Traceback" not in ran.err


async def answer_much(scope: Any, receive: Any, send: Any) -> None:
    """Answer `/much` with more than buffers hold, and everything else with what was sent."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(1000 if scope["path"] == "/much" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": body})


def closed_after(port: int, sent: bytes) -> bytes:
    """Send something, and wait until the server closes; gives what it said."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(sent)
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := client.recv(65536):
                said += chunk
        return said


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nhost: a\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
def test_a_request_that_never_arrives_is_let_go(sent: bytes) -> None:
    with served(answer_much, patience=Patience(request_seconds=0.2)) as port:
        assert closed_after(port, sent) == b""


def test_a_second_request_that_never_arrives_is_let_go_too() -> None:
    with served(answer_much, patience=Patience(request_seconds=0.2)) as port:
        said = closed_after(port, b"GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhos")
    assert said.count(b"200 OK") == 1


def test_a_client_that_does_not_take_its_answer_is_let_go() -> None:
    with (
        served(answer_much, patience=Patience(stall_seconds=0.2)) as port,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(b"GET /much HTTP/1.1\r\nhost: a\r\n\r\n")
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200  # others are served meanwhile
        threading.Event().wait(1.0)
        client.settimeout(30)
        taken = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := client.recv(1 << 20):
                taken += len(chunk)
        assert taken < 1000 * 65536


def test_a_client_that_takes_its_answer_gets_all_of_it() -> None:
    with served(answer_much, patience=Patience(stall_seconds=5)) as port:
        assert len(httpx.get(f"http://127.0.0.1:{port}/much").content) == 1000 * 65536


def test_a_head_that_is_too_large_is_refused() -> None:
    with served(answer_much, patience=Patience()) as port:
        said = closed_after(port, b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"x" * 100_000)
    assert said.startswith(b"HTTP/1.1 400")
    assert b"Traceback" not in said


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\r\n\r\n", b"GET /\r\n\r\n", b"\r\n" * 5000])
def test_what_is_not_a_request_is_refused(sent: bytes) -> None:
    with served(answer_much, patience=Patience(request_seconds=0.5)) as port:
        said = closed_after(port, sent)
    assert said == b"" or said.startswith(b"HTTP/1.1 400")


@pytest.mark.anyio
async def test_where_a_loop_runs_it_serves_from_a_thread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "secret")
    port = free_port()
    for _ in range(2):  # the second ends the first
        view(tmp_path, port=port)
        assert TOKEN not in os.environ
        printed = capsys.readouterr().out
        assert f"======== Running on http://127.0.0.1:{port} ========" in printed
        monkeypatch.setenv(TOKEN, "secret")
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"http://127.0.0.1:{port}/")).status_code == 401
        assert (await http.get(f"http://127.0.0.1:{port}/", headers={"authorization": "secret"})).status_code == 200
    await asyncio.sleep(0)


@pytest.mark.anyio
async def test_a_cell_of_a_notebook_shows_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import IPython.display  # noqa: F401 - as in a notebook

    port = free_port()
    view(tmp_path, port=port, inline=True)
    assert "IFrame" in capsys.readouterr().out
    async with httpx.AsyncClient() as http:
        policy = (await http.get(f"http://localhost:{port}/")).headers["content-security-policy"]
    assert "frame-ancestors http://localhost:*" in policy


def test_what_was_asked_for_becomes_settings_in_full_form(tmp_path: Path) -> None:
    (tmp_path / "scout.yaml").write_text("transcripts: logs")
    request = ViewRequest(
        place=str(tmp_path), transcripts="more", scans="out", trust_content=True, root_path="https://a.org/scout/"
    )
    settings = settings_for(request)
    assert settings.project_dir == str(tmp_path)
    assert settings.transcripts == str(tmp_path / "more")
    assert settings.scans == str(tmp_path / "out")
    assert settings.trust_content is None
    assert (settings.root_path, settings.trusted_origins) == ("/scout", ("https://a.org",))
    assert settings_for(ViewRequest(place=str(tmp_path), trust_content=False)).trust_content is False
    assert settings_for(ViewRequest(place=str(tmp_path))).transcripts is None


def test_arguments_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="fs_options"):
        view(tmp_path, fs_options={"anon": True})
    with pytest.raises(ConfigError, match="inline=True"):
        view(tmp_path, inline=True)
    with pytest.raises(LocationError):
        view(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="token"):
        view(tmp_path, authorization="t\u00f6ken")
