"""Transcripts of /api/v2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import zstandard

from inspect_scout import Transcript, transcripts_db, transcripts_from
from support.logs import rewrite
from support.viewing.url_places import in_editor_url, in_url

pytestmark = pytest.mark.anyio


async def _list(client: httpx.AsyncClient, logs: Path, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/transcripts/{in_url(logs)}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _pages(client: httpx.AsyncClient, logs: Path, limit: int, direction: str, **body: Any) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor = None
    while True:
        page = {"limit": limit, "cursor": cursor, "direction": direction}
        found = await _list(client, logs, pagination=page, **body)
        pages.append([item["transcript_id"] for item in found["items"]])
        cursor = found["next_cursor"]
        if cursor is None:
            return pages


async def test_a_list_without_a_body_holds_all_transcripts(client: httpx.AsyncClient, project: Path) -> None:
    answer = await client.post(f"/transcripts/{in_url(project / 'logs')}")
    found = answer.json()
    assert found["total_count"] == len(found["items"]) == 12
    assert found["next_cursor"] is None
    assert found["items"][0]["source_type"] == "eval_log"


@pytest.mark.parametrize("order", [[], [{"column": "message_count", "direction": "DESC"}, {"column": "score"}]])
async def test_pages_forward_are_the_list(
    client: httpx.AsyncClient, project: Path, order: list[dict[str, str]]
) -> None:
    logs = project / "logs"
    whole = [item["transcript_id"] for item in (await _list(client, logs, order_by=order))["items"]]
    pages = await _pages(client, logs, 5, "forward", order_by=order)
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [id for page in pages for id in page] == whole


async def test_pages_backward_are_the_list_from_its_end(client: httpx.AsyncClient, project: Path) -> None:
    logs, order = project / "logs", {"column": "message_count", "direction": "DESC"}
    whole = [item["transcript_id"] for item in (await _list(client, logs, order_by=order))["items"]]
    pages = await _pages(client, logs, 5, "backward", order_by=order)
    assert [id for page in reversed(pages) for id in page] == whole


async def test_paging_goes_on_behind_rows_without_a_value(client: httpx.AsyncClient, project: Path) -> None:
    logs, order = project / "logs", {"column": "trust_content", "direction": "ASC"}
    pages = await _pages(client, logs, 5, "forward", order_by=order)
    assert len({id for page in pages for id in page}) == 12


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_a_page_goes_on_where_a_row_was_that_is_gone(
    client: httpx.AsyncClient, project: Path, direction: str
) -> None:
    logs, order = project / "logs", {"column": "message_count", "direction": direction}
    items = (await _list(client, logs, order_by=order))["items"]
    gone = {"message_count": items[4]["message_count"], "transcript_id": items[4]["transcript_id"] + "!"}
    page = {"limit": 3, "cursor": gone, "direction": "forward"}
    found = await _list(client, logs, order_by=order, pagination=page)
    assert [item["transcript_id"] for item in found["items"]] == [item["transcript_id"] for item in items[5:8]]


async def test_conditions_and_the_filter_of_the_project_both_hold(client: httpx.AsyncClient, project: Path) -> None:
    (project / "scout.yaml").write_text("filter: task_set = 'fix-the-bug'\n")
    wrong = {"left": "score", "operator": "=", "right": "C", "is_compound": False}
    found = await _list(client, project / "logs", filter=wrong)
    assert {(item["task_set"], item["score"]) for item in found["items"]} == {("fix-the-bug", "C")}


async def test_a_client_may_escape_the_signs_of_a_pattern(client: httpx.AsyncClient, project: Path) -> None:
    for pattern, count in ((r"%mockllm/mod\_l%", 0), (r"%mockllm/mod_l%", 12), (r"%MOCKLLM\%%", 0)):
        where = {"left": "model", "operator": "ILIKE", "right": pattern, "is_compound": False}
        assert (await _list(client, project / "logs", filter=where))["total_count"] == count


async def test_a_place_that_does_not_exist_holds_nothing(client: httpx.AsyncClient, project: Path) -> None:
    assert await _list(client, project / "nothing") == {"items": [], "total_count": 0, "next_cursor": None}


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"left": "nope", "operator": "=", "right": 1, "is_compound": False}},
        {"filter": {"left": "model", "operator": "~", "right": 1, "is_compound": False}},
        {"order_by": {"column": "nope", "direction": "ASC"}},
        {"order_by": {"column": "model", "direction": "UP"}},
        {"pagination": {"limit": -1}},
        {"pagination": {"limit": 2, "cursor": {"model": "x"}}},
    ],
)
async def test_requests_that_cannot_be_used_are_refused(
    client: httpx.AsyncClient, project: Path, body: dict[str, object]
) -> None:
    answer = await client.post(f"/transcripts/{in_url(project / 'logs')}", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


async def test_both_alphabets_and_uris_name_the_same_place(client: httpx.AsyncClient, project: Path) -> None:
    odd = project / "ÿ>?" / "logs"
    odd.parent.mkdir()
    (project / "logs").rename(odd)
    for name in (in_url(odd), in_editor_url(odd), in_editor_url(odd.as_uri())):
        assert (await client.post(f"/transcripts/{name}")).json()["total_count"] == 12


@pytest.mark.parametrize("name", ["!!!", "YQ", "%2F%2F4%3D"])
async def test_what_is_not_a_place_of_the_project_is_refused(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.post(f"/transcripts/{name}")).status_code in {400, 403}


async def test_values_of_a_column_are_distinct_and_sorted(client: httpx.AsyncClient, project: Path) -> None:
    path = f"/transcripts/{in_url(project / 'logs')}/distinct"
    assert (await client.post(path, json={"column": "score"})).json() == ["C", "I"]
    assert (await client.post(path, json={"column": "success"})).json() == [False, True]
    assert (await client.post(path, json={"column": "trust_content"})).json() == [None]
    assert (await client.post(path)).json() == []
    assert (await client.post(path, json={"column": "nope"})).status_code == 400
    (project / "scout.yaml").write_text("filter: score = 'C'\n")
    assert (await client.post(path, json={"column": "score"})).json() == ["C"]


async def test_values_of_every_column_are_those_of_the_list(client: httpx.AsyncClient, project: Path) -> None:
    logs = project / "logs"
    items = [{**item["metadata"], **item} for item in (await _list(client, logs))["items"]]
    path = f"/transcripts/{in_url(logs)}/distinct"
    for column in {name for item in items for name in item} - {"metadata"}:
        found = (await client.post(path, json={"column": column})).json()
        known = [item.get(column) for item in items]
        assert {_text(value) for value in found} == {_text(value) for value in known}, column
        assert len(found) == len({_text(value) for value in found})
    score = {"left": "score", "operator": "=", "right": "C", "is_compound": False}
    found = (await client.post(path, json={"column": "message_count", "filter": score})).json()
    assert found == sorted({item["message_count"] for item in items if item["score"] == "C"})


def _text(value: object) -> str:
    """Write a value as JSON; lists and objects are texts already."""
    compact: dict[str, Any] = {"separators": (",", ":"), "ensure_ascii": False}
    return json.dumps(json.dumps(value, **compact) if isinstance(value, list | dict) else value)


@pytest.mark.parametrize("values", [[1, "1", None, True, 0.5], ["a", " a", "b", "a"], [[1], [2], [1]], [2, 1, 2]])
async def test_values_of_several_types_are_told_apart(
    client: httpx.AsyncClient, project: Path, values: list[Any]
) -> None:
    talks = [Transcript(transcript_id=f"t{n}", metadata={"k": value}) for n, value in enumerate(values)]
    database = project / "database"
    async with transcripts_db(str(database)) as db:
        await db.insert(talks)
    found = (await client.post(f"/transcripts/{in_url(database)}/distinct", json={"column": "k"})).json()
    listed = [item["metadata"].get("k") for item in (await _list(client, database))["items"]]
    # As Python has it, true is 1.
    assert set(found) == {
        json.dumps(each, separators=(",", ":")) if isinstance(each, list) else each for each in listed
    }


async def test_one_transcript_is_described(client: httpx.AsyncClient, project: Path) -> None:
    logs = project / "logs"
    item = (await _list(client, logs))["items"][3]
    path = f"/transcripts/{in_url(logs)}/{item['transcript_id']}/info"
    assert (await client.get(path)).json() == item
    assert (await client.head(path)).status_code == 200
    assert (await client.get(path.replace(item["transcript_id"], "nope"))).status_code == 404


async def _content_path(client: httpx.AsyncClient, logs: Path) -> str:
    item = (await _list(client, logs))["items"][0]
    return f"/transcripts/{in_url(logs)}/{item['transcript_id']}/messages-events"


async def test_content_is_handed_on_as_it_is_stored(client: httpx.AsyncClient, project: Path) -> None:
    path = await _content_path(client, project / "logs")
    plain = await client.get(path)
    packed = await client.get(path, headers={"X-Accept-Raw-Encoding": "zstd"})
    assert plain.headers["content-type"] == "application/json"
    assert {"messages", "events"} <= plain.json().keys()
    assert packed.headers["content-type"] == "application/octet-stream"
    assert packed.headers["x-content-encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed.content) == plain.content
    assert (await client.get(path, headers={"X-Accept-Raw-Encoding": "br"})).status_code == 422


async def test_deflated_logs_are_sent_as_gzip(client: httpx.AsyncClient, project: Path) -> None:
    for log in (project / "logs").glob("*.eval"):
        rewrite(log, lambda members: members)  # Python's own writer deflates
    path = await _content_path(client, project / "logs")
    packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json() == json.loads(plain.content)


async def test_content_of_a_database_is_put_together(client: httpx.AsyncClient, project: Path) -> None:
    logs, database = project / "logs", project / "database"
    async with transcripts_db(str(database)) as db:
        await db.insert(transcripts_from(str(logs)))
    path = await _content_path(client, database)
    answer = await client.get(path, headers={"X-Accept-Raw-Encoding": "zstd"})
    assert "x-content-encoding" not in answer.headers
    assert {"messages", "events", "timelines", "events_data"} <= answer.json().keys()


async def test_a_damaged_sample_is_an_error_of_the_request(client: httpx.AsyncClient, project: Path) -> None:
    path = await _content_path(client, project / "logs")
    for log in (project / "logs").glob("*.eval"):
        data = bytearray(log.read_bytes())
        data[200:4000] = bytes(3800)
        log.write_bytes(data)
    answer = await client.get(path)
    assert answer.status_code == 422
    assert "Cannot read" in answer.json()["detail"]
