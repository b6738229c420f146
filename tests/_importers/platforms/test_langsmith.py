"""Runs of LangSmith become transcripts, from files and from both of its interfaces."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from _importers.platforms.langsmith_server import PROJECT, LangSmith, agent_trace, row, run_id
from _importers.platforms.platform_server import PlatformServer, serving_platform
from inspect_scout import Transcript, transcripts_db, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, langsmith, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def assert_agent(transcript: Transcript) -> None:
    assert [message.role for message in transcript.messages] == ["system", "user", "assistant", "tool", "assistant"]
    answer = transcript.messages[2]
    assert answer.role == "assistant"
    (call,) = answer.tool_calls or []
    assert (call.id, call.function, call.arguments) == ("c1", "ls", {"p": "."})
    assert transcript.messages[-1].text == "I may not look."
    assert (transcript.task_id, transcript.total_tokens, transcript.total_time) == ("agent", 39, 9.0)
    assert transcript.date == "2026-06-01T10:00:00+00:00"
    assert (transcript.success, transcript.task_repeat, transcript.score) == (True, 2, {"helpful": 0.5})
    assert transcript.metadata["thread_id"] == "th-1"
    assert transcript.metadata["tags"] == ["prod"]
    tools = [event for event in transcript.events if event.event == "tool"]
    assert [(event.id, event.function, event.arguments) for event in tools] == [("c1", "ls", {"p": "."})]
    models = [event for event in transcript.events if event.event == "model"]
    assert [event.model for event in models] == ["gpt-4o", "gpt-4o"]
    assert [len(event.input) for event in models] == [2, 4]
    assert models[0].config.temperature == 0.5
    assert [tool.name for tool in models[0].tools] == ["ls"]


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("langsmith_export")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / id / "runs.jsonl", agent_trace(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [*agent_trace(file.parent.name), *agent_trace("d")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        write(tmp_path / "runs.jsonl", [each for id in "abc" for each in agent_trace(id)])
        return transcripts_from(tmp_path / "runs.jsonl").source


async def test_a_dump_is_read_whatever_its_order(tmp_path: Path) -> None:
    rows = agent_trace()
    (one,) = await read(write(tmp_path / "1" / "runs.jsonl", rows))
    (other,) = await read(write(tmp_path / "2" / "runs.json", rows[::-1]))
    assert_agent(one)
    assert one.messages == other.messages
    assert [event.event for event in one.events] == [event.event for event in other.events]
    assert (one.source_type, one.task_set) == ("langsmith", PROJECT)


async def test_batches_of_the_client_are_joined(tmp_path: Path) -> None:
    post: list[dict[str, Any]] = []
    patch: list[dict[str, Any]] = []
    for each in agent_trace():
        ended = {name: each.pop(name) for name in ("end_time", "outputs", "error")}
        post.append(each)
        patch.append({"id": each["id"], "trace_id": each["trace_id"], "dotted_order": each["dotted_order"], **ended})
    (one,) = await read(write(tmp_path / "sent.jsonl", [{"post": post}, {"patch": patch}]))
    assert_agent(one)


async def test_a_trace_may_be_in_several_files(tmp_path: Path) -> None:
    rows = agent_trace()
    write(tmp_path / "1.jsonl", [*rows[:2], *agent_trace("b")])
    write(tmp_path / "2.jsonl", [rows[1], *rows[2:]])
    found = await read(tmp_path)
    assert sorted(each.transcript_id for each in found) == [run_id("a", 0), run_id("b", 0)]
    for each in found:
        assert_agent(each)


async def test_broken_rows_are_named_and_the_others_read(tmp_path: Path) -> None:
    place = tmp_path / "runs.jsonl"
    lines = [json.dumps(each) for each in agent_trace()]
    place.write_text("\n".join([*lines[:2], '{"run_type": "llm", "inputs": {}}', "{broken", "[1]", *lines[2:]]) + "\n")
    index = await transcripts_from(place).index()
    assert len(index) == 1
    said = "\n".join(map(str, index.problems))
    assert "says no trace" in said
    assert "not a record" in said


async def test_keys_of_metadata_that_are_names_of_columns_are_renamed(tmp_path: Path) -> None:
    given = {"model": "x", "messages": [1], "metadata_model": "y", "": 3, "a\0b": 4, "agent": 7, "limit": "time"}
    rows = [row("a", 0, None, "chain", "main", extra={"metadata": given}), *agent_trace()[:3]]
    (one,) = await read(write(tmp_path / "runs.jsonl", rows))
    assert (one.model, one.agent, one.limit) == ("gpt-4o", None, "time")
    expected = {
        "metadata_model": "y",
        "metadata_model_": "x",
        "metadata_": 3,
        "metadata_a\ufffdb": 4,
        "metadata_agent": 7,
    }
    assert expected.items() <= one.metadata.items()
    assert one.metadata["metadata_messages"] == [1]
    db = transcripts_db(str(tmp_path / "db"))
    await db.insert([one])
    assert [info.metadata["metadata_model_"] async for info in db.select()] == ["x"]


async def test_content_that_is_no_text_is_kept(tmp_path: Path) -> None:
    hostile = [
        row("a", 1, 0, "llm", "x", inputs={"weird": [1, {"a": None}]}, outputs=[["odd"], 3], extra=None, tags="t"),
        row("a", 0, None, "chain", "x\x1b[31m", inputs=None, outputs=7, start_time="never", end_time=-1),
    ]
    (one,) = await read(write(tmp_path / "runs.jsonl", hostile))
    assert '"weird"' in one.messages[0].text
    assert "odd" in one.messages[-1].text


# ---------------------------------------------------------------------------------------------------------------------
# The interfaces


async def fetch(server: PlatformServer, **fields: Any) -> list[Transcript]:
    given: dict[str, Any] = {"project": "my-agent", "api_key": "key", "api_url": server.url, **fields}
    return [each async for each in langsmith(**given)]


@pytest.mark.parametrize("is_old", [False, True])
async def test_traces_of_a_project_are_read_over_many_pages(is_old: bool) -> None:
    traces = [agent_trace(id) for id in "abc"]
    with serving_platform(LangSmith(*traces, is_old=is_old)) as server:
        found = await fetch(server)
        again = await fetch(server, limit=2)
    assert [each.transcript_id for each in found] == [run_id(id, 0) for id in "abc"]
    assert [each.transcript_id for each in again] == [run_id(id, 0) for id in "ab"]
    for each in found:
        assert_agent(each)
        assert (each.source_type, each.source_id, each.task_set) == ("langsmith", "my-agent", "my-agent")
        assert each.source_uri == f"{server.url}/o/default/projects/p/{PROJECT}/r/{each.transcript_id}"
    assert [[m.id for m in each.messages] for each in found[:2]] == [[m.id for m in each.messages] for each in again]


async def test_conditions_are_put_together() -> None:
    with serving_platform(LangSmith(agent_trace())) as server:
        await fetch(
            server,
            tags=["prod", 'a"b'],
            filter='eq(status, "error")',
            trace_filter="gt(latency, 5)",
            run_type="chain",
            from_time=datetime(2026, 6, 1, tzinfo=UTC),
            to_time=datetime(2026, 6, 2, tzinfo=UTC),
        )
    asked = server.asked[1].body
    assert asked["filter"] == (
        r'and(has(tags, "prod"), has(tags, "a\"b"), gte(start_time, "2026-06-01T00:00:00Z"), '
        r'lt(start_time, "2026-06-02T00:00:00Z"), eq(status, "error"))'
    )
    assert (asked["trace_filter"], asked["run_type"], asked["is_root"]) == ("gt(latency, 5)", "CHAIN", True)


async def test_times_hold_even_if_the_server_passes_over_them() -> None:
    with serving_platform(LangSmith(agent_trace())) as server:
        assert await fetch(server, to_time=datetime(2026, 6, 1, 10, tzinfo=UTC)) == []
        assert await fetch(server, from_time=datetime(2026, 6, 1, 10, 1, tzinfo=UTC)) == []
        assert len(await fetch(server, from_time=datetime(2026, 6, 1, 10, tzinfo=UTC))) == 1


async def test_examples_of_a_dataset_are_questions_and_answers() -> None:
    with serving_platform(LangSmith()) as server:
        found = await fetch(server, project=None, dataset="questions")
    assert len(found) == 130
    assert [message.role for message in found[1].messages] == ["user", "assistant"]
    assert [message.text for message in found[1].messages] == ["1+1?", '{"answer":"2"}']
    assert (found[1].transcript_id, found[1].task_set, found[1].metadata["split"]) == ("e1", "questions", "base")


async def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with serving_platform(LangSmith()) as server:
        with pytest.raises(ValueError, match="project=NAME"):
            await fetch(server, project=None)
        with pytest.raises(ValueError, match="LANGSMITH_API_KEY"):
            await fetch(server, api_key=None)
        with pytest.raises(FileNotFoundError, match="no project 'other'"):
            await fetch(server, project="other")
        with pytest.raises(ValueError, match=r"refused the key .*401"):
            await fetch(server, api_key="wrong")
        assert await fetch(server) == []
