"""Records of Logfire become transcripts, from files and from its interface."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, logfire, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def record(trace: str, number: int, parent: int | None, name: str, **attributes: Any) -> dict[str, Any]:
    return {
        "trace_id": trace,
        "span_id": f"{number:016x}",
        "parent_span_id": None if parent is None else f"{parent:016x}",
        "kind": "span",
        "level": 9,
        "span_name": name,
        "message": name,
        "start_timestamp": f"2026-06-01T10:00:{number:02}.000000Z",
        "end_timestamp": "2026-06-01T10:00:09.000000Z" if parent is None else f"2026-06-01T10:00:{number:02}.500000Z",
        "is_exception": False,
        "exception_type": None,
        "exception_message": None,
        "tags": ["prod"] if parent is None else None,
        "attributes": attributes,
        "otel_events": [],
        "otel_scope_name": "pydantic-ai",
        "otel_status_code": "UNSET",
        "otel_status_message": None,
        "otel_resource_attributes": {"service.name": "svc"},
        "service_name": "svc",
    }


def parts(role: str, *given: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "parts": list(given)}


def text(content: str) -> dict[str, Any]:
    return {"type": "text", "content": content}


CALL = {"type": "tool_call", "id": "c1", "name": "ls", "arguments": {"p": "."}}
ASKED = [parts("system", text("Be brief.")), parts("user", text("What is here?"))]
RESULT = parts("user", {"type": "tool_call_response", "id": "c1", "name": "ls", "result": "a.txt"})


def records(trace: str = "t") -> list[dict[str, Any]]:
    def chat(number: int, given: list[Any], output: dict[str, Any]) -> dict[str, Any]:
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.output_tokens": 5,
            "gen_ai.input.messages": given,
            "gen_ai.output.messages": json.dumps([output]),
        }
        return record(trace, number, 1, "chat gpt-4o", **attributes)

    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "ls", "gen_ai.tool.call.id": "c1"}
    whole = {"gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 10, "gen_ai.agent.name": "helper"}
    return [
        record(trace, 0, None, "main", score=1),
        record(trace, 1, 0, "agent run", **{"gen_ai.operation.name": "invoke_agent", **whole}),
        chat(2, ASKED, parts("assistant", CALL)),
        record(trace, 3, 1, "running tool", **tool, tool_arguments='{"p": "."}', tool_response="a.txt"),
        chat(4, [*ASKED, parts("assistant", CALL), RESULT], parts("assistant", text("a.txt"))),
    ]


def assert_talk(transcript: Transcript) -> None:
    assert [each.role for each in transcript.messages] == ["system", "user", "assistant", "tool", "assistant"]
    tools = [event for event in transcript.events if event.event == "tool"]
    assert [(event.id, event.function, event.arguments, event.result) for event in tools] == [
        ("c1", "ls", {"p": "."}, "a.txt")
    ]
    assert (transcript.total_tokens, transcript.total_time, transcript.agent) == (30, 9.0, "helper")
    assert (transcript.source_type, transcript.task_id, transcript.score) == ("logfire", "main", 1)
    assert (transcript.metadata["service_name"], transcript.metadata["tags"]) == ("svc", ["prod"])


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("logfire_export")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / f"{id}.json", records(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [*records(file.stem), *records(f"{file.stem}-2")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        write(tmp_path / "records.jsonl", [each for id in "abc" for each in records(id)])
        return transcripts_from(tmp_path / "records.jsonl").source


async def test_placeholders_of_spans_that_run_are_left_out(tmp_path: Path) -> None:
    waiting: dict[str, Any] = {**records()[2], "kind": "pending_span", "attributes": {}, "span_id": "f" * 16}
    (one,) = await read(write(tmp_path / "records.json", {"columns": [], "rows": [waiting, *records()]}))
    assert_talk(one)


async def test_an_exception_of_the_root_is_the_error(tmp_path: Path) -> None:
    failed = {
        "is_exception": True,
        "exception_type": "ValueError",
        "exception_message": "boom",
        "otel_status_code": "ERROR",
    }
    rows = records()
    rows[0] |= failed
    (one,) = await read(write(tmp_path / "1" / "records.json", rows))
    assert one.error == "ValueError: boom"
    rows[0] |= {"otel_status_code": "UNSET"}
    (other,) = await read(write(tmp_path / "2" / "records.json", rows))
    assert other.error is None


async def test_what_logfire_notes_of_the_client_of_openai(tmp_path: Path) -> None:
    """As its package 5.2 writes it; it is not a dependency of tests because every process that has pydantic would load it."""
    noted = {
        "request_data": {"model": "m-1"},
        "gen_ai.system": "openai",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m-1",
        "gen_ai.operation.name": "chat",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.input.messages": ASKED,
        "async": False,
        "logfire.msg_template": "Chat Completion with {request_data[model]!r}",
        "logfire.tags": ["LLM"],
        "logfire.span_type": "span",
        "gen_ai.response.model": "judge",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.raw": {"completion_tokens": 20, "prompt_tokens": 100, "total_tokens": 120},
        "gen_ai.output.messages": [{**parts("assistant", text("Fine.")), "finish_reason": "stop"}],
        "gen_ai.response.finish_reasons": ["stop"],
    }
    rows = [record("t", 0, None, "main"), record("t", 1, 0, "Chat Completion with {request_data[model]!r}", **noted)]
    (one,) = await read(write(tmp_path / "records.jsonl", rows))
    assert [each.text for each in one.messages] == ["Be brief.", "What is here?", "Fine."]
    assert (one.model, one.total_tokens) == ("judge", 120)
    (model,) = [event for event in one.events if event.event == "model"]
    assert (model.config.temperature, model.output.choices[0].stop_reason) == (0.5, "stop")


def streamed(asked: str, number: int, parent: int | None = 1) -> list[dict[str, Any]]:
    """A call whose answer comes in a stream, as the package 5.4 writes it: a span, and beside it a log with the answer."""
    request: dict[str, Any] = {
        "request_data": {"model": "m-1"},
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m-1",
    }
    request["gen_ai.input.messages"] = [parts("user", text(asked))]
    answer = {
        "gen_ai.output.messages": [parts("assistant", text(f"Re: {asked}"))],
        "gen_ai.response.id": f"r{number}",
        "gen_ai.response.model": "m-1-2026",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.raw": {"completion_tokens_details": {"reasoning_tokens": 5}},
    }
    log = record("t", number + 10, parent, "streaming response from {request_data[model]!r}", **request, **answer)
    log |= {"kind": "log", "end_timestamp": log["start_timestamp"]}
    return [record("t", number, parent, "Chat Completion with {request_data[model]!r}", **request), log]


async def test_a_call_that_is_streamed_is_one(tmp_path: Path) -> None:
    rows = [record("t", 1, None, "main"), *streamed("one", 2), *streamed("two", 3), *streamed("two", 4)]
    (one,) = await read(write(tmp_path / "records.jsonl", rows))
    models = [event for event in one.events if event.event == "model"]
    assert [each.output.completion for each in models] == ["Re: one", "Re: two", "Re: two"]
    assert {each.model for each in models} == {"m-1-2026"}
    assert one.total_tokens == 3 * 120
    usage = models[0].output.usage
    assert usage is not None
    assert usage.reasoning_tokens == 5


async def test_a_stream_that_was_left_has_no_answer(tmp_path: Path) -> None:
    rows = [record("t", 1, None, "main"), streamed("one", 2)[0], *streamed("two", 3)]
    (one,) = await read(write(tmp_path / "records.jsonl", rows))
    models = [event for event in one.events if event.event == "model"]
    assert [each.output.completion for each in models] == ["", "Re: two"]
    assert one.total_tokens == 120


class Logfire:
    """A server with records, which answers the SQL that is asked, and refuses any other."""

    def __init__(self, *ids: str, shape: str = "rows", is_old: bool = False) -> None:
        self.ids, self.shape, self.is_old = ids, shape, is_old

    def __call__(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != "Bearer pylf_v1_us_token":
            return Reply(401, {"detail": "Invalid token"})
        if (
            asked.path == ("/api/read-token-info" if self.shape == "list" else "/v1/read-token-info")
            and not self.is_old
        ):
            return {"organization_name": "org", "project_name": "agents"}
        if asked.path == "/v2/query" and not self.is_old:
            assert asked.headers["accept"] == "application/json"
            assert asked.body["min_timestamp"]
            return self.shaped(self.select(asked.body["sql"]))
        if asked.path == "/v1/query" and self.is_old:
            return self.shaped(self.select(asked.one("sql")))
        return Reply(404, {"detail": "Not Found"})

    def select(self, sql: str) -> list[dict[str, Any]]:
        found = re.search(r"LIMIT (\d+) OFFSET (\d+)$", sql)
        assert found is not None
        limit, offset = int(found[1]), int(found[2])
        if "GROUP BY trace_id" in sql:
            rows = [
                {"trace_id": id, "began": "2026-06-01T10:00:00Z", "ended": "2026-06-01T10:00:09Z", "spans": 5}
                for id in self.ids
            ]
        else:
            wanted = re.search(r"trace_id IN \(([^)]*)\)", sql)
            assert wanted is not None
            rows = [each for id in self.ids if f"'{id}'" in wanted[1] for each in records(id)]
        return rows[offset : offset + limit]

    def shaped(self, rows: list[dict[str, Any]]) -> Any:
        if self.shape == "list":
            return rows
        if self.shape == "data":
            return {"schema": {"fields": [{"name": "trace_id"}]}, "data": rows}
        if self.shape == "rows":
            return {"columns": [{"name": "trace_id"}], "rows": rows}
        return {"columns": [{"name": name, "values": [row[name] for row in rows]} for name in (rows or [{}])[0]]}


async def fetch(server: PlatformServer, **fields: Any) -> list[Transcript]:
    given: dict[str, Any] = {"read_token": "pylf_v1_us_token", "base_url": server.url, **fields}
    return [each async for each in logfire(**given)]


@pytest.mark.parametrize("shape", ["data", "rows", "columns", "list"])
@pytest.mark.parametrize("is_old", [False, True])
async def test_traces_are_read_in_any_shape_of_answer(shape: str, is_old: bool) -> None:
    with serving_platform(Logfire("t", "u", "v", shape=shape, is_old=is_old)) as server:
        found = await fetch(server)
        assert [each.transcript_id for each in found] == ["t", "u", "v"]
        for each in found:
            assert_talk(each)
        if not is_old:
            assert (found[0].task_set, found[0].source_id) == ("agents", "agents")
            assert found[0].source_uri == "https://logfire.pydantic.dev/org/agents?q=trace_id%3D%27t%27"
            assert await fetch(server, project="org/agents", limit=0) == []


async def test_traces_are_read_in_groups_because_questions_are_limited() -> None:
    ids = [f"t{n}" for n in range(70)]
    with serving_platform(Logfire(*ids)) as server:
        assert [each.transcript_id for each in await fetch(server)] == ids
        assert sum(path == "/v2/query" for path in server.paths) == 1 + 2


async def test_conditions_become_sql() -> None:
    with serving_platform(Logfire("t")) as server:
        await fetch(
            server,
            filter="service_name = 'x' OR level > 9",
            trace_id="a'b",
            from_time=datetime(2026, 6, 1, tzinfo=UTC),
            to_time=datetime(2026, 6, 2, tzinfo=UTC),
        )
        body = server.asked[1].body
    assert "IN (SELECT trace_id FROM records WHERE (service_name = 'x' OR level > 9))" in body["sql"]
    assert "trace_id = 'a''b'" in body["sql"]
    assert (
        "HAVING min(start_timestamp) >= '2026-06-01T00:00:00Z' AND min(start_timestamp) < '2026-06-02T00:00:00Z'"
        in body["sql"]
    )
    assert body["min_timestamp"] < "2026-06-01T00:00:00Z"


@pytest.mark.parametrize("answer", [{}, {"result": []}, {"data": 7}, {"data": {"a": 1}}, "rows", 3, None])
async def test_an_answer_of_another_shape_is_not_taken_for_nothing(answer: Any) -> None:
    with (
        serving_platform(lambda asked: {} if "info" in asked.path else json.dumps(answer)) as server,
        pytest.raises(OSError, match="it has no rows"),
    ):
        await fetch(server)


async def test_another_project_is_refused() -> None:
    with (
        serving_platform(Logfire("t")) as server,
        pytest.raises(ValueError, match=r"reads the project 'agents' .* not 'other'"),
    ):
        await fetch(server, project="other")


async def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOGFIRE_READ_TOKEN", raising=False)
    with serving_platform(Logfire()) as server:
        with pytest.raises(ValueError, match="LOGFIRE_READ_TOKEN"):
            await fetch(server, read_token=None)
        with pytest.raises(ValueError, match="cannot read"):
            await fetch(server, read_token="other")
        assert await fetch(server) == []
