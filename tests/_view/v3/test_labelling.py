"""Labelling over HTTP: what comes to be labelled, and how far scanners and people agree."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from inspect_scout._view import ViewSettings
from inspect_scout._view.places import encode_location
from support.viewing.asking import Asking


@pytest.fixture
def ask(tmp_path: Path, example_scan: Path) -> Asking:
    (tmp_path / "scout.yaml").write_text("name: p\nvalidation:\n  edits_tests: labels/all.csv\n")
    (tmp_path / "labels").mkdir()
    return Asking(ViewSettings(project_dir=str(tmp_path), scans=str(example_scan.parent)))


@pytest.fixture
def scan(example_scan: Path) -> str:
    return example_scan.name.removeprefix("scan_id=")


def write(folder: Path, name: str, labels: dict[str, str]) -> str:
    """Write a file of labels; gives its name in URLs."""
    rows = [f"{id},{target}\n" for id, target in labels.items()]
    (folder / "labels" / name).write_text("id,target\n" + "".join(rows))
    return encode_location(f"labels/{name}")


def ids(ask: Asking, scan: str) -> list[str]:
    return [str(each["transcript_id"]) for each in ask.get(f"/scans/{scan}/edits_tests/results")["items"]]


def test_what_comes_to_be_labelled_says_nothing_of_the_verdict(ask: Asking, scan: str) -> None:
    queue = ask.get(f"/scans/{scan}/edits_tests/queue", size=4, seed=3)
    assert len(queue["items"]) == 4
    for item in queue["items"]:
        assert item.keys() == {"key", "about", "transcript_id", "uuid", "task_set", "model"}
        assert json.loads(base64.urlsafe_b64decode(item["key"] + "==")) == item["about"]["id"]


def test_the_order_depends_on_the_seed_alone(ask: Asking, scan: str, tmp_path: Path) -> None:
    asked = f"/scans/{scan}/edits_tests/queue"
    first = ask.get(asked, size=6, seed=1)
    write(tmp_path, "all.csv", {first["items"][0]["transcript_id"]: "true"})
    assert ask.get(asked, size=6, seed=1) == first
    orders = {tuple(each["uuid"] for each in ask.get(asked, size=6, seed=seed)["items"]) for seed in range(4)}
    assert len(orders) > 1


def test_a_scanner_is_compared_with_the_labels_of_a_file(ask: Asking, scan: str, tmp_path: Path) -> None:
    results = ask.get(f"/scans/{scan}/edits_tests/results")["items"]
    right = {str(each["transcript_id"]): json.dumps(bool(each["value"])) for each in results}
    wrong = next(iter(right))
    right[wrong] = "false" if right[wrong] == "true" else "true"
    file = write(tmp_path, "all.csv", right)
    report = ask.get(f"/labels/{file}/agreement", scan=scan, scanner="edits_tests")
    row = report["rows"][0]
    assert (row["compared"], row["matched"]) == (len(results), len(results) - 1)
    assert row["match_rate_low"] < row["match_rate"] < row["match_rate_high"]
    assert [each["id"] for each in report["disagreements"]] == [wrong]
    assert ask(f"/labels/{file}/agreement", scan=scan, scanner="nobody").status_code == 400


def test_two_people_are_compared_by_what_their_labels_mean(ask: Asking, tmp_path: Path) -> None:
    file = write(tmp_path, "all.csv", {"a": "true", "b": "no", "c": "3", "d": "Done", "e": "true"})
    other = write(tmp_path, "all.anna.csv", {"a": "yes", "b": "false", "c": "3.0", "d": "failed", "f": "true"})
    found = ask.get(f"/labels/{file}/raters/{other}")
    assert (found["both"], found["agreeing"], found["only_first"], found["only_second"]) == (4, 3, 1, 1)
    assert found["kappa"][1] <= found["kappa"][0] <= found["kappa"][2]
    (differs,) = found["disagreements"]
    assert (differs["fields"]["id"], differs["first"], differs["second"]) == ("d", "Done", "failed")
    listed = {each["name"]: each for each in ask.get("/labels")["items"]}
    assert listed["labels/all.anna.csv"]["rates"] == file
    assert [(each["rater"], each["scanner"]) for each in listed.values()] == [
        ("anna", "edits_tests"),
        (None, "edits_tests"),
    ]


def test_a_file_is_renamed_but_never_over_another(ask: Asking, tmp_path: Path) -> None:
    file = write(tmp_path, "cases-refusals.csv", {"a": "true"})
    write(tmp_path, "taken.csv", {"a": "true"})
    assert ask(f"/labels/{file}/name", "PUT", json={"name": "taken"}).status_code == 400
    renamed = ask(f"/labels/{file}/name", "PUT", json={"name": "cases-other"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "labels/cases-other.csv")
    scanners = {each["name"]: each["scanner"] for each in ask.get("/labels")["items"]}
    assert scanners["labels/cases-other.csv"] == "other"
