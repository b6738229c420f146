"""Rollouts of Codex become transcripts in which everything stands once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

ID = "00000000-0000-4000-8000-00000000000{}"


class Rollout:
    """Writes the lines of a rollout."""

    def __init__(self, number: int = 1, **meta: Any) -> None:
        self.id = ID.format(number)
        self.lines: list[dict[str, Any]] = []
        self.line("session_meta", id=self.id, cwd="/repo", originator="codex_cli_rs", cli_version="0.146.0", **meta)

    def line(self, type: str, /, **payload: Any) -> None:
        second = len(self.lines)
        time = f"2026-02-01T10:{second // 60:02}:{second % 60:02}.000Z"
        self.lines.append({"timestamp": time, "type": type, "payload": payload})

    def item(self, type: str, /, **payload: Any) -> None:
        self.line("response_item", type=type, **payload)

    def event(self, type: str, /, **payload: Any) -> None:
        self.line("event_msg", type=type, **payload)

    def turn(self, model: str = "gpt-5.5", number: int = 1) -> None:
        self.line("turn_context", turn_id=f"{self.id}-{number}", model=model, cwd="/repo", approval_policy="never")

    def prompt(self, text: str) -> None:
        self.event("user_message", message=text)
        self.item("message", role="user", content=[{"type": "input_text", "text": text}])

    def call(self, id: str, output: Any, **arguments: Any) -> None:
        self.item("function_call", name="shell", arguments=json.dumps(arguments), call_id=id)
        self.item("function_call_output", call_id=id, output=output)

    def answer(self, text: str) -> None:
        self.event("agent_message", message=text)
        self.item("message", role="assistant", content=[{"type": "output_text", "text": text}])

    def tokens(self, given: int, made: int, cached: int = 0) -> None:
        last = {
            "input_tokens": given,
            "cached_input_tokens": cached,
            "output_tokens": made,
            "reasoning_output_tokens": 1,
        }
        for _ in range(2):
            self.event(
                "token_count", info={"last_token_usage": last, "total_token_usage": {**last, "n": len(self.lines)}}
            )

    def text(self) -> str:
        return "".join(json.dumps(line) + "\n" for line in self.lines)

    def write(self, folder: Path) -> Path:
        file = folder / f"rollout-2026-02-01T10-00-00-{self.id}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.text())
        return file


def small(number: int = 1) -> Rollout:
    rollout = Rollout(number)
    rollout.turn()
    rollout.item(
        "message", role="user", content=[{"type": "input_text", "text": "<environment_context>x</environment_context>"}]
    )
    rollout.prompt("List the files")
    rollout.item("reasoning", summary=[{"type": "summary_text", "text": "I look"}], encrypted_content="AAAA")
    rollout.call("c1", "a.txt", command=["ls"])
    rollout.tokens(100, 10, cached=60)
    rollout.answer("There is a.txt")
    return rollout


async def read(place: Path) -> list[Transcript]:
    index = await transcripts_from(place).index()
    assert not index.problems
    from inspect_scout import TranscriptContent

    source = transcripts_from(place).source
    everything = TranscriptContent(messages="all", events="all")
    found = [index.info(position) for position in range(len(index))]
    return [(await (await source.locate(info)).read(everything)).transcript for info in found]


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("codex")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for number in (1, 2, 3):
            small(number).write(tmp_path)
        return tmp_path

    def grow(self, file: Path) -> None:
        with file.open("a") as end:
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "And now?"}]}
            end.write(
                json.dumps({"timestamp": "2026-02-01T11:00:00Z", "type": "response_item", "payload": item}) + "\n"
            )


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for number in (1, 2, 3):
            small(number).write(tmp_path / "sessions")
        return transcripts_from(tmp_path / "sessions").source


async def test_what_stands_twice_is_read_once(tmp_path: Path) -> None:
    small().write(tmp_path)
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "user", "assistant", "tool", "assistant"]
    assert found.messages[0].metadata == {"source": "injected"}
    assert (found.agent, found.model, found.total_tokens) == ("codex", "gpt-5.5", 110)
    asked = [event for event in found.events if event.event == "model"]
    usage = asked[0].output.usage
    assert usage is not None
    assert (usage.input_tokens, usage.input_tokens_cache_read, usage.output_tokens) == (40, 60, 10)
    (called,) = [event for event in found.events if event.event == "tool"]
    assert (called.function, called.arguments, called.result) == ("shell", {"command": ["ls"]}, "a.txt")
    assert found.metadata["unknown"] == found.metadata["broken"] == 0


async def test_a_rollout_of_events_alone_is_read_from_these(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.event("user_message", message="Hello")
    rollout.event("agent_message", message="Hi")
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    assert [(message.role, message.text) for message in found.messages] == [("user", "Hello"), ("assistant", "Hi")]


async def test_the_oldest_layout_has_no_payloads(tmp_path: Path) -> None:
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
    lines = [{"id": ID.format(4), "timestamp": "2025-05-01T10:00:00Z"}, said]
    (tmp_path / f"rollout-{ID.format(4)}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (found,) = await read(tmp_path)
    assert (found.transcript_id, found.date) == (ID.format(4), "2025-05-01T10:00:00+00:00")
    assert [message.text for message in found.messages] == ["Hello"]


@pytest.mark.parametrize("beside", [False, True])
async def test_compressed_rollouts_are_read_unless_the_plain_one_is_there(tmp_path: Path, beside: bool) -> None:
    file = small().write(tmp_path)
    file.with_name(file.name + ".zst").write_bytes(zstandard.compress(file.read_bytes()))
    if not beside:
        file.unlink()
    (found,) = await read(tmp_path)
    assert len(found.messages) == 5


@pytest.mark.parametrize("times", ["old", "new"])
async def test_a_fork_does_not_repeat_the_thread_that_it_comes_from(tmp_path: Path, times: str) -> None:
    parent = small(1)
    parent.write(tmp_path)
    child = Rollout(2, forked_from_id=parent.id)
    repeated = [{**line, **({} if times == "old" else {"timestamp": "2026-02-02T10:00:00Z"})} for line in parent.lines]
    child.lines += repeated
    child.turn(number=2)
    child.prompt("Now in green")
    child.answer("Green")
    child.tokens(7, 3)
    child.write(tmp_path)
    found = {each.transcript_id: each for each in await read(tmp_path)}
    assert [message.text for message in found[child.id].messages] == ["Now in green", "Green"]
    assert found[child.id].total_tokens == 10
    assert (found[child.id].metadata["parent"], found[parent.id].total_tokens) == (parent.id, 110)


async def test_a_fork_says_the_same_when_it_is_named_alone(tmp_path: Path) -> None:
    parent = small(1)
    parent.write(tmp_path / "sessions" / "2026" / "02" / "01")
    child = Rollout(2, forked_from_id=parent.id)
    child.lines += parent.lines
    child.prompt("Now in green")
    file = child.write(tmp_path / "sessions" / "2026" / "02" / "02")
    (found,) = await read(file)
    assert [message.text for message in found.messages] == ["Now in green"]


async def test_a_fork_without_its_parent_is_kept_whole_and_says_so(tmp_path: Path) -> None:
    child = Rollout(2, forked_from_id=ID.format(9))
    child.prompt("Go")
    child.write(tmp_path)
    (found,) = await read(tmp_path)
    assert "not there" in found.metadata["replay"]


async def test_a_compaction_replaces_the_context(tmp_path: Path) -> None:
    rollout = small()
    history = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "In short: a.txt"}]}]
    rollout.line("compacted", message="", replacement_history=history)
    rollout.answer("On we go")
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    last = [event for event in found.events if event.event == "model"][-1]
    assert [message.text for message in last.input] == ["In short: a.txt"]
    assert [message.text for message in found.messages][-2:] == ["There is a.txt", "On we go"]


async def test_turns_that_were_taken_back_leave_the_context(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.prompt("First")
    rollout.answer("One")
    rollout.prompt("Second")
    rollout.answer("Two")
    rollout.event("thread_rolled_back", num_turns=1)
    rollout.prompt("Third")
    rollout.answer("Three")
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    last = [event for event in found.events if event.event == "model"][-1]
    assert [message.text for message in last.input] == ["First", "One", "Third"]


async def test_arguments_that_are_not_json_are_kept_and_said_to_be_wrong(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.item("function_call", name="shell", arguments="{not json", call_id="c")
    rollout.item("function_call_output", call_id="c", output='{"output": "no", "metadata": {"exit_code": 2}}')
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    (called,) = [event for event in found.events if event.event == "tool"]
    assert called.arguments == {"input": "{not json"}
    assert called.error is not None
    assert called.error.message == "exit code 2"


def test_what_only_looks_like_a_rollout_is_none() -> None:
    reader = trace_reader("codex")
    for other in ('{"type":"thread.started","thread_id":"x"}', '{"session_id":"x","ts":1,"text":"hello"}'):
        assert not reader.recognises("history.jsonl", other.encode())


async def test_a_fork_without_its_parent_does_not_say_what_is_older_than_it(tmp_path: Path) -> None:
    child = Rollout(2, forked_from_id=ID.format(9), timestamp="2026-02-01T10:00:30.000Z")
    child.prompt("Before")
    child.tokens(100, 10)
    child.lines += [{"timestamp": "2026-02-01T10:00:31.000Z", "type": "turn_context", "payload": {"model": "gpt-5.5"}}]
    child.lines += [{**line, "timestamp": "2026-02-01T10:00:32.000Z"} for line in small(3).lines[3:]]
    child.write(tmp_path)
    (found,) = await read(tmp_path)
    assert found.messages[0].text == "List the files"
    assert found.total_tokens == 110


async def test_a_replay_that_is_written_in_another_way_is_known_by_its_turns(tmp_path: Path) -> None:
    parent = small(1)
    parent.write(tmp_path)
    child = Rollout(2, source={"subagent": {"thread_spawn": {"parent_thread_id": parent.id, "depth": 1}}})
    child.lines += [{**line, "payload": {**line["payload"], "added": True}} for line in parent.lines]
    child.turn()
    child.prompt("Look in b")
    child.answer("Nothing")
    child.write(tmp_path)
    found = {each.transcript_id: each for each in await read(tmp_path)}
    assert [message.text for message in found[child.id].messages] == ["Look in b", "Nothing"]


async def test_calls_of_the_oldest_layout_are_read(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"id": ID.format(5), "timestamp": "2025-05-01T10:00:00.000Z", "instructions": None},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "List"}]},
        {"type": "function_call", "name": "shell", "arguments": '{"command":["ls"]}', "call_id": "c1"},
        {
            "type": "function_call_output",
            "call_id": "c1",
            "output": json.dumps({"output": "no", "metadata": {"exit_code": 2}}),
        },
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It failed"}]},
    ]
    (tmp_path / f"rollout-{ID.format(5)}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool", "assistant"]
    (tool,) = [message for message in found.messages if message.role == "tool"]
    assert (tool.function, tool.text, tool.error and tool.error.message) == ("shell", "no", "exit code 2")


async def test_what_the_program_says_as_the_user_is_marked_without_events_too(tmp_path: Path) -> None:
    rollout = Rollout()
    for text in ("# AGENTS.md instructions for /repo", "<environment_context>x", "Fix it"):
        rollout.item("message", role="user", content=[{"type": "input_text", "text": text}])
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    assert [message.metadata for message in found.messages] == [{"source": "injected"}, {"source": "injected"}, None]


@pytest.mark.parametrize(
    ("output", "event", "error"),
    [
        ("Exit code: 1\nWall time: 0.1 seconds\nOutput:\nno", None, "exit code 1"),
        ("Exit code: 0\nWall time: 0.1 seconds\nOutput:\nExit code: 3", None, None),
        ("Chunk ID: a\nProcess exited with code 127\nOutput:\n", None, "exit code 127"),
        ("no", {"type": "exec_command_end", "call_id": "c1", "exit_code": 4}, "exit code 4"),
        ("yes", {"type": "exec_command_end", "call_id": "c1", "exit_code": 0}, None),
        ("no", {"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Err": "not there"}}, "not there"),
        ("yes", {"type": "mcp_tool_call_end", "call_id": "c1", "result": {"Ok": {}}}, None),
    ],
)
async def test_calls_that_failed_say_so(
    tmp_path: Path, output: str, event: dict[str, Any] | None, error: str | None
) -> None:
    rollout = Rollout()
    rollout.prompt("Go")
    if event is not None:
        rollout.line("event_msg", **event)
    rollout.call("c1", output)
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    (tool,) = [message for message in found.messages if message.role == "tool"]
    assert (tool.error.message if tool.error else None) == error


async def test_a_task_that_ended_in_an_error_says_so(tmp_path: Path) -> None:
    rollout = small()
    rollout.event("task_complete", error={"message": "no quota"})
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    assert [event.error.message for event in found.events if event.event == "error"] == ["no quota"]


@pytest.mark.parametrize("how", ["token_count", "turn.completed"])
async def test_counts_of_older_versions_are_read(tmp_path: Path, how: str) -> None:
    rollout = Rollout()
    rollout.turn()
    rollout.prompt("Go")
    rollout.answer("Done")
    if how == "token_count":
        rollout.event("token_count", info=None)
        rollout.event("token_count", info={"prompt": 100, "completion": 10})
    else:
        rollout.event("turn.completed", usage={"input_tokens": 100, "cached_input_tokens": 40, "output_tokens": 10})
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    assert found.total_tokens == 110


async def test_a_total_that_the_program_counts_in_another_way_is_kept_beside_ours(tmp_path: Path) -> None:
    rollout = small()
    last = {"input_tokens": 50, "output_tokens": 5}
    rollout.event("token_count", info={"last_token_usage": last, "total_token_usage": {"total_tokens": 99}})
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    assert found.total_tokens == 165
    assert (found.metadata["tokens"], found.metadata["reported_tokens"]) == ("sum of the calls", 99)


async def test_calls_with_one_id_are_each_answered(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.prompt("Go")
    for name in ("first", "second"):
        rollout.item("function_call", name=name, arguments="{}", call_id="c1")
    for output in ("of the second", "of the first", "of none"):
        rollout.item("function_call_output", call_id="c1", output=output)
    rollout.write(tmp_path)
    (found,) = await read(tmp_path)
    tools = [(message.function, message.text) for message in found.messages if message.role == "tool"]
    assert tools == [("second", "of the second"), ("first", "of the first"), ("unknown", "of none")]
    assert [event.function for event in found.events if event.event == "tool"] == ["second", "first"]
