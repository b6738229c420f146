"""A project with logs and a scan, and a client of the server over it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app


@pytest.fixture
def project(tmp_path: Path, example_logs: Path, example_scan: Path) -> Path:
    """Make a project: the example logs in `logs`, one scan of them in `scans`."""
    folder = tmp_path / "project"
    shutil.copytree(example_logs, folder / "logs")
    shutil.copytree(example_scan, folder / "scans" / example_scan.name)
    (folder / "scout.yaml").write_text("# ours\ntranscripts: ./logs\nscans: ./scans\n")
    return folder


@pytest.fixture
async def client(project: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a server over the project."""
    app = create_app(ViewSettings(project_dir=str(project)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api/v2") as client:
        yield client
