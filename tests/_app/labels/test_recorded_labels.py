"""Labelled cases after the fact: compared with recorded results, and found by the task that they name."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

from inspect_scout import (
    ConfigError,
    Result,
    Status,
    Transcript,
    UnknownNameError,
    ValidationCase,
    ValidationSet,
    llm_scanner,
    scan,
    scanner,
    transcripts_from,
    validation_results_df,
    validation_set,
)
from inspect_scout.aio import validation_results_df_async
from inspect_scout.testing import scripted_model
from support.transcripts import each_message, length, number_of, scanner_of, talks
from support.use_cases import save_reports, validation_reports


def odd() -> Any:
    return scanner_of(lambda t: Result(value=number_of(t) % 2 == 1, explanation=f"{number_of(t)} was seen"), "odd")


def scanned(tmp_path: Path, scanners: Any, transcripts: Any = None, **more: Any) -> Status:
    given = transcripts_from(talks(4)) if transcripts is None else transcripts
    return scan(scanners, given, scans=str(tmp_path / "scans"), display="none", **more)


def cases(targets: dict[str, Any], **more: Any) -> ValidationSet:
    return ValidationSet(cases=[ValidationCase(id=id, target=target) for id, target in targets.items()], **more)


TARGETS = {"t0": False, "t1": True, "t2": True, "t9": True}


def test_recorded_results_compare_as_when_they_were_scanned(tmp_path: Path) -> None:
    plain, labelled = scanned(tmp_path, [odd()]), scanned(tmp_path, [odd()], validation=cases(TARGETS))
    before = sorted(Path(plain.location).iterdir())
    frame = validation_results_df(plain.location, validation=cases(TARGETS))
    expected = validation_results_df(labelled.location)
    assert_frame_equal(frame, expected)
    assert frame["kappa"].tolist() == pytest.approx([0.4])
    assert sorted(Path(plain.location).iterdir()) == before
    (report,) = validation_reports(plain.location, validation=cases(TARGETS))
    assert report.unmatched == ["t9"]
    (row,) = report.disagreements
    assert (row.ids, row.target, row.value, row.explanation) == (("t2",), True, False, "2 was seen")


@pytest.mark.parametrize(
    ("answer", "reply", "targets"),
    [
        (["done", "failed"], "ANSWER: A", ["Done", "a", "failed"]),
        ("boolean", "ANSWER: yes", ["yes", True, "no"]),
        ("numeric", "ANSWER: 3", [3, "3", 4]),
    ],
)
def test_answers_of_judges_mean_the_same_after_the_fact(
    tmp_path: Path, answer: Any, reply: str, targets: list[Any]
) -> None:
    judge = llm_scanner(question="How did it end?", answer=answer)
    status = scanned(tmp_path, {"judge": judge}, model=scripted_model([(".*", reply)]))
    given = cases({f"t{i}": target for i, target in enumerate(targets)})
    (report,) = validation_reports(status.location, validation=given)
    assert [row.valid for row in report.verdicts] == [True, True, False]


def test_lists_of_results_and_messages_are_compared_too(tmp_path: Path) -> None:
    def found(transcript: Transcript) -> Any:
        return [Result(label="even", value=number_of(transcript) % 2 == 0, explanation="as counted")]

    status = scanned(tmp_path, [scanner_of(found), each_message()])
    labels = ValidationSet(cases=[ValidationCase(id=f"t{n}", labels={"even": True, "odd": False}) for n in (0, 1)])
    given: Any = {"probe": labels, "each_message": cases({"a0": "number 0", "a1": "number 5"})}
    reports = validation_reports(status.location, validation=given)
    keyed, single = reports
    assert [row.valid for row in keyed.verdicts] == [{"even": True, "odd": True}, {"even": False, "odd": True}]
    assert [row.explanation for row in keyed.disagreements] == ["even: as counted"]
    assert [row.valid for row in single.verdicts] == [True, False]
    assert single.unmatched == []


def test_failed_results_and_predicates_are_told(tmp_path: Path) -> None:
    def judge(transcript: Transcript) -> Result:
        if number_of(transcript) == 1:
            raise ValueError("no idea")
        return Result(value="text")

    status = scanned(tmp_path, [scanner_of(judge)])
    (report,) = validation_reports(status.location, validation=cases({"t0": 1, "t1": 1}, predicate="gte"))
    assert report.failed == ["t1"]
    assert list(report.problems) == ["TypeError: the value is text; this predicate compares numbers"]


@pytest.mark.anyio
async def test_predicates_of_ones_own_get_the_recorded_result(tmp_path: Path) -> None:
    seen: list[Result] = []

    async def mine(result: Result, target: Any) -> bool:
        seen.append(result)
        return bool(result.value == target)

    status = await _scanned_async(tmp_path)
    frame = await validation_results_df_async(status.location, validation=cases({"t1": True}, predicate=mine))
    assert frame["matched"].tolist() == [1]
    (result,) = seen
    assert (result.value, result.label, result.metadata) == (True, "there", {"sure": True})
    assert [(each.type, each.id, each.cite) for each in result.references] == [("message", "a1", "[M3]")]


async def _scanned_async(tmp_path: Path) -> Status:
    from inspect_scout import Reference
    from inspect_scout.aio import scan_async

    def judge(transcript: Transcript) -> Result:
        cited = [Reference(type="message", id=f"a{number_of(transcript)}", cite="[M3]")]
        return Result(value=True, label="there", metadata={"sure": True}, references=cited)

    return await scan_async([scanner_of(judge)], transcripts_from(talks(2)), scans=str(tmp_path))


def test_which_scanner_cases_are_for_must_be_clear(tmp_path: Path) -> None:
    status = scanned(tmp_path, [odd(), length()])
    with pytest.raises(ConfigError, match="which scanner they are for"):
        validation_results_df(status.location, validation=cases({}))
    with pytest.raises(UnknownNameError, match="'lenght'"):
        validation_results_df(status.location, validation={"lenght": cases({})})
    with pytest.raises(UnknownNameError, match="'lenght'"):
        validation_results_df(status.location, scanner="lenght", validation=cases({}))
    frame = validation_results_df(status.location, scanner="length", validation=cases({"t1": 3}))
    assert frame[["scanner", "matched"]].to_numpy().tolist() == [["length", 1]]


def test_a_report_is_kept_beside_the_rows(tmp_path: Path) -> None:
    status = scanned(tmp_path, [odd()])
    reports = validation_reports(status.location, validation=cases(TARGETS))
    rows = (Path(status.location) / "odd.parquet").read_bytes()
    path = Path(save_reports(status.location, reports))
    assert path.parent == Path(status.location)
    kept = json.loads(path.read_text())
    (report,) = kept["reports"]
    assert report["rows"][0]["matched"] == 2
    assert report["verdicts"][2] == {
        "id": "t2",
        "expected": True,
        "given": False,
        "met": False,
        "explanation": "2 was seen",
        "predicate": "eq",
        "split": None,
        "task": "numbers",
        "model": None,
    }
    assert report["disagreements"] == [report["verdicts"][2]]
    assert (Path(status.location) / "odd.parquet").read_bytes() == rows


def twice(count: int) -> list[Transcript]:
    """Transcripts of `count` tasks, each with two epochs."""
    return [
        talk.model_copy(update={"transcript_id": f"{talk.transcript_id}{epoch}", "task_repeat": epoch})
        for talk in talks(count)
        for epoch in (1, 2)
    ]


BY_TASK = "task_id,epoch,target\n0,1,false\n1,2,true\n7,1,true\n"


def last(name: str = "last") -> Any:
    return scanner_of(lambda t: Result(value=t.transcript_id.endswith("2")), name)


def test_cases_may_name_task_and_epoch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    file = tmp_path / "cases.csv"
    file.write_text(BY_TASK)
    status = scanned(tmp_path, [last()], transcripts_from(twice(2)), validation=file)
    assert "1 of 3 labelled cases match no transcript of this scan: task_id '7' epoch 1" in caplog.text
    frame = validation_results_df(status.location)
    assert frame[["cases", "compared", "matched", "missing"]].to_numpy().tolist() == [[3, 2, 2, 1]]
    plain = scanned(tmp_path, [last()], transcripts_from(twice(2)))
    (report,) = validation_reports(plain.location, validation=file)
    assert [row.ids for row in report.verdicts] == [("t01",), ("t12",)]
    assert report.unmatched == ["task_id '7' epoch 1"]


def test_a_task_with_several_transcripts_is_refused_before_anything_is_scanned(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("task_id,target\n0,true\n")
    with pytest.raises(ConfigError, match=r"task_id '0' matches 2 transcripts \(t01, t02\). Give its epoch"):
        scanned(tmp_path, [last()], transcripts_from(twice(2)), validation=file)
    assert not (tmp_path / "scans").exists()
    plain = scanned(tmp_path, [last()], transcripts_from(twice(2)))
    with pytest.raises(ConfigError, match="matches 2 transcripts"):
        validation_results_df(plain.location, validation=file)


def test_transcripts_are_selected_by_task(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(BY_TASK + "1,1,true\n")
    chosen = transcripts_from(twice(3)).for_validation(file)
    status = scanned(tmp_path, [last()], chosen, validation=file)
    assert validation_results_df(status.location)["compared"].tolist() == [3]
    assert status.spec.transcripts is not None
    assert list(status.spec.transcripts.transcript_ids) == ["t01", "t11", "t12"]


def test_keys_that_match_nothing_are_said_before_a_scan(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    scanned(tmp_path, [odd()], validation=cases(TARGETS), dry_run=True)
    assert "Scanner 'odd': 1 of 4 labelled cases match no transcript of this scan: t9" in caplog.text
    caplog.clear()
    scanned(tmp_path, [each_message()], validation=cases({"a0": "x", "nowhere": "y"}))
    assert "match no transcript" not in caplog.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("task_id,epoch,target\na,first,true\n", "line 2 .*its epoch 'first' is not a whole number"),
        ("epoch,target\n1,true\n", r"it has no 'id'.*\(or 'task_id' and 'epoch'\)"),
    ],
)
def test_keys_that_cannot_be_used_name_their_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(text)
    with pytest.raises(ConfigError, match=says):
        validation_set(file)


def test_tasks_keep_what_they_are_called(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text('task_id,epoch,target\n007,1,true\n"""8""",2,true\n')
    assert [(case.id, case.task_id, case.task_repeat) for case in validation_set(file).cases] == [
        ("", "007", 1),
        ("", "8", 2),
    ]


@scanner(messages="all", name="labels")
def _labels() -> Any:
    async def scan(transcript: Transcript) -> Result:
        return Result(value="A", answer="done")

    return scan


def test_classes_have_a_kappa(tmp_path: Path) -> None:
    status = scanned(tmp_path, [_labels()])
    given = cases({"t0": "done", "t1": "failed", "t2": "done"})
    frame = validation_results_df(status.location, validation=given)
    assert frame["class"].fillna("-").tolist() == ["-", "done", "failed"]
    assert frame["kappa"].tolist()[0] == pytest.approx(0)
    assert frame["kappa"].isna().tolist() == [False, True, True]
