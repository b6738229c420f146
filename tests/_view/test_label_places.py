"""Where files of labels may be made, in both APIs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from inspect_scout._view import ViewSettings, guarded_app
from support.viewing.url_places import in_url

pytestmark = pytest.mark.anyio

REFUSED = [
    "scans/scan_id=x/cases.csv",
    "scans/scan_id=x/_journal/cases.csv",
    "scans/scan_id=new/cases.csv",
    "other/deep/cases.json",
    "transcripts/cases.csv",
    "transcripts/folder/cases.csv",
    "linked/cases.csv",
    ".hidden/cases.csv",
    ".cases.csv",
    "labels/../.git/cases.csv",
    "scout.yaml",
    "Scout.Local.yaml",
    "folder/scout.yaml",
    "kept.csv",
    "notes.json",
    "scanners.py",
    "cases.txt",
    "cases.csv/inner.csv",
    "a\nb.csv",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("scans/scan_id=x/_journal", "other/deep", "transcripts/folder", ".git"):
        (folder / name).mkdir(parents=True)
    (folder / "linked").symlink_to(folder / "transcripts")
    (folder / "other/_scan.json").write_text("{}")
    (folder / "scout.yaml").write_text("transcripts: ./transcripts\nscans: ./scans\n")
    (folder / "kept.csv").write_text("id,target\na,true\n")
    (folder / "notes.json").write_text("{}")
    (folder / "scanners.py").write_text("")
    return folder


@pytest.fixture
async def client(project: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(guarded_app(ViewSettings(str(project))), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api") as client:
        yield client


def _state(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", REFUSED)
async def test_labels_are_not_made_where_other_files_are(client: httpx.AsyncClient, project: Path, name: str) -> None:
    (project / "cases.csv").write_text("id,target\na,true\n")
    before, cases = _state(project), [{"id": "x", "target": True}]
    for path, body in (
        ("/v3/labels", {"name": name, "cases": cases}),
        ("/v2/validations", {"path": str(project / name), "cases": cases}),
        ("/v2/validations", {"path": (project / name).as_uri(), "cases": cases}),
    ):
        answer = await client.post(path, json=body)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert _state(project) == before


@pytest.mark.parametrize("name", ["cases.csv", "labels/deep/cases.yaml", "scans/cases.json", "linked-not.jsonl"])
async def test_labels_are_made_elsewhere_in_the_project(client: httpx.AsyncClient, project: Path, name: str) -> None:
    cases = [{"id": "x", "target": True}]
    assert (await client.post("/v3/labels", json={"name": name, "cases": cases})).status_code == 201
    made = project / name
    text = made.read_bytes()
    made.unlink()
    assert (await client.post("/v2/validations", json={"path": made.as_uri(), "cases": cases})).status_code == 200
    assert made.read_bytes() == text


@pytest.mark.parametrize("name", ["scout", ".hidden", "a/b", "..", "", "a\x00b", "kept"])
async def test_labels_are_not_renamed_to_what_other_files_are(
    client: httpx.AsyncClient, project: Path, name: str
) -> None:
    (project / "scout.yaml").unlink()
    (project / "cases.yaml").write_text(json.dumps([{"id": "x", "target": True}]))
    (project / "kept.yaml").write_text(json.dumps([{"id": "y", "target": True}]))
    before = _state(project)
    answer = await client.put(f"/v2/validations/{in_url(project / 'cases.yaml')}/rename", json={"name": name})
    assert 400 <= answer.status_code < 500
    assert _state(project) == before


@pytest.mark.parametrize("name", ["notes.json", "scout.yaml", "other/_scan.json", "scanners.py"])
async def test_other_files_are_not_changed_or_deleted_as_labels(
    client: httpx.AsyncClient, project: Path, name: str
) -> None:
    for text in (None, "", "[]"):
        if text is not None:
            (project / name).write_text(text)
        before, any_state = _state(project), {"if-match": "*"}
        if text == "[]" and name == "notes.json":
            continue  # no cases are left in it
        for method, path, body in (
            ("DELETE", f"/v2/validations/{in_url(project / name)}", None),
            ("POST", f"/v2/validations/{in_url(project / name)}/{in_url('x')}", {"target": 1}),
            ("PUT", f"/v2/validations/{in_url(project / name)}/rename", {"name": "more"}),
            ("DELETE", f"/v3/labels/{in_url(name)}", None),
            ("PUT", f"/v3/labels/{in_url(name)}", {"cases": [{"id": "x", "target": True}]}),
            ("PUT", f"/v3/labels/{in_url(name)}/cases/{in_url(json.dumps('x'))}", {"target": True}),
        ):
            answer = await client.request(method, path, json=body, headers=any_state)
            assert 400 <= answer.status_code < 500, (method, path, answer.text)
        assert _state(project) == before
