"""What results rest on, read of scans whose logs are there, have moved or are gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout import ConfigError, LocationError, Scanner, Transcript, UnknownNameError, grep_scanner, scan, scanner
from inspect_scout._app import (
    Evidence,
    ScanEvidence,
    Shown,
    run_read_only,
    scan_evidence,
    scan_evidence_async,
    transcript_evidence,
    transcript_evidence_async,
)
from inspect_scout._types import Result, as_resultset
from support.inspect_logs import write_eval_log
from support.logs import make_log, make_sample
from support.printed.evidence import cheating, messages, record, record_usual, report, transcript

FIRST = "aBcDeF0123456789abcdef"


def only(found: ScanEvidence) -> Evidence:
    (evidence,) = found.evidence
    return evidence


def shown_numbers(evidence: Evidence) -> list[int]:
    return [passage.number for passage in evidence.passages]


@pytest.mark.parametrize("done", [True, False])
def test_a_verdict_comes_with_what_it_cites(tmp_path: Path, done: bool) -> None:
    evidence = only(scan_evidence(record_usual(tmp_path, done), "rCheating"))
    (verdict,) = evidence.verdicts
    assert (verdict.scanner, verdict.value, verdict.answer, verdict.target, verdict.agrees) == (
        "cheating",
        True,
        "Yes",
        "false",
        False,
    )
    assert verdict.metadata == {"severity": 3}
    assert (evidence.transcript.task_id, evidence.transcript.model) == ("pages", "mock/model")
    assert shown_numbers(evidence) == [3, 4, 5, 6]
    assert [passage.number for passage in evidence.passages if passage.cited] == [4, 6]
    marked = [part.text for passage in evidence.passages for part in passage.parts if part.marked]
    assert marked == ["I'll just change the\nexpected value"]


def test_what_was_recorded_is_shown_where_the_log_is_gone(tmp_path: Path) -> None:
    evidence = only(scan_evidence(record_usual(tmp_path), "rCheating"))
    assert evidence.remarks == ("'/logs/gone.eval' is gone; shown is what the scan recorded of it.",)
    assert evidence.messages == 6


def test_a_transcript_has_all_its_results_but_for_calls_that_found_nothing(tmp_path: Path) -> None:
    location = record_usual(tmp_path)
    found = scan_evidence(location, FIRST)
    verdicts = [[(v.scanner, v.value, v.error) for v in evidence.verdicts] for evidence in found.evidence]
    told = [(scanner, value) for group in verdicts for scanner, value, _ in group]
    assert told == [("broken", None), ("cheating", True), ("claims", True)]
    assert found.others == 1
    everything = scan_evidence(location, FIRST, shown=Shown(every=True))
    assert everything.others == 0
    assert sum(len(evidence.verdicts) for evidence in everything.evidence) == 4


def test_verdicts_on_the_same_input_stand_together(tmp_path: Path) -> None:
    talk = transcript()
    reports = [report(Result(uuid=f"r{n}", value=True), talk) for n in range(2)]
    location = record(tmp_path, {"a": {talk.transcript_id: reports[:1]}, "b": {talk.transcript_id: reports[1:]}})
    assert [v.scanner for v in only(scan_evidence(location, FIRST)).verdicts] == ["a", "b"]


def test_ids_are_as_long_as_they_must_be(tmp_path: Path) -> None:
    location = record_usual(tmp_path)
    with pytest.raises(ConfigError, match=r"2 ids begin with 'aBc': 'aBcDeF.*', 'aBcXyZ.*'\. Type more of it"):
        scan_evidence(location, "aBc")
    with pytest.raises(UnknownNameError, match=r"Unknown result or transcript: 'aBcXyy'\. Did you mean 'aBcXyZ"):
        scan_evidence(location, "aBcXyy")
    with pytest.raises(ConfigError, match=r"None of the \d+ ids begins with it"):
        scan_evidence(location, "zzzzzz")
    with pytest.raises(UnknownNameError, match="Did you mean 'cheating'"):
        scan_evidence(location, "aBcXyZ", scanner="cheatin")
    assert only(scan_evidence(location, FIRST, scanner="broken")).verdicts[0].error is not None


def test_messages_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    location = record_usual(tmp_path)
    assert shown_numbers(only(scan_evidence(location, "rCheating", shown=Shown(ranges=((2, 3),))))) == [2, 3]
    with pytest.raises(ConfigError, match="There is no message M7: messages are M1 to M6"):
        scan_evidence(location, "rCheating", shown=Shown(ranges=((5, 9),)))


def test_the_items_of_a_resultset_are_found_by_their_own_ids(tmp_path: Path) -> None:
    talk = transcript()
    items = as_resultset([cheating("rOne"), Result(uuid="rTwo", value=2, label="second")])
    location = record(tmp_path, {"many": {talk.transcript_id: [report(items, talk)]}})
    evidence = only(scan_evidence(location, "rTwo"))
    assert [(v.label, v.value) for v in evidence.verdicts] == [("second", 2)]
    assert only(scan_evidence(location, "rOne")).verdicts[0].citations[0].cite == "[M4]"


def test_numbers_count_what_the_scanner_was_given(tmp_path: Path) -> None:
    part = [m for m in messages() if m.role == "assistant"]
    talk = transcript()
    given = report(Result(uuid="r", value=True), talk, input_type="messages", input_ids=["a1", "a2"], input=part)
    evidence = only(scan_evidence(record(tmp_path, {"part": {talk.transcript_id: [given]}}), "r"))
    assert [(p.number, p.id) for p in evidence.passages] == [(1, "a1"), (2, "a2")]
    assert evidence.remarks[0] == "The scanner was given 2 of the 6 messages; numbers count these."


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of three samples."""
    folder = tmp_path_factory.mktemp("logs")
    write_eval_log(make_log([make_sample(number) for number in range(3)]), str(folder / "numbers.eval"))
    return folder


@pytest.fixture
def scanned(logs: Path, tmp_path: Path) -> tuple[Path, str]:
    """Logs of one's own, and a scan that refers to them and holds no copy."""
    own = tmp_path / "logs"
    shutil.copytree(logs, own)
    status = scan(
        [looked_up()], transcripts=str(own), scans=str(tmp_path / "scans"), record_input="reference", display="none"
    )
    return own, status.location


@scanner(name="looked_up", messages=["assistant", "tool"])
def looked_up() -> Scanner[Transcript]:
    """Search what the scanner is given: two of three messages."""
    return grep_scanner("answer")


def test_messages_are_read_from_the_log_as_the_scanner_saw_them(scanned: tuple[Path, str]) -> None:
    _, location = scanned
    evidence = only(run_read_only(location, lambda: scan_evidence_async(location, "u1-1")))
    assert [(p.number, p.id, p.cited) for p in evidence.passages] == [(1, "m1a", False), (2, "m1t", True)]
    assert [part.text for p in evidence.passages for part in p.parts if part.marked] == ["Answer"]


def test_a_log_that_has_moved_is_read_where_it_is_now(scanned: tuple[Path, str]) -> None:
    logs, location = scanned
    moved = logs.rename(logs.with_name("elsewhere"))
    evidence = only(scan_evidence(location, "u1-1"))
    assert evidence.passages == ()
    assert evidence.verdicts[0].value == 1
    (said,) = evidence.remarks
    assert said.endswith(
        "is gone, and the scan holds no copy of the messages. If they have moved, say where they are: -T LOGS."
    )
    again = only(scan_evidence(location, "u1-1", transcripts=[str(moved)]))
    assert [(p.number, p.id) for p in again.passages] == [(1, "m1a"), (2, "m1t")]
    with pytest.raises(LocationError):
        scan_evidence(location, "u1-1", transcripts=[str(logs)])


def test_a_log_that_has_changed_is_not_taken_for_what_was_scanned(scanned: tuple[Path, str]) -> None:
    logs, location = scanned
    other = make_sample(1, messages=make_sample(2).messages)
    write_eval_log(make_log([make_sample(0), other, make_sample(2)]), str(logs / "numbers.eval"))
    evidence = only(scan_evidence(location, "u1-1"))
    assert evidence.passages == ()
    assert "changed since it was scanned" in evidence.remarks[0]


def test_a_transcript_is_shown_without_any_scan(logs: Path) -> None:
    evidence = transcript_evidence([str(logs)], "u2", shown=Shown(ranges=((2, 3),)))
    assert (evidence.transcript.id, evidence.verdicts) == ("u2-1", ())
    assert [(p.number, p.who) for p in evidence.passages] == [(2, "assistant"), (3, "tool look")]
    assert len(transcript_evidence([str(logs)], "u2").passages) == 3
    with pytest.raises(ConfigError, match="3 ids begin with 'u'"):
        transcript_evidence([str(logs)], "u")


@pytest.mark.anyio
async def test_everything_can_be_awaited(logs: Path, tmp_path: Path) -> None:
    evidence = await transcript_evidence_async([str(logs)], "u0")
    assert evidence.messages == 3


def test_results_are_shown_without_loading_inspect(scanned: tuple[Path, str]) -> None:
    _, location = scanned
    program = (
        "import sys; from inspect_scout._cli import main; code = main(sys.argv[1:]);"
        "assert code == 0 and not {'inspect_ai', 'pandas', 'duckdb', 'rich'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, "show", location, "u1-1"], check=True, capture_output=True)
