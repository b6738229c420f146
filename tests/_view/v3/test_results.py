"""Results over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.viewing.asking import Asking, asking_of


@pytest.fixture(scope="module")
def ask(example_scan: Path) -> Asking:
    return asking_of(example_scan.parent)


@pytest.fixture(scope="module")
def scan(example_scan: Path) -> str:
    return f"/scans/{example_scan.name.removeprefix('scan_id=')}"


def test_pages_of_results_are_all_of_them_in_order(ask: Asking, scan: str) -> None:
    whole = ask.get(f"{scan}/edits_tests/results", order_by="-transcript_id")
    assert whole["total"] == len(whole["items"]) > 2
    items: list[Any] = []
    cursor: dict[str, Any] = {}
    while True:
        page = ask.get(f"{scan}/edits_tests/results", order_by="-transcript_id", limit=2, **cursor)
        items += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert items == whole["items"]
    assert [item["transcript_id"] for item in items] == sorted((i["transcript_id"] for i in items), reverse=True)


@pytest.mark.parametrize("offset", [0, 1, 3, 1000])
def test_a_page_begins_anywhere(ask: Asking, scan: str, offset: int) -> None:
    whole = ask.get(f"{scan}/edits_tests/results", order_by="-transcript_id")
    page = ask.get(f"{scan}/edits_tests/results", order_by="-transcript_id", offset=offset, limit=2)
    assert page["items"] == whole["items"][offset : offset + 2]
    assert page["total"] == whole["total"]
    assert (page["next"] is None) == (offset + 2 >= whole["total"])


def test_cells_have_the_types_of_what_they_hold(ask: Asking, scan: str) -> None:
    items = ask.get(f"{scan}/edits_tests/results", columns=["value", "message_references", "task_id"])["items"]
    assert {tuple(item) for item in items} == {("value", "message_references", "task_id")}
    assert {type(item["value"]) for item in items} <= {bool, type(None)}
    assert all(isinstance(item["message_references"], list) for item in items)


def test_conditions_choose_results(ask: Asking, scan: str) -> None:
    positive = ask.get(f"{scan}/edits_tests/results", positive=True)
    chosen = ask.get(f"{scan}/edits_tests/results", where="value = true")
    assert positive["items"] == chosen["items"] != []


def test_one_result_is_told_whole(ask: Asking, scan: str) -> None:
    first = ask.get(f"{scan}/edits_tests/results", limit=1)["items"][0]
    whole = ask.get(f"{scan}/edits_tests/results/{first['uuid']}")
    assert {name: whole[name] for name in first} == first
    assert "input" in whole
    assert "scan_events" in whole


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        ("/nope/results", {}, "Unknown scanner: 'nope'"),
        ("/edits_tests/results/nope", {}, "Unknown result: 'nope'"),
        ("/edits_tests/results", {"columns": "nope"}, "Unknown column: 'nope'"),
        ("/edits_tests/results", {"order_by": "nope"}, "Unknown column: 'nope'"),
        ("/edits_tests/results", {"where": "nope = 1"}, "Unknown column: 'nope'"),
        ("/edits_tests/results", {"where": "value = 1; DROP TABLE t"}, "DROP"),
        ("/edits_tests/results", {"where": "'"}, "'"),
        ("/edits_tests/results", {"cursor": "nope"}, "'nope' is not a cursor"),
        ("/edits_tests/results", {"cursor": "x", "offset": 1}, "give one of them"),
    ],
)
def test_mistakes_are_told_in_a_sentence(ask: Asking, scan: str, path: str, query: dict[str, Any], told: str) -> None:
    answer = ask(scan + path, **query)
    assert answer.status_code in {400, 404}
    assert told in answer.json()["detail"]


def test_a_result_comes_with_its_evidence(ask: Asking, scan: str) -> None:
    result = ask.get(f"{scan}/edits_tests/results", positive=True, limit=1)["items"][0]
    (evidence,) = ask.get(f"{scan}/edits_tests/results/{result['uuid']}/evidence")["evidence"]
    assert evidence["results"][0]["uuid"] == result["uuid"]
    assert any(message["cited"] for message in evidence["messages"])
    answer = ask(f"{scan}/edits_tests/results/{result['uuid']}/evidence", messages="M999999")
    assert answer.status_code in {200, 400}
    assert ask(f"{scan}/edits_tests/results/nope/evidence").status_code == 400
    assert ask(f"{scan}/edits_tests/results/{result['uuid']}/evidence", transcripts="/etc").status_code == 403


def test_logs_outside_of_what_is_shown_are_not_read(ask: Asking, scan: str) -> None:
    # The logs of the example are beside the package, not below the folder of the scans.
    for result in ask.get(f"{scan}/edits_tests/results")["items"]:
        (evidence,) = ask.get(f"{scan}/edits_tests/results/{result['uuid']}/evidence")["evidence"]
        assert evidence["messages"] or any("not in what this server shows" in each for each in evidence["remarks"])


def events_of(text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"q": "FIND-THE"}, True),
        ({"q": "FIND-THE", "case": True}, False),
        ({"q": "f[a-z]nd-the", "regex": True}, True),
        ({"q": "f[a-z]nd-the"}, False),
        ({"q": "test", "word": True, "columns": ["value"]}, False),
    ],
)
def test_text_is_found_in_all_results(ask: Asking, scan: str, query: dict[str, Any], is_found: bool) -> None:
    order: dict[str, Any] = {"order_by": "-transcript_id"}
    *hits, (last, done) = events_of(ask(f"{scan}/edits_tests/find", **query, **order).text)
    found = [hit for name, hit in hits if name == "hit"]
    assert (last, done["hits"], bool(found)) == ("done", len(found), is_found)
    rows = ask.get(f"{scan}/edits_tests/results", **order)["items"]
    assert done["rows"] == len(rows)
    for hit in found:
        assert rows[hit["position"]]["uuid"] == hit["uuid"]
        cell = str(rows[hit["position"]][hit["column"]])
        place = slice(hit["offset"] + hit["start"], hit["offset"] + hit["stop"])
        assert cell[place] == hit["text"][hit["start"] : hit["stop"]]
        assert cell[place].lower() == "find-the"


def test_hits_beyond_the_limit_are_counted(ask: Asking, scan: str) -> None:
    told = events_of(ask(f"{scan}/edits_tests/find", q="t", limit=1).text)
    assert sum(name == "hit" for name, _ in told) == 1
    assert told[-1][1]["hits"] > 1


@pytest.mark.parametrize(
    "query",
    [{"q": "(", "regex": True}, {"q": "a)(b", "regex": True}, {"q": "(a{999}){999}", "regex": True}, {"q": ""}],
)
def test_what_cannot_be_sought_is_refused(ask: Asking, scan: str, query: dict[str, Any]) -> None:
    assert ask(f"{scan}/edits_tests/find", **query).status_code in {400, 422}


def test_facets_count_results_with_intervals(ask: Asking, scan: str) -> None:
    model, value = ask.get(f"{scan}/edits_tests/facets", by=["model", "value"])["items"]
    total = ask.get(f"{scan}/edits_tests/results", limit=1)["total"]
    assert (model["by"], value["by"], value["is_share"]) == ("model", "value", True)
    assert sum(group["n"] for group in model["groups"]) == total
    for group in model["groups"]:
        assert group["rate_low"] <= group["rate"] <= group["rate_high"]
    assert ask(f"{scan}/edits_tests/facets", by="nope").status_code == 400
    assert ask(f"{scan}/edits_tests/facets").status_code == 422


def test_a_distribution_counts_each_value_in_each_group(ask: Asking, scan: str) -> None:
    whole = ask.get(f"{scan}/edits_tests/distribution")
    (all_of_them,) = whole["groups"]
    assert whole["ranges"] is False
    assert sum(part["count"] for part in all_of_them["parts"]) == all_of_them["n"]
    grouped = ask.get(f"{scan}/edits_tests/distribution", by="task_id", limit=2)
    assert len(grouped["groups"]) <= 2
    assert ask(f"{scan}/edits_tests/distribution", by="value").status_code == 400


def test_what_a_client_has_is_not_read_again(ask: Asking, scan: str, example_scan: Path) -> None:
    for file in example_scan.iterdir():
        os.utime(file, (1.7e9, 1.7e9))  # files that are just written may change within a tick of the clock
    for path in ("results", "facets?by=model", "distribution"):
        first = ask(f"{scan}/edits_tests/{path}")
        again = ask(f"{scan}/edits_tests/{path}", headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    other = ask(f"{scan}/edits_tests/results", limit=1, headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_pages_of_a_changed_table_tell_what_is_in_it_now(tmp_path: Path, example_scan: Path) -> None:
    shutil.copytree(example_scan, tmp_path / "scan_id=a")
    ask, path = asking_of(tmp_path), "/scans/a/edits_tests/results"
    tables = [tmp_path / "scan_id=a" / f"{name}.parquet" for name in ("edits_tests", "tool_use")]
    os.utime(tables[0], (1.7e9, 1.7e9))
    asked = {"order_by": "-transcript_id", "where": "value IS NOT NULL"}
    before = ask.get(path, **asked)
    assert ask.get(path, **asked) == before
    shutil.copy(tables[1], tables[0])
    assert ask.get(path, **asked)["items"] != before["items"]


def test_many_who_ask_for_the_same_at_once_wait_for_one_answer(ask: Asking, scan: str) -> None:
    async def all_at_once() -> set[bytes]:
        transport = httpx.ASGITransport(ask.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576") as client:
            path = f"/api/v3{scan}/edits_tests/results"
            leaving = asyncio.create_task(client.get(path))
            others = [asyncio.create_task(client.get(path)) for _ in range(20)]
            await asyncio.sleep(0)
            leaving.cancel()
            return {answer.content for answer in await asyncio.gather(*others)}

    assert len(asyncio.run(all_at_once())) == 1
