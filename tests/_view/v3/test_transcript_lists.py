"""Pages of transcripts, facets and neighbours, as clients see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app
from support.logs import make_log, make_sample, write

from .conftest import Serve

COUNT = 25

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    for part in range(5):
        samples = [make_sample(number, metadata={"level": number % 3}) for number in range(part * 5 + 1, part * 5 + 6)]
        write(make_log(samples, model=f"m/{part % 2}"), tmp_path / "logs" / f"{part}.eval")
    app = create_app(ViewSettings(project_dir=str(tmp_path), transcripts=str(tmp_path / "logs")))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576") as opened:
        yield opened


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(f"/api/v3/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(client: httpx.AsyncClient, path: str, **params: Any) -> tuple[int, str]:
    answer = await client.get(f"/api/v3/{path}", params=params)
    return answer.status_code, str(answer.json()["detail"])


@pytest.mark.parametrize("limit", [1, 7, 25, 100])
async def test_pages_are_the_whole_list(client: httpx.AsyncClient, limit: int) -> None:
    asked = {"order_by": ["-model", "task_id"], "columns": ["model", "task_id"], "limit": limit}
    whole = (await get(client, "transcripts", **{**asked, "limit": 1000}))["items"]
    assert len(whole) == COUNT
    assert [row["values"]["model"] for row in whole] == ["m/1"] * 10 + ["m/0"] * 15
    found, cursor = [], None
    while True:
        page = await get(client, "transcripts", **asked, **({"cursor": cursor} if cursor else {}))
        assert page["total"] == COUNT
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole
    behind = await get(client, "transcripts", **asked, start=9)
    assert behind["items"] == whole[9 : 9 + limit]
    assert (await get(client, "transcripts", **asked, start=COUNT))["items"] == []


async def test_columns_are_fields_metadata_keys_and_paths(client: httpx.AsyncClient) -> None:
    names = ["task_id", "eval_id", "sample_metadata.level", "metadata.sample_metadata.level", "sample_metadata"]
    page = await get(client, "transcripts", columns=names, where="sample_metadata.level = 2", limit=1)
    values = page["items"][0]["values"]
    assert list(values) == names
    assert values["sample_metadata.level"] == values["metadata.sample_metadata.level"] == 2
    assert values["sample_metadata"] == {"level": 2}


async def test_a_page_without_columns_has_all_fields(client: httpx.AsyncClient) -> None:
    page = await get(client, "transcripts", limit=1)
    assert {"transcript_id", "model", "score", "message_count", "error"} <= page["items"][0]["values"].keys()
    assert "metadata" not in page["items"][0]["values"]


async def test_facets_count_values_under_conditions(client: httpx.AsyncClient) -> None:
    model, level = await get(client, "transcripts/facets", by=["model", "sample_metadata.level"])
    assert {each["value"]: each["count"] for each in model["values"]} == {"m/0": 15, "m/1": 10}
    assert sum(each["count"] for each in level["values"]) == COUNT
    (some,) = await get(client, "transcripts/facets", by="task_id", where="model = 'm/1'", limit=3)
    assert (some["total"], some["distinct"], some["others"], len(some["values"])) == (10, 10, 7, 3)


async def test_facets_of_numbers_have_a_histogram(client: httpx.AsyncClient) -> None:
    (facet,) = await get(client, "transcripts/facets", by="message_count")
    assert sum(each["count"] for each in facet["values"]) == COUNT
    for bin in facet["histogram"]:
        assert bin["start"] < bin["stop"]


async def test_neighbours_follow_conditions_and_order(client: httpx.AsyncClient) -> None:
    asked = {"where": "model = 'm/1'", "order_by": "-task_id"}
    ids = [row["transcript_id"] for row in (await get(client, "transcripts", **asked))["items"]]
    for place, id in enumerate(ids):
        found = await get(client, f"transcripts/{id}/neighbours", **asked)
        before, behind = ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None
        assert found == {"previous": before, "next": behind, "number": place + 1, "total": len(ids)}
    other = (await get(client, "transcripts", where="model = 'm/0'", limit=1))["items"][0]["transcript_id"]
    assert (await get(client, f"transcripts/{other}/neighbours", **asked))["number"] is None


async def test_a_description_holds_everything_and_has_a_tag(client: httpx.AsyncClient) -> None:
    id = (await get(client, "transcripts", limit=1))["items"][0]["transcript_id"]
    first = await client.get(f"/api/v3/transcripts/{id}")
    assert first.json()["values"]["metadata"]["sample_metadata"] == {"level": 1}
    again = await client.get(f"/api/v3/transcripts/{id}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_location_inside_of_the_configured_one_can_be_asked_for(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    assert (await get(client, "transcripts", location=str(tmp_path / "logs" / "0.eval")))["total"] == 5


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"where": "nix = 1"}, "Unknown column: 'nix'"),
        ({"where": "model ="}, "model ="),
        ({"where": "1; DROP TABLE t"}, "DROP"),
        ({"order_by": "nix"}, "Unknown column: 'nix'"),
        ({"columns": "nix"}, "Unknown column: 'nix'"),
        ({"columns": "model[", "limit": 1}, "model["),
        ({"cursor": "!!"}, "is not a cursor"),
        ({"cursor": "W10"}, "is not a cursor"),
        ({"cursor": "\u00e4"}, "is not a cursor"),
    ],
)
async def test_mistakes_of_lists_are_refused(client: httpx.AsyncClient, params: dict[str, Any], said: str) -> None:
    status, detail = await refused(client, "transcripts", **params)
    assert status == 400
    assert said in detail


async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient) -> None:
    cursor = (await get(client, "transcripts", limit=2))["next"]
    assert (await refused(client, "transcripts", cursor=cursor, order_by="model"))[0] == 400


async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, tmp_path: Path) -> None:
    assert (await refused(client, "transcripts/nix"))[0] == 404
    assert (await refused(client, "transcripts/nix/neighbours"))[0] == 404
    assert (await refused(client, "transcripts/nix/messages"))[0] == 404
    assert (await refused(client, "transcripts", location=str(tmp_path / "logs" / "nix")))[0] == 404
    assert (await refused(client, "transcripts", location=str(tmp_path.parent)))[0] == 403
    assert (await refused(client, "transcripts", location="a\0b"))[0] == 400


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 1001}, {"limit": "x"}])
async def test_limits_are_held(client: httpx.AsyncClient, params: dict[str, Any]) -> None:
    assert (await refused(client, "transcripts", **params))[0] == 422


@pytest.mark.parametrize("config", ["", "transcripts: ./logs\n"])
async def test_without_a_place_those_of_the_project_are_listed_wherever_the_server_was_started(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    (tmp_path / "scout.yaml").write_text(config)
    elsewhere = tmp_path / "elsewhere"
    write(make_log([make_sample(1)]), elsewhere / "logs" / "other.eval")
    monkeypatch.chdir(elsewhere)
    app = create_app(ViewSettings(project_dir=str(tmp_path)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576") as opened:
        assert (await get(opened, "transcripts"))["total"] == COUNT


async def test_a_project_that_comes_to_name_a_place_elsewhere_does_not_open_it(tmp_path: Path) -> None:
    write(make_log([make_sample(1)]), tmp_path / "secret" / "1.eval")
    project = tmp_path / "project"
    project.mkdir()
    app = create_app(ViewSettings(project_dir=str(project)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576") as opened:
        assert (await refused(opened, "transcripts"))[0] == 404
        (project / "scout.yaml").write_text("transcripts: ../secret\nscans: ../secret\n")
        assert (await refused(opened, "transcripts"))[0] == 403
        assert (await refused(opened, "scans"))[0] == 403


async def test_the_same_question_is_answered_once_for_each_state(tmp_path: Path, serve: Serve) -> None:
    write(make_log([make_sample(1)]), tmp_path / "a.eval")
    async with serve(tmp_path) as client:
        first, *others = await asyncio.gather(*(client.get("/transcripts") for _ in range(20)))
        assert {each.content for each in others} == {first.content}
        again = await client.get("/transcripts", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        write(make_log([make_sample(2)]), tmp_path / "b.eval")
        await asyncio.sleep(1.1)  # a list is as it was a second ago
        changed = await client.get("/transcripts", headers={"if-none-match": first.headers["etag"]})
        assert (changed.status_code, changed.json()["total"]) == (200, 2)


async def test_columns_are_listed_with_what_they_hold(client: httpx.AsyncClient, tmp_path: Path) -> None:
    found = await get(client, "transcripts/columns")
    assert found["locations"] == [str(tmp_path / "logs")]
    kinds = {column["name"]: column["kind"] for column in found["columns"]}
    assert kinds["model"] == "text"
    assert kinds["message_count"] == "number"
    assert kinds["sample_metadata"] == "object"
    assert kinds["sample_metadata.level"] == "number"
    assert kinds["transcript_id"] == "text"
    assert "sample_id" not in kinds
    for name in kinds:
        await get(client, "transcripts", order_by=name, columns=name, limit=1)
        await get(client, "transcripts/facets", by=name)


async def test_facets_of_numbers_tell_their_sum(client: httpx.AsyncClient) -> None:
    epoch, model = await get(client, "transcripts/facets", by=["epoch", "model"], limit=1)
    assert epoch["sum"] == COUNT
    assert model["sum"] is None
