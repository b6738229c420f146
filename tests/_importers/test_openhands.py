"""Conversations of OpenHands, of both versions, become transcripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ContentReasoning

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
    assert (first.task_id, first.model, first.total_tokens) == ("repo-1", "gpt-5", 75)
    assert (second.limit, second.error) == ("message", ended)
    assert [found.transcript_id[:9] for found in (first, second)] == ["repo-1-1-", "repo-1-2-"]


async def test_a_result_that_was_written_before_its_action_stands_behind_it(tmp_path: Path) -> None:
    write(tmp_path / "c.jsonl", [said(1, "user", "Go"), seen(2, 3, None, "a"), action(3, None)])
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool"]
    assert [event.result for event in found.events if event.event == "tool"] == ["a"]


async def test_the_branch_that_goes_on_is_the_conversation(tmp_path: Path) -> None:
    events = [
        {**said(0, "user", "Go"), "parent_id": None},
        {**said(1, "assistant", "One way"), "parent_id": "e0"},
        {**said(2, "assistant", "Another way"), "parent_id": "e0"},
        {**said(3, "user", "More"), "parent_id": "e1"},
    ]
    for number, one in enumerate(events):
        write(tmp_path / "c1" / "events" / f"event-{number:05}-x.json", one)
    for leaf, texts in (("e3", ["Go", "One way", "More"]), ("e2", ["Go", "Another way"])):
        write(tmp_path / "c1" / "base_state.json", {"stats": {}, "leaf_event_id": leaf})
        (found,) = await read(tmp_path)
        assert [message.text for message in found.messages] == texts
        assert found.metadata["skipped"] == 4 - len(texts)


async def test_thoughts_calls_and_added_text_of_messages_are_read(tmp_path: Path) -> None:
    answer = said(2, "assistant", "Hi")
    answer["llm_message"] |= {
        "reasoning_content": "I greet",
        "tool_calls": [{"id": "c1", "name": "ls", "arguments": "{}"}],
    }
    thinking = {**action(3, "c2"), "thinking_blocks": [{"type": "thinking", "thinking": "I look"}]}
    prompt = {**said(1, "user", "Hello"), "extended_content": [{"type": "text", "text": "Skill: greet"}]}
    system = event(
        "SystemPromptEvent",
        0,
        system_prompt={"text": "Be good", "type": "text"},
        dynamic_context={"text": "Now", "type": "text"},
    )
    write(tmp_path / "c.jsonl", [system, prompt, answer, thinking])
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages[:2]] == ["Be good\nNow", "Hello\nSkill: greet"]
    parts = [part for message in found.messages[2:] for part in message.content]
    thoughts = [part.reasoning for part in parts if isinstance(part, ContentReasoning)]
    assert thoughts == ["I greet", "I look"]
    assert [event.function for event in found.events if event.event == "tool"] == ["ls", "terminal"]


async def test_events_of_unknown_kinds_are_counted(tmp_path: Path) -> None:
    write(tmp_path / "c.jsonl", [said(1, "user", "Go"), event("FutureEvent", 2), event("PauseEvent", 3)])
    (found,) = await read(tmp_path)
    assert (found.metadata["unknown_types"], found.metadata["skipped"]) == ("FutureEvent", 1)


async def test_what_a_conversation_cost_and_where_it_was_started_is_said(tmp_path: Path) -> None:
    write(tmp_path / "c1" / "subagents" / "c2" / "events" / "event-00000-x.json", said(1, "user", "Hello"))
    uses = {name: {"model_name": "m", "accumulated_cost": 0.25} for name in ("default", "condenser")}
    write(tmp_path / "c1" / "subagents" / "c2" / "base_state.json", {"stats": {"usage_to_metrics": uses}})
    (found,) = await read(tmp_path)
    assert (found.transcript_id, found.metadata["parent"], found.metadata["cost"]) == ("c2", "c1", 0.5)


async def test_events_of_version_0_in_a_folder_are_one_conversation(tmp_path: Path) -> None:
    for one in history():
        write(tmp_path / "sessions" / "sid" / "events" / f"{one['id']}.json", one)
    write(tmp_path / "sessions" / "sid" / "event_cache" / "0-25.json", history())
    (found,) = await read(tmp_path)
    assert found.transcript_id == "sid"
    assert [message.role for message in found.messages] == ["system", "user", "assistant", "tool"]


async def test_calls_of_one_answer_of_version_0_are_one_answer(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 30, "completion_tokens": 4}
    named = {"function_name": "bash", "model_response": {"id": "r1", "model": "gpt-5", "usage": usage}}
    events = [old(1, source="user", action="message", args={"content": "List"})]
    for number in (2, 4):
        events += [
            old(
                number,
                action="run",
                args={"command": f"ls {number}", "thought": "Both" if number == 2 else ""},
                tool_call_metadata=named,
            ),
            old(number + 1, cause=number, observation="run", content=f"seen {number}", extras={}),
        ]
    write(tmp_path / "c.json", events)
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool", "tool"]
    assert [event.result for event in found.events if event.event == "tool"] == ["seen 2", "seen 4"]
    assert (found.model, found.total_tokens) == ("gpt-5", 34)


async def test_the_oldest_have_pairs_and_no_ids(tmp_path: Path) -> None:
    pairs = [
        [{"action": "message", "source": "user", "content": "List"}, {"observation": "null", "content": ""}],
        [{"action": "run", "command": "ls", "thought": "I look"}, {"observation": "run", "content": "a.py"}],
    ]
    write(tmp_path / "output.jsonl", [{"instance_id": "repo-1", "history": pairs, "test_result": True}])
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["List", "I look", "a.py"]
    (called,) = [each for each in found.events if each.event == "tool"]
    assert (called.function, called.arguments, called.result, found.score) == ("run", {"command": "ls"}, "a.py", True)
