"""Going on with a scan whose scanners have changed since: never two questions in one scan without a word."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import ConfigError, ScanStateError, Status, scan_results_df, scan_resume, scan_status
from inspect_scout._app import ScanRequest, overview_json, state_json
from inspect_scout._cli import main as run
from inspect_scout.testing import scripted_model
from support.cli import Ran
from support.use_cases import list_states, read_overview, run_scan

FILE = """
import os
from inspect_scout import Result, Scanner, Transcript, llm_scanner, scanner

QUESTION = "Is it rude?"
LIMIT = 3

@scanner(messages="all")
def judge(tone: str = "at all"):
    inner = llm_scanner(question=f"{QUESTION} {tone}", answer="boolean")
    async def scan(transcript: Transcript) -> Result:
        if transcript.task_id in os.environ["FAIL"].split():
            raise RuntimeError("not now")
        return await inner(transcript)
    return scan

@scanner(messages="all")
def counts() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        if transcript.task_id in os.environ["FAIL"].split():
            raise RuntimeError("not now")
        return Result(value=len(transcript.messages) + LIMIT)
    return scan

@scanner(messages=["tool"])
def nothing() -> Scanner:
    async def scan(messages: list) -> Result:
        return Result(value=1)
    return scan
""".replace(
    "def nothing() -> Scanner:\n    async def scan(messages: list)",
    "def nothing() -> Scanner[Transcript]:\n    async def scan(t: Transcript)",
)
ANSWERS = [("rude", "Yes [M1].\n\nANSWER: yes"), ("kind", "No [M1].\n\nANSWER: no"), ("", "ANSWER: 5")]


@pytest.fixture
def place(tmp_path: Path, example_logs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with logs and a scanner file, which is the working directory."""
    shutil.copytree(example_logs, tmp_path / "logs")
    (tmp_path / "scanners.py").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FAIL", "")
    return tmp_path


def interrupted(place: Path, text: str = FILE, **more: Any) -> Status:
    """Scan so that some of it fails."""
    (place / "scanners.py").write_text(text)
    whole = run_scan(request(limit=8, scans="others"))
    tasks = scan_results_df(whole.location).scanners["counts"]["transcript_task_id"].unique()
    os.environ["FAIL"] = " ".join(tasks[:2])
    status = run_scan(request(**more))
    assert not status.complete
    assert 0 < status.summary["counts"].errors < status.summary["counts"].scans
    os.environ["FAIL"] = ""
    return status


def request(**more: Any) -> ScanRequest:
    fields: dict[str, Any] = {"scanners": "scanners.py", "transcripts": "logs", "model": scripted_model(ANSWERS)}
    fields_set: dict[str, Any] = {**fields, "scans": "scans", "display": "none", **more}
    return ScanRequest(**fields_set)


def change(place: Path, *replaced: tuple[str, str], text: str = FILE) -> None:
    """Change the scanner file."""
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    (place / "scanners.py").write_text(text)


def values(status: Status, scanner: str = "judge") -> Mapping[Any, int]:
    frame = scan_results_df(status.location).scanners[scanner]
    return frame["value"].value_counts().to_dict()


def prints(status: Status, scanner: str = "judge") -> Mapping[str, int]:
    frame = scan_results_df(status.location, rows="transcripts").scanners[scanner]
    return {str(fingerprint): count for fingerprint, count in frame["scanner_fingerprint"].value_counts().items()}


def scout(*arguments: str) -> Ran:
    """Run a command with the real application."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(arguments)
    return Ran(code, out.getvalue(), err.getvalue())


KIND = ("Is it rude?", "Is it kind?")


def test_the_spec_tells_what_was_asked(place: Path) -> None:
    status = run_scan(request())
    recorded = json.loads((Path(status.location) / "_scan.json").read_text())["scanners"]
    assert recorded["judge"]["asked"]["question"] == "Is it rude? at all"
    assert recorded["judge"]["asked"]["answer"] == "boolean"
    assert "asked" not in recorded["counts"]
    assert "earlier" not in recorded["judge"]
    assert prints(status) == {recorded["judge"]["fingerprint"]: status.summary["judge"].scans}
    assert status.summary["judge"].fingerprints == prints(status)


CHANGES = {
    "question": ([KIND], "question"),
    "default that reaches the question": ([("at all", "a little")], "question"),
    "answer": ([('"boolean"', '"numeric"')], "answer"),
    "labels": ([('"boolean"', '["a", "b"]')], "answer"),
    "template": (
        [('"boolean"', '"boolean", template="{{ messages }} {{ question }} {{ answer_format }}"')],
        "template",
    ),
    "template variables": ([('"boolean"', '"boolean", template_variables={"a": 1}')], "prompt"),
    "what is shown": ([('"boolean"', '"boolean", compaction="last"')], "prompt"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_question_is_refused_and_nothing_runs(place: Path, name: str) -> None:
    replaced, what = CHANGES[name]
    first = interrupted(place)
    change(place, *replaced)
    before = (Path(first.location) / "_scan.json").read_bytes()
    with pytest.raises(ScanStateError) as refused:
        scan_resume(first.location, display="none")
    message = str(refused.value)
    assert f"the {what} changed" in message
    for said in ("'judge'", "--rescan-changed", "--accept-changed", "rescan_changed=True", "accept_changed=True"):
        assert said in message
    assert "'counts'" not in message
    assert scan_status(first.location).summary == first.summary
    assert (Path(first.location) / "_scan.json").read_bytes() == before


def test_the_refusal_shows_both_questions(place: Path) -> None:
    first = interrupted(place)
    change(place, KIND)
    with pytest.raises(ScanStateError) as refused:
        scan_resume(first.location, display="none")
    assert "question before: 'Is it rude? at all'" in str(refused.value)
    assert "question now:    'Is it kind? at all'" in str(refused.value)


def test_long_questions_are_shortened_to_where_they_differ(place: Path) -> None:
    long = ("Is it rude?", "Look. " * 200 + "Is it rude?")
    first = interrupted(place, FILE.replace(*long))
    change(place, KIND, text=FILE.replace(*long))
    with pytest.raises(ScanStateError) as refused:
        scan_resume(first.location, display="none")
    assert "Is it rude?" in str(refused.value)
    assert "Is it kind?" in str(refused.value)
    assert len(str(refused.value)) < 1500


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_rescanning_leaves_no_row_of_the_old_question(place: Path, executor: str) -> None:
    first = interrupted(place)
    change(place, KIND)
    second = scan_resume(first.location, display="none", executor=executor, rescan_changed=True)
    assert second.complete
    assert values(second) == {False: first.summary["judge"].scans}
    assert list(prints(second)) == [second.spec.scanners["judge"].fingerprint]
    assert second.summary["judge"].fingerprints == prints(second)
    assert second.summary["judge"].results == 0
    assert second.spec.scanners["judge"].earlier is None
    assert second.spec.scanners["judge"].asked is not None
    assert second.spec.scanners["judge"].asked.question == "Is it kind? at all"
    # What has not changed is not scanned again.
    assert prints(second, "counts") == {first.spec.scanners["counts"].fingerprint: first.summary["counts"].scans}


def test_an_interrupted_rescan_goes_on_as_one(place: Path) -> None:
    first = interrupted(place)
    change(place, KIND)
    frame = scan_results_df(first.location).scanners["counts"]
    os.environ["FAIL"] = str(frame["transcript_task_id"].iloc[-1])
    second = scan_resume(first.location, display="none", rescan_changed=True, fail_on_error=False)
    assert not second.complete
    os.environ["FAIL"] = ""
    third = scan_resume(first.location, display="none")
    assert third.complete
    assert list(values(third)) == [False]


def test_a_rescan_that_stops_at_once_is_not_forgotten(place: Path) -> None:
    first = interrupted(place)
    change(place, KIND)
    frame = scan_results_df(first.location).scanners["counts"]
    os.environ["FAIL"] = " ".join(frame["transcript_task_id"].unique())
    with pytest.raises(RuntimeError, match="not now"):
        scan_resume(first.location, display="none", rescan_changed=True, fail_on_error=True, executor="inline")
    os.environ["FAIL"] = ""
    third = scan_resume(first.location, display="none")
    assert third.complete
    assert values(third) == {False: first.summary["judge"].scans}


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_accepting_keeps_both_versions_and_tells_them_apart(place: Path, executor: str) -> None:
    first = interrupted(place)
    change(place, KIND)
    second = scan_resume(first.location, display="none", executor=executor, accept_changed=True)
    assert second.complete
    errors = first.summary["judge"].errors
    assert values(second) == {True: first.summary["judge"].scans - errors, False: errors}
    judge = second.spec.scanners["judge"]
    assert judge.earlier is not None
    asked = [each.question for each in (judge.asked, *(v.asked for v in judge.earlier)) if each is not None]
    assert asked == ["Is it kind? at all", "Is it rude? at all"]
    assert prints(second) == {
        judge.earlier[0].fingerprint: first.summary["judge"].scans - errors,
        judge.fingerprint: errors,
    }
    assert second.summary["judge"].fingerprints == prints(second)


def test_what_was_accepted_is_not_asked_about_again(place: Path) -> None:
    first = interrupted(place)
    change(place, KIND)
    os.environ["FAIL"] = str(first.errors[0].transcript_id)
    frame = scan_results_df(first.location).scanners["counts"]
    os.environ["FAIL"] = " ".join(frame["transcript_task_id"].unique())
    scan_resume(first.location, display="none", accept_changed=True)
    os.environ["FAIL"] = ""
    assert scan_resume(first.location, display="none").complete


def test_both_ways_at_once_are_refused(place: Path) -> None:
    first = interrupted(place)
    with pytest.raises(ConfigError, match="exclude each other"):
        scan_resume(first.location, display="none", rescan_changed=True, accept_changed=True)


CODE = {
    "constant": [("LIMIT = 3", "LIMIT = 4")],
    "repair": [
        ('raise RuntimeError("not now")\n        return Result', "return Result(value=0)\n        return Result")
    ],
    "version": [
        ("def counts", "def counts"),
        ('@scanner(messages="all")\ndef counts', '@scanner(messages="all", version=2)\ndef counts'),
    ],
}


@pytest.mark.parametrize("name", CODE)
def test_other_code_warns_and_goes_on(place: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    first = interrupted(place)
    change(place, *CODE[name])
    with caplog.at_level(logging.WARNING):
        second = scan_resume(first.location, display="none")
    assert second.complete
    (said,) = [r.getMessage() for r in caplog.records if "has changed" in r.getMessage()]
    old, new = first.spec.scanners["counts"].fingerprint, second.spec.scanners["counts"].fingerprint
    assert old is not None
    assert new is not None
    assert "'counts'" in said
    assert f"{first.summary['counts'].scans:,} of version {old[:8]}" in said
    assert new[:8] in said
    assert set(prints(second, "counts")) == {old, new}
    assert set(prints(second)) == {first.spec.scanners["judge"].fingerprint}


def test_rescanning_also_replaces_what_other_code_made(place: Path) -> None:
    first = interrupted(place)
    change(place, ("LIMIT = 3", "LIMIT = 400"))
    second = scan_resume(first.location, display="none", rescan_changed=True)
    assert len(prints(second, "counts")) == 1
    assert min(values(second, "counts")) > 400


@pytest.mark.parametrize(
    "replaced",
    [
        [("QUESTION = ", "# What we ask\nQUESTION = ")],
        [('"boolean")', '"boolean", cache=True)')],
        [("def counts() -> Scanner[Transcript]:", 'def counts() -> Scanner[Transcript]:\n    """Count."""')],
        [("import os\n", "import os\nimport sys\n")],
    ],
)
def test_what_changes_nothing_says_nothing(
    place: Path, replaced: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    first = interrupted(place)
    change(place, *replaced)
    second = scan_resume(first.location, display="none")
    assert second.complete
    assert [r for r in caplog.records if "changed" in r.getMessage() and "'counts'" in r.getMessage()] == []
    assert prints(second, "counts") == {first.spec.scanners["counts"].fingerprint: first.summary["counts"].scans}


def test_scans_without_a_record_of_what_they_asked_go_on(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = interrupted(place)
    file = Path(first.location) / "_scan.json"
    spec = json.loads(file.read_text())
    for scanner in spec["scanners"].values():
        for name in ("fingerprint", "asked", "code"):
            scanner.pop(name, None)
    file.write_text(json.dumps(spec))
    change(place, KIND)
    second = scan_resume(first.location, display="none")
    assert second.complete
    assert "changed" not in caplog.text
    assert second.spec.scanners["judge"].fingerprint is None


def test_the_command_line_has_both_ways(place: Path) -> None:
    first = interrupted(place)
    change(place, KIND)
    ran = scout("scan", "resume", first.location, "--display", "none")
    assert ran.code == 1
    assert "Is it kind?" in ran.err
    assert scout("scan", "resume", first.location, "--rescan-changed", "--accept-changed").code == 2
    assert scout("scan", "resume", first.location, "--accept-changed", "--display", "none").code == 0
    status = scan_status(first.location)
    told = json.loads(scout("scan", "status", first.location, "--json").out)
    assert {v["fingerprint"]: v["rows"] for v in told["versions"]["judge"]} == status.summary["judge"].fingerprints
    assert {v["question"] for v in told["versions"]["judge"]} == {"Is it rude? at all", "Is it kind? at all"}
    assert "counts" not in told["versions"]
    (listed,) = json.loads(scout("scan", "list", "scans", "--json").out)
    assert listed["versions"] == told["versions"]
    shown = scout("scan", "status", first.location, "--display", "plain").out
    assert "judge: rows of 2 versions of the scanner" in shown


def test_scans_of_one_version_show_none(place: Path) -> None:
    status = run_scan(request())
    assert "versions" not in json.loads(scout("scan", "status", status.location, "--json").out)
    assert "versions" not in overview_json(read_overview(status.location))
    assert ["versions" in state_json(state) for state in list_states("scans")] == [False]


def test_where_all_rows_are_errors_another_question_is_nothing_to_refuse(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = run_scan(request(scanners="scanners.py@judge", scans="others"))
    tasks = scan_results_df(whole.location).scanners["judge"]["transcript_task_id"].unique()
    os.environ["FAIL"] = " ".join(tasks)
    status = run_scan(request(scanners="scanners.py@judge"))
    assert status.summary["judge"].errors == status.summary["judge"].scans > 0
    os.environ["FAIL"] = ""
    change(place, KIND)
    done = scan_resume(status.location, display="none")
    assert done.complete
    assert "changed" not in caplog.text
    assert len(prints(done)) == 1
    assert done.spec.scanners["judge"].earlier is None
    asked = done.spec.scanners["judge"].asked
    assert asked is not None
    assert asked.question == "Is it kind? at all"
