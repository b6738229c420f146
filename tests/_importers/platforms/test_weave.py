"""Calls of Weave become transcripts, from files and from its interface."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader, weave
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def call(trace: str, number: int, parent: int | None, op: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"{trace}-c{number}",
        "project_id": "team/agents",
        "op_name": f"weave:///team/agents/op/{op}:abc123",
        "display_name": None,
        "trace_id": trace,
        "parent_id": None if parent is None else f"{trace}-c{parent}",
        "started_at": f"2026-06-01T10:00:{number:02}.000000Z",
        "ended_at": "2026-06-01T10:00:09.000000Z" if parent is None else f"2026-06-01T10:00:{number:02}.500000Z",
        "attributes": {},
        "inputs": {},
        "output": None,
        "exception": None,
        "summary": {},
        **fields,
    }


ASKED: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is here?"}]
CALL = {"id": "c1", "type": "function", "function": {"name": "ls_tool", "arguments": '{"p": "."}'}}
FIRST = {"role": "assistant", "content": None, "tool_calls": [CALL]}


def calls(trace: str = "t") -> list[dict[str, Any]]:
    def chat(number: int, messages: list[Any], message: dict[str, Any], reason: str) -> dict[str, Any]:
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "requests": 1}
        costs = {"gpt-4o-2024": {"prompt_tokens_total_cost": 0.25, "completion_tokens_total_cost": 0.5}}
        return call(
            *(trace, number, 0, "openai.chat.completions.create"),
            inputs={"self": "weave:///team/agents/object/OpenAI:x", "model": "gpt-4o", "messages": messages, "seed": 7},
            output={"id": f"r{number}", "model": "gpt-4o", "choices": [{"message": message, "finish_reason": reason}]},
            summary={"usage": {"gpt-4o-2024": usage}, "weave": {"costs": costs}},
        )

    result = {"role": "tool", "tool_call_id": "c1", "content": "a.txt"}
    attributes = {"weave": {"client_version": "1"}, "team": "a", "success": True}
    return [
        call(trace, 0, None, "run_agent", display_name="Ada", attributes=attributes, wb_user_id="u1"),
        chat(1, ASKED, FIRST, "tool_calls"),
        call(trace, 2, 0, "ls_tool", inputs={"self": None, "p": "."}, output="a.txt"),
        chat(3, [*ASKED, FIRST, result], {"role": "assistant", "content": "a.txt"}, "stop"),
    ]


def assert_talk(transcript: Transcript) -> None:
    assert [each.role for each in transcript.messages] == ["system", "user", "assistant", "tool", "assistant"]
    tools = [event for event in transcript.events if event.event == "tool"]
    assert [(event.id, event.function, event.result) for event in tools] == [("c1", "ls_tool", "a.txt")]
    assert tools[0].arguments["p"] == "."
    models = [event for event in transcript.events if event.event == "model"]
    assert [each.model for each in models] == ["gpt-4o-2024"] * 2
    usage = models[0].output.usage
    assert usage is not None
    assert usage.total_cost == 0.75
    assert models[0].config.seed == 7
    assert [each.output.choices[0].stop_reason for each in models] == ["tool_calls", "stop"]
    assert (transcript.total_tokens, transcript.total_time, transcript.agent) == (30, 9.0, "Ada")
    assert (transcript.source_type, transcript.task_id, transcript.success) == ("weave", "Ada", True)
    assert (transcript.source_id, transcript.metadata["team"], transcript.metadata["op_name"]) == (
        "team/agents",
        "a",
        "run_agent",
    )


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("weave_export")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / f"{id}.json", calls(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [*calls(file.stem), *calls(f"{file.stem}-2")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        write(tmp_path / "calls.jsonl", [each for id in "abc" for each in calls(id)])
        return transcripts_from(tmp_path / "calls.jsonl").source


async def test_a_call_that_failed_has_its_error(tmp_path: Path) -> None:
    rows = calls()
    rows[0]["exception"] = "ValueError: boom"
    rows[3] |= {"exception": "RateLimitError: 429", "output": None}
    (one,) = await read(write(tmp_path / "calls.jsonl", rows))
    assert one.error == "ValueError: boom"
    models = [event for event in one.events if event.event == "model"]
    assert [each.error for each in models] == [None, "RateLimitError: 429"]


@pytest.mark.parametrize(
    ("exception", "said"),
    [
        ({"type": "ValueError", "message": "boom", "traceback": [{"filename": "a.py"}]}, "ValueError: boom"),
        ({"type": "ValueError", "message": ""}, "ValueError"),
        ({}, "failed"),
    ],
)
async def test_an_exception_may_be_an_object(tmp_path: Path, exception: Any, said: str) -> None:
    """As its client 0.54 writes it: JSON text, with the traceback."""
    rows = calls()
    rows[0]["exception"] = json.dumps(exception)
    rows[2]["exception"] = exception
    (one,) = await read(write(tmp_path / "calls.jsonl", rows))
    assert one.error == said
    (tool,) = [event for event in one.events if event.event == "tool"]
    assert tool.error is not None
    assert tool.error.message == said


async def test_calls_without_an_id_are_counted(tmp_path: Path) -> None:
    nameless = {name: value for name, value in calls()[1].items() if name != "id"}
    (one,) = await read(write(tmp_path / "calls.jsonl", [*calls(), nameless]))
    assert_talk(one)
    assert (one.metadata["records"], one.metadata["broken"]) == (5, 1)


@pytest.mark.parametrize(
    ("op", "inputs", "output"),
    [
        (
            "anthropic.Messages.create",
            {"system": "Be brief.", "messages": [{"role": "user", "content": "2+2?"}]},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "text", "text": "4"}],
                "stop_reason": "end_turn",
            },
        ),
        (
            "google.genai.models.Models.generate_content",
            {
                "contents": [{"role": "user", "parts": [{"text": "2+2?"}]}],
                "config": {"system_instruction": "Be brief."},
            },
            {"candidates": [{"content": {"role": "model", "parts": [{"text": "4"}]}, "finish_reason": "STOP"}]},
        ),
        (
            "openai.responses.create",
            {"instructions": "Be brief.", "input": "2+2?"},
            {"output": [{"type": "message", "content": [{"type": "output_text", "text": "4"}]}], "status": "completed"},
        ),
    ],
)
async def test_calls_of_any_provider_are_read(tmp_path: Path, op: str, inputs: Any, output: Any) -> None:
    rows = [call("t", 0, None, op, inputs=inputs, output=output)]
    (one,) = await read(write(tmp_path / "calls.jsonl", rows))
    assert [(each.role, each.text) for each in one.messages] == [
        ("system", "Be brief."),
        ("user", "2+2?"),
        ("assistant", "4"),
    ]
    (model,) = [event for event in one.events if event.event == "model"]
    assert model.output.choices[0].stop_reason == "stop"


async def test_a_trace_without_calls_of_models_has_what_it_was_given_and_gave_back(tmp_path: Path) -> None:
    rows = [call("t", 0, None, "main", inputs={"question": "2+2?"}, output="4")]
    (one,) = await read(write(tmp_path / "calls.jsonl", rows))
    assert [(each.role, each.text) for each in one.messages] == [("user", '{"question":"2+2?"}'), ("assistant", "4")]
    assert one.metadata["content"] == "root"
    assert not [event for event in one.events if event.event == "model"]


class Weave:
    """A server with calls."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids

    def __call__(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != "Basic YXBpOmtleQ==":
            return Reply(401, {"reason": "bad key"})
        assert (asked.path, asked.body["project_id"]) == ("/calls/stream_query", "team/agents")
        wanted = asked.body["filter"]
        rows = [each for id in self.ids for each in calls(id)]
        if wanted.get("trace_roots_only"):
            rows = [each for each in rows if each["parent_id"] is None]
        rows = [each for each in rows if each["trace_id"] in wanted.get("trace_ids", self.ids)]
        at = asked.body["offset"]
        return "".join(json.dumps(each) + "\n" for each in rows[at : at + asked.body["limit"]]).strip()


async def fetch(server: PlatformServer, **fields: Any) -> list[Transcript]:
    given: dict[str, Any] = {"project": "team/agents", "api_key": "key", "base_url": server.url, **fields}
    return [each async for each in weave(**given)]


async def test_traces_are_read_over_many_pages() -> None:
    ids = [f"t{n}" for n in range(205)]
    with serving_platform(Weave(*ids)) as server:
        assert [each.transcript_id for each in await fetch(server, limit=2)] == ids[:2]
        found = await fetch(server)
    assert [each.transcript_id for each in found] == ids
    for each in found[::50]:
        assert_talk(each)
        assert each.source_uri == f"https://wandb.ai/team/agents/weave/calls/{each.transcript_id}-c0"


async def test_filters_and_times_are_asked_for() -> None:
    with serving_platform(Weave("t")) as server:
        expression = {"$eq": [{"$getField": "attributes.team"}, {"$literal": "a"}]}
        times = {"from_time": datetime(2026, 6, 1, tzinfo=UTC), "to_time": datetime(2026, 6, 2, tzinfo=UTC)}
        found = await fetch(server, filter={"op_names": ["x"], "$expr": expression}, **times)
        body = server.asked[0].body
    assert len(found) == 1
    assert body["filter"] == {"trace_roots_only": True, "op_names": ["x"]}
    at = {"$getField": "started_at"}
    assert body["query"] == {
        "$expr": {
            "$and": [
                expression,
                {"$gte": [at, {"$literal": 1780272000.0}]},
                {"$not": [{"$gte": [at, {"$literal": 1780358400.0}]}]},
            ]
        }
    }
    assert body["sort_by"] == [{"field": "started_at", "direction": "desc"}]


async def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    with serving_platform(Weave()) as server:
        for project in (None, "agents", "a/b/c", "/x"):
            with pytest.raises(ValueError, match="ENTITY/PROJECT"):
                await fetch(server, project=project)
        with pytest.raises(ValueError, match="WANDB_API_KEY"):
            await fetch(server, api_key=None)
        with pytest.raises(ValueError, match="refused the key"):
            await fetch(server, api_key="wrong")
        assert await fetch(server) == []
