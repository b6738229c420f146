"""Which requests are answered before Inspect is loaded, and that all others wait."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message

from inspect_scout._view import ViewSettings, create_app, v2
from inspect_scout._view.kept import Kept
from inspect_scout._view.places import encode_location
from inspect_scout._view.v3 import ROUTERS
from inspect_scout._view.waiting import waits

V2 = (v2.project, v2.topics, v2.transcripts, v2.searches, v2.scans, v2.scanners, v2.validations)

AT_ONCE = {
    "/api/v2/dist",
    "/api/v2/topics",
    "/api/v2/topics/stream",
    "/api/v3/events",
    "/api/v3/labels",
    "/api/v3/labels/{file}",
    "/api/v3/labels/{file}/cases/{key}",
    "/api/v3/labels/{file}/raters/{other}",
    "/api/v3/project/schemas/{name}",
    "/api/v3/scans",
    "/api/v3/scans/{scan_id}",
}
"""Routes that load nothing of Inspect. Who adds one asks for it below, where nothing is loaded."""


class NotLoaded(Kept):
    """Nothing is loaded, and will not be soon."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    async def loaded(self) -> None:
        """Wait for ever."""
        self.waiting += 1
        await asyncio.Event().wait()


def routes() -> Iterator[tuple[str, APIRoute]]:
    routers = [*(("/api/v3", router) for router in ROUTERS), *(("/api/v2", part.router) for part in V2)]
    while routers:
        place, router = routers.pop()
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield f"{place}{route.path}", route
            else:  # a router that this one includes, as it is
                routers.append((place, getattr(route, "original_router")))  # noqa: B009 - no type says so


async def answered(app: ASGIApp, kept: NotLoaded, path: str, method: str = "GET") -> int | None:
    """Give the status of an answer as soon as it begins; None if the request waits until all is loaded."""
    place, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": place,
        "raw_path": place.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost:7576")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 7576),
    }
    status: list[int] = []
    sent, before = asyncio.Event(), kept.waiting
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return asked.pop() if asked else await asyncio.Future[Message]()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
            sent.set()

    asking = asyncio.ensure_future(app(scope, receive, send))
    with anyio.fail_after(20):
        while not sent.is_set() and kept.waiting == before:
            assert not asking.done() or status, asking
            await asyncio.sleep(0.001)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return status[0] if status else None


def test_all_routes_wait_but_those_that_are_known_not_to() -> None:
    assert {path for path, route in routes() if not waits(route.endpoint)} == AT_ONCE


@pytest.mark.anyio
async def test_requests_that_need_what_is_not_loaded_wait(tmp_path: Path) -> None:
    kept = NotLoaded()
    app = create_app(ViewSettings(project_dir=str(tmp_path)), kept)
    for path, route in routes():
        if path not in AT_ONCE:
            for method in route.methods or ():
                assert await answered(app, kept, re.sub(r"\{.*?\}", "x", path), method) is None, (method, path)


@pytest.mark.anyio
async def test_requests_about_a_store_wait_for_what_serves_it(tmp_path: Path) -> None:
    kept = NotLoaded()
    app = create_app(ViewSettings(project_dir=str(tmp_path), scans="s3://bucket/scans"), kept)
    for path in ("/api/v3/scans", "/api/v3/scans/1?findings=false"):
        assert await answered(app, kept, path) is None


@pytest.mark.anyio
async def test_a_scan_tells_how_it_stands_before_what_it_found_can_be_counted(
    example_scan: Path, tmp_path: Path
) -> None:
    kept = NotLoaded()
    app = create_app(ViewSettings(project_dir=str(tmp_path), scans=str(example_scan.parent)), kept)
    path = f"/api/v3/scans/{example_scan.name.removeprefix('scan_id=')}"
    assert await answered(app, kept, path) is None
    assert await answered(app, kept, f"{path}?findings=false") == 200


LIGHT = """
import asyncio, sys
sys.path[:0] = [sys.argv[1]]
from test_waiting import NotLoaded, answered
from inspect_scout._view import ViewSettings, create_app

async def ask():
    kept = NotLoaded()
    app = create_app(ViewSettings(project_dir=sys.argv[2], scans=sys.argv[3]), kept)
    print([await answered(app, kept, path) for path in sys.argv[4:]])

asyncio.run(ask())
heavy = {"inspect_ai", "pandas", "pyarrow", "duckdb", "fsspec", "botocore"}
print(sorted({name.partition(".")[0] for name in sys.modules} & heavy))
"""


def test_requests_that_do_not_wait_load_nothing_of_inspect(example_scan: Path, tmp_path: Path) -> None:
    scan_id = example_scan.name.removeprefix("scan_id=")
    (tmp_path / "cases.csv").write_text("id,target\na,true\n")
    file = encode_location("cases.csv")
    filled = {"scan_id": f"{scan_id}?findings=false", "name": "project"}
    filled |= {"file": file, "other": file, "key": encode_location('"a"')}
    paths = ["/", "/theme.js", "/api/v3/none", *(path.format(**filled) for path in sorted(AT_ONCE))]
    command = [sys.executable, "-c", LIGHT, str(Path(__file__).parent), str(tmp_path), str(example_scan.parent), *paths]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    statuses = [200, 200, 404, *[200] * 11]
    assert ran.stdout.splitlines() == [str(statuses), "[]"], ran.stdout + ran.stderr
