"""Trajectories of SWE-agent and mini-swe-agent become transcripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from inspect_scout import transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def swe(**fields: Any) -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": "bash", "arguments": '{"command": "ls"}'}}
    history = [
        {"role": "system", "content": "Be good", "agent": "main", "message_type": "system_prompt"},
        {"role": "user", "content": "An example", "is_demo": True, "message_type": "demonstration"},
        {"role": "user", "content": "Fix it", "message_type": "observation"},
        {"role": "assistant", "content": "I look", "thought": "I look", "action": "ls", "tool_calls": [call]},
        {"role": "tool", "content": "a.py", "tool_call_ids": ["c1"], "message_type": "observation"},
    ]
    step: dict[str, Any] = {
        "action": "ls",
        "observation": "a.py",
        "response": "I look",
        "execution_time": 0.5,
        "state": {},
    }
    info = {
        "model_stats": {"instance_cost": 0.2, "tokens_sent": 100, "tokens_received": 20},
        "exit_status": "submitted (exit_cost)",
        "submission": "diff",
    }
    config = {"agent": {"model": {"name": "gpt-5"}}}
    return {
        "environment": "main",
        "trajectory": [step, step],
        "history": history,
        "info": info,
        "replay_config": config,
        **fields,
    }


def mini(**fields: Any) -> dict[str, Any]:
    command = "I look\n\n```mswea_bash_command\nls\n```"
    messages = [
        {"role": "system", "content": "Be good"},
        {"role": "user", "content": "Fix it"},
        {
            "role": "assistant",
            "content": command,
            "extra": {
                "timestamp": 1_780_000_000,
                "response": {"usage": {"prompt_tokens": 90, "completion_tokens": 10}},
            },
        },
        {"role": "user", "content": "<returncode>1</returncode>\n<output>\nno\n</output>"},
        {"role": "exit", "content": "diff", "extra": {"exit_status": "LimitsExceeded"}},
    ]
    info = {
        "config": {"model": {"model_name": "claude-x"}},
        "mini_version": "2.3.0",
        "exit_status": "LimitsExceeded",
        "model_stats": {"instance_cost": 0.1},
    }
    return {"trajectory_format": "mini-swe-agent-1.1", "messages": messages, "info": info, **fields}


class TestSweReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("swe_agent")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            write(tmp_path / f"{name}.traj", swe())
        return tmp_path

    def grow(self, file: Path) -> None:
        given = swe()
        given["history"].append({"role": "assistant", "content": "Done"})
        write(file, given)


class TestMiniReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("mini_swe_agent")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            write(tmp_path / f"{name}.traj.json", mini())
        return tmp_path

    def grow(self, file: Path) -> None:
        given = mini()
        given["messages"].append({"role": "assistant", "content": "Done"})
        write(file, given)


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for name in "ab":
            write(tmp_path / "runs" / f"{name}.traj", swe())
        write(tmp_path / "runs" / "c.traj.json", mini())
        return transcripts_from(tmp_path / "runs").source


async def test_demonstrations_are_not_the_run(tmp_path: Path) -> None:
    write(tmp_path / "repo-1.traj", swe())
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["Be good", "Fix it", "I look", "a.py"]
    (called,) = [event for event in found.events if event.event == "tool"]
    assert (called.function, called.arguments, called.result) == ("bash", {"command": "ls"}, "a.py")
    assert (found.task_id, found.model, found.total_tokens, found.total_time) == ("repo-1", "gpt-5", 120, 1.0)
    assert (found.limit, found.metadata["cost"], found.metadata["skipped"]) == ("cost", 0.2, 1)


async def test_without_a_history_the_steps_are_read(tmp_path: Path) -> None:
    given = swe()
    del given["history"]
    write(tmp_path / "r.traj", given)
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["I look", "a.py"] * 2


@pytest.mark.parametrize("bare", [False, True])
async def test_commands_in_text_are_calls_and_the_answers_their_results(tmp_path: Path, bare: bool) -> None:
    write(tmp_path / "task" / "run.traj.json", mini()["messages"] if bare else mini())
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["system", "user", "assistant", "tool"]
    (called,) = [event for event in found.events if event.event == "tool"]
    assert (called.arguments, called.result) == ({"command": "ls"}, "no")
    assert called.error is not None
    assert called.error.message == "exit code 1"
    assert (found.total_tokens, found.limit) == (100, None if bare else "cost")
    assert (found.model, found.date is not None) == (None if bare else "claude-x", True)


async def test_attempts_are_transcripts_of_one_task(tmp_path: Path) -> None:
    attempt = {name: value for name, value in swe().items() if name in ("history", "trajectory", "info")}
    write(tmp_path / "repo-1.traj", {"environment": "main", "attempts": [attempt, attempt]})
    found = await read(tmp_path)
    assert [(each.task_id, each.task_repeat, len(each.messages)) for each in found] == [
        ("repo-1", 1, 4),
        ("repo-1", 2, 4),
    ]
    assert len({each.transcript_id for each in found}) == 2


async def test_answers_of_the_responses_api_are_read_with_their_results(tmp_path: Path) -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "bash", "arguments": '{"command": "ls"}'}
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "I look"}]}
    usage = {"input_tokens": 90, "output_tokens": 10}
    answer = {"object": "response", "output": [thought, call], "usage": usage, "extra": {"timestamp": 1_780_000_000}}
    result = {"type": "function_call_output", "call_id": "c1", "output": "no", "extra": {"returncode": 2}}
    write(tmp_path / "run.traj.json", mini(messages=[{"role": "user", "content": "Fix it"}, answer, result]))
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool"]
    (called,) = [event for event in found.events if event.event == "tool"]
    assert (called.function, called.arguments, called.result) == ("bash", {"command": "ls"}, "no")
    assert called.error is not None
    assert called.error.message == "exit code 2"
    assert found.total_tokens == 100


@pytest.mark.parametrize("kind", ["swe", "mini", "openhands", "atif"])
async def test_runs_of_one_task_in_two_folders_are_two_transcripts(tmp_path: Path, kind: str) -> None:
    row = {"instance_id": "repo-1", "history": [{"source": "user", "action": "message", "args": {"content": "Hi"}}]}
    step = {"step_id": 1, "source": "user", "message": "Hi"}
    trajectory = {"schema_version": "ATIF-v1.7", "agent": {"name": "a", "version": "1"}, "steps": [step]}
    name, content = {
        "swe": ("repo-1.traj", swe()),
        "mini": ("repo-1.traj.json", mini()),
        "openhands": ("output.jsonl", [row]),
        "atif": ("trajectory.json", trajectory),
    }[kind]
    for folder in ("model-a", "model-b"):
        write(tmp_path / folder / name, content)
    assert len({found.transcript_id for found in await read(tmp_path)}) == 2
