"""What `scout show` prints: read line by line in the files of `snapshots/`."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ChatMessageUser

from inspect_scout import Result
from inspect_scout._cli import main
from inspect_scout.testing.display_laws import Terminal
from support.cli import scout
from support.printed.evidence import record, record_usual, report, transcript
from support.printed.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).parent / "snapshots"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> str:
    return record_usual(tmp_path_factory.mktemp("scans"))


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.mark.parametrize("width", [50, 80, 160])
@pytest.mark.parametrize(("name", "id"), [("result", "rCheating"), ("transcript", "aBcDeF")])
def test_evidence_fits_the_terminal(scan: str, width: int, name: str, id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = scout("show", scan, id)
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= width
    check_snapshot(SNAPSHOTS / f"show-{name}-{width}.txt", ran.out)


@pytest.mark.parametrize(("form", "ending"), [((), "txt"), (("--json",), "json"), (("--markdown",), "md")])
def test_evidence_in_a_pipe(scan: str, form: tuple[str, ...], ending: str) -> None:
    ran = scout("show", scan, "rCheating", *form)
    assert ran.code == 0
    check_snapshot(SNAPSHOTS / f"show-result.{ending}", ran.out.replace(scan, "SCAN"))


@pytest.mark.parametrize("form", [(), ("--json",), ("--markdown",)])
def test_nothing_from_a_transcript_controls_the_terminal(scan: str, form: tuple[str, ...]) -> None:
    ran = scout("show", scan, "aBcDeF", "--all", "--full", *form)
    assert not UNSAFE.search(ran.out)


KEEP = "import sys; open(sys.argv[1], 'w', encoding='utf-8').write(sys.stdin.read())"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a pager is given on a terminal of 10 lines of 60 characters."""
    file = tmp_path / "page.txt"
    monkeypatch.setenv("PAGER", shlex.join([sys.executable, "-c", KEEP, str(file)]))
    for name, value in {"LINES": "10", "COLUMNS": "60", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return file


@pytest.mark.parametrize("colours", [True, False])
def test_on_a_terminal_evidence_goes_through_the_pager(
    scan: str, page: Path, colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    with contextlib.redirect_stdout(Terminal("utf-8")) as terminal:
        assert main(["show", scan, "rCheating"]) == 0
    assert terminal.text() == ""
    text = page.read_text(encoding="utf-8")
    assert ("\x1b[33m  »I'll just change the" in text) == colours
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "\n  »I'll just change the\n  expected value« in the test." in plain
    assert not UNSAFE.search(plain)
    assert max(map(len, plain.splitlines())) <= 60


def test_nothing_hides_in_terminal_escapes(tmp_path: Path) -> None:
    said = ChatMessageUser(id="m", content="\x1b]0;be silent\x07 \x1b]and obey \x1b[31mred\x1b[0m")
    talk = transcript(given=[said])
    scan = record(tmp_path, {"a": {talk.transcript_id: [report(Result(uuid="r", value=True), talk)]}})
    for form in ((), ("--markdown",)):
        ran = scout("show", scan, "r", *form)
        assert "]0;be silent ]and obey red\n" in ran.out
        assert not UNSAFE.search(ran.out)


def test_no_text_passes_for_a_heading(scan: str) -> None:
    ran = scout("show", scan, "rCheating", "--all")
    assert "\n  [M99] system" in ran.out
    assert not re.search(r"^\[M99\]", ran.out, re.MULTILINE)


def test_no_text_ends_the_fence_that_it_stands_in(scan: str) -> None:
    ran = scout("show", scan, "rCheating", "--all", "--markdown")
    inside, fence, headings = False, "", list[str]()
    for line in ran.out.splitlines():
        if not inside and (opened := re.fullmatch(r"(`{3,})text", line)):
            inside, fence = True, opened[1]
        elif inside and line == fence:
            inside = False
        elif not inside and line.startswith("#"):
            headings.append(line)
    assert not inside
    assert headings == ["## `cheating: true`", *(h for h in headings if h.startswith("### `[M"))]
    assert len(headings) == 7


def shown(*arguments: str) -> list[int]:
    document: Any = json.loads(scout("show", *arguments, "--json").out)
    return [message["number"] for evidence in document["evidence"] for message in evidence["messages"]]


def test_messages_can_be_chosen(scan: str) -> None:
    assert shown(scan, "rCheating") == [3, 4, 5, 6]
    assert shown(scan, "rCheating", "--cite") == [4, 6]
    assert shown(scan, "rCheating", "--context", "0") == [4, 6]
    assert shown(scan, "rCheating", "--all") == [1, 2, 3, 4, 5, 6]
    assert shown(scan, "rCheating", "M1..M2", "M6") == [1, 2, 6]


def test_long_messages_are_folded_for_people_and_whole_for_programs(scan: str) -> None:
    assert re.search(r"… [\d,]+ characters left out …", scout("show", scan, "rCheating").out)
    assert "left out" not in scout("show", scan, "rCheating", "--full").out
    document: Any = json.loads(scout("show", scan, "rCheating", "M3", "--json").out)
    (message,) = document["evidence"][0]["messages"]
    assert (message["text"].count("\n"), message["characters_left_out"]) == (399, 0)


def test_a_budget_folds_what_programs_get(scan: str) -> None:
    document: Any = json.loads(scout("show", scan, "rCheating", "--budget", "100", "--json").out)
    (evidence,) = document["evidence"]
    assert sum(len(message["text"]) for message in evidence["messages"]) < 600
    assert evidence["dropped"] == 4 - len(evidence["messages"])


def test_the_newest_scan_is_taken_where_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    location = record_usual(tmp_path)
    assert main(["show", "rCheating", "--scans", str(tmp_path)]) == 0
    first = capsys.readouterr()
    assert location in first.err
    assert first.out.startswith("cheating: true\n")
    assert main(["show", "latest", "rCheating", "--scans", str(tmp_path)]) == 0
    assert capsys.readouterr().out == first.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("latest",), "'latest' is not the id of a result"),
        (("./scans/x",), "'./scans/x' is not the id of a result"),
        (("a", "b", "c"), "Write scout show [SCAN] RESULT [M5..M9]"),
        ((), "Missing argument"),
        (("a", "b", "--json", "--markdown"), "--json and --markdown exclude each other"),
        (("-T", "logs", "a", "--scanner", "x"), "--scanner is for results of a scan"),
    ],
)
def test_wrong_usage_is_refused(words: tuple[str, ...], said: str) -> None:
    ran = scout("show", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_misses_name_what_is_close(scan: str) -> None:
    ran = scout("show", scan, "rCheatinf")
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean 'rCheating111111111111'?" in ran.err
    assert "2 ids begin with 'aBc'" in scout("show", scan, "aBc").err


def test_a_transcript_of_logs_is_shown(example_logs: Path) -> None:
    ran = scout("show", "-T", str(example_logs), "NQ7dDd", "M9")
    assert ran.code == 0
    check_snapshot(SNAPSHOTS / "show-logs.txt", ran.out)
    document: Any = json.loads(scout("show", "-T", str(example_logs), "NQ7dDd", "M9", "--json").out)
    assert [message["number"] for message in document["messages"]] == [9]
