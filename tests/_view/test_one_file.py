"""One file that is shown without a project: what is beside it is neither read nor changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspect_scout._view import ViewSettings, guarded_app

pytestmark = pytest.mark.anyio

LOG = "fix-the-bug.eval"


@pytest.fixture
def folder(tmp_path: Path, example_logs: Path) -> Path:
    """A log beside a project file, labels and scanners of which none is shown."""
    (tmp_path / LOG).write_bytes((example_logs / LOG).read_bytes())
    (tmp_path / "scout.yaml").write_text("name: secret\nfilter: nope = 1\ntranscripts: ./secret\n")
    (tmp_path / "secret.csv").write_text("id,target\nsecret,true\n")
    (tmp_path / "secret.py").write_text(
        "from inspect_scout import scanner\n\n@scanner(messages='all')\ndef secret(): ...\n"
    )
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = ViewSettings(str(folder), transcripts=str(folder / LOG), file=str(folder / LOG))
    transport = httpx.ASGITransport(guarded_app(settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v2/project/config", None),
        ("PUT", "/v2/project/config", {"name": "x"}),
        ("GET", "/v3/project", None),
        ("PUT", "/v3/project", {"name": "x"}),
        ("GET", "/v3/project/options", None),
        ("GET", "/v3/project/scanners", None),
        ("POST", "/v3/labels", {"name": "a.csv", "cases": []}),
        ("POST", "/v2/validations", {"path": "a.csv", "cases": []}),
        ("POST", "/v3/runs", {"job": {"scanners": [{"name": "grep_scanner", "params": {"pattern": "a"}}]}}),
        ("POST", "/v2/startscan", {"scanners": [{"name": "grep_scanner", "params": {"pattern": "a"}}]}),
    ],
)
@pytest.mark.parametrize("with_project_file", [True, False])
async def test_nothing_of_a_project_is_told_or_made(
    client: httpx.AsyncClient, folder: Path, method: str, path: str, body: Any, with_project_file: bool
) -> None:
    if not with_project_file:
        (folder / "scout.yaml").unlink()
    before = {file: file.read_bytes() for file in folder.rglob("*")}
    answer = await client.request(method, path, json=body, headers={"if-match": "*"})
    assert answer.status_code == 404
    assert "`scout init`" in answer.json()["detail"]
    assert "secret" not in answer.text
    assert {file: file.read_bytes() for file in folder.rglob("*")} == before


async def test_what_is_asked_first_is_answered(client: httpx.AsyncClient, folder: Path) -> None:
    config = await client.get("/v2/app-config")
    assert config.status_code == 200
    assert config.json()["transcripts"] == {"dir": (folder / LOG).as_uri(), "source": "cli"}
    for path in ("/v2/validations", "/v2/scanners", "/v3/labels"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "secret" not in answer.text + config.text
    assert (await client.get("/v3/transcripts")).json()["total"] > 0
