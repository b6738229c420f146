"""A server in this process, and logs for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app

Serve = Callable[[Path], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serve the transcripts at a place."""

    def client(transcripts: Path) -> httpx.AsyncClient:
        app = create_app(ViewSettings(project_dir=str(tmp_path), transcripts=str(transcripts)))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576/api/v3")

    return client
