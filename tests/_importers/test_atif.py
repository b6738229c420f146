"""Trajectories in ATIF become transcripts, with all that belongs to them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, atif, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

VERSIONS = [f"ATIF-v1.{minor}" for minor in range(9)]


def agent_step(number: int, says: str, call: str | None = None, **fields: Any) -> dict[str, Any]:
    step: dict[str, Any] = {
        "step_id": number,
        "source": "agent",
        "message": says,
        "timestamp": f"2026-03-01T10:00:{number:02}Z",
    }
    if call is not None:
        step["tool_calls"] = [{"tool_call_id": call, "function_name": "bash", "arguments": {"command": "ls"}}]
        step["observation"] = {"results": [{"source_call_id": call, "content": "a.txt"}]}
    step["metrics"] = {"prompt_tokens": 100, "completion_tokens": 10, "cached_tokens": 40, "cost_usd": 0.5}
    return {**step, **fields}


def trajectory(name: str = "one", version: str = "ATIF-v1.7", **fields: Any) -> dict[str, Any]:
    return {
        "schema_version": version,
        "session_id": name,
        "agent": {"name": "terminus", "version": "2", "model_name": "m-large"},
        "steps": [
            {"step_id": 1, "source": "user", "message": f"List the files of {name}"},
            agent_step(2, "I look.", f"call-{name}"),
            agent_step(3, "There is a.txt."),
        ],
        **fields,
    }


def write(folder: Path, given: dict[str, Any], name: str | None = None) -> Path:
    file = folder / (name or f"{given['session_id']}.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(given))
    return file


async def read(place: Path, **options: Any) -> list[Transcript]:
    return [transcript async for transcript in atif(place, **options)]


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("atif")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in ("one", "two", "three"):
            write(tmp_path, trajectory(name))
        return tmp_path

    def grow(self, file: Path) -> None:
        given = trajectory(file.stem)
        given["steps"].append(agent_step(4, "And that is all."))
        write(file.parent, given)


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for name in ("one", "two", "three"):
            write(tmp_path / "jobs", trajectory(name))
        return transcripts_from(tmp_path / "jobs").source


@pytest.mark.parametrize("version", VERSIONS)
async def test_steps_become_messages_and_calls(tmp_path: Path, version: str) -> None:
    write(tmp_path, trajectory(version=version))
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool", "assistant"]
    assert (found.transcript_id, found.agent, found.model) == ("one-one", "terminus", "m-large")
    assert (found.total_tokens, found.total_time) == (220, 1.0)
    asked = [event for event in found.events if event.event == "model"]
    usage = asked[0].output.usage
    assert usage is not None
    assert (usage.input_tokens, usage.input_tokens_cache_read, usage.total_cost) == (60, 40, 0.5)
    assert found.metadata["schema_version"] == version


async def test_the_totals_of_the_file_count(tmp_path: Path) -> None:
    metrics = {"total_prompt_tokens": 900, "total_completion_tokens": 100, "total_cost_usd": 2.5}
    write(tmp_path, trajectory(final_metrics=metrics, trajectory_id="t-1"))
    (found,) = await read(tmp_path)
    assert (found.transcript_id, found.total_tokens, found.metadata["cost"]) == ("t-1", 1000, 2.5)


async def test_a_chain_is_one_transcript_and_copied_steps_are_not_repeated(tmp_path: Path) -> None:
    write(tmp_path, trajectory(continued_trajectory_ref="one.cont-1.json"))
    rest = trajectory("one-cont-1")
    rest["steps"] = [
        {"step_id": 1, "source": "user", "message": "List the files of one", "is_copied_context": True},
        agent_step(2, "I go on."),
    ]
    write(tmp_path, rest, "one.cont-1.json")
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages][-2:] == ["There is a.txt.", "I go on."]
    assert (len(found.messages), found.total_tokens, found.metadata["parts"]) == (5, 330, 2)


@pytest.mark.parametrize("where", ["embedded", "beside"])
async def test_sub_agents_are_spans(tmp_path: Path, where: str) -> None:
    child = {**trajectory("child"), "trajectory_id": "child-1"}
    reference = {"trajectory_id": "child-1"} if where == "embedded" else {"trajectory_path": "subs/child.json"}
    parent = trajectory("parent")
    parent["steps"][1]["observation"]["results"][0]["subagent_trajectory_ref"] = [reference]
    if where == "embedded":
        parent["subagent_trajectories"] = [child]
    else:
        write(tmp_path / "subs", child, "child.json")
    write(tmp_path, parent)
    (found,) = await read(tmp_path)
    (span,) = [event for event in found.events if event.event == "span_begin" and event.type == "agent"]
    (started,) = [event for event in found.events if event.event == "tool" and event.agent_span_id]
    assert started.agent_span_id == span.id
    assert found.total_tokens == 440
    assert len(found.messages) == 4


async def test_a_boundary_empties_the_context(tmp_path: Path) -> None:
    given = trajectory()
    managed = {"context_management": {"type": "compaction", "boundary": "replace"}}
    summary = {"results": [{"content": "So far: a.txt"}]}
    given["steps"][2:2] = [
        {"step_id": 9, "source": "system", "message": "Compacted.", "observation": summary, "extra": managed}
    ]
    write(tmp_path, given)
    (found,) = await read(tmp_path)
    assert [event.event for event in found.events].count("compaction") == 1
    last = [event for event in found.events if event.event == "model"][-1]
    assert [message.text for message in last.input] == ["Compacted.", "So far: a.txt"]


async def test_no_file_outside_the_folder_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, trajectory("secret"))
    write(tmp_path / "jobs", trajectory(continued_trajectory_ref="../secret.json"))
    with caplog.at_level(logging.WARNING):
        (found,) = await read(tmp_path / "jobs")
    assert "secret" not in str(found.messages)
    assert "not below its folder" in caplog.text


async def test_a_step_without_a_call_of_the_model_is_none(tmp_path: Path) -> None:
    given = trajectory()
    given["steps"][2]["llm_call_count"] = 0
    write(tmp_path, given)
    (found,) = await read(tmp_path)
    assert len([event for event in found.events if event.event == "model"]) == 1
    assert len(found.messages) == 4


async def test_calls_of_two_steps_may_have_one_id(tmp_path: Path) -> None:
    steps = [agent_step(number, "I look.", "call_0") for number in (1, 2)]
    write(tmp_path, trajectory(steps=steps))
    (found,) = await read(tmp_path)
    tools = [event for event in found.events if event.event == "tool"]
    assert [(event.function, event.result, event.pending) for event in tools] == [("bash", "a.txt", None)] * 2
    assert [message.function for message in found.messages if message.role == "tool"] == ["bash", "bash"]
