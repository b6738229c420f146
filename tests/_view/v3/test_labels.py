"""Labelled cases over HTTP."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from inspect_scout._view.places import encode_location
from support.viewing.asking import Asking, asking_of

CASES = "id,target,split\na,true,dev\nb,false,test\n"


def key(about: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(about).encode()).decode().rstrip("=")


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    (tmp_path / "cases.csv").write_text(CASES)
    (tmp_path / "scout.yaml").write_text("name: p\n")
    return asking_of(tmp_path / "scans", project=tmp_path)


FILE = f"/labels/{encode_location('cases.csv')}"


def test_files_of_cases_are_listed(ask: Asking) -> None:
    (listed,) = ask.get("/labels")["items"]
    told = {"file": encode_location("cases.csv"), "name": "cases.csv", "cases": 2, "problem": None}
    told |= {"splits": {"dev": 1, "test": 1}, "targets": {"true": 1, "false": 1}, "scanner": None}
    assert listed == {**told, "rater": None, "rates": None}


def test_cases_come_in_pages_under_an_etag(ask: Asking) -> None:
    first = ask(FILE, limit=1)
    page = first.json()
    assert (page["items"], page["total"]) == (
        [{"key": key("a"), "fields": {"id": "a", "target": True, "split": "dev"}}],
        2,
    )
    assert [each["fields"]["id"] for each in ask.get(FILE, cursor=page["next"])["items"]] == ["b"]
    assert ask(FILE, limit=1, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert ask(FILE, cursor="nope").status_code == 400


def test_a_case_is_put_and_taken_out_again(ask: Asking, tmp_path: Path) -> None:
    etag = ask(FILE).headers["etag"]
    put = ask(f"{FILE}/cases/{key(['c', 'd'])}", "PUT", {"if-match": etag}, {"target": 3, "split": "dev"})
    assert (put.status_code, put.json()["cases"]) == (200, 3)
    assert ask.get(f"{FILE}/cases/{key(['d', 'c'])}")["fields"]["target"] == 3  # ids in any order
    gone = ask(f"{FILE}/cases/{key(['c', 'd'])}", "DELETE", {"if-match": put.headers["etag"]})
    assert gone.status_code == 200
    assert (tmp_path / "cases.csv").read_text() == CASES
    assert ask(f"{FILE}/cases/{key('nope')}").status_code == 404


def test_a_case_may_be_about_a_task(ask: Asking) -> None:
    about = key({"task_id": "t", "epoch": 2})
    assert ask(f"{FILE}/cases/{about}", "PUT", {"if-match": "*"}, {"target": False}).status_code == 200
    assert ask.get(f"{FILE}/cases/{about}")["fields"]["task_id"] == "t"


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        (FILE, "PUT", {"cases": []}),
        (FILE, "DELETE", None),
        (f"{FILE}/cases/{key('a')}", "PUT", {"target": 1}),
        (f"{FILE}/cases/{key('a')}", "DELETE", None),
    ],
)
def test_nothing_is_written_over_what_was_not_seen(
    ask: Asking, tmp_path: Path, path: str, method: str, body: Any
) -> None:
    stale = ask(FILE).headers["etag"]
    text = CASES + "c,true,dev\n"
    (tmp_path / "cases.csv").write_text(text)
    assert ask(path, method, {"if-match": stale}, body).status_code == 412
    assert ask(path, method, None, body).status_code == 428
    assert (tmp_path / "cases.csv").read_text() == text


def test_files_are_made_replaced_and_deleted(ask: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "data"))
    made = ask("/labels", "POST", None, {"name": "new/more.yaml", "cases": [{"id": "x", "target": True}]})
    assert (made.status_code, made.json()["cases"]) == (201, 1)
    path = f"/labels/{made.json()['file']}"
    assert ask("/labels", "POST", None, {"name": "new/more.yaml"}).status_code == 400
    cases = {"cases": [{"id": "x", "target": False}, {"id": "y", "labels": {"l": True}}]}
    replaced = ask(path, "PUT", {"if-match": made.headers["etag"]}, cases)
    assert replaced.json()["cases"] == 2
    assert ask(path, "DELETE", {"if-match": replaced.headers["etag"]}).status_code == 204
    assert not (tmp_path / "new/more.yaml").exists()
    assert len(list((tmp_path / "home").rglob("more.yaml"))) == 1  # in the trash


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", ".hidden/x.csv", ".x.csv", "x.txt", "", "a\0.csv"])
def test_files_elsewhere_are_refused(ask: Asking, name: str) -> None:
    assert 400 <= ask("/labels", "POST", None, {"name": name}).status_code < 500
    if name:
        assert 400 <= ask(f"/labels/{encode_location(name)}").status_code < 500


def test_other_files_of_a_project_are_not_cases(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text('[{"id": "a", "sample": 1}]')
    for name in ("log.json", "scout.yaml"):
        path = f"/labels/{encode_location(name)}"
        assert ask(path, "DELETE", {"if-match": "*"}).status_code == 400
        assert (tmp_path / name).exists()


@pytest.mark.parametrize("case", ["!!!", key(1), key([]), key({"epoch": 1}), key([1]), key(""), key({"task_id": 1})])
def test_a_case_of_a_key_that_says_nothing_is_not_there_and_is_not_made(ask: Asking, tmp_path: Path, case: str) -> None:
    assert ask(f"{FILE}/cases/{case}").status_code == 404
    assert ask(f"{FILE}/cases/{case}", "DELETE", {"if-match": "*"}).status_code == 404
    assert ask(f"{FILE}/cases/{case}", "PUT", {"if-match": "*"}, {"target": True}).status_code == 400
    assert (tmp_path / "cases.csv").read_text() == CASES


@pytest.mark.parametrize("body", [{"target": 1, "id": "other"}, {}, {"labels": {}}, {"target": 1, "predicate": "no"}])
def test_what_is_not_a_case_is_refused(ask: Asking, tmp_path: Path, body: dict[str, Any]) -> None:
    assert ask(f"{FILE}/cases/{key('a')}", "PUT", {"if-match": "*"}, body).status_code == 400
    assert (tmp_path / "cases.csv").read_text() == CASES


def test_a_set_that_was_just_made_is_listed_before_its_first_case(ask: Asking) -> None:
    made = ask("/labels", "POST", json={"name": "labels/new.csv"})
    assert made.status_code == 201
    listed = {each["name"]: each["cases"] for each in ask.get("/labels")["items"]}
    assert listed == {"cases.csv": 2, "labels/new.csv": 0}
