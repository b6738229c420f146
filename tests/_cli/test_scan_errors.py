"""`scout scan errors`."""

from __future__ import annotations

import json
from typing import Any

from support.cli import FakeApp, error_group, scout, state, stood

OFTEN = error_group(
    "judge",
    "ValueError: no\x1b[2J (scan.py:3)",
    count=1203,
    scanners={"judge": 1200, "tone": 3},
    transcripts=tuple(f"t{number}" for number in range(1202)),
)
RARE = error_group("tone", "KeyError: 'foo' (scan.py:9)")


def ran(*arguments: str, groups: tuple[Any, ...] = (OFTEN, RARE)) -> tuple[list[str], FakeApp]:
    app = FakeApp(stands=stood(state("errors"), groups))
    done = scout("scan", "errors", "loc", *arguments, app=app)
    assert done.code == 0
    assert "\x1b" not in done.out
    return done.out.splitlines(), app


def test_each_kind_is_printed_once_with_its_traceback() -> None:
    lines, app = ran()
    assert lines[:4] == [
        "1,203 errors of judge 1,200, tone 3 in 1,202 transcripts: t0, t1, t2, t3, t4 and 1,197 more",
        "  ValueError: no (scan.py:3)",
        "    Traceback: ...",
        "    ValueError: no (scan.py:3)",
    ]
    assert lines[5:7] == ["1 error of tone in transcript t0", "  KeyError: 'foo' (scan.py:9)"]
    assert app.calls == [("errors", "loc", None)]


def test_limit_says_what_is_left_out() -> None:
    lines, _ = ran("--limit", "1")
    assert lines[-1] == "and 1 error of 1 more kind"
    assert "KeyError" not in "\n".join(lines)
    assert ran("--limit", "2")[0][-1] != lines[-1]


def test_json_is_whole() -> None:
    lines, _ = ran("--json")
    often, rare = json.loads("\n".join(lines))
    assert (often["count"], often["scanners"], len(often["transcripts"])) == (1203, {"judge": 1200, "tone": 3}, 1202)
    assert rare == {
        "error": "KeyError: 'foo' (scan.py:9)",
        "count": 1,
        "refusal": False,
        "scanners": {"tone": 1},
        "transcript_count": 1,
        "transcripts": ["t0"],
        "traceback": "Traceback: ...\nKeyError: 'foo' (scan.py:9)\n",
    }
    assert len(json.loads("\n".join(ran("--json", "--limit", "1")[0]))) == 1
    assert json.loads("\n".join(ran("--json", groups=())[0])) == []


def test_one_scanner_is_asked_for() -> None:
    assert ran("--scanner", "tone")[1].calls == [("errors", "loc", "tone")]


def test_refusals_and_logs_are_named_as_such() -> None:
    refused = error_group("judge", "RefusalError: no", refusal=True, count=2, scanners={"judge": 2})
    unread = error_group("", "x.eval is cut off", scanners={}, transcripts=(), traceback="")
    lines, _ = ran(groups=(refused, unread))
    assert lines[0] == "2 refusals of judge in transcript t0"
    assert "1 log not read" in lines


def test_a_scan_without_errors_says_so() -> None:
    assert ran(groups=())[0] == ["no errors"]


def test_status_tells_groups_without_tracebacks() -> None:
    app = FakeApp(stands=stood(state("errors"), (OFTEN, RARE)))
    said = json.loads(scout("scan", "status", "loc", "--json", app=app).out)
    assert said["errors"] == ["judge, tone: ValueError: no\x1b[2J (scan.py:3)", "tone: KeyError: 'foo' (scan.py:9)"]
    assert (said["error_groups"][0]["count"], said["error_groups"][0]["transcript_count"]) == (1203, 1202)
    assert said["error_groups"][0]["transcripts"] == ["t0", "t1", "t2", "t3", "t4"]
    assert "traceback" not in said["error_groups"][0]
