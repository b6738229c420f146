"""Scorers of Inspect as scanners."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalLog, transcript
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.scorer import Score, Scorer, Target, exact, includes, mean, model_graded_qa, scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import store

from inspect_scout import (
    ConfigError,
    Result,
    Scanner,
    Transcript,
    as_scanner,
    as_scorer,
    scan,
    scan_results_df,
    scan_resume,
    scanner,
    transcripts_from,
)
from inspect_scout.testing import scripted_model
from support.scoring import run_eval


@scorer(metrics=[mean()])
def seen() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        told: dict[str, Any] = {
            "id": state.sample_id,
            "epoch": state.epoch,
            "uuid": state.uuid,
            "input": state.input_text,
            "output": state.output.completion,
            "messages": len(state.messages),
            "metadata": state.metadata,
            "scores": sorted(state.scores or {}),
            "model": str(state.model),
            "target": target.target,
            "kept": store().get("kept"),
            "events": len(transcript().events),
        }
        return Score(value={"a": 1, "b": math.nan}, answer="yes", explanation="because", metadata=told)

    return score


@scorer(metrics=[mean()])
def silent() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score | None:
        return None

    return score


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """Log of a plain eval."""
    from inspect_ai.solver import Generate, Solver, generate, solver

    @solver
    def keeping() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            state.store.set("kept", 17)
            return state

        return solve

    return run_eval(tmp_path_factory.mktemp("plain"), includes(), solver=[keeping(), generate()])


def rows_of(given: Any, transcripts: Any, folder: Path, **options: Any) -> list[dict[str, Any]]:
    status = scan([given], transcripts, scans=str(folder), display="none", **options)
    assert status.complete, status.errors
    (frame,) = scan_results_df(status.location).scanners.values()
    rows: Any = frame.to_dict("records")
    return list(rows)


def test_scan_takes_scorers_as_they_are(log: EvalLog, tmp_path: Path) -> None:
    status = scan([exact(), ("again", includes())], log.location, scans=str(tmp_path), display="none")
    assert status.complete
    frames = scan_results_df(status.location).scanners
    assert list(frames["exact"].value) == ["I", "I"]
    assert list(frames["again"].value) == ["I", "C"]
    assert list(frames["again"].answer) == ["they are 4."] * 2
    assert status.summary["again"].metrics == {"again": {"accuracy": 0.5, "stderr": 0.5}}


def test_scorer_sees_the_sample_of_the_log(log: EvalLog, tmp_path: Path) -> None:
    row = rows_of(as_scanner(seen(), name="My view"), log.location, tmp_path)[0]
    assert row["scanner_key"] == "my_view"
    told = json.loads(row["metadata"])
    sample = (log.samples or [])[0]
    assert told == {
        "id": "first",
        "epoch": 1,
        "uuid": sample.uuid,
        "input": "How many?",
        "output": "They are 4.",
        "messages": 2,
        "metadata": {"hard": True},
        "scores": ["includes"],
        "model": "mockllm/model",
        "target": ["four"],
        "kept": 17,
        "events": len(sample.events),
    }
    assert json.loads(row["value"]) == {"a": 1, "b": None}
    assert (row["answer"], row["explanation"]) == ("yes", "because")


def test_no_score_is_no_value(log: EvalLog, tmp_path: Path) -> None:
    assert {row["value_type"] for row in rows_of(silent(), log.location, tmp_path)} == {"null"}


def test_transcripts_of_no_log_are_scored_by_what_they_hold(tmp_path: Path) -> None:
    talk = Transcript(
        transcript_id="t",
        model="openai/gpt-4o",
        metadata={"target": ["x", "four"], "sample_metadata": {"k": 1}},
        messages=[ChatMessageUser(content="How many?"), ChatMessageAssistant(content="four")],
    )
    (row,) = rows_of(exact(), transcripts_from([talk]), tmp_path / "a")
    assert row["value"] == "C"
    (row,) = rows_of(seen(), transcripts_from([talk]), tmp_path / "b")
    told = json.loads(row["metadata"])
    assert (told["input"], told["output"], told["metadata"]) == ("How many?", "four", {"k": 1})


def test_model_calls_go_to_the_model_of_the_scan_and_are_recorded(log: EvalLog, tmp_path: Path) -> None:
    judge = scripted_model("Looks right.\nGRADE: C")
    rows = rows_of(model_graded_qa(), log.location, tmp_path, model=judge)
    assert [row["value"] for row in rows] == ["C", "C"]
    assert all(row["scan_total_tokens"] > 0 for row in rows)
    frame = scan_results_df(next(tmp_path.glob("scan_id=*")).as_posix(), exclude_columns=[])
    (events,) = {str(e).count('"event":"model"') for e in next(iter(frame.scanners.values())).scan_events}
    assert events == 1


def test_a_scorer_leaves_nothing_behind_for_other_scanners(log: EvalLog, tmp_path: Path) -> None:
    @scanner(messages="all")
    def after() -> Scanner[Transcript]:
        async def look(given: Transcript) -> Result:
            return Result(value=[store().get("kept"), len(transcript().events)])

        return look

    status = scan([seen(), after()], log.location, scans=str(tmp_path), display="none")
    assert set(scan_results_df(status.location).scanners["after"].value) == {"[null,0]"}


FILE = """
import os
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState


@scorer(metrics=[mean()])
def fragile(value: int) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        if os.environ.get("FAIL") == state.sample_id:
            raise ValueError("not now")
        return Score(value=value)

    return score
"""


def test_scans_with_scorers_of_files_resume(log: EvalLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_scorers.py").write_text(FILE)
    starts = (
        "from own_scorers import fragile\nfrom inspect_scout import scan\nimport sys\n"
        "print(scan([fragile(3)], sys.argv[1], scans='scans', display='none').location)\n"
    )
    (tmp_path / "start.py").write_text(starts)
    monkeypatch.setenv("FAIL", "second")
    ran = subprocess.run(
        [sys.executable, "start.py", log.location],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    location = tmp_path / ran.stdout.strip()
    monkeypatch.delenv("FAIL")
    status = scan_resume(str(location), display="none")
    assert status.complete, status.errors
    assert list(scan_results_df(str(location)).scanners["fragile"].value) == [3, 3]


def test_what_is_no_scorer_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not a scorer"):
        as_scanner(len)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"call it: exact\(\)"):
        scan([exact], transcripts_from([]), display="none")  # type: ignore[list-item]

    @scanner(messages="all")
    def own() -> Scanner[Transcript]:
        async def look(given: Transcript) -> Result:
            return Result(value=1)

        return look

    with pytest.raises(ConfigError, match="give the scanner itself"):
        as_scanner(as_scorer(own()))
