"""Results over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
