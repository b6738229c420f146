"""Requests that hold much wait for their turn, and give back what they held."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import anyio
import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app
from support.cli import scout

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path, example_logs: Path, example_scan: Path) -> ViewSettings:
    assert scout("db", "copy", str(example_logs), str(tmp_path / "database")).code == 0
    return ViewSettings(
        project_dir=str(tmp_path), transcripts=str(tmp_path / "database"), scans=str(example_scan.parent)
    )


@pytest.fixture
async def paths(settings: ViewSettings, example_scan: Path) -> list[str]:
    """Requests that hold much."""
    assert settings.transcripts is not None
    app = create_app(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576/api") as client:
        scan = f"/v3/scans/{example_scan.name.removeprefix('scan_id=')}/edits_tests"
        row = (await client.get(f"{scan}/results", params={"limit": 1})).json()["items"][0]
        transcript = (await client.get("/v3/transcripts")).json()["items"][0]["transcript_id"]
    place = base64.urlsafe_b64encode(settings.transcripts.encode()).decode().rstrip("=")
    return [
        f"/v2/transcripts/{place}/{transcript}/messages-events",
        f"/v3/transcripts/{transcript}/messages/1",
        f"{scan}/facets?by=model",
        f"{scan}/results/{row['uuid']}",
    ]


async def test_what_holds_much_waits_until_it_may_and_gives_it_back(settings: ViewSettings, paths: list[str]) -> None:
    app = create_app(settings)
    budget = app.state.context.budget
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576/api") as client:
        for path in paths:
            assert (await client.get(path)).status_code == 200, path
            async with budget.hold(budget.statistics().total):
                waiting = asyncio.create_task(client.get(path))
                done, _ = await asyncio.wait([waiting], timeout=0.3)
                assert not done, path
            with anyio.fail_after(30):
                assert (await waiting).status_code == 200
            assert budget.used == 0
