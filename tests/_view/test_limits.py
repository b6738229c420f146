"""Whatever is asked for ends in time and in memory: expressions, pages, bodies, streams."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspect_scout import ConfigError
from inspect_scout._app import scan_archive
from inspect_scout._view import ViewSettings, guarded_app
from inspect_scout._view.serving.server import allow_open_files
from support.server.serving import served
from support.viewing.url_places import in_url

pytestmark = pytest.mark.anyio

TRANSCRIPT = "NQ7dDdcKAUnFgyYfCwecd8"
SCAN = "/v3/scans/example/edits_tests"
ONE = f"/v3/transcripts/{TRANSCRIPT}"
SECONDS = 5.0

BOMBS = (
    "(a+)+$",
    "(a|a)*b",
    "(.*)*x",
    "(x+x+)+y",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(?:(?:a?){1000}){1000}",
    "a{1,1000}{1,1000}",
    "(" * 400 + ")" * 400,
)
SQL = (
    "1; DROP TABLE results",
    "value = 1; ATTACH '/etc/passwd' AS x",
    "1=1) UNION SELECT * FROM read_csv('/etc/passwd') --",
    "(SELECT content FROM read_text('/etc/passwd')) = 'x'",
    "value IN (SELECT 1)",
    "read_text('/etc/passwd') IS NOT NULL",
    "getenv('HOME') = 'x'",
    "pg_sleep(10)",
    "value = '\\x00",
    "value' OR '1'='1",
    "\"; COPY results TO '/tmp/x'; --",
    "value\x00",
    "/**/",
    "(" * 5000 + "1" + ")" * 5000,
    " AND ".join(["value = 1"] * 2000),
)


@pytest.fixture
def project(tmp_path: Path, example_logs: Path, example_scan: Path) -> Path:
    shutil.copytree(example_logs, tmp_path / "logs")
    shutil.copytree(example_scan, tmp_path / "scans" / "scan_id=example")
    (tmp_path / "scout.yaml").write_text("transcripts: ./logs\nscans: ./scans\n")
    return tmp_path


@pytest.fixture
async def client(project: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(guarded_app(ViewSettings(str(project))), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api") as client:
        yield client


@pytest.mark.parametrize("path", [f"{ONE}/find", "/v3/transcripts/find", f"{SCAN}/find"])
async def test_no_expression_takes_long(client: httpx.AsyncClient, path: str) -> None:
    await client.get(path, params={"q": "a"})  # loads what it needs
    for bomb in BOMBS:
        began = time.monotonic()
        answer = await client.get(path, params={"q": bomb, "regex": True})
        assert answer.status_code in (200, 400, 422), f"{bomb}: {answer.text[:300]}"
        assert time.monotonic() - began < SECONDS, bomb


async def test_no_expression_of_the_editor_holds_up_others(client: httpx.AsyncClient, project: Path) -> None:
    path = f"/v2/transcripts/{in_url(project / 'logs')}/{TRANSCRIPT}/search"
    body = {"type": "grep", "query": "(([a-z ])+.)+[A-Z]([a-z])+#", "regex": True}
    bomb = asyncio.create_task(client.post(path, json=body, timeout=60))
    for _ in range(5):
        await asyncio.sleep(0.1)
        began = time.monotonic()
        assert (await client.get("/v2/topics")).status_code == 200
        assert time.monotonic() - began < SECONDS
    answer = await bomb
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v3/transcripts", ("where", "order_by", "columns", "cursor")),
        ("/v3/transcripts/facets?by=model", ("where", "by")),
        ("/v3/transcripts/find?q=a", ("where", "order_by")),
        (f"{ONE}/neighbours", ("where", "order_by")),
        (f"{ONE}/events", ("types",)),
        ("/v3/scans", ("order_by", "cursor", "tag", "text")),
        (f"{SCAN}/results", ("where", "order_by", "columns", "cursor")),
        (f"{SCAN}/facets?by=model", ("where", "by")),
        (f"{SCAN}/distribution", ("where", "column", "by")),
        (f"{SCAN}/find?q=a", ("where", "order_by", "columns")),
    ],
)
async def test_no_text_becomes_part_of_a_query(
    client: httpx.AsyncClient, project: Path, path: str, names: tuple[str, ...]
) -> None:
    before = sorted(project.rglob("*"))
    for name in names:
        for text in SQL:
            url = client.build_request("GET", path).url.copy_add_param(name, text[:9000])
            answer = await client.get(url)
            assert answer.status_code < 500, f"{name}={text[:100]!r}: {answer.text[:300]}"
            assert "root:" not in answer.text
            if name == "where":
                assert answer.status_code >= 400, f"{text[:100]!r}: {answer.text[:300]}"
    assert sorted(project.rglob("*")) == before


_ELSEWHERE = {"left": "value", "operator": "=", "right": 1, "is_compound": False}


def _nested(depth: int) -> dict[str, Any]:
    made: dict[str, Any] = _ELSEWHERE
    for _ in range(depth):
        made = {"left": made, "operator": "AND", "right": _ELSEWHERE, "is_compound": True}
    return made


@pytest.mark.parametrize(
    "condition",
    [
        *({**_ELSEWHERE, "left": text} for text in SQL),
        *({**_ELSEWHERE, "operator": text} for text in ("; DROP", "=1 OR 1=", "IN (SELECT 1)", "", "LIKE\x00")),
        {**_ELSEWHERE, "right": {"a": [1]}},
        {**_ELSEWHERE, "operator": "IN", "right": [["x"]]},
        {**_ELSEWHERE, "operator": "BETWEEN", "right": [1]},
        {**_ELSEWHERE, "is_compound": True},
        {"left": _ELSEWHERE, "operator": "NOT", "right": None, "is_compound": False},
        _nested(300),
    ],
)
async def test_no_filter_of_the_editor_becomes_part_of_a_query(
    client: httpx.AsyncClient, project: Path, condition: dict[str, Any]
) -> None:
    logs, scans = in_url(project / "logs"), in_url(project / "scans")
    for path in (f"/v2/transcripts/{logs}", f"/v2/scans/{scans}"):
        answers = [await client.post(path, json={"filter": condition})]
        answers.append(await client.post(f"{path}/distinct", json={"column": "model", "filter": condition}))
        if isinstance(condition["left"], str):
            answers.append(await client.post(f"{path}/distinct", json={"column": condition["left"]}))
            order = {"column": condition["left"], "direction": "ASC"}
            answers.append(await client.post(path, json={"order_by": [order]}))
        for answer in answers:
            assert answer.status_code < 500, answer.text[:300]
            assert "root:" not in answer.text
    answer = await client.post("/v2/code", json=condition)
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v3/transcripts", {"limit": 1001}),
        ("/v3/transcripts", {"limit": 10**30}),
        ("/v3/transcripts", {"columns": ["model"] * 500}),
        ("/v3/transcripts", {"cursor": "A" * 20_000}),
        ("/v3/scans", {"limit": 0}),
        ("/v3/scans", {"text": "x" * 5000}),
        (f"{SCAN}/results", {"limit": -1}),
        (f"{SCAN}/results", {"columns": [f"c{number}" for number in range(500)]}),
        (f"{SCAN}/facets", {"by": ["model"] * 100}),
        (f"{SCAN}/find", {"q": "x" * 5000}),
        (f"{ONE}/messages", {"start": 0}),
        (f"{ONE}/messages", {"characters": 10**9}),
        (f"{ONE}/outline", {"limit": 10**6}),
        (f"{ONE}/minimap", {"buckets": 10**9}),
        (f"{ONE}/find", {"q": "a", "seconds": "inf"}),
        (f"{ONE}/citations", {"scan": ["x"] * 1000}),
    ],
)
async def test_more_than_a_page_is_refused(client: httpx.AsyncClient, path: str, query: dict[str, Any]) -> None:
    answer = await client.get(path, params=query)
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert len(answer.content) < 20_000


async def test_a_range_is_cut_to_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{ONE}/messages", params={"start": 1, "stop": 10**9})
    assert answer.status_code == 200
    assert len(answer.json()["items"]) <= 500


STREAMS = 500


@pytest.mark.parametrize("path", ["/api/v3/events", "/api/v2/topics/stream"])
def test_the_stream_that_is_one_too_many_is_refused(project: Path, path: str) -> None:
    allow_open_files()
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    with served(guarded_app(ViewSettings(str(project), port=number)), number) as port, contextlib.ExitStack() as opened:
        request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()
        streams: list[socket.socket] = []
        for _ in range(STREAMS):
            streams.append(opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)))
            streams[-1].sendall(request)
        assert [stream.recv(12) for stream in streams] == [b"HTTP/1.1 200"] * STREAMS
        base = f"http://127.0.0.1:{port}"
        refused = httpx.get(f"{base}{path}", timeout=60)
        assert refused.status_code == 429
        assert "takes 500" in refused.json()["detail"]
        began = time.monotonic()
        assert httpx.get(f"{base}/api/v3/scans", timeout=60).json()["total"] == 1
        assert time.monotonic() - began < SECONDS


async def test_a_large_scan_is_not_packed(project: Path) -> None:
    with pytest.raises(ConfigError, match="at most 1,000 are packed"):
        await scan_archive(str(project / "scans" / "scan_id=example"), max_bytes=1000)
