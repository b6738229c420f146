"""Asking the server in this process, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from inspect_scout._view import ViewSettings, create_app


class Asking:
    """A client of `/api/v3` of a server in this process.

    Args:
        settings: What the server is asked for.
    """

    def __init__(self, settings: ViewSettings) -> None:
        self.app = create_app(settings)
        self._base = f"http://{settings.host}:{settings.port}"

    def __call__(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, json: Any = None, **query: Any
    ) -> httpx.Response:
        """Send a request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
                return await client.request(method, f"/api/v3{path}", params=query or None, headers=headers, json=json)

        return asyncio.run(send())

    def get(self, path: str, **query: Any) -> Any:
        """Ask for JSON."""
        answer = self(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def asking_of(scans: Path, project: Path | None = None) -> Asking:
    """Ask a server that shows a folder of scans."""
    return Asking(ViewSettings(project_dir=str(project or scans), scans=str(scans)))
