"""Which state of a file a client has read: both APIs take the header `If-Match` alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app

pytestmark = pytest.mark.anyio

PATHS = ("/v2/project/config", "/v3/project")


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "scout.yaml").write_text("name: p\n")
    transport = httpx.ASGITransport(create_app(ViewSettings(str(tmp_path))))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api") as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("shown", "status"),
    [("{}", 200), ('"{}"', 200), ('W/"{}"', 200), ("*", 200), ('"*"', 412), ("W/*", 412), ('"other"', 412), ("", 412)],
)
async def test_a_change_says_which_state_was_read(
    client: httpx.AsyncClient, path: str, shown: str, status: int
) -> None:
    etag = (await client.get(path)).headers["etag"].strip('"')
    changed = await client.put(path, json={"name": "q"}, headers={"if-match": shown.format(etag)})
    assert changed.status_code == status


@pytest.mark.parametrize(("path", "status"), [("/v2/project/config", 200), ("/v3/project", 428)])
async def test_only_the_editor_may_leave_it_out(client: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await client.put(path, json={"name": "q"})).status_code == status
