"""Spans of Phoenix become transcripts, from files and from its interface."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from _importers.documents import read, write
from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, phoenix, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def span(
    trace: str, number: int, parent: int | None, kind: str, name: str, attributes: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": f"U3Bhbjo{number}",
        "name": name,
        "context": {"trace_id": trace, "span_id": f"{trace}-s{number}"},
        "span_kind": kind,
        "parent_id": None if parent is None else f"{trace}-s{parent}",
        "start_time": f"2026-06-01T10:00:{number:02}+00:00",
        "end_time": "2026-06-01T10:00:09+00:00" if parent is None else f"2026-06-01T10:00:{number:02}.5+00:00",
        "status_code": "OK",
        "status_message": "",
        "attributes": {"openinference.span.kind": kind, **attributes},
        "events": [],
    }


def message(place: str, number: int, role: str, content: str | None, **fields: Any) -> dict[str, Any]:
    key = f"llm.{place}_messages.{number}.message"
    said = {f"{key}.role": role, f"{key}.content": content, **{f"{key}.{name}": v for name, v in fields.items()}}
    return {name: value for name, value in said.items() if value is not None}


def spans(trace: str = "t") -> list[dict[str, Any]]:
    call: dict[str, Any] = {
        "tool_calls.0.tool_call.id": "c1",
        "tool_calls.0.tool_call.function.name": "ls",
        "tool_calls.0.tool_call.function.arguments": '{"p": "."}',
    }
    asked = {**message("input", 0, "system", "Be brief."), **message("input", 1, "user", "What is here?")}
    tokens = {"llm.token_count.prompt": 10, "llm.token_count.completion": 5, "llm.model_name": "gpt-4o"}
    root = {
        "session.id": "s1",
        "user.id": "u1",
        "tag.tags": ["prod", "eu"],
        "metadata": json.dumps({"team": "a", "score": 0.5}),
        "agent.name": "helper",
        "input.value": "What is here?",
    }
    return [
        span(trace, 0, None, "AGENT", "main", root),
        span(trace, 1, 0, "LLM", "chat", {**asked, **message("output", 0, "assistant", None, **call), **tokens}),
        span(trace, 2, 0, "TOOL", "ls", {"tool.name": "ls", "input.value": '{"p": "."}', "output.value": "a.txt"}),
        span(
            trace,
            3,
            0,
            "LLM",
            "chat",
            {
                **asked,
                **message("input", 2, "assistant", None, **call),
                **message("input", 3, "tool", "a.txt", tool_call_id="c1"),
                **message("output", 0, "assistant", "a.txt"),
                **tokens,
            },
        ),
    ]


def assert_talk(transcript: Transcript) -> None:
    assert [each.role for each in transcript.messages] == ["system", "user", "assistant", "tool", "assistant"]
    tools = [event for event in transcript.events if event.event == "tool"]
    assert [(event.id, event.function, event.arguments, event.result) for event in tools] == [
        ("c1", "ls", {"p": "."}, "a.txt")
    ]
    assert (transcript.total_tokens, transcript.total_time, transcript.agent) == (30, 9.0, "helper")
    assert (transcript.source_type, transcript.source_id, transcript.task_id) == ("phoenix", "s1", "main")
    assert (transcript.model, transcript.score, transcript.metadata["team"]) == ("gpt-4o", 0.5, "a")
    assert (transcript.metadata["tags"], transcript.metadata["user_id"]) == (["prod", "eu"], "u1")


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("phoenix_export")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / f"{id}.json", spans(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [*spans(file.stem), *spans(f"{file.stem}-2")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        write(tmp_path / "spans.jsonl", [each for id in "abc" for each in spans(id)])
        return transcripts_from(tmp_path / "spans.jsonl").source


def nested(given: dict[str, Any]) -> dict[str, Any]:
    """Attributes as data frames hold them: what is numbered as lists."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        keys = name.split(".")
        at: Any = found
        for key in keys[:-1]:
            at = at.setdefault(key, {})
        at[keys[-1]] = value

    def lists(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        value = cast("dict[str, Any]", given)
        if value and all(key.isdigit() for key in value):
            return [lists(value[key]) for key in sorted(value, key=int)]
        return {key: lists(inner) for key, inner in value.items()}

    whole: dict[str, Any] = lists(found)
    return whole


async def test_attributes_may_be_nested_or_columns(tmp_path: Path) -> None:
    deep = [{**each, "attributes": nested(each["attributes"])} for each in spans()]
    (one,) = await read(write(tmp_path / "1" / "spans.jsonl", deep))
    assert_talk(one)
    columns: list[dict[str, Any]] = []
    for each in spans():
        row = {name: value for name, value in each.items() if name not in ("attributes", "context")}
        row |= {f"context.{name}": value for name, value in each["context"].items()}
        flat = nested(each["attributes"])
        row |= {f"attributes.llm.{name}": value for name, value in flat.pop("llm", {}).items()}
        row |= {f"attributes.{name}": value for name, value in flat.items()}
        columns.append(row)
    (other,) = await read(write(tmp_path / "2" / "spans.jsonl", columns))
    assert_talk(other)


async def test_metadata_may_be_an_attribute_for_each_key(tmp_path: Path) -> None:
    rows = spans()
    del rows[0]["attributes"]["metadata"]
    rows[0]["attributes"] |= {"metadata.team": "a", "metadata.score": 0.5, "metadata.inner.level": 3, "metadata.x": 1}
    rows[0]["attributes"] |= {"metadata.x.y": 2}
    (one,) = await read(write(tmp_path / "spans.jsonl", rows))
    assert_talk(one)
    assert (one.metadata["inner"], one.metadata["x"]) == ({"level": 3}, 1)


async def test_an_agent_without_a_name_has_that_of_its_span(tmp_path: Path) -> None:
    rows = spans()
    del rows[0]["attributes"]["agent.name"]
    (one,) = await read(write(tmp_path / "spans.jsonl", rows))
    assert one.agent == "main"


async def test_a_call_that_failed_has_the_model_that_was_asked_for(tmp_path: Path) -> None:
    rows = spans()[:2]
    given = {name: value for name, value in rows[1]["attributes"].items() if name.startswith("llm.input")}
    rows[1] |= {"status_code": "ERROR", "status_message": "429"}
    rows[1]["attributes"] = {**given, "llm.invocation_parameters": '{"model": "gpt-4o", "temperature": 0.5}'}
    (one,) = await read(write(tmp_path / "spans.jsonl", rows))
    (model,) = [event for event in one.events if event.event == "model"]
    assert (model.model, model.error, model.config.temperature) == ("gpt-4o", "429", 0.5)
    assert one.metadata.get("provider") is None


@pytest.mark.parametrize(("status", "reason"), [("completed", "stop"), ("failed", "unknown"), (None, "unknown")])
async def test_a_response_ended_as_it_says(tmp_path: Path, status: str | None, reason: str) -> None:
    said = {**message("input", 0, "user", "Hi?"), **message("output", 0, "assistant", "Hello.")}
    said["output.value"] = json.dumps({"id": "r1", "status": status})
    said["llm.provider"] = "openai"
    (one,) = await read(write(tmp_path / "spans.jsonl", [span("t", 0, None, "LLM", "Response", said)]))
    (model,) = [event for event in one.events if event.event == "model"]
    assert model.output.stop_reason == reason
    assert one.metadata["provider"] == "openai"


async def test_calls_one_after_the_other_are_several_whatever_their_ids(tmp_path: Path) -> None:
    """Some servers of models give all answers the same id; two spans of one call overlap."""
    rows = spans()
    for number in (1, 3):
        rows[number]["attributes"]["output.value"] = '{"id": "chatcmpl-1"}'
    (one,) = await read(write(tmp_path / "1" / "spans.jsonl", rows))
    assert_talk(one)
    twin = {**rows[3], "context": {"trace_id": "t", "span_id": "t-twin"}}
    (other,) = await read(write(tmp_path / "2" / "spans.jsonl", [*rows, twin]))
    assert other.total_tokens == one.total_tokens


class Phoenix:
    """A server with traces, of a version.

    Args:
        ids: Its traces.
        version: 13.15 lists traces, 13.9 looks up a trace, older ones list spans and nothing else.
        knows_sessions: Whether it has the sessions in this project, and not in another that had them first.
    """

    def __init__(self, *ids: str, version: float = 13.15, page: int = 3, knows_sessions: bool = True) -> None:
        self.ids, self.version, self.page, self.knows_sessions = ids, version, page, knows_sessions

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/v1/projects/my%20project/traces" and self.version >= 13.15:
            rows: list[Any] = [
                {"id": id, "trace_id": id, "start_time": "2026-06-01T10:00:00Z", "end_time": "2026-06-01T10:00:09Z"}
                for id in self.ids
                if self.knows_sessions or "session_identifier" not in asked.parameters
            ]
            return self.paged(rows, asked)
        if asked.path == "/v1/projects/my%20project/spans":
            rows = [each for id in self.ids for each in spans(id)]
            if "trace_id" in asked.parameters and self.version >= 13.09:
                rows = [each for each in rows if each["context"]["trace_id"] in asked.parameters["trace_id"]]
            if "parent_id" in asked.parameters and self.version >= 13.15:
                rows = [each for each in rows if each["parent_id"] is None]
            return self.paged(rows, asked)
        return Reply(404, "Project with name other not found")

    def paged(self, rows: list[Any], asked: Asked) -> Any:
        at = int(asked.one("cursor", "0"))
        more = str(at + self.page) if at + self.page < len(rows) else None
        return {"data": rows[at : at + self.page], "next_cursor": more}


async def fetch(server: PlatformServer, project: str = "my project", **fields: Any) -> list[Transcript]:
    return [each async for each in phoenix(project, base_url=server.url, **fields)]


@pytest.mark.parametrize("version", [13.15, 13.09, 12.0])
async def test_traces_are_read_from_servers_of_any_version(version: float) -> None:
    with serving_platform(Phoenix("t", "u", "v", "w", version=version)) as server:
        found = await fetch(server)
        assert [each.transcript_id for each in found] == ["t", "u", "v", "w"]
        for each in found:
            assert_talk(each)
            assert each.task_set == "my project"
        assert found[0].source_uri == f"{server.url}/projects/my%20project/traces/t"


async def test_a_trace_is_asked_for_by_its_id() -> None:
    with serving_platform(Phoenix("t", "u", "v")) as server:
        (one,) = await fetch(server, trace_id="u")
        assert one.transcript_id == "u"
        assert all(asked.parameters["trace_id"] == ["u"] for asked in server.asked)


async def test_traces_are_chosen_by_session_tags_and_metadata() -> None:
    with serving_platform(Phoenix("t")) as server:
        chosen: list[dict[str, Any]] = [
            {"session_id": "s1", "tags": ["eu"], "metadata": {"team": "a"}},
            {"from_time": datetime(2026, 6, 1, 10, tzinfo=UTC)},
        ]
        others: list[dict[str, Any]] = [
            {"session_id": "s2"},
            {"tags": ["eu", "us"]},
            {"metadata": {"team": "b"}},
            {"to_time": datetime(2026, 6, 1, 10, tzinfo=UTC)},
        ]
        for choice in chosen:
            assert len(await fetch(server, **choice)) == 1
        for choice in others:
            assert await fetch(server, **choice) == []


async def test_a_session_may_have_begun_in_another_project() -> None:
    with serving_platform(Phoenix("t", "u", knows_sessions=False)) as server:
        assert [each.transcript_id for each in await fetch(server, session_id="s1")] == ["t", "u"]
        assert server.asked[1].parameters["attribute"] == ['session.id:"s1"']
        assert await fetch(server, session_id="s2") == []


async def test_what_is_missing_is_said() -> None:
    with serving_platform(Phoenix()) as server:
        with pytest.raises(FileNotFoundError, match="has nothing at"):
            await fetch(server, "other")
        for project in ("", "a/b"):
            with pytest.raises(ValueError, match="project=NAME"):
                await fetch(server, project)
        assert await fetch(server) == []


async def test_the_key_goes_into_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOENIX_API_KEY", "key-1")
    with serving_platform(Phoenix("t")) as server:
        monkeypatch.setenv("PHOENIX_COLLECTOR_ENDPOINT", f"{server.url}/v1/traces")
        assert len([each async for each in phoenix("my project")]) == 1
        assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer key-1"}
