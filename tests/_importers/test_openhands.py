"""Conversations of OpenHands, of both versions, become transcripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from inspect_scout import transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def event(kind: str, number: int, source: str = "environment", **fields: Any) -> dict[str, Any]:
    return {"id": f"e{number}", "kind": kind, "timestamp": f"2026-02-01T10:00:0{number}", "source": source, **fields}


def said(number: int, role: str, text: str) -> dict[str, Any]:
    message = {"role": role, "content": [{"type": "text", "text": text}]}
    return event("MessageEvent", number, "user" if role == "user" else "agent", llm_message=message)


def action(number: int, call: str | None, thought: str = "", **fields: Any) -> dict[str, Any]:
    given = {"id": call, "name": "terminal", "arguments": '{"command": "ls"}'}
    thoughts = [{"type": "text", "text": thought}] if thought else []
    known = {"thought": thoughts, "action": {"command": "ls"}, "tool_name": "terminal", "tool_call_id": call}
    return event("ActionEvent", number, "agent", **known, tool_call=given, llm_response_id="r1", **fields)


def seen(number: int, of: int, call: str | None, text: str) -> dict[str, Any]:
    observation = {"content": [{"type": "text", "text": text}]}
    return event(
        "ObservationEvent", number, action_id=f"e{of}", tool_call_id=call, tool_name="terminal", observation=observation
    )


def stats(number: int, prompt: int) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt, "completion_tokens": 10, "cache_read_tokens": 0}
    metrics = {"default": {"model_name": "m-large", "accumulated_token_usage": usage}}
    return event("ConversationStateUpdateEvent", number, key="stats", value={"usage_to_metrics": metrics})


def conversation() -> list[dict[str, Any]]:
    return [
        said(1, "user", "List"),
        action(2, "c1", "I look"),
        action(3, "c2"),
        seen(4, 2, "c1", "a"),
        seen(5, 3, "c2", "b"),
        stats(6, 50),
        stats(7, 90),
    ]


def old(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": number, "timestamp": f"2025-02-01T10:00:0{number}", "source": "agent", **fields}


def history() -> list[dict[str, Any]]:
    named = {"function_name": "execute_bash", "tool_call_id": "toolu_01"}
    return [
        old(0, action="system", args={"content": "Be good"}),
        old(1, source="user", action="message", args={"content": "List"}),
        old(2, source="user", action="recall", args={}),
        old(4, action="run", args={"command": "ls", "thought": "I look"}, tool_call_metadata=named),
        old(5, cause=4, observation="run", content="a.py", extras={}, tool_call_metadata=named, success=True),
    ]


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("openhands")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            write(tmp_path / f"{name}.jsonl", conversation())
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [*conversation(), said(8, "user", "And now?")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for name in "abc":
            for number, one in enumerate(conversation()):
                write(tmp_path / "conversations" / name / "events" / f"event-{number:05}-x{number}.json", one)
            write(tmp_path / "conversations" / name / "base_state.json", {"stats": {}, "secret": "never"})
        return transcripts_from(tmp_path / "conversations").source


@pytest.mark.parametrize("form", ["jsonl", "json", "items"])
async def test_actions_of_one_answer_are_one_answer(tmp_path: Path, form: str) -> None:
    content: Any = {"items": conversation()} if form == "items" else conversation()
    write(tmp_path / ("c.jsonl" if form == "jsonl" else "c.json"), content)
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool", "tool"]
    assert [event.result for event in found.events if event.event == "tool"] == ["a", "b"]
    assert (found.total_tokens, found.model, found.agent) == (100, "m-large", "openhands")
    assert found.metadata["skipped"] == 2


async def test_the_state_of_a_conversation_does_not_reach_the_metadata(tmp_path: Path) -> None:
    write(tmp_path / "c1" / "events" / "event-00000-x.json", said(1, "user", "Hello"))
    write(tmp_path / "c1" / "base_state.json", {"stats": {}, "llm": {"api_key": "sk-secret"}})
    (found,) = await read(tmp_path)
    assert found.transcript_id == "c1"
    assert "sk-secret" not in found.model_dump_json()


async def test_results_find_their_action_and_errors_are_errors(tmp_path: Path) -> None:
    events = [action(1, None), event("UserRejectObservation", 2, action_id="e1", rejection_reason="No")]
    write(tmp_path / "c.jsonl", [said(0, "user", "Go"), *events])
    (found,) = await read(tmp_path)
    (called,) = [each for each in found.events if each.event == "tool"]
    assert called.error is not None
    assert (called.function, called.error.message) == ("terminal", "No")


async def test_lines_of_an_evaluation_are_conversations(tmp_path: Path) -> None:
    metrics = {"accumulated_token_usage": {"prompt_tokens": 70, "completion_tokens": 5}}
    row = {"instance_id": "repo-1", "history": history(), "metrics": metrics, "test_result": {"passed": True}}
    config = {"agent_class": "CodeAct", "llm_config": {"model": "gpt-5", "api_key": "**"}}
    ended = "RuntimeError: Agent reached maximum iteration"
    write(tmp_path / "output.jsonl", [{**row, "metadata": config}, {**row, "metadata": config, "error": ended}])
    first, second = await read(tmp_path)
    assert [message.role for message in first.messages] == ["system", "user", "assistant", "tool"]
    assert [message.text for message in first.messages] == ["Be good", "List", "I look", "a.py"]
    (called,) = [each for each in first.events if each.event == "tool"]
    assert (called.function, called.arguments) == ("execute_bash", {"command": "ls"})
    assert (first.transcript_id, first.task_id, first.model, first.total_tokens) == ("repo-1-1", "repo-1", "gpt-5", 75)
    assert (second.transcript_id, second.limit, second.error) == ("repo-1-2", "message", ended)
