"""What commands print."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from inspect_scout._app import ResumeRequest
from inspect_scout._types import DryRun, Error, Status
from support.cli import LOCATION, FakeApp, Rows, scout, standing, state, status

NASTY = "a\x1b[2J\x7f\u202eb\udcffc\n\td\r\x9b é"


def parsed(text: str) -> Any:
    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def noisy() -> Status:
    print("a scanner prints")
    error = Error(transcript_id="", scanner="", error="cannot read x.eval", traceback="", refusal=False)
    return status(errors=[error])


@pytest.mark.parametrize("command", [("scan", "scan.py"), ("scan", "resume", "loc"), ("scan", "complete", "loc")])
def test_scans_end_with_json_and_nothing_else(command: tuple[str, ...]) -> None:
    app = FakeApp(ends_as=noisy, stands=standing("errors", ["refusal: boom"]))
    ran = scout(*command, "--json", app=app)
    said = parsed(ran.out)
    assert said["location"] == LOCATION
    assert (said["state"], said["complete"], said["error_count"]) == ("errors", False, 1)
    counts = {"scans": 3, "results": 1, "errors": 1, "tokens": 20, "agreement": None}
    noted = dict.fromkeys(["rows", "incomplete", "unseen_citations", "calls_without_usage"], 0)
    assert said["summary"]["refusal"] == {**counts, **noted}
    assert said["errors"] == ["refusal: boom"]
    assert said["problems"] == ["cannot read x.eval"]
    assert "a scanner prints" in ran.err


def test_json_silences_the_display() -> None:
    app = FakeApp()
    scout("scan", "scan.py", "--json", "--display", "rich", app=app)
    assert app.request.display == "none"
    app = FakeApp()
    scout("scan", "resume", "loc", "--json", "--display", "log", app=app)
    assert app.calls[0] == ("resume", ResumeRequest(location="loc", display="log", log_level="info"))


def test_a_dry_run_tells_counts_as_json() -> None:
    counts = DryRun(3, {"refusal": 3, "other": 3})
    counted = replace(status(location="(dry-run)"), dry_run=counts)
    ran = scout("scan", "scan.py", "--dry-run", "--json", app=FakeApp(ends_as=lambda: counted))
    assert parsed(ran.out)["transcripts"] == 3
    assert parsed(ran.out)["scanners"] == {"refusal": 3, "other": 3}
    assert parsed(ran.out)["total"] == 6


def test_status_shows_counts_and_what_to_do_next() -> None:
    ran = scout("scan", "status", "loc", app=FakeApp(stands=standing("errors", ["refusal: boom\x1b[2J"])))
    assert "scan: popularity (3 transcripts)" in ran.out
    assert "1 scan error occurred!" in ran.out
    assert f"scout scan resume {LOCATION}" in ran.out
    assert f"scout scan complete {LOCATION}" in ran.out
    assert "\x1b" not in ran.out
    assert parsed(scout("scan", "status", "loc", "--json").out)["summary"]["other"]["scans"] == 3


def test_status_and_list_say_what_was_not_read() -> None:
    unread = {"/logs/x\x1b[2J.eval": "Cannot read '/logs/x.eval': cut off"}
    stands = standing("errors", unread=unread)
    ran = scout("scan", "status", "loc", app=FakeApp(stands=stands))
    assert "1 log was not read (or not whole): the scan is not complete without it" in ran.out
    assert "cut off" in ran.out
    assert "scan error" not in ran.out
    assert f"resume (reading logs again): scout scan resume {LOCATION}" in ran.out
    said = parsed(scout("scan", "status", "loc", "--json", app=FakeApp(stands=stands)).out)
    assert (said["complete"], said["unread"], said["accepted"]) == (False, unread, {})
    app = FakeApp(
        listed=[
            state("errors", unread=dict.fromkeys("xy", "cut off")),
            state("errors", unread={"x": "cut off"}),
            state(),
        ]
    )
    listed = scout("scan", "list", app=app).out
    assert "errors (2 logs unread)" in listed
    assert "errors (1 log unread)" in listed
    assert [e["unread"] for e in parsed(scout("scan", "list", "--json", app=app).out)] == [2, 1, 0]


def test_status_says_what_a_scan_was_accepted_without() -> None:
    stands = standing("complete", accepted={"/logs/x.eval": "cut off"})
    ran = scout("scan", "status", "loc", app=FakeApp(stands=stands))
    assert "scan complete" in ran.out
    assert "1 log was not read (or not whole) and left out" in ran.out
    assert parsed(scout("scan", "status", "loc", "--json", app=FakeApp(stands=stands)).out)["complete"]


def test_lists_look_where_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FakeApp()
    ran = scout("scan", "list", "somewhere", app=app)
    assert (ran.code, ran.out) == (0, "")
    assert "No scans in 'somewhere': there is no such directory" in ran.err
    monkeypatch.setenv("SCOUT_SCAN_SCANS", "elsewhere")
    assert scout("scan", "list", "--json", app=app).out == "[]\n"
    assert app.calls == [("list", "somewhere"), ("list", "elsewhere")]


def results(**changes: Any) -> dict[str, Any]:
    return {
        "transcript_id": "DN2wbX2ZvACsBpjwptzBRo",
        "transcript_task_id": "q1",
        "transcript_task_repeat": 1,
        "label": None,
        "value": "true",
        "explanation": "because\nof this",
        "score": float("nan"),
        **changes,
    }


def test_results_are_a_table_of_the_usual_columns_by_scanner() -> None:
    app = FakeApp(tables={"refusal": Rows(results(), results(value="false"))})
    ran = scout("scan", "results", "loc", "--all", app=app)
    lines = ran.out.splitlines()
    assert lines[0] == "refusal: 2 results"
    assert lines[1].split() == ["transcript_id", "task_id", "value", "explanation"]
    assert lines[2].split() == ["DN2wbX2ZvACsBpjwptzBRo", "q1", "true", "because", "of", "this"]
    assert lines[-1] == "other: 0 results"


def test_citations_of_what_was_not_shown_are_marked() -> None:
    rows = Rows(results(unseen_citations="[]"), results(unseen_citations='["[M99]","[M7-M8]"]'))
    lines = scout("scan", "results", "loc", app=FakeApp(tables={"refusal": rows})).out.splitlines()
    assert lines[1].endswith("cites what was not shown")
    assert lines[2].endswith("because of this")
    assert lines[3].endswith("[M99] [M7-M8]")
    sound = scout("scan", "results", "loc", app=FakeApp(tables={"refusal": Rows(results(unseen_citations="[]"))}))
    assert "not shown" not in sound.out


def test_results_pass_the_question_on() -> None:
    app = FakeApp(tables={"refusal": Rows(results())})
    options = ("--scanner", "refusal", "--where", "x = 'a b'", "--columns", "value, score", "--rows", "transcripts")
    ran = scout("scan", "results", "loc", *options, "--limit", "5", "--positive", app=app)
    assert ran.code == 0
    assert app.calls[-1] == ("results", "loc", "refusal", "x = 'a b'", ["value", "score"], "transcripts", 6, True)


def test_more_rows_than_the_limit_are_mentioned() -> None:
    app = FakeApp(tables={"refusal": Rows(*[results()] * 5)})
    ran = scout("scan", "results", "loc", "--scanner", "refusal", "--limit", "2", app=app)
    assert "refusal: first 2 results" in ran.out
    assert "there are more" in ran.out
    assert "there are more" not in scout("scan", "results", "loc", "--limit", "5", app=app).out


def test_an_unknown_scanner_is_an_error() -> None:
    ran = scout("scan", "results", "loc", "--scanner", "refusl", app=FakeApp(tables={"refusal": Rows(results())}))
    assert ran.code == 1
    assert "Did you mean 'refusal'?" in ran.err


@pytest.mark.parametrize("form", [("--json",), ("--format", "json"), ("--format", "jsonl")])
def test_json_rows_hold_whole_values(form: tuple[str, ...]) -> None:
    app = FakeApp(tables={"refusal": Rows(results(explanation=NASTY)), "other": Rows(results(value="2"))})
    ran = scout("scan", "results", "loc", *form, app=app)
    rows = [parsed(line) for line in ran.out.splitlines()] if "jsonl" in form else parsed(ran.out)
    assert [row["scanner"] for row in rows] == ["refusal", "other"]
    assert rows[0]["explanation"] == NASTY
    assert rows[0]["score"] is None
    assert not any(c in ran.out for c in "\x1b\x7f\u202e\udcff\x9b\r")


def test_one_scanner_needs_no_key() -> None:
    app = FakeApp(tables={"refusal": Rows(results())})
    rows = parsed(scout("scan", "results", "loc", "--scanner", "refusal", "--json", app=app).out)
    assert list(rows[0]) == list(results())
    assert scout("scan", "results", "loc", "--scanner", "other", "--json", app=app).out == "[]\n"


def test_csv_has_the_columns_of_all_scanners_and_no_control_characters() -> None:
    app = FakeApp(
        tables={"refusal": Rows(results(explanation=NASTY)), "other": Rows({"value": ["x", 1], "extra": True})}
    )
    ran = scout("scan", "results", "loc", "--format", "csv", app=app)
    first, second = csv.DictReader(io.StringIO(ran.out, newline=""))
    assert list(first) == ["scanner", *results(), "extra"]
    assert first["explanation"] == "ab\ufffdc\n\td é"
    assert (second["scanner"], second["value"], second["extra"], second["label"]) == ("other", '["x", 1]', "true", "")
    assert not any(c in ran.out for c in "\x1b\x7f\u202e\udcff\x9b\r")


def test_formats_cannot_be_combined() -> None:
    assert scout("scan", "results", "loc", "--json", "--format", "csv").code == 2
    assert scout("scan", "results", "loc", "--columns", ",").code == 2


def test_all_columns_are_one_word_away() -> None:
    app = FakeApp(tables={"refusal": Rows(results())})
    ran = scout("scan", "results", "loc", "--scanner", "refusal", "--columns", "all", app=app)
    assert ran.out.splitlines()[1].split() == list(results())
    assert app.calls[-1][4] is None


def test_numbers_of_long_tables_stay_fast_to_print() -> None:
    app = FakeApp(tables={"refusal": Rows(*[results(transcript_id=str(i)) for i in range(2000)])})
    assert scout("scan", "results", "loc", "--scanner", "refusal", app=app).out.count("\n") == 2004


def test_the_version_is_text_or_json() -> None:
    text = scout("info", "version").out
    assert text.startswith("version: ")
    said = parsed(scout("info", "version", "--json").out)
    assert text == f"version: {said['version']}\npath: {said['path']}\n"
