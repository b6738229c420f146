"""Files of labelled cases in /api/v2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.viewing.url_places import in_editor_url, in_url

pytestmark = pytest.mark.anyio

CASES: list[dict[str, Any]] = [
    {"id": "a", "target": True},
    {"id": ["x", "y"], "target": False, "split": "dev"},
    {"id": "l", "labels": {"x": True, "y": False}},
    {"id": "m", "target": {"k": 1, "z": "q"}},
    {"id": "n", "target": None},
]


def _path(file: Path, *case: str | list[str]) -> str:
    ids = [in_url(id if isinstance(id, str) else json.dumps(id)) for id in case]
    return "/".join(["/validations", in_url(file.as_uri()), *ids])


async def _create(client: httpx.AsyncClient, file: Path, cases: list[dict[str, Any]] | None = None) -> httpx.Response:
    body = {"path": file.as_uri(), "cases": CASES if cases is None else cases}
    return await client.post("/validations", json=body)


@pytest.mark.parametrize("suffix", ["csv", "yaml", "yml", "json", "jsonl"])
async def test_cases_of_every_format_come_back_as_they_were(
    client: httpx.AsyncClient, project: Path, suffix: str
) -> None:
    file = project / f"cases.{suffix}"
    created = await _create(client, file)
    assert (created.status_code, created.json()) == (200, file.as_uri())
    assert (await client.get("/validations")).json() == [file.as_uri()]
    assert (await client.get(_path(file))).json() == CASES
    for case in CASES:
        assert (await client.get(_path(file, case["id"]))).json() == case


async def test_lists_of_ids_are_json_in_csv(client: httpx.AsyncClient, project: Path) -> None:
    file = project / "cases.csv"
    await _create(client, file)
    assert '"[""x"", ""y""]"' in file.read_text()
    changed = await client.post(_path(file, ["y", "x"]), json={"target": 3})
    assert changed.json()["target"] == 3
    assert [case["target"] for case in (await client.get(_path(file))).json() if isinstance(case["id"], list)] == [3]


async def test_a_case_is_added_changed_and_deleted(client: httpx.AsyncClient, project: Path) -> None:
    file = project / "cases.yaml"
    await _create(client, file)
    added = await client.post(_path(file, "new"), json={"target": 3, "predicate": "gte", "split": "dev"})
    assert added.json() == {"id": "new", "target": 3, "split": "dev", "predicate": "gte"}
    await client.post(_path(file, "new"), json={"id": "new", "labels": {"x": True}, "target": None})
    assert (await client.get(_path(file, "new"))).json() == {"id": "new", "labels": {"x": True}}
    assert (await client.delete(_path(file, "new"))).status_code == 204
    assert (await client.delete(_path(file, "new"))).status_code == 404
    assert (await client.get(_path(file, "new"))).status_code == 404


@pytest.mark.parametrize(
    ("text", "target"), [("true", True), ("3", 3), ("refusal", "refusal"), ('"3"', "3"), ("null", None), ("[1]", [1])]
)
async def test_targets_as_text_are_read_as_in_csv(
    client: httpx.AsyncClient, project: Path, text: str, target: object
) -> None:
    file = project / "cases.yaml"
    await _create(client, file)
    assert (await client.post(_path(file, "a"), json={"target": text})).json() == {"id": "a", "target": target}


async def test_a_file_is_renamed_and_goes_to_the_trash(client: httpx.AsyncClient, project: Path) -> None:
    file, other = project / "cases.csv", project / "other.csv"
    await _create(client, file)
    renamed = await client.put(f"{_path(file)}/rename", json={"name": "other"})
    assert renamed.json() == other.as_uri()
    assert (await client.put(f"{_path(other)}/rename", json={"name": "a/b"})).status_code == 400
    await _create(client, file)
    assert (await client.put(f"{_path(other)}/rename", json={"name": "cases"})).status_code == 409
    assert (await client.delete(_path(other))).status_code == 204
    assert (await client.delete(_path(other))).status_code == 404
    assert not other.exists()
    assert list((Path.home() / ".local/share/Trash/files").glob("other*.csv"))


@pytest.mark.parametrize(
    ("name", "case", "status"),
    [
        ("cases.xyz", {"id": "a", "target": True}, 400),
        ("cases.csv", {"target": True}, 400),
        ("cases.csv", {"id": "a"}, 400),
        ("cases.csv", {"id": "a", "target": 1, "labels": {"x": True}}, 400),
        ("cases.csv", {"id": "a", "target": 1, "predicate": "nope"}, 400),
        ("cases.csv", {"id": 1.5, "target": 1}, 400),
        ("../cases.csv", {"id": "a", "target": True}, 403),
    ],
)
async def test_files_and_cases_that_cannot_be_are_refused(
    client: httpx.AsyncClient, project: Path, name: str, case: dict[str, Any], status: int
) -> None:
    answer = await client.post("/validations", json={"path": f"{project}/{name}", "cases": [case]})
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert not (project / name).exists()


async def test_a_file_that_exists_is_not_replaced(client: httpx.AsyncClient, project: Path) -> None:
    await _create(client, project / "cases.csv")
    assert (await _create(client, project / "cases.csv", [])).status_code == 409
    assert (await client.get(_path(project / "cases.csv"))).json() == CASES


async def test_a_bad_predicate_is_an_error_of_the_request(client: httpx.AsyncClient, project: Path) -> None:
    file = project / "cases.csv"
    await _create(client, file)
    before = file.read_text()
    answer = await client.post(_path(file, "a"), json={"target": 3, "predicate": "nope"})
    assert answer.status_code == 400
    assert "'nope'" in answer.json()["detail"]
    assert file.read_text() == before


async def test_a_change_of_what_others_have_changed_is_refused(client: httpx.AsyncClient, project: Path) -> None:
    file = project / "cases.csv"
    await _create(client, file)
    etag = (await client.get(_path(file))).headers["etag"]
    first = await client.post(_path(file, "a"), json={"target": 1}, headers={"If-Match": etag})
    assert first.status_code == 200
    assert first.headers["etag"] != etag
    assert (await client.post(_path(file, "a"), json={"target": 2}, headers={"If-Match": etag})).status_code == 412
    assert (await client.delete(_path(file, "a"), headers={"If-Match": etag})).status_code == 412
    assert (await client.get(_path(file, "a"))).json()["target"] == 1


async def test_other_files_of_the_project_are_neither_shown_nor_deleted(
    client: httpx.AsyncClient, project: Path
) -> None:
    for name in ("scout.yaml", "package.json"):
        (project / name).write_text('{"name": "x"}')
        assert (await client.get(_path(project / name))).status_code == 400
        assert (await client.delete(_path(project / name))).status_code == 400
        assert (project / name).exists()
    assert (await client.get("/validations")).json() == []


async def test_a_changed_file_is_looked_into_again_and_a_topic_tells(client: httpx.AsyncClient, project: Path) -> None:
    (project / "cases.json").write_text("[]")
    assert (await client.get("/validations")).json() == []
    before = (await client.get("/topics")).json()
    await client.post(
        f"/validations/{in_editor_url((project / 'cases.json').as_uri())}/{in_url('a')}", json={"target": 1}
    )
    assert (await client.get("/validations")).json() == [(project / "cases.json").as_uri()]
    after = (await client.get("/topics")).json()
    assert after["validations"] > before["validations"]
    assert after.keys() == {"project-config", "scans", "transcripts", "validations"}
