"""Scanners as scorers, in real evals."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import score as inspect_score
from inspect_ai.event import ModelEvent, Timeline
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from inspect_ai.scorer import accuracy, mean, stderr
from inspect_ai.solver import TaskState

from inspect_scout import (
    ConfigError,
    Loader,
    Reference,
    Result,
    Scanner,
    Transcript,
    as_scorer,
    grep_scanner,
    loader,
    scan,
    scan_results_df,
    scanner,
)
from support.scoring import run_eval, scores_of


@scanner(messages="all", metadata=True)
def described() -> Scanner[Transcript]:
    async def look(transcript: Transcript) -> Result:
        told = transcript.model_dump(mode="json", exclude={"messages", "events", "timelines"})
        cite = Reference(type="message", cite="[M1]", id=transcript.messages[0].id or "")
        return Result(value=len(transcript.messages), explanation="[M1]", metadata=told, references=[cite])

    return look


@scanner(messages=["assistant"])
def answers() -> Scanner[ChatMessageAssistant]:
    async def look(message: ChatMessageAssistant) -> Result:
        return Result(value="4" in message.text, answer="four", explanation=message.text)

    return look


@scanner(messages=["user", "assistant"])
def lengths() -> Scanner[Sequence[ChatMessage]]:
    async def look(messages: Sequence[ChatMessage]) -> Result:
        return Result(value=[len(message.text) for message in messages])

    return look


@scanner(events=["model"])
def calls() -> Scanner[ModelEvent]:
    async def look(event: ModelEvent) -> Result:
        return Result(value=event.output.completion)

    return look


@scanner(timeline=True)
def lines() -> Scanner[Timeline]:
    async def look(timeline: Timeline) -> Result:
        return Result(value=sum(item.type == "span" for item in timeline.root.content) > 0, label=timeline.name)

    return look


@loader(messages="all")
def one_by_one() -> Loader[list[ChatMessage]]:
    async def load(transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
        yield []
        for message in transcript.messages:
            yield [message]

    return load


@scanner(loader=one_by_one())
def sizes() -> Scanner[list[ChatMessage]]:
    async def look(messages: list[ChatMessage]) -> Result:
        return Result(value=len(messages[0].text))

    return look


@scanner(messages="all")
def returning(value: Any = None, name: str = "") -> Scanner[Transcript]:
    async def look(transcript: Transcript) -> Any:
        return value(transcript) if callable(value) else value

    return look


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """Log of an eval that has a scorer and scanners, some of them given as they are."""
    chosen = [described(), as_scorer(answers()), lengths(), calls(), lines(), sizes(), grep_scanner("4", name="fours")]
    return run_eval(tmp_path_factory.mktemp("scored"), chosen)


def test_loaders_cut_the_sample_for_every_kind_of_scanner(log: EvalLog) -> None:
    values = {name: score.value for name, score in (log.samples or [])[0].scores.items()}  # type: ignore[union-attr]
    assert values == {
        "described": 2,
        "answers": True,
        "lengths": [9, 11],
        "calls": "They are 4.",
        "lines": True,
        "sizes": 10.0,
        "fours": 1,
    }


def test_score_keeps_answer_explanation_and_references(log: EvalLog) -> None:
    (score, _), (sample, _) = scores_of(log, "described"), log.samples or []
    assert score.explanation == "[M1]"
    cited = [{"type": "message", "cite": "[M1]", "id": sample.messages[0].id}]
    assert score.metadata["scanner_references"] == cited
    assert scores_of(log, "answers")[0].answer == "four"


def test_transcript_describes_the_sample_as_the_index_will(log: EvalLog) -> None:
    told = scores_of(log, "described")[1].metadata
    status = scan([described()], log.location, scans=str(Path(log.location).parent / "scans"), display="none")
    frame = scan_results_df(status.location).scanners["described"]
    rows = frame[frame.transcript_task_id == "second"].to_dict("records")
    for name in ("id", "source_type", "source_id", "task_set", "task_id", "task_repeat", "agent", "model"):
        assert told.get(name, told["transcript_id"]) == rows[0][f"transcript_{name}"], name
    assert str(told["model_options"]) == rows[0]["transcript_model_options"]
    for name in ("message_count", "total_tokens", "error", "limit"):
        assert told[name] == rows[0][f"transcript_{name}"], name
    assert (told["message_count"], told["total_tokens"]) == (2, 7)
    assert told["source_uri"] == log.location
    assert told["total_time"] > 0
    later = json.loads(rows[0]["metadata"])
    for name in ("eval_id", "id", "epoch", "input", "target", "sample_metadata", "generate_config"):
        assert told["metadata"][name] == later["metadata"][name], name


def test_earlier_scores_are_seen(tmp_path: Path) -> None:
    scored = scores_of(run_eval(tmp_path, [answers(), described()]), "described")[0].metadata
    assert (scored["score"], scored["success"], scored["score_explanation"]) == (True, True, "They are 4.")
    assert scored["metadata"]["scores"]["answers"]["answer"] == "four"
    assert scored["metadata"]["sample_metadata"] == {"hard": True}
    assert scored["metadata"]["target"] == "four"


def test_metrics_come_from_the_argument_then_the_scanner_then_the_default(tmp_path: Path) -> None:
    @scanner(messages="all", metrics=[accuracy()])
    def measured() -> Scanner[Transcript]:
        async def look(transcript: Transcript) -> Result:
            return Result(value=1)

        return look

    found = run_eval(tmp_path, [measured(), as_scorer(measured(), metrics=[stderr()]), answers()])
    assert found.results is not None
    assert [list(score.metrics) for score in found.results.scores] == [["accuracy"], ["stderr"], ["mean", "stderr"]]


def test_labelled_results_become_values_by_label(tmp_path: Path) -> None:
    def found(transcript: Transcript) -> list[Result]:
        cite = Reference(type="message", cite="[M2]", id="m2")
        shared = [Result(value=1, label="a", explanation="why", references=[cite]), Result(value=9, label="a")]
        return [*shared, Result(value={"x": 1}, label="b")] if transcript.task_id == "first" else shared

    made = as_scorer(returning(found), metrics={"a": [mean()], "b": [mean()], "c": [mean()]})
    log = run_eval(tmp_path, made)
    first, second = scores_of(log, "returning")
    assert first.value["a"] == 1
    assert first.value["b"] == '{\n  "x": 1\n}'
    assert math.isnan(second.value["b"])
    assert math.isnan(first.value["c"])
    assert first.explanation == "[a]\nwhy"
    assert first.metadata["scanner_references"] == [{"type": "message", "cite": "[M2]", "id": "m2"}]
    assert log.results is not None
    assert [score.name for score in log.results.scores] == ["a", "b", "c"]


def test_results_without_labels_are_reduced_and_none_is_the_empty_score(tmp_path: Path) -> None:
    def found(transcript: Transcript) -> list[Result]:
        return [Result(value=1), Result(value=2)] if transcript.task_id == "first" else []

    first, second = scores_of(run_eval(tmp_path, returning(found)), "returning")
    assert first.value == 1.5
    assert second.value == {}
    assert (second.answer, second.explanation, second.metadata) == (None, None, None)


def test_several_inputs_without_any_result_are_the_empty_score(tmp_path: Path) -> None:
    @scanner(messages=["assistant", "user"])
    def nothing() -> Scanner[ChatMessage]:
        async def look(message: ChatMessage) -> list[Result]:
            return []

        return look

    assert [score.value for score in scores_of(run_eval(tmp_path, nothing()), "nothing")] == [{}, {}]


def test_what_one_input_holds_counts_beside_another_that_holds_nothing(tmp_path: Path) -> None:
    @scanner(messages="all")
    def some() -> Scanner[ChatMessage]:
        async def look(message: ChatMessage) -> list[Result]:
            return [Result(value=3, label="a")] if message.role == "user" else []

        return look

    assert [score.value for score in scores_of(run_eval(tmp_path, some()), "some")] == [{"a": 3}, {"a": 3}]


@pytest.mark.parametrize("first_finds", [True, False])
@pytest.mark.parametrize("keys", ["a", "*"])
def test_a_sample_without_findings_is_unscored_for_metrics_by_key(tmp_path: Path, keys: str, first_finds: bool) -> None:
    def found(transcript: Transcript) -> list[Result]:
        return [Result(value=4, label="a")] if (transcript.task_id == "first") == first_finds else []

    log = run_eval(tmp_path, as_scorer(returning(found), metrics={keys: [mean()]}))
    scores = scores_of(log, "returning")
    with_some, without = scores if first_finds else scores[::-1]
    assert with_some.value == {"a": 4}
    assert math.isnan(without.value["a"] if keys == "a" else without.value)
    assert log.status == "success"
    assert log.results is not None
    if first_finds or keys == "a":
        assert [(score.name, score.metrics["mean"].value) for score in log.results.scores] == [("a", 4.0)]


def test_no_value_is_nan_with_context_and_no_score_without(tmp_path: Path) -> None:
    def found(transcript: Transcript) -> Result:
        return Result(value=None, explanation="unsure" if transcript.task_id == "first" else None)

    first, second = scores_of(run_eval(tmp_path, returning(found)), "returning")
    assert math.isnan(first.value)
    assert first.explanation == "unsure"
    assert second is None


def test_a_scanner_that_returns_nothing_useful_is_a_sample_error(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="return a Result"):
        run_eval(tmp_path, returning("text"))


def test_stored_timelines_are_used_as_they_are(tmp_path: Path) -> None:
    from inspect_ai.event import timeline_build
    from inspect_ai.log import transcript
    from inspect_ai.solver import Generate, Solver, generate, solver

    @solver
    def storing() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            transcript().add_timeline(timeline_build(list(transcript().events), name="own"))
            return state

        return solve

    @scanner(timeline="all")
    def names() -> Scanner[list[Timeline]]:
        async def look(timelines: list[Timeline]) -> Result:
            return Result(value=[timeline.name for timeline in timelines])

        return look

    assert scores_of(run_eval(tmp_path, names(), solver=[generate(), storing()]), "names")[0].value == ["own"]


def test_a_log_is_scored_again_by_a_scanner(log: EvalLog) -> None:
    again = inspect_score(read_eval_log(log.location), as_scorer(described()), display="none")
    told = scores_of(again, "described1")[0].metadata
    before = scores_of(log, "described")[0].metadata
    for name in ("transcript_id", "task_id", "task_repeat", "agent", "model", "message_count", "total_tokens"):
        assert told[name] == before[name], name
    assert told["score"] == 2
    assert (told["source_id"], told["task_set"]) == (None, None)


FILE = """
from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def counted(add: int = 0) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages) + add)

    return scan


@scanner(messages="all")
def other() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=0)

    return scan
"""


def test_inspect_score_finds_scanners_of_files(log: EvalLog, tmp_path: Path) -> None:
    (tmp_path / "more.py").write_text(FILE)
    copy = tmp_path / "log.eval"
    shutil.copy(log.location, copy)
    inspect = Path(sys.executable).parent / "inspect"
    command = [str(inspect), "score", "log.eval", "--scorer", "more.py@counted", "-S", "add=5", "--overwrite"]
    ran = subprocess.run([*command, "--action", "append"], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [score.value for score in scores_of(read_eval_log(str(copy)), "counted")] == [7, 7]


def test_only_scanners_become_scorers() -> None:
    with pytest.raises(ConfigError, match="is not a scanner"):
        as_scorer(len)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"call it: answers\(\)"):
        as_scorer(answers)  # type: ignore[arg-type]
