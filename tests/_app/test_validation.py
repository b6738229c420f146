"""Scans whose results are compared with labelled cases, from end to end."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import get_model

from inspect_scout import (
    ConfigError,
    LocationError,
    PredicateFn,
    Result,
    ResultReducer,
    ScanStateError,
    Status,
    UnknownNameError,
    ValidationCase,
    ValidationSet,
    grep_scanner,
    llm_scanner,
    scan,
    scan_results_arrow,
    scan_results_batches,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
    transcripts_from,
    validation_predicate,
    validation_results_df,
    validation_set,
)
from inspect_scout.aio import scan_async, scan_resume_async, validation_results_df_async
from inspect_scout.testing import scripted_model
from support.transcripts import each_message, length, number_of, scanner_of, talks
from support.use_cases import validation_reports


def quiet(scanners: Any, count: int, scans: Path, **more: Any) -> Status:
    return scan(scanners, transcripts_from(talks(count)), scans=str(scans), display="none", **more)


def cases_of(targets: dict[str, Any], **more: Any) -> ValidationSet:
    return ValidationSet(cases=[ValidationCase(id=id, target=target) for id, target in targets.items()], **more)


def odd() -> Any:
    return scanner_of(lambda t: Result(value=number_of(t) % 2 == 1), "odd")


TARGETS = {"t0": False, "t1": True, "t2": True, "t3": True}


def test_results_are_compared_and_recorded(tmp_path: Path) -> None:
    status = quiet([odd()], 5, tmp_path, validation=cases_of(TARGETS))
    assert status.complete
    frame = scan_results_df(status.location).scanners["odd"]
    assert frame["validation_result"].tolist()[:4] == [True, True, False, True]
    assert frame["validation_target"][2] == "true"
    assert frame["validation_predicate"][0] == "eq"
    assert frame["validation_result"].isna().tolist() == [False] * 4 + [True]
    found = status.summary["odd"].validation
    assert found is not None
    assert found.metrics is not None
    assert (found.metrics.tp, found.metrics.fp, found.metrics.tn, found.metrics.fn) == (2, 0, 1, 1)
    assert [(e.id, e.target, e.valid) for e in found.entries][2] == ("t2", True, False)
    stored = json.loads((Path(status.location) / "_scan.json").read_text())["validation"]
    assert stored == {
        "odd": {"cases": [{"id": id, "target": target} for id, target in TARGETS.items()], "predicate": "eq"}
    }
    assert scan_status(status.location).summary == status.summary


def test_all_forms_of_naming_cases(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("id,target\nt0,3\nt1,2\n")
    forms: list[Any] = [str(file), file, validation_set(file), {"length": str(file)}, {"Length!": validation_set(file)}]
    for form in forms:
        status = quiet([length()], 2, tmp_path, validation=form)
        found = status.summary["length"].validation
        assert found is not None
        assert [e.valid for e in found.entries] == [True, False]
    status = quiet([length(), odd()], 2, tmp_path, validation={"length": file, "odd": cases_of({"t1": True})})
    assert [status.summary[key].validation is not None for key in ("length", "odd")] == [True, True]


@pytest.mark.parametrize(
    ("validation", "error", "says"),
    [
        (cases_of({}), ConfigError, "length, odd.*validation="),
        ({"lenght": cases_of({})}, UnknownNameError, "'length'"),
        ({"odd": "none.csv"}, LocationError, r"none\.csv"),
        ({"odd": 3}, ConfigError, "3 is not a set"),
        ({"odd": cases_of({}, predicate=len)}, ConfigError, "async function"),
    ],
)
def test_wrong_cases_are_refused_before_work_starts(
    tmp_path: Path, validation: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        quiet([length(), odd()], 1, tmp_path / "scans", validation=validation)
    assert not (tmp_path / "scans").exists()


def test_a_failing_predicate_costs_no_result(tmp_path: Path) -> None:
    status = quiet([length()], 2, tmp_path, validation=cases_of({"t0": "3", "t1": 3}, predicate="gte"))
    assert status.complete
    assert status.errors == []
    frame = scan_results_df(status.location).scanners["length"]
    assert frame["value"].tolist() == [3, 3]
    assert frame["scan_error"].isna().all()
    (report,) = validation_reports(status.location)
    assert report.problems == {"TypeError: the target is text; this predicate compares numbers": 1}
    assert frame["validation_target"][0] == '"3"'
    assert frame["validation_result"].isna().tolist() == [True, False]
    found = status.summary["length"].validation
    assert found is not None
    assert (found.not_compared, len(found.entries)) == (1, 1)


def test_failed_scanners_are_not_compared_but_reported(tmp_path: Path) -> None:
    def judge(transcript: Any) -> Result:
        if number_of(transcript) == 1:
            raise ValueError("no idea")
        return Result(value=True)

    status = quiet([scanner_of(judge)], 2, tmp_path, validation=cases_of({"t0": True, "t1": True, "t9": True}))
    (row,) = validation_results_df(status.location).to_dict("records")
    assert [row[name] for name in ("cases", "compared", "matched", "failed", "missing")] == [3, 1, 1, 1, 1]


@pytest.mark.anyio
async def test_messages_are_compared_by_their_ids_and_predicates_may_call_models(tmp_path: Path) -> None:
    async def judged(result: Result, target: Any) -> bool:
        answer = await get_model().generate("Do they mean the same?")
        return bool(answer.completion) and result.value == target

    cases = cases_of({"a0": "number 0", "a1": "number 2", "t2": "number 2"}, predicate=judged)
    status = await scan_async(
        [each_message()],
        transcripts_from(talks(3)),
        scans=str(tmp_path),
        validation=cases,
        model=scripted_model([(".*", "yes")]),
    )
    found = status.summary["each_message"].validation
    assert found is not None
    assert [(e.id, e.valid) for e in found.entries] == [("a0", True), ("a1", False)]
    frame = scan_results_df(status.location, exclude_columns=[]).scanners["each_message"]
    assert frame["scan_total_tokens"][0] > 0
    assert '"model"' in frame["scan_events"][0]
    report = await validation_results_df_async(status.location)
    assert report["compared"].tolist() == [2]


def labelled(transcript: Any) -> list[Result]:
    number = number_of(transcript)
    found = [Result(label="even", value=number % 2 == 0), Result(label="big", value=number)]
    return found if number < 2 else [Result(label="surprise", value=True)]


LABELS = ValidationSet(
    cases=[
        ValidationCase(id="t0", labels={"even": True, "big": False, "absent": False}, split="dev"),
        ValidationCase(id="t1", labels={"even": True}, split="dev"),
        ValidationCase(id="t2", labels={"even": True, "big": False}, split="test"),
    ]
)


def test_labels_are_compared_and_expand_to_rows(tmp_path: Path) -> None:
    status = quiet([scanner_of(labelled)], 3, tmp_path, validation=LABELS)
    frame = scan_results_df(status.location).scanners["probe"]
    shown = list(
        zip(
            frame["transcript_id"],
            frame["label"],
            frame["value"],
            frame["validation_result"].astype(object),
            strict=True,
        )
    )
    assert [(t, label, str(value), str(verdict)) for t, label, value, verdict in shown] == [
        ("t0", "even", "True", "True"),
        ("t0", "big", "0", "True"),
        ("t1", "even", "False", "False"),
        ("t1", "big", "1", "<NA>"),
        ("t2", "surprise", "True", "<NA>"),
        ("t0", "absent", "False", "True"),
        ("t2", "big", "False", "True"),
    ]
    import pandas as pd

    batches = pd.concat(list(scan_results_batches(status.location, "probe", batch_size=1)), ignore_index=True)
    pd.testing.assert_frame_equal(batches, frame)
    stored = scan_results_df(status.location, rows="transcripts").scanners["probe"]
    assert json.loads(stored["validation_result"][0]) == {"even": True, "big": True, "absent": True}
    assert stored["validation_result_even"].tolist() == [True, False, False]
    arrow = scan_results_arrow(status.location)
    assert arrow.reader("probe").read_all().column("validation_split").to_pylist() == ["dev", "dev", "test"]
    found = status.summary["probe"].validation
    assert found is not None
    assert found.metrics_by_key is not None
    assert (found.metrics_by_key["even"].tp, found.metrics_by_key["even"].fn) == (1, 2)


def test_reports_by_split_task_and_model(tmp_path: Path) -> None:
    status = quiet([scanner_of(labelled)], 3, tmp_path, validation=LABELS)
    frame = validation_results_df(status.location, by="split")
    assert frame["group"].tolist()[:1] == ["all"]
    totals = frame[frame["key"].isna()].set_index("group")
    assert totals["compared"].to_dict() == {"all": 6, "dev": 4, "test": 2}
    assert totals.loc["dev", "match_rate"] == 0.75
    low, high = (float(str(totals.loc["dev", f"match_rate_{end}"])) for end in ("low", "high"))
    assert low < 0.75 < high
    assert "numbers" in set(validation_results_df(status.location, by="task")["group"])
    with pytest.raises(ConfigError, match="split, task, model"):
        validation_results_df(status.location, by="colour")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="prob"):
        validation_results_df(status.location, scanner="prob")
    unlabelled = quiet([length()], 1, tmp_path)
    assert validation_results_df(unlabelled.location).shape[0] == 0
    assert "recall_low" in validation_results_df(unlabelled.location).columns


@validation_predicate(name="within")
def near(margin: float = 0.5) -> PredicateFn:
    """Accept what is close enough."""

    async def compare(result: Result, target: Any) -> bool:
        return abs(float(str(result.value)) - float(target)) <= margin

    return compare


FAILS = """
from pathlib import Path

from inspect_scout import Result, Scanner, Transcript, scanner, validation_predicate


@validation_predicate
def close(margin: float = 0.0):
    async def compare(result, target):
        return abs(result.value - target) <= margin

    return compare


@scanner(messages="all")
def count() -> Scanner[Transcript]:
    async def run(transcript: Transcript) -> Result:
        if transcript.task_id == "parser" and not Path("mended").exists():
            raise ValueError("broken")
        return Result(value=len(transcript.messages))

    return run
"""


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scanner that fails on some transcripts until there is a file `mended`, and a predicate beside it."""
    monkeypatch.chdir(tmp_path)
    Path("failing.py").write_text(FAILS)
    return tmp_path / "failing.py"


def partly_failed(file: Path, logs: Path, predicate: Any) -> Status:
    from inspect_scout._scanners import load_scanners

    scanners = load_scanners(str(file), {})
    transcripts = transcripts_from(str(logs))
    first = scan(scanners, transcripts, scans="probe", display="none")
    ids = list((first.spec.transcripts.transcript_ids if first.spec.transcripts else {}).keys())
    chosen = predicate() if callable(predicate) else predicate
    cases = cases_of(dict.fromkeys(ids, 5), predicate=chosen)
    status = scan(scanners, transcripts, scans="scans", display="none", validation=cases)
    assert not status.complete
    Path("mended").touch()
    return status


def verdicts(status: Status) -> int:
    found = status.summary["count"].validation
    return len(found.entries) if found is not None else 0


def test_resuming_uses_registered_predicates_again(failing: Path, example_logs: Path) -> None:
    from inspect_scout._scanners import load_scanners
    from inspect_scout._validation import create_predicate

    load_scanners(str(failing), {})
    status = partly_failed(failing, example_logs, lambda: create_predicate("close", {"margin": 100.0}))
    stored = json.loads((Path(status.location) / "_scan.json").read_text())["validation"]["count"]["predicate"]
    assert stored == {"kind": "registered", "name": "close", "args": {"margin": 100.0}, "file": "failing.py"}
    before = verdicts(status)
    again = scan_resume(status.location, display="none")
    assert again.complete
    assert before < verdicts(again) == 12
    found = again.summary["count"].validation
    assert found is not None
    assert all(entry.valid for entry in found.entries)
    names = scan_results_df(again.location).scanners["count"]["validation_predicate"].unique().tolist()
    assert names == ["close"]


def test_files_of_cases_may_name_predicates_of_the_scanners_file(failing: Path, example_logs: Path) -> None:
    from inspect_scout._app import ScanRequest
    from inspect_scout._validation import CasesFile
    from support.use_cases import run_scan

    Path("mended").touch()
    Path("cases.csv").write_text("id,target\nNQ7dDdcKAUnFgyYfCwecd8,6\n")
    request = ScanRequest(scanners=str(failing), transcripts=str(example_logs), scans="scans", display="none")
    status = run_scan(request.changed(validation=CasesFile("cases.csv", "close")))
    assert verdicts(status) == 1
    with pytest.raises(UnknownNameError, match="'close'"):
        run_scan(request.changed(validation=CasesFile("cases.csv", "closs")))


@pytest.mark.anyio
async def test_resuming_needs_unnamed_predicates_again(
    failing: Path, example_logs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def mine(result: Result, target: Any) -> bool:
        return bool(result.value == target)

    import asyncio

    caplog.set_level(logging.WARNING)
    status = await asyncio.to_thread(partly_failed, failing, example_logs, lambda: mine)
    assert "cannot be recorded" in caplog.text
    stored = json.loads((Path(status.location) / "_scan.json").read_text())["validation"]["count"]["predicate"]
    assert (stored["kind"], stored["reason"]) == ("unavailable", "anonymous")
    with pytest.raises(ScanStateError, match="predicate_overrides"):
        await scan_resume_async(status.location)
    with pytest.raises(ConfigError, match=r"names 'other'.*count"):
        await scan_resume_async(status.location, predicate_overrides={"other": mine})
    again = await scan_resume_async(status.location, predicate_overrides={"count": mine})
    assert verdicts(again) == 12


def test_resuming_with_a_built_in_predicate_takes_no_other(failing: Path, example_logs: Path) -> None:
    async def mine(result: Result, target: Any) -> bool:
        return bool(result.value == target)

    status = partly_failed(failing, example_logs, "gte")
    with pytest.raises(ConfigError, match="only predicates of your own"):
        scan_resume(status.location, display="none", predicate_overrides={"count": mine})
    assert verdicts(scan_resume(status.location, display="none")) == 12


def test_reading_a_scan_runs_no_predicate(tmp_path: Path) -> None:
    status = quiet([length()], 1, tmp_path, validation=cases_of({"t0": 3}))
    file = Path(status.location) / "_scan.json"
    spec = json.loads(file.read_text())
    for stored in ("gASVIAAAAAAAAACMBXBvc2l4", {"kind": "registered", "name": "os.system", "file": "evil.py"}):
        spec["validation"]["length"]["predicate"] = stored
        file.write_text(json.dumps(spec))
        (tmp_path / "evil.py").write_text("raise SystemExit('was run')")
        read = scan_status(status.location).spec.validation
        assert read is not None
        assert not isinstance(read["length"].predicate, str)
        assert validation_results_df(status.location)["compared"].tolist() == [1]


def test_predicates_are_registered_with_arguments(tmp_path: Path) -> None:
    status = quiet([length()], 2, tmp_path, validation=cases_of({"t0": 2.6, "t1": 2.4}, predicate=near()))
    found = status.summary["length"].validation
    assert found is not None
    assert [entry.valid for entry in found.entries] == [True, False]

    def made(predicate: Any) -> Any:
        return predicate

    not_async = validation_predicate(made)
    for predicate in (len, None):
        with pytest.raises(TypeError, match="async function"):
            not_async(predicate)


def outcome(**more: Any) -> Any:
    return llm_scanner(question="How did it end?", answer=["done", "failed", "stuck"], **more)


def judged(tmp_path: Path, cases: ValidationSet, reply: str, scanner: Any) -> Status:
    model = scripted_model([("number 1", "ANSWER: B"), (".*", reply)])
    return quiet({"judge": scanner}, 3, tmp_path, validation=cases, model=model)


@pytest.mark.parametrize("first", ["done", "Done", "A", "a"])
def test_labels_of_a_judge_agree_with_their_cases(tmp_path: Path, first: str) -> None:
    cases = cases_of({"t0": first, "t1": "failed", "t2": "stuck"})
    status = judged(tmp_path, cases, "ANSWER: A", outcome())
    frame = scan_results_df(status.location).scanners["judge"]
    assert frame["value"].tolist() == ["A", "B", "A"]
    assert [json.loads(target) for target in frame["validation_target"]] == ["done", "failed", "stuck"]
    assert [str(valid).lower() for valid in frame["validation_result"]] == ["true", "true", "false"]
    (report,) = validation_reports(status.location)
    assert report.confusion == {"done": {"done": 1}, "failed": {"failed": 1}, "stuck": {"done": 1}}
    assert [row.class_name for row in report.rows] == [None, "done", "failed", "stuck"]
    frame = validation_results_df(status.location)
    assert frame["class"].fillna("all").tolist() == ["all", "done", "failed", "stuck"]
    assert frame["precision"].isna().all()


def test_yes_and_no_agree_with_a_boolean_judge_and_count_as_what_they_are(tmp_path: Path) -> None:
    cases = cases_of({"t0": "No", "t1": "yes", "t2": False})
    status = quiet([odd()], 3, tmp_path, validation=cases)
    found = status.summary["odd"].validation
    assert found is not None
    assert found.metrics is not None
    assert (found.metrics.tp, found.metrics.tn, found.metrics.total) == (1, 2, 3)
    (report,) = validation_reports(status.location)
    assert report.rows[0].specificity is not None
    assert report.rows[0].counts.tn == 2


def test_search_agrees_with_yes_and_no(tmp_path: Path) -> None:
    cases = cases_of({"t0": "no", "t1": True, "t2": False})
    status = quiet({"search": grep_scanner("number 1")}, 3, tmp_path, validation=cases)
    (report,) = validation_reports(status.location)
    assert report.rows[0].matched == 3


@pytest.mark.parametrize("dry_run", [True, False])
def test_targets_that_can_never_be_met_are_said_before_anything_is_scanned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, dry_run: bool
) -> None:
    cases = cases_of({"t0": "finished", "t1": "failed", "t2": 7})
    seen: list[int] = []

    class Watching(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "can never be met" in record.getMessage():
                seen.append(len(list(tmp_path.iterdir())))

    logger, watching = logging.getLogger("inspect_scout"), Watching()
    logger.addHandler(watching)
    try:
        quiet({"judge": outcome()}, 3, tmp_path, validation=cases, model=scripted_model([]), dry_run=dry_run)
    finally:
        logger.removeHandler(watching)
    assert seen == [0]
    (said,) = [r.getMessage() for r in caplog.records if "can never be met" in r.getMessage()]
    assert said == (
        "Scanner 'judge': 2 of 3 labelled cases can never be met: target \"finished\", target 7. "
        "Its values are one of the labels 'done' (A), 'failed' (B), 'stuck' (C)."
    )


@pytest.mark.parametrize(
    "scanner",
    [
        lambda: outcome(timeline="Default"),
        lambda: outcome(reducer=ResultReducer.mean),
        lambda: scanner_of(lambda _: Result(value="x"), "judge"),
        lambda: grep_scanner({"a": "number"}),
    ],
    ids=["spans", "reducer", "own code", "several patterns"],
)
def test_nothing_is_said_of_scanners_whose_values_are_not_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, scanner: Any
) -> None:
    cases = cases_of({"t0": "finished"})
    model = scripted_model([])
    quiet({"judge": scanner()}, 1, tmp_path, validation=cases, model=model, dry_run=True)
    assert "can never be met" not in caplog.text


def test_a_scanner_that_wraps_a_judge_gives_its_values(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    @scanner(messages="all", name="wrapped")
    def wrapped() -> Any:
        return outcome()

    quiet([wrapped()], 1, tmp_path, validation=cases_of({"t0": "finished"}), model=scripted_model([]), dry_run=True)
    assert "Scanner 'wrapped': 1 of 1 labelled cases can never be met" in caplog.text
