"""Scanning with models: which one is used, what is recorded of it, and what happens without one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, Model, ModelOutput, get_model

from inspect_scout import Result, Scanner, Status, Transcript, llm_scanner, scan, scan_results_df, scanner
from inspect_scout import transcripts_from as from_memory
from inspect_scout.aio import scan_async
from inspect_scout.testing import scripted_model
from support.transcripts import number_of, scanner_of, talks


@scanner(messages="all")
def verdict() -> Scanner[Transcript]:
    """Ask whether it is so."""
    return llm_scanner(question="Is it so?", answer="boolean")


def asking(role: str | None = None) -> Scanner[Transcript]:
    """Make a scanner that asks the active model, or that of a role, who it is."""

    async def ask() -> Result:
        model = get_model(role=role) if role else get_model()
        return Result(value=(await model.generate("Who are you?")).completion, answer=str(model))

    return scanner_of(lambda _: ask(), "asking")


def says(text: str) -> Model:
    """Make a model that always says the same."""

    def outputs(*_given: Any) -> ModelOutput:
        return ModelOutput.from_content("mockllm/model", text)

    return get_model("mockllm/model", custom_outputs=outputs)


def quiet(scanners: Any, scans: Path, count: int = 2, **more: Any) -> Status:
    """Scan transcripts in memory."""
    return scan(scanners, from_memory(talks(count)), scans=str(scans), display="none", **more)


def frame(status: Status, name: str) -> Any:
    """Read the rows of a scanner."""
    return scan_results_df(status.location, exclude_columns=[]).scanners[name]


def test_scanner_asks_the_model_of_the_scan(tmp_path: Path) -> None:
    judge = scripted_model([(r"number 1", "It says so [M3].\n\nANSWER: yes"), (r"", "ANSWER: no")])
    status = quiet([verdict()], tmp_path, model=judge)
    rows = frame(status, "verdict")
    assert rows["value"].tolist() == [False, True]
    assert rows["message_references"][1] == '[{"type":"message","cite":"[M3]","id":"a1"}]'
    assert (rows["scan_total_tokens"] > 0).all()
    assert rows["scan_events"].str.contains('"event":"model"').all()
    assert status.summary["verdict"].tokens == rows["scan_total_tokens"].sum()


def test_model_and_roles_are_recorded_without_secrets(tmp_path: Path) -> None:
    status = quiet(
        [asking()],
        tmp_path,
        model="mockllm/model",
        model_args={"api_key": "hush", "flavour": 1},
        model_config=GenerateConfig(temperature=0.5),
        model_roles={"grader": "mockllm/grader"},
    )
    spec = status.spec
    assert spec.model is not None
    assert (spec.model.model, spec.model.args, spec.model.config.temperature) == ("mockllm/model", {"flavour": 1}, 0.5)
    assert spec.model_roles is not None
    assert "hush" not in Path(status.location, "_scan.json").read_text()


def test_roles_have_their_own_models(tmp_path: Path) -> None:
    status = quiet([asking("grader")], tmp_path, model=says("default"), model_roles={"grader": says("grader")})
    assert set(frame(status, "asking")["value"]) == {"grader"}


def test_model_of_the_environment_is_used_if_none_is_given(tmp_path: Path) -> None:
    os.environ["SCOUT_SCAN_MODEL"] = "mockllm/environment, mockllm/second"
    assert set(frame(quiet([asking()], tmp_path), "asking")["answer"]) == {"mockllm/environment"}
    given = quiet([asking()], tmp_path, model="mockllm/given")
    assert set(frame(given, "asking")["answer"]) == {"mockllm/given"}


def test_model_for_evals_is_not_taken(tmp_path: Path) -> None:
    os.environ["INSPECT_EVAL_MODEL"] = "mockllm/eval"
    with pytest.raises(Exception, match="No model specified"):
        quiet([asking()], tmp_path)


def test_scan_without_a_model_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="SCOUT_SCAN_MODEL"):
        quiet([verdict()], tmp_path)


def test_scans_side_by_side_have_their_own_models(tmp_path: Path) -> None:
    async def both() -> list[Status]:
        one = (
            scan_async([asking()], from_memory(talks(3)), scans=str(tmp_path), model=says(text)) for text in ("a", "b")
        )
        return list(await asyncio.gather(*one))

    os.environ["SCOUT_DISPLAY"] = "none"
    first, second = asyncio.run(both())
    assert set(frame(first, "asking")["value"]) == {"a"}
    assert set(frame(second, "asking")["value"]) == {"b"}


def test_calls_that_are_pushed_back_are_tried_again(tmp_path: Path) -> None:
    judge = scripted_model("ANSWER: yes", overload={1, 3}, retry_seconds=0.01)
    status = quiet([verdict()], tmp_path, count=6, model=judge)
    assert status.complete
    assert frame(status, "verdict")["value"].all()


def test_refusals_become_marked_rows(tmp_path: Path) -> None:
    status = quiet([verdict()], tmp_path, model=scripted_model(refuse=1))
    assert not status.complete
    assert all(error.refusal for error in status.errors)


def test_fixed_connections_are_never_exceeded(tmp_path: Path) -> None:
    judge = scripted_model("ANSWER: yes", latency=0.01)
    quiet([verdict()], tmp_path, count=20, model=judge, model_config=GenerateConfig(max_connections=3))
    assert judge.statistics().peak_in_flight == 3


def test_open_connections_grow_beyond_the_transcripts_in_work(tmp_path: Path) -> None:
    judge = scripted_model("ANSWER: yes", latency=0.4)
    quiet([verdict()], tmp_path, count=150, model=judge)
    assert judge.statistics().peak_in_flight > 25


def test_numbers_of_transcripts_are_seen(tmp_path: Path) -> None:
    status = quiet([scanner_of(lambda t: Result(value=number_of(t)))], tmp_path, model="mockllm/model")
    assert frame(status, "probe")["value"].tolist() == [0, 1]
