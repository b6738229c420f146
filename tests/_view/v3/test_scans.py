"""Lists of scans over HTTP."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.viewing.asking import Asking, asking_of


@pytest.fixture
def scans(example_scan: Path, tmp_path: Path) -> Path:
    """Three copies of the example scan, the oldest first."""
    for number in range(3):
        copy = tmp_path / "scans" / f"scan_id=copy{number}"
        shutil.copytree(example_scan, copy)
        spec = json.loads((copy / "_scan.json").read_text())
        changed = {
            "scan_id": f"copy{number}",
            "timestamp": f"2026-01-0{number + 1}T00:00:00+00:00",
            "tags": [f"t{number}"],
        }
        (copy / "_scan.json").write_text(json.dumps({**spec, **changed}))
    return tmp_path / "scans"


@pytest.fixture
def ask(scans: Path) -> Asking:
    return asking_of(scans)


def ids(page: Any) -> list[str]:
    return [item["scan_id"] for item in page["items"]]


def test_scans_come_newest_first(ask: Asking) -> None:
    page = ask.get("/scans")
    assert (ids(page), page["total"], page["next"]) == (["copy2", "copy1", "copy0"], 3, None)
    assert {item["state"] for item in page["items"]} == {"complete"}


def test_pages_follow_one_another(ask: Asking, scans: Path) -> None:
    first = ask.get("/scans", limit=2, order_by="scan_id")
    shutil.copytree(scans / "scan_id=copy0", scans / "scan_id=copy")  # a new scan before the page does not shift it
    second = ask.get("/scans", limit=2, order_by="scan_id", cursor=first["next"])
    assert (ids(first), ids(second), second["next"]) == (["copy0", "copy1"], ["copy2"], None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"order_by": "-scan_id", "limit": 1}, ["copy2"]),
        ({"tag": "t1"}, ["copy1"]),
        ({"tag": ["t1", "t2"], "order_by": "tags"}, ["copy1", "copy2"]),
        ({"text": "COPY0"}, ["copy0"]),
        ({"state": "running"}, []),
        ({"scanner": "nope"}, []),
    ],
)
def test_scans_are_chosen_and_sorted(ask: Asking, query: dict[str, Any], found: list[str]) -> None:
    assert ids(ask.get("/scans", **query)) == found


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ({"order_by": "nope"}, 400, "Unknown order of scans: 'nope'"),
        ({"cursor": "nope"}, 400, "'nope' is not a cursor"),
        ({"limit": 0}, 422, "query.limit"),
        ({"state": "nope"}, 422, "query.state"),
        ({"location": "/etc"}, 403, "not in what this server shows"),
        ({"location": "a\0b"}, 400, "NUL"),
    ],
)
def test_mistakes_are_told_in_a_sentence(ask: Asking, query: dict[str, Any], status: int, told: str) -> None:
    answer = ask("/scans", **query)
    assert answer.status_code == status
    assert told in answer.json()["detail"]


def test_what_a_client_has_is_not_sent_again(ask: Asking) -> None:
    first = ask("/scans")
    again = ask("/scans", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask("/scans", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("id", ["nope", "..", "%2e%2e%2fscans", "latest", "a b"])
def test_nothing_but_the_id_of_a_scan_names_one(ask: Asking, id: str) -> None:
    assert ask(f"/scans/{id}/edits_tests/results").status_code in {400, 404}


def test_a_link_to_a_scan_elsewhere_is_not_followed(ask: Asking, scans: Path, example_scan: Path) -> None:
    (scans / "scan_id=link").symlink_to(example_scan)
    assert ask("/scans/link/edits_tests/results").status_code == 403


def test_a_scan_tells_what_was_asked_and_found(ask: Asking) -> None:
    detail = ask.get("/scans/copy1")
    assert detail["scan_id"] == "copy1"
    assert set(detail["summary"]) == set(detail["scanner_names"]) == {each["scanner"] for each in detail["findings"]}
    assert set(detail["spec"]["scanners"]) == set(detail["scanner_names"])
    assert "transcript_ids" not in detail["spec"]["transcripts"]
    (found,) = (each for each in detail["findings"] if each["scanner"] == "edits_tests")
    assert found["rate_low"] <= found["rate"] <= found["rate_high"]
    assert ask.get("/scans/copy1", findings=False)["findings"] is None


def test_scans_are_compared(ask: Asking) -> None:
    compared = ask.get("/compare", a="copy0", b="copy1", scanner="edits_tests")
    (scanner,) = compared["scanners"]
    assert scanner["same"] == scanner["n"] > 0
    assert sum(cell["count"] for cell in scanner["confusion"]) == scanner["n"]
    assert ask("/compare", a="copy0", b="nope").status_code == 404
    assert ask("/compare", a="copy0").status_code == 422


def test_two_scanners_of_a_scan_are_compared(ask: Asking) -> None:
    compared = ask.get("/compare", a="copy0", b="copy0", scanner="edits_tests", scanner_b="refusals")
    (both,) = compared["scanners"]
    assert (both["scanner"], both["second_scanner"]) == ("edits_tests", "refusals")
    assert both["n"] > 0
    assert sum(cell["count"] for cell in both["confusion"]) == both["n"]
    assert {"code", "version"} & {each["name"] for each in both["differences"]}
    mistakes: list[dict[str, Any]] = [{"scanner": "edits_tests", "scanner_b": "nope"}, {"scanner_b": "refusals"}]
    for wrong in mistakes:
        refused = ask("/compare", a="copy0", b="copy0", **wrong)
        assert refused.status_code == 400, refused.text


def test_errors_are_told_by_cause(ask: Asking, scans: Path) -> None:
    line = {"transcript_id": "t", "scanner": "edits_tests", "error": "broken", "traceback": "T", "refusal": False}
    (scans / "scan_id=copy0" / "_errors.jsonl").write_text(json.dumps(line) + "\n")
    told = ask.get("/scans/copy0/errors")
    assert told["total"] == len(told["items"])
    assert ask("/scans/copy0/errors", scanner="nope").status_code == 400
