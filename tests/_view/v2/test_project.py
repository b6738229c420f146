"""The project in /api/v2."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

import inspect_scout
from inspect_scout._view import ViewSettings, create_app

OUR_PAGE = Path(inspect_scout.__file__).parent / "_view" / "dist"

pytestmark = pytest.mark.anyio


async def test_the_settings_name_places_as_uris(client: httpx.AsyncClient, project: Path) -> None:
    config = (await client.get("/app-config")).json()
    assert config["transcripts"] == {"dir": (project / "logs").as_uri(), "source": "project"}
    assert config["scans"] == {"dir": (project / "scans").as_uri(), "source": "project"}
    assert config["project_dir"] == project.as_uri()
    assert config["home_dir"] == Path.home().as_uri()
    assert config["filter"] == []
    assert config["trust_content"] is None


async def test_what_the_command_line_says_comes_first(project: Path) -> None:
    (project / "scout.yaml").write_text("trust_content: true\n")
    settings = ViewSettings(
        project_dir=str(project), transcripts=str(project / "other"), scans=str(project / "more"), trust_content=False
    )
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api/v2") as client:
        config = (await client.get("/app-config")).json()
    assert config["transcripts"] == {"dir": (project / "other").as_uri(), "source": "cli"}
    assert config["scans"] == {"dir": (project / "more").as_uri(), "source": "cli"}
    assert config["trust_content"] is False


async def test_a_project_without_files_has_defaults(client: httpx.AsyncClient, project: Path) -> None:
    (project / "scout.yaml").unlink()
    config = (await client.get("/app-config")).json()
    assert config["transcripts"]["dir"] == (project / "logs").as_uri()
    assert (await client.get("/project/config")).json()["transcripts"] == "./logs"


async def test_keys_of_the_project_are_changed_and_the_rest_stays(client: httpx.AsyncClient, project: Path) -> None:
    read = await client.get("/project/config")
    assert read.json() == {"transcripts": "./logs", "filter": [], "scans": "./scans"}
    changed = await client.put("/project/config", json={"tags": ["a"]}, headers={"If-Match": read.headers["etag"]})
    assert changed.json()["tags"] == ["a"]
    assert (project / "scout.yaml").read_text().startswith("# ours\ntranscripts: ./logs\n")
    assert changed.headers["etag"] == (await client.get("/project/config")).headers["etag"]
    removed = await client.put("/project/config", json={"tags": None})
    assert "tags" not in removed.json()
    assert removed.headers["etag"] == read.headers["etag"]


async def test_a_project_changed_by_others_is_not_overwritten(client: httpx.AsyncClient, project: Path) -> None:
    before = (project / "scout.yaml").read_text()
    answer = await client.put("/project/config", json={"tags": ["a"]}, headers={"If-Match": '"other"'})
    assert answer.status_code == 412
    assert (project / "scout.yaml").read_text() == before


@pytest.mark.parametrize(("changes", "status"), [({"nope": 1}, 422), ({"limit": "many"}, 400), ([], 422)])
async def test_changes_that_cannot_be_are_refused(client: httpx.AsyncClient, changes: object, status: int) -> None:
    answer = await client.put("/project/config", json=changes)
    assert answer.status_code == status


async def test_a_broken_project_is_an_error_of_its_own(client: httpx.AsyncClient, project: Path) -> None:
    (project / "scout.yaml").write_text("transcripts: [")
    answer = await client.get("/app-config")
    assert answer.status_code == 400
    assert "scout.yaml" in answer.json()["detail"]


async def test_the_editor_is_told_where_the_page_is(client: httpx.AsyncClient, project: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html></html>")
    settings = ViewSettings(project_dir=str(project), page_dir=str(tmp_path))
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api/v2") as with_page:
        assert (await with_page.get("/dist")).json() == {"path": str(tmp_path)}
    assert (await client.get("/dist")).status_code == (200 if (OUR_PAGE / "index.html").is_file() else 404)
