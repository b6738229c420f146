"""Scanning through the public functions."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    DryRun,
    RefusalError,
    Result,
    ScannerWork,
    ScanStateError,
    Status,
    Transcript,
    UnknownNameError,
    Worklist,
    scan,
    scan_complete,
    scan_list,
    scan_results_df,
    scan_resume,
    scan_status,
    transcripts_from,
)
from inspect_scout.aio import scan_async
from support.transcripts import each_message, length, never_called, number_of, scanner_of, talks


def quiet(scanners: Any, count: int, scans: Path, **more: Any) -> Status:
    """Scan `count` transcripts in memory."""
    return scan(scanners, transcripts_from(talks(count)), scans=str(scans), display="none", **more)


def values(status: Status, scanner: str) -> list[Any]:
    """Values of a scanner's rows, in order."""
    return scan_results_df(status.location).scanners[scanner]["value"].tolist()


def test_results_stand_in_the_order_of_the_transcripts(tmp_path: Path) -> None:
    status = quiet([scanner_of(lambda t: Result(value=number_of(t)))], 30, tmp_path)
    assert status.complete
    assert values(status, "probe") == list(range(30))


def test_each_invocation_gives_a_row(tmp_path: Path) -> None:
    status = quiet([length(), each_message()], 3, tmp_path)
    assert values(status, "length") == [3, 3, 3]
    assert values(status, "each_message") == ["number 0", "number 1", "number 2"]
    assert status.summary["each_message"].scans == 3


def test_scanners_see_only_what_they_asked_for(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def look(transcript: Transcript) -> Result:
        seen.append([m.role for m in transcript.messages])
        return Result(value=None)

    status = quiet([scanner_of(look), each_message()], 1, tmp_path)
    assert status.complete
    assert seen == [["system", "user", "assistant"]]


def test_unknown_keywords_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="bogus"):
        quiet([length()], 1, tmp_path, bogus=1)


def test_older_name_of_scans_is_accepted(tmp_path: Path) -> None:
    with pytest.warns(DeprecationWarning, match="scans"):
        status = scan([length()], transcripts_from(talks(1)), results=str(tmp_path), display="none")
    assert Path(status.location).parent == tmp_path


def test_both_names_of_scans_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="results"):
        scan([length()], transcripts_from(talks(1)), scans=str(tmp_path), results=str(tmp_path))


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"scanners": []}, ConfigError, "No scanners"),
        ({"scanners": [length]}, ConfigError, "length()"),
        ({"scanners": [lambda: 1]}, ConfigError, "scanner"),
        ({"transcripts": transcripts_from([])}, ConfigError, "no transcripts"),
        ({"transcripts": transcripts_from(talks(1)).where("task_set = 'x'")}, ConfigError, "No transcript meets"),
        ({"transcripts": transcripts_from(talks(1)).where("task_sat = 'x'")}, UnknownNameError, "task_set"),
        ({"transcripts": "no/such/log.eval"}, FileNotFoundError, "no/such/log.eval"),
        ({"worklist": [Worklist(scanner="lenght", transcripts=[])]}, UnknownNameError, "'length'"),
        ({"worklist": [ScannerWork("length", ["t0"])], "limit": 1}, ConfigError, "limit"),
        ({"max_transcripts": 0}, ConfigError, "max_transcripts=0"),
        ({"max_transcripts": "many"}, ConfigError, "whole number"),
        ({"limit": -1}, ConfigError, "limit=-1"),
        ({"record_input": "all"}, ConfigError, "auto, copy, reference"),
        ({"log_level": "loud"}, ConfigError, "warning"),
        ({"display": "gui"}, ConfigError, "rich"),
        ({"shuffle": "yes"}, ConfigError, "seed"),
        ({"tags": "one"}, ConfigError, "list"),
        ({"model": "nowhere/model"}, ConfigError, "nowhere"),
        ({"model": 3}, ConfigError, "model=3"),
        ({"model": ""}, ConfigError, "names no model"),
        ({"model_args": {"a": 1}}, ConfigError, "belong to a model"),
        ({"model": "mockllm/model", "model_args": "no/such.yaml"}, FileNotFoundError, "such.yaml"),
        ({"model_config": {"temperature": 1}}, ConfigError, "GenerateConfig"),
        ({"model_roles": {"judge": []}}, ConfigError, "judge"),
        ({"model_roles": {"judge": 1}}, ConfigError, "judge"),
        ({"validation": "cases.csv"}, FileNotFoundError, "cases.csv"),
        ({"scans": "floppy://a/scans"}, ConfigError, "floppy:// is unknown"),
    ],
)
def test_nothing_is_created_when_the_plan_is_wrong(
    wrong: dict[str, Any], error: type[Exception], says: str, tmp_path: Path
) -> None:
    arguments: dict[str, Any] = {
        "scanners": [length()],
        "transcripts": transcripts_from(talks(1)),
        "scans": str(tmp_path / "scans"),
        "display": "none",
    }
    with pytest.raises(error, match=says):
        scan(**{**arguments, **wrong})
    assert not (tmp_path / "scans").exists()


@pytest.mark.parametrize(
    ("returned", "says"),
    [(None, "returned None"), (3, "returned a int"), ([Result(value=1), 2], "a list that holds a int"), ({}, "dict")],
)
def test_what_is_no_result_becomes_an_error_row(returned: Any, says: str, tmp_path: Path) -> None:
    status = quiet([scanner_of(lambda t: returned if number_of(t) == 1 else Result(value=1))], 3, tmp_path)
    assert not status.complete
    assert [says in e.error for e in status.errors] == [True]
    frame = scan_results_df(status.location).scanners["probe"]
    assert frame["scan_error"].notna().tolist() == [False, True, False]


def test_refusals_are_marked(tmp_path: Path) -> None:
    def refuse(transcript: Transcript) -> Result:
        raise RefusalError("I would rather not")

    status = quiet([scanner_of(refuse)], 1, tmp_path)
    assert status.errors[0].refusal
    assert scan_results_df(status.location).scanners["probe"]["scan_error_type"].tolist() == ["refusal"]


def fails_for(*numbers: int) -> Any:
    """Make a scan that raises for some transcripts while the folder of the test says so."""

    def fail(transcript: Transcript) -> Result:
        if number_of(transcript) in numbers:
            raise RuntimeError(f"no {transcript.transcript_id}")
        return Result(value=number_of(transcript))

    return fail


def test_failing_scanner_leaves_error_rows_and_an_incomplete_scan(tmp_path: Path) -> None:
    status = quiet([scanner_of(fails_for(1, 3)), length()], 5, tmp_path)
    assert not status.complete
    assert status.summary["probe"].errors == 2
    assert status.summary["length"].errors == 0
    said = [(e.transcript_id, e.error.partition(" (")[0]) for e in status.errors]
    assert said == [("t1", "RuntimeError: no t1"), ("t3", "RuntimeError: no t3")]
    assert "RuntimeError: no t1" in status.errors[0].traceback
    assert scan_status(status.location).errors == status.errors


def test_fail_on_error_raises_what_the_scanner_raised_after_saving(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no t7"):
        quiet([scanner_of(fails_for(7))], 20, tmp_path, fail_on_error=True, max_transcripts=1)
    (status,) = scan_list(str(tmp_path))
    assert not status.complete
    assert values(status, "probe") == list(range(7))


def test_complete_accepts_errors_and_keeps_them(tmp_path: Path) -> None:
    status = quiet([scanner_of(fails_for(0))], 2, tmp_path)
    status = scan_complete(status.location, display="none")
    assert status.complete
    assert [e.transcript_id for e in status.errors] == ["t0"]
    with pytest.raises(ScanStateError, match="complete already"):
        scan_complete(status.location, display="none")
    with pytest.raises(ScanStateError, match="complete already"):
        scan_resume(status.location, display="none")


def test_pair_without_inputs_is_recorded(tmp_path: Path) -> None:
    status = quiet([never_called(), length()], 3, tmp_path)
    assert status.complete
    assert status.summary["never_called"].scans == 3
    assert not Path(status.location, "never_called.parquet").exists()


def test_dry_run_counts_and_creates_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scans = tmp_path / "scans"
    status = scan([length()], transcripts_from(talks(4)), scans=str(scans), display="plain", dry_run=True)
    assert status.complete
    assert status.location == "(dry-run)"
    assert status.dry_run == DryRun(4, {"length": 4})
    assert status.dry_run is not None
    assert status.dry_run.total == 4
    assert status.spec.transcripts is not None
    assert list(status.spec.transcripts.transcript_ids) == ["t0", "t1", "t2", "t3"]
    assert "length" in capsys.readouterr().out
    assert not scans.exists()


def test_limit_and_shuffle_choose_the_same_transcripts_again(tmp_path: Path) -> None:
    runs = [quiet([length()], 20, tmp_path, limit=5, shuffle=7) for _ in range(2)]
    chosen = [list(run.spec.transcripts.transcript_ids) for run in runs if run.spec.transcripts]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 5
    assert chosen[0] != [f"t{n}" for n in range(5)]


def test_worklist_is_followed_in_every_form(tmp_path: Path) -> None:
    work = {"length": ["t1", "t2", "gone"], "each_message": ["t0"]}
    as_yaml, as_json = tmp_path / "work.yaml", tmp_path / "work.json"
    as_yaml.write_text("".join(f"- scanner: {s}\n  transcripts: {ids}\n" for s, ids in work.items()))
    as_json.write_text(
        '[{"scanner": "length", "transcripts": ["t1", "t2", "gone"]},'
        ' {"scanner": "each_message", "transcripts": ["t0"]}]'
    )
    forms: list[Any] = [
        [Worklist(scanner=s, transcripts=ids) for s, ids in work.items()],
        [ScannerWork(s, ids) for s, ids in work.items()],
        str(as_yaml),
        as_json,
    ]
    for form in forms:
        status = quiet([length(), each_message()], 4, tmp_path / "scans", worklist=form)
        assert status.complete
        frames = scan_results_df(status.location).scanners
        assert frames["length"]["transcript_id"].tolist() == ["t1", "t2"]
        assert frames["each_message"]["transcript_id"].tolist() == ["t0"]


def test_worklist_takes_selections(tmp_path: Path) -> None:
    chosen = transcripts_from(talks(4)).where("task_id IN ('2', '3')")
    status = quiet([length()], 4, tmp_path, worklist=[ScannerWork("length", chosen)])
    assert status.summary["length"].scans == 2


def test_lead_scanner_ends_before_the_others_begin(tmp_path: Path) -> None:
    steps: list[str] = []

    def step(name: str) -> Any:
        async def work() -> Result:
            steps.append(f"{name} begins")
            await asyncio.sleep(0.01)
            steps.append(f"{name} ends")
            return Result(value=1)

        return scanner_of(lambda _: work(), name)

    quiet([step("a"), step("b"), step("c")], 1, tmp_path)
    assert steps[:2] == ["a begins", "a ends"]
    assert set(steps[2:4]) == {"b begins", "c begins"}


def test_scan_works_inside_a_running_loop(tmp_path: Path) -> None:
    async def notebook() -> Status:
        return quiet([length()], 2, tmp_path)

    assert asyncio.run(notebook()).complete


def test_many_scans_run_at_once_in_one_process(tmp_path: Path) -> None:
    async def wait(transcript: Transcript) -> Result:
        await asyncio.sleep(0.001)
        return Result(value=number_of(transcript))

    async def work() -> list[Status]:
        one = (scan_async([scanner_of(wait)], transcripts_from(talks(10 + n)), scans=str(tmp_path)) for n in range(5))
        return list(await asyncio.gather(*one))

    os.environ["SCOUT_DISPLAY"] = "none"
    statuses = asyncio.run(work())
    assert [s.summary["probe"].scans for s in statuses] == [10, 11, 12, 13, 14]
    assert len({s.location for s in statuses}) == 5


def test_tables_of_a_running_scan_are_kept_up_to_date(tmp_path: Path) -> None:
    seen: list[int] = []

    def tables() -> int:
        return len(list(tmp_path.glob("scan_id=*/probe.parquet")))

    async def look(transcript: Transcript) -> Result:
        await asyncio.sleep(0.01)
        seen.append(tables())
        return Result(value=1)

    status = quiet([scanner_of(look)], 40, tmp_path, results_buffer=5, max_transcripts=1)
    assert status.complete
    assert (seen[0], seen[-1]) == (0, 1)
    assert len(values(status, "probe")) == 40


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt, which programs that were started in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupted_scan_keeps_what_was_recorded(tmp_path: Path) -> None:
    def interrupt(transcript: Transcript) -> Result:
        if number_of(transcript) == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return Result(value=number_of(transcript))

    with pytest.raises(KeyboardInterrupt):
        quiet([scanner_of(interrupt)], 100, tmp_path, max_transcripts=1)
    (status,) = scan_list(str(tmp_path))
    assert not status.complete
    recorded = values(status, "probe")
    assert recorded == list(range(len(recorded)))
    assert 5 <= len(recorded) < 100


def test_tags_metadata_and_options_are_kept(tmp_path: Path) -> None:
    status = quiet([length()], 1, tmp_path, tags=["a"], metadata={"k": 1}, max_transcripts=3)
    spec = scan_status(status.location).spec
    assert (spec.tags, spec.metadata, spec.options.max_transcripts) == (["a"], {"k": 1}, 3)
    frame = scan_results_df(status.location).scanners["length"]
    assert (frame["scan_tags"][0], frame["scan_metadata"][0]) == ('["a"]', '{"k":1}')
