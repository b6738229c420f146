"""Sessions of Gemini CLI are read as they stand at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from inspect_scout import transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def header(id: str = "s") -> dict[str, Any]:
    return {"sessionId": id, "projectHash": "ab" * 32, "startTime": "2026-02-01T10:00:00Z", "kind": "main"}


def user(id: str, text: Any) -> dict[str, Any]:
    return {"id": id, "type": "user", "timestamp": f"2026-02-01T10:00:0{id[-1]}Z", "content": text}


def gemini(id: str, text: str, **fields: Any) -> dict[str, Any]:
    tokens = {"input": 100, "output": 10, "cached": 40, "thoughts": 5, "tool": 0, "total": 115}
    said = {
        "id": id,
        "type": "gemini",
        "timestamp": f"2026-02-01T10:00:0{id[-1]}Z",
        "content": text,
        "model": "gemini-3",
    }
    return {**said, "tokens": tokens, **fields}


def called(id: str, response: dict[str, Any], status: str = "success") -> dict[str, Any]:
    result = [{"functionResponse": {"id": id, "name": "ls", "response": response}}]
    return {"id": id, "name": "ls", "args": {"dir": "."}, "status": status, "result": result}


def talk(id: str = "s") -> dict[str, Any]:
    messages = [
        user("m1", "List"),
        gemini("m2", "", toolCalls=[called("t1", {"output": "a.txt"})]),
        gemini("m3", "a.txt"),
    ]
    return {**header(id), "messages": messages}


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("gemini_cli")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / f"session-{id}.json", talk(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        given = talk(file.stem[-1])
        given["messages"].append(user("m4", "And now?"))
        write(file, given)


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for id in "abc":
            write(tmp_path / "chats" / f"session-{id}.json", talk(id))
        return transcripts_from(tmp_path / "chats").source


async def test_results_stand_once_and_thoughts_count_as_output(tmp_path: Path) -> None:
    given = talk()
    response = {"functionResponse": {"id": "t1", "name": "ls", "response": {"output": "a.txt"}}}
    given["messages"].insert(2, user("m9", [response]))
    write(tmp_path / "session.json", given)
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool", "assistant"]
    assert found.total_tokens == 230
    usage = next(event.output.usage for event in found.events if event.event == "model")
    assert usage is not None
    assert (usage.input_tokens, usage.input_tokens_cache_read, usage.output_tokens, usage.reasoning_tokens) == (
        60,
        40,
        15,
        5,
    )


async def test_a_log_is_replayed(tmp_path: Path) -> None:
    rows = [
        header(),
        user("m1", [{"text": "<session_context>x</session_context>"}]),
        gemini("m2", "Draft"),
        gemini("m2", "Final"),
        user("m3", [{"text": "Delete"}]),
        gemini("m4", "Deleted"),
        {"$rewindTo": "m3"},
        user("m5", [{"text": "Keep"}]),
        {"$set": {"summary": "A talk"}},
    ]
    write(tmp_path / "session.jsonl", rows)
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["<session_context>x</session_context>", "Final", "Keep"]
    assert found.messages[0].metadata == {"source": "injected"}
    assert (found.metadata["summary"], found.total_tokens) == ("A talk", 115)


async def test_a_checkpoint_replaces_all_messages(tmp_path: Path) -> None:
    write(
        tmp_path / "s.jsonl",
        [header(), user("m1", "Old"), {"$set": {"messages": [user("m2", "New")]}}, user("m3", "More")],
    )
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["New", "More"]


async def test_a_session_that_went_on_as_a_log_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "s.json", talk())
    write(tmp_path / "s.jsonl", [header(), user("m1", "Newer")])
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["Newer"]


async def test_failures_of_tools_are_errors(tmp_path: Path) -> None:
    given = talk()
    given["messages"][1]["toolCalls"] = [called("t1", {"error": "no such folder"}, "error")]
    write(tmp_path / "s.json", given)
    (found,) = await read(tmp_path)
    (event,) = [event for event in found.events if event.event == "tool"]
    assert event.error is not None
    assert event.error.message == "no such folder"


async def test_messages_of_unknown_types_are_counted(tmp_path: Path) -> None:
    given = talk()
    given["messages"].append({"id": "x", "type": "telemetry"})
    write(tmp_path / "s.json", given)
    (found,) = await read(tmp_path)
    assert (found.metadata["unknown"], found.metadata["unknown_types"]) == (1, "telemetry")


async def test_a_header_that_comes_later_is_seen_and_files_in_the_making_are_not(tmp_path: Path) -> None:
    write(tmp_path / "late.jsonl", [user("m1", "Hello"), header(), gemini("m2", "Hi")])
    write(tmp_path / ".tmp-x.json", talk("x"))
    write(tmp_path / ".unreadable-y.json", talk("y"))
    (found,) = await read(tmp_path)
    assert (found.transcript_id, len(found.messages)) == ("s", 2)


async def test_all_parts_of_a_result_are_one_result(tmp_path: Path) -> None:
    call = called("t1", {"output": "a.png"})
    call["result"].append({"inlineData": {"mimeType": "image/png", "data": "AAAA"}})
    write(tmp_path / "session.json", {**header(), "messages": [user("m1", "Show"), gemini("m2", "", toolCalls=[call])]})
    (found,) = await read(tmp_path)
    content = found.messages[-1].content
    assert [message.role for message in found.messages] == ["user", "assistant", "tool"]
    assert [part if isinstance(part, str) else part.type for part in content] == ["text", "image"]


async def test_tokens_are_those_that_the_program_added_up(tmp_path: Path) -> None:
    given = talk()
    given["messages"][1]["tokens"]["total"] = 120
    write(tmp_path / "session.json", given)
    (found,) = await read(tmp_path)
    assert found.total_tokens == 235


async def test_errors_are_events(tmp_path: Path) -> None:
    given = talk()
    given["messages"].append({"id": "m4", "type": "error", "content": "quota"})
    write(tmp_path / "session.json", given)
    (found,) = await read(tmp_path)
    assert [event.error.message for event in found.events if event.event == "error"] == ["quota"]


@pytest.mark.parametrize("how", ["beside", "for all"])
async def test_sub_agents_name_their_session_and_the_folder_that_was_worked_in(tmp_path: Path, how: str) -> None:
    project = tmp_path / ".gemini" / "tmp" / "shop"
    write(project / "chats" / "parent-1" / "child.json", {**talk("child"), "kind": "subagent", "directories": ["/a"]})
    if how == "beside":
        (project / ".project_root").write_text("/home/ada/shop\n")
    else:
        write(tmp_path / ".gemini" / "projects.json", {"projects": {"/home/ada/shop": "shop"}})
    (found,) = await read(project)
    assert (found.metadata["parent"], found.metadata["directories"]) == ("parent-1", ["/a"])
    assert found.metadata["cwd"] == "/home/ada/shop"
