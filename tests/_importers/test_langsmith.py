"""Runs of LangSmith become transcripts, from files and from both of its interfaces."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from _importers.platform_server import Asked, PlatformServer, Reply, serving_platform
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, langsmith, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

PROJECT = "11111111-1111-4111-8111-111111111111"


def run_id(trace: str, number: int) -> str:
    return f"{trace}aaaaaa-0000-4000-8000-{number:012}"


def row(trace: str, number: int, parent: int | None, kind: str, name: str, **fields: Any) -> dict[str, Any]:
    """A run as the older interface and the client write it."""
    second = f"2026-06-01T10:00:{number:02}"
    path = [0] if parent is None else [0, number] if parent == 0 else [0, parent, number]
    order = ".".join(f"20260601T1000{n:02}000000Z{run_id(trace, n)}" for n in path)
    return {
        "id": run_id(trace, number),
        "name": name,
        "run_type": kind,
        "start_time": f"{second}.000000",
        "end_time": f"{second}.500000" if parent is not None else "2026-06-01T10:00:09.000000",
        "trace_id": run_id(trace, 0),
        "parent_run_id": None if parent is None else run_id(trace, parent),
        "dotted_order": order,
        "status": "success",
        "error": None,
        "inputs": {},
        "outputs": {},
        "extra": {},
        "tags": [],
        "session_id": PROJECT,
        **fields,
    }


def lc(kind: str, content: Any, **kwargs: Any) -> dict[str, Any]:
    """A message as LangChain serializes it."""
    name = {"human": "HumanMessage", "ai": "AIMessage", "tool": "ToolMessage", "system": "SystemMessage"}[kind]
    path = ["langchain", "schema", "messages", name]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": {"content": content, "type": kind, **kwargs}}


def agent_trace(trace: str = "a", **root: Any) -> list[dict[str, Any]]:
    """Children before their parents: a model calls a tool, which fails, and answers."""
    call = {"name": "ls", "args": {"p": "."}, "id": "c1", "type": "tool_call"}
    asked = [lc("system", "Be brief."), lc("human", "What is here?")]
    first = lc("ai", "", tool_calls=[call], usage_metadata={"input_tokens": 10, "output_tokens": 5, "total_tokens": 15})
    result = lc("tool", "denied", tool_call_id="c1", name="ls", status="error")
    last = lc("ai", "I may not look.", response_metadata={"finish_reason": "stop", "model_name": "gpt-4o-2024"})
    meta = {"metadata": {"ls_provider": "openai", "ls_model_name": "gpt-4o", "thread_id": "th-1"}}
    tools = [{"type": "function", "function": {"name": "ls", "parameters": {"properties": {"p": {"type": "string"}}}}}]
    extra = {**meta, "invocation_params": {"model": "gpt-4o", "temperature": 0.5, "tools": tools}}
    return [
        row(
            *(trace, 1, 0, "llm", "ChatOpenAI"),
            inputs={"messages": [asked]},
            outputs={"generations": [[{"text": "", "message": first}]]},
            extra=extra,
            total_tokens=15,
        ),
        row(trace, 2, 0, "tool", "ls", inputs={"input": "{'p': '.'}"}, outputs=None, error="PermissionError: denied"),
        row(
            *(trace, 3, 0, "llm", "ChatOpenAI"),
            inputs={"messages": [[*asked, first, result]]},
            outputs={"generations": [[{"text": "I may not look.", "message": last}]]},
            extra=extra,
            prompt_tokens=20,
            completion_tokens=4,
        ),
        row(
            *(trace, 0, None, "chain", "agent"),
            inputs={"messages": [{"role": "user", "content": "What is here?"}]},
            outputs={"messages": [{"role": "assistant", "content": "I may not look."}]},
            tags=["prod"],
            extra={"metadata": {"thread_id": "th-1", "success": True, "task_repeat": 2}},
            feedback_stats={"helpful": {"n": 2, "avg": 0.5}},
            total_tokens=39,
            **root,
        ),
    ]


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
    post, patch = [], []
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


class LangSmith:
    """A server with runs: the newer interface, or the older one."""

    def __init__(self, *traces: list[dict[str, Any]], is_old: bool = False) -> None:
        self.rows = [each for trace in traces for each in trace]
        self.is_old = is_old

    def __call__(self, asked: Asked) -> Any:
        if asked.headers.get("X-Api-Key") != "key":
            return Reply(401, {"detail": "Invalid token"})
        match asked.path:
            case "/api/v1/sessions":
                return [{"id": PROJECT, "name": "my-agent"}] if asked.one("name") == "my-agent" else []
            case "/api/v2/runs/query" if not self.is_old:
                return self.new(asked.body)
            case "/api/v1/runs/query" if self.is_old:
                return self.old(asked.body)
            case "/api/v1/datasets":
                return [{"id": PROJECT, "name": "questions"}]
            case "/api/v1/examples":
                examples = [
                    {
                        "id": f"e{n}",
                        "inputs": {"messages": [{"role": "user", "content": f"{n}+1?"}]},
                        "outputs": {"answer": str(n + 1)},
                        "created_at": "2026-05-01T00:00:00+00:00",
                        "metadata": {"split": "base"},
                    }
                    for n in range(130)
                ]
                offset = int(asked.one("offset", "0"))
                return examples[offset : offset + int(asked.one("limit"))]
            case _:
                return Reply(404, {"detail": "Not Found"})

    def chosen(self, trace: str | None, is_root: bool | None) -> list[dict[str, Any]]:
        found = [each for each in self.rows if trace in (None, each["trace_id"])]
        found = [each for each in found if not is_root or each["parent_run_id"] is None]
        return sorted(found, key=lambda each: each["start_time"], reverse=True)

    def new(self, body: Any) -> Any:
        assert body["project_ids"] == [PROJECT]
        assert body["min_start_time"]
        found = self.chosen(body.get("trace_id"), body.get("is_root"))
        at = int(body.get("cursor", 0))
        items = [self.renamed(each, set(body["selects"])) for each in found[at : at + 2]]
        return {"items": items, "next_cursor": str(at + 2) if at + 2 < len(found) else None}

    @staticmethod
    def renamed(each: dict[str, Any], selects: set[str]) -> dict[str, Any]:
        new = {name: value for name, value in each.items() if name not in ("parent_run_id", "session_id")}
        new |= {"run_type": each["run_type"].upper(), "project_id": each["session_id"]}
        return {name: value for name, value in new.items() if name.upper() in selects}

    def old(self, body: Any) -> Any:
        assert body["session"] == [PROJECT]
        found = self.chosen(body.get("trace"), body.get("is_root"))
        at = int(body.get("cursor", 0))
        more = str(at + 2) if at + 2 < len(found) else None
        return {
            "runs": [{n: each.get(n) for n in body["select"]} for each in found[at : at + 2]],
            "cursors": {"next": more},
        }


async def fetch(server: PlatformServer, **fields: Any) -> list[Transcript]:
    return [
        each async for each in langsmith(**{"project": "my-agent", "api_key": "key", "api_url": server.url, **fields})
    ]


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
