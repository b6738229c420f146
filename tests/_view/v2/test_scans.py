"""Scans of /api/v2."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

from support.viewing.url_places import in_editor_url, in_url

pytestmark = pytest.mark.anyio


@pytest.fixture
def scan(project: Path) -> Path:
    """Give the directory of the scan."""
    (found,) = (project / "scans").glob("scan_id=*")
    return found


def scan_path(scan: Path, *rest: str) -> str:
    return "/".join(["/scans", in_url(scan.parent), in_url(scan.name), *rest])


async def _list(client: httpx.AsyncClient, scans: Path, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/scans/{in_url(scans)}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _copies(scan: Path, count: int) -> list[str]:
    """Make scans of other ids, names and tags (the last of them without a model)."""
    names: list[str] = []
    for number in range(count):
        copy = scan.with_name(f"scan_id={'ABCDEFGHJK'[number] * 22}")
        shutil.copytree(scan, copy)
        spec = json.loads((copy / "_scan.json").read_bytes())
        spec |= {"scan_id": copy.name[8:], "scan_name": f"copy_{number}", "tags": ["x"] * (number % 2), "model": None}
        spec["metadata"] = {"n": number}
        (copy / "_scan.json").write_text(json.dumps(spec))
        names.append(copy.name[8:])
    return names


async def test_a_list_tells_how_scans_stand(client: httpx.AsyncClient, scan: Path) -> None:
    found = await _list(client, scan.parent)
    (row,) = found["items"]
    assert (found["total_count"], found["next_cursor"]) == (1, None)
    assert row["scan_id"] == scan.name[8:]
    assert row["location"] == str(scan)
    assert row["status"] == "complete"
    assert row["transcript_count"] == 12
    assert row["scanners"].split(",")[0] == "edits_tests"
    assert row["packages"].keys() == {"inspect_ai", "inspect_scout"}
    assert row["timestamp"].endswith("Z")


async def test_pages_of_scans_go_on_behind_missing_values(client: httpx.AsyncClient, scan: Path) -> None:
    copies, order = _copies(scan, 6), {"column": "model", "direction": "DESC"}
    ids: list[str] = []
    cursor = None
    while True:
        page = {"limit": 2, "cursor": cursor, "direction": "forward"}
        found = await _list(client, scan.parent, order_by=order, pagination=page)
        ids += [row["scan_id"] for row in found["items"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert sorted(ids) == sorted([*copies, scan.name[8:]])


async def test_a_page_of_scans_goes_on_where_one_was_deleted(client: httpx.AsyncClient, scan: Path) -> None:
    copies, order = _copies(scan, 4), {"column": "scan_name", "direction": "ASC"}
    first = await _list(client, scan.parent, order_by=order, pagination={"limit": 2})
    shutil.rmtree(scan.with_name(f"scan_id={copies[1]}"))
    page = {"limit": 2, "cursor": first["next_cursor"], "direction": "forward"}
    second = await _list(client, scan.parent, order_by=order, pagination=page)
    assert [row["scan_id"] for row in second["items"]] == copies[2:4]


async def test_scans_are_filtered_also_by_what_only_their_files_say(client: httpx.AsyncClient, scan: Path) -> None:
    copies = _copies(scan, 3)
    named = {"left": "scan_name", "operator": "LIKE", "right": r"copy\_%", "is_compound": False}
    assert (await _list(client, scan.parent, filter=named))["total_count"] == 3
    described = {"left": "metadata.n", "operator": "=", "right": 1, "is_compound": False}
    (row,) = (await _list(client, scan.parent, filter=described))["items"]
    assert (row["scan_id"], row["metadata"]) == (copies[1], {"n": 1})


@pytest.mark.parametrize(
    "body", [{"filter": {"left": "nope", "operator": "=", "right": 1}}, {"order_by": {"column": "nope"}}]
)
async def test_unknown_columns_of_scans_are_refused(
    client: httpx.AsyncClient, scan: Path, body: dict[str, object]
) -> None:
    answer = await client.post(f"/scans/{in_url(scan.parent)}", json=body)
    assert answer.status_code == 400
    assert "'nope'" in answer.json()["detail"]


async def test_values_of_scans_are_distinct(client: httpx.AsyncClient, scan: Path) -> None:
    _copies(scan, 3)
    path = f"/scans/{in_url(scan.parent)}/distinct"
    assert (await client.post(path, json={"column": "tags"})).json() == ["", "x"]
    assert (await client.post(path, json={"column": "scan_file"})).json() == [None]
    assert (await client.post(path, json={"column": "nope"})).status_code == 400
    assert (await client.post(path)).json() == []


async def test_a_status_leaves_out_the_ids_of_transcripts(client: httpx.AsyncClient, scan: Path) -> None:
    status = (await client.get(scan_path(scan))).json()
    assert status.keys() == {"complete", "spec", "location", "summary", "errors"}
    assert status["complete"] is True
    assert status["spec"]["transcripts"]["transcript_ids"] == {}
    assert status["spec"]["transcripts"]["count"] == 12
    assert status["summary"]["scanners"]["tool_use"]["scans"] == 12


@pytest.mark.parametrize("change", [{}, {"metadata": {"transcript_ids": {}}}, {"worklist": []}, {"scan_args": 1}])
async def test_a_status_of_many_transcripts_says_the_same_without_their_ids(
    client: httpx.AsyncClient, scan: Path, change: dict[str, object]
) -> None:
    spec = json.loads((scan / "_scan.json").read_bytes()) | change
    (scan / "_scan.json").write_text(json.dumps(spec))
    few = (await client.get(scan_path(scan))).json()
    ids = dict.fromkeys(f"{number:022}" for number in range(50_000))
    spec["transcripts"]["transcript_ids"] |= ids
    (scan / "_scan.json").write_text(json.dumps(spec))
    assert (scan / "_scan.json").stat().st_size > 2**20
    many = (await client.get(scan_path(scan))).json()
    assert many["spec"]["transcripts"].pop("count") == few["spec"]["transcripts"].pop("count") + len(ids)
    assert many == few
    assert list(many["spec"]) == list(few["spec"])


async def test_a_scan_is_packed_as_a_zip_file(client: httpx.AsyncClient, scan: Path) -> None:
    answer = await client.get(scan_path(scan), headers={"Accept": "application/zip"})
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{scan.name}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in scan.iterdir()
        }


@pytest.mark.parametrize("name", ["logs", "scans/..", "scan_id=nope", "."])
@pytest.mark.parametrize("accept", ["application/zip", "application/json"])
async def test_what_is_not_a_scan_is_neither_shown_nor_packed(
    client: httpx.AsyncClient, project: Path, name: str, accept: str
) -> None:
    path = f"/scans/{in_url(project)}/{in_url(name)}"
    assert (await client.get(path, headers={"Accept": accept})).status_code in {400, 404}
    assert (await client.delete(path)).status_code in {400, 404}
    assert (project / "logs").is_dir()


async def test_files_that_do_not_belong_to_a_scan_are_not_packed(client: httpx.AsyncClient, scan: Path) -> None:
    (scan / "private.txt").write_text("mine")
    answer = await client.get(scan_path(scan), headers={"Accept": "application/zip"})
    assert answer.status_code == 404
    assert "private.txt" in answer.json()["detail"]


async def test_links_are_not_packed(client: httpx.AsyncClient, scan: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    for name, target in (("more.parquet", secret), ("again.parquet", scan / "_scan.json")):
        (scan / name).symlink_to(target)
        answer = await client.get(scan_path(scan), headers={"Accept": "application/zip"})
        assert answer.status_code == 404
        assert f"{name}' is a link" in answer.json()["detail"]
        (scan / name).unlink()


async def test_results_are_an_arrow_stream(client: httpx.AsyncClient, scan: Path) -> None:
    answer = await client.get(scan_path(scan, "tool_use"), params={"exclude_column": ["input", "scan_events"]})
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream; codecs=lz4"
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.num_rows == 12
    assert {"input", "scan_events"}.isdisjoint(table.column_names)
    whole = pa.ipc.open_stream((await client.get(scan_path(scan, "tool_use"))).content).read_all()
    assert {"input", "scan_events"} <= set(whole.column_names)


async def test_one_result_is_read_by_its_uuid(client: httpx.AsyncClient, scan: Path) -> None:
    table = pa.ipc.open_stream((await client.get(scan_path(scan, "tool_use"))).content).read_all()
    row = table.slice(3, 1).to_pylist()[0]
    path = scan_path(scan, "tool_use", row["uuid"])
    asked = ["input", "input_type", "scan_events", "value", "nope"]
    found = (await client.get(path, params={"column": asked})).json()
    assert list(found) == asked
    assert found["input_type"] == "transcript"
    assert found["input"]["transcript_id"] == row["transcript_id"]
    assert isinstance(found["scan_events"], list)
    assert found["value"] == row["value"]
    assert found["nope"] is None
    assert (await client.get(path)).status_code == 400
    assert (await client.get(scan_path(scan, "tool_use", "nope"), params={"column": "value"})).status_code == 404


async def test_unknown_scanners_and_scans_are_not_found(client: httpx.AsyncClient, scan: Path) -> None:
    assert (await client.get(scan_path(scan, "nope"))).status_code == 404
    assert (await client.get(scan_path(scan, "nope", "x"), params={"column": "value"})).status_code == 404
    assert (await client.get(scan_path(scan.with_name("scan_id=nope"), "tool_use"))).status_code == 404


async def test_a_deleted_scan_is_in_the_trash(client: httpx.AsyncClient, scan: Path) -> None:
    path = f"/scans/{in_editor_url(scan.parent.as_uri())}/{in_editor_url(scan.name)}"
    answer = await client.delete(path)
    assert answer.status_code == 204
    assert not scan.exists()
    trash = Path.home() / ".local/share/Trash"
    notes = (trash / "info").glob(f"{scan.name}*.trashinfo")  # of other tests as well
    (note,) = [each for each in notes if f"Path={scan.parent}/" in each.read_text()]
    gone = trash / "files" / note.name.removesuffix(".trashinfo")
    assert (gone / "_scan.json").is_file()
    assert not (gone / "_journal").exists()  # who takes it back finds it free
    assert not scan.exists()
    assert (await client.delete(path)).status_code == 404


async def test_a_scan_that_runs_is_not_deleted(client: httpx.AsyncClient, scan: Path) -> None:
    (scan / "_journal").mkdir()
    lock = {"pid": os.getppid(), "host": os.uname().nodename, "token": "x"}
    (scan / "_journal" / "owner.json").write_text(json.dumps(lock))
    answer = await client.delete(scan_path(scan))
    assert answer.status_code == 409
    assert "running" in answer.json()["detail"]
    assert scan.is_dir()
    packed = await client.get(scan_path(scan), headers={"Accept": "application/zip"})
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert "_journal/owner.json" not in archive.namelist()


async def test_no_scans_are_active(client: httpx.AsyncClient) -> None:
    assert (await client.get("/scans/active")).json() == {"items": {}}
