"""Exports of OpenTelemetry become transcripts: one for each trace, whatever files it is spread over."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from _importers.documents import read, write
from _importers.tracing.otlp_exports import (
    TRACE,
    agent,
    answered,
    attributes,
    calling,
    chat,
    conversation,
    export,
    said,
    span,
    tool,
)
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

OTHER = "1ec4c4c2e2ed5a25a75ce90b68ee7ab4"


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("otlp")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for number, name in enumerate("abc"):
            write(tmp_path / name / "traces.jsonl", [export(*conversation(f"{number + 1:032x}"))])
        return tmp_path

    def grow(self, file: Path) -> None:
        with file.open("a") as lines:
            lines.write(json.dumps(export(*conversation(OTHER))) + "\n")


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        exports = [export(*conversation(f"{number:032x}")) for number in (1, 2, 3)]
        write(tmp_path / "traces.jsonl", exports)
        return transcripts_from(tmp_path / "traces.jsonl").source


def roles(transcript: Transcript) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in transcript.messages]


async def only(place: Path) -> Transcript:
    (found,) = await read(place)
    return found


WEATHER = [("user", "Weather in Paris?"), ("assistant", ""), ("tool", "sunny"), ("assistant", "It is sunny.")]


async def test_an_agent_and_its_calls(tmp_path: Path) -> None:
    found = await only(write(tmp_path / "t.json", export(*conversation())))
    assert roles(found) == WEATHER
    assert (found.transcript_id, found.agent, found.model) == (TRACE, "forecaster", "m-1")
    assert (found.task_id, found.total_tokens, found.total_time) == ("invoke_agent forecaster", 30, 5.0)
    assert found.date == "2026-05-28T20:26:40+00:00"
    assert [event.event for event in found.events] == ["model", "span_begin", "tool", "span_end", "model"]
    tools = [event for event in found.events if event.event == "tool"]
    assert [(each.function, each.arguments, each.result) for each in tools] == [("weather", {"x": 1}, "sunny")]
    assert {name: found.metadata[name] for name in ("records", "skipped", "unknown", "broken", "service.name")} == {
        "records": 4,
        "skipped": 0,
        "unknown": 0,
        "broken": 0,
        "service.name": "shop",
    }


@given(order=st.permutations(range(4)), cut=st.integers(0, 4), repeat=st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_the_order_of_spans_their_files_and_repeats_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], cut: int, repeat: int
) -> None:
    import asyncio

    folder = tmp_path_factory.mktemp("otlp")
    spans = [conversation()[number] for number in order]
    write(folder / "a.jsonl", [export(each) for each in spans[:cut]] + [export(spans[repeat])])
    write(folder / "b.jsonl", [export(*spans[cut:])])
    found = asyncio.run(only(folder))
    whole = asyncio.run(only(write(folder / "whole" / "t.json", export(*conversation()))))
    assert found.messages == whole.messages
    assert found.events == whole.events


def shapes() -> dict[str, Any]:
    exported = export(*conversation())
    snake = json.loads(
        json.dumps(exported)
        .replace("resourceSpans", "resource_spans")
        .replace("scopeSpans", "scope_spans")
        .replace("traceId", "trace_id")
        .replace("parentSpanId", "parent_span_id")
        .replace("spanId", "span_id")
        .replace("TimeUnixNano", "_time_unix_nano")
        .replace("stringValue", "string_value")
        .replace("intValue", "int_value")
    )
    legacy = json.loads(json.dumps(exported).replace("scopeSpans", "instrumentationLibrarySpans"))
    import base64

    in_base64 = json.loads(json.dumps(exported))
    for each in in_base64["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        for name in ("traceId", "spanId", "parentSpanId"):
            if name in each:
                each[name] = base64.b64encode(bytes.fromhex(each[name])).decode()
    return {"snake": snake, "legacy": legacy, "base64": in_base64}


@pytest.mark.parametrize("shape", ["snake", "legacy", "base64"])
async def test_documents_of_every_writer_say_the_same(tmp_path: Path, shape: str) -> None:
    found = await only(write(tmp_path / "t.json", shapes()[shape]))
    assert (found.transcript_id, roles(found)) == (TRACE, WEATHER)


async def test_a_document_over_many_lines_and_a_compressed_one(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps(export(*conversation()), indent=2))
    assert roles(await only(tmp_path)) == WEATHER
    (tmp_path / "t.json").unlink()
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(json.dumps(export(*conversation())).encode()))
    assert roles(await only(tmp_path)) == WEATHER


async def test_a_broken_span_and_a_line_that_is_being_written_cost_nothing_else(tmp_path: Path) -> None:
    broken = {**conversation()[0], "spanId": None}
    lines = [json.dumps(export(*conversation())), json.dumps(export(broken)), "{broken}"]
    (tmp_path / "t.jsonl").write_text("\n".join([*lines, '{"resourceSpans": [{"scope']))
    assert roles(await only(tmp_path)) == WEATHER
    index = await transcripts_from(tmp_path).index()
    assert len(index.problems) == 2
    assert "line 3" in str(index.problems[0])


async def test_a_named_file_is_read_by_itself(tmp_path: Path) -> None:
    write(tmp_path / "a.json", export(*conversation()))
    write(tmp_path / "b.json", export(*conversation(OTHER)))
    assert len(await read(tmp_path)) == 2
    assert (await only(tmp_path / "b.json")).transcript_id == OTHER


async def test_what_is_only_the_inside_of_a_program_is_counted_and_left_out(tmp_path: Path) -> None:
    http = [span(10 + number, "GET", {"http.method": "GET"}, parent=2, at=1) for number in range(3)]
    write(tmp_path / "t.jsonl", [export(*conversation(), *http), export(span(1, "GET /", {}, trace=OTHER))])
    found = await only(tmp_path)
    assert (found.metadata["records"], found.metadata["skipped"]) == (7, 3)


async def test_a_sub_agent_is_a_span_of_its_own_below_the_tool_that_started_it(tmp_path: Path) -> None:
    inner = chat([said("user", "look it up")], said("assistant", "found"))
    spans = [
        *conversation()[:3],
        span(5, "invoke_agent searcher", agent("searcher"), parent=3, at=2.1, seconds=0.5),
        span(6, "chat m-2", {**inner, "gen_ai.request.model": "m-2"}, parent=5, at=2.2, seconds=0.2),
        conversation()[3],
    ]
    found = await only(write(tmp_path / "t.json", export(*spans)))
    assert roles(found) == WEATHER
    assert found.total_tokens == 45
    begun = {event.id: event for event in found.events if event.event == "span_begin"}
    sub_agent = next(each for each in begun.values() if each.type == "agent")
    assert (sub_agent.name, begun[sub_agent.parent_id or ""].name) == ("searcher", "weather")
    (used,) = [event for event in found.events if event.event == "tool"]
    assert used.agent_span_id == sub_agent.id
    assert [event.model for event in found.events if event.event == "model" and event.span_id == sub_agent.id] == [
        "m-2"
    ]


@pytest.mark.parametrize("inner_speaks", [True, False])
async def test_two_spans_of_one_call_count_once(tmp_path: Path, inner_speaks: bool) -> None:
    whole = chat([said("user", "hi")], said("assistant", "hello"))
    silent = {name: each for name, each in whole.items() if not name.endswith("messages")}
    outer, inner = (silent, whole) if inner_speaks else (whole, silent)
    spans = [span(2, "chat", inner, parent=1, at=0.1, seconds=0.5), span(1, "chat", outer)]
    found = await only(write(tmp_path / "t.json", export(*spans)))
    assert (roles(found), found.total_tokens) == ([("user", "hi"), ("assistant", "hello")], 15)
    assert len([event for event in found.events if event.event == "model"]) == 1


async def test_a_response_that_two_libraries_have_told_of_counts_once(tmp_path: Path) -> None:
    whole = chat([said("user", "hi")], said("assistant", "hello"), **{"gen_ai.response.id": "r1"})
    found = await only(write(tmp_path / "t.json", export(span(1, "a", whole), span(2, "b", whole))))
    assert found.total_tokens == 15


async def test_missing_parents_circles_and_clocks_that_go_backwards(tmp_path: Path) -> None:
    lost = [span(7, "chat", chat([said("user", "a")], said("assistant", "b")), parent=99)]
    circle = [
        span(8, "invoke_agent x", agent("x"), parent=9, at=9, seconds=-5),
        span(9, "step", {}, parent=8, at=8),
    ]
    found = await only(write(tmp_path / "t.json", export(*lost, *circle)))
    assert roles(found) == [("user", "a"), ("assistant", "b")]
    assert found.metadata["broken"] == 1
    assert found.metadata["records"] == 3


@given(edges=st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=16), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_any_graph_of_spans_is_read_and_no_call_is_lost(
    tmp_path_factory: pytest.TempPathFactory, edges: list[tuple[int, int]], seed: int
) -> None:
    import asyncio

    parents = dict(edges)
    kinds = random.Random(seed)
    spans = [
        span(
            number,
            f"s{number}",
            kinds.choice([agent("a"), {}, tool(f"c{number}", "t", "r")]),
            parent=parents.get(number),
        )
        for number in range(1, 9)
    ]
    spans.append(span(20, "chat", chat([said("user", "hi")], said("assistant", "yes")), parent=kinds.randrange(1, 10)))
    found = asyncio.run(only(write(tmp_path_factory.mktemp("graph") / "t.json", export(*spans))))
    assert found.metadata["records"] == 9
    assert found.total_tokens == 15
    assert len({event.uuid for event in found.events}) == len(found.events)


async def test_without_content_a_transcript_says_so(tmp_path: Path) -> None:
    silent = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3}
    found = await only(write(tmp_path / "t.json", export(span(1, "chat", silent))))
    assert (found.messages, found.total_tokens, found.metadata["content"]) == ([], 3, "none")


async def test_errors(tmp_path: Path) -> None:
    raised = attributes({"exception.type": "ValueError", "exception.message": "no such city"})
    failed: dict[str, Any] = {"status": {"code": 2}, "events": [{"name": "exception", "attributes": raised}]}
    spans = [
        span(2, "chat", chat([said("user", "hi")], calling("c1", "weather")), parent=1, at=1),
        span(3, "weather", tool("c1", "weather", ""), parent=1, at=2, **failed),
        span(1, "invoke_agent a", agent("a"), seconds=4, status={"code": "STATUS_CODE_ERROR", "message": "gave up"}),
    ]
    found = await only(write(tmp_path / "t.json", export(*spans)))
    assert found.error == "gave up"
    (used,) = [event for event in found.events if event.event == "tool"]
    assert used.error is not None
    assert used.error.message == "ValueError: no such city"
    (result,) = [message for message in found.messages if message.role == "tool"]
    assert result.error is not None


async def test_tools_without_ids_answer_the_calls_of_their_name_in_order(tmp_path: Path) -> None:
    two = {**said("assistant", ""), "parts": calling("c1", "f")["parts"] + calling("c2", "f")["parts"]}
    nameless = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f"}
    spans = [
        span(1, "chat", chat([said("user", "hi")], two)),
        span(2, "f", {**nameless, "gen_ai.tool.call.result": "first"}, at=1),
        span(3, "f", {**nameless, "gen_ai.tool.call.result": "second"}, at=2),
    ]
    found = await only(write(tmp_path / "t.json", export(*spans)))
    results = [(m.tool_call_id, m.text) for m in found.messages if m.role == "tool"]
    assert results == [("c1", "first"), ("c2", "second")]


async def test_results_that_only_stand_in_the_next_request_are_events_as_well(tmp_path: Path) -> None:
    call = calling("c1", "weather", city="Paris")
    history = [said("user", "hi"), call, {**answered("c1", "rain"), "role": "user"}]
    spans = [
        span(1, "chat", chat([said("user", "hi")], call)),
        span(2, "chat", chat(history, said("assistant", "Take an umbrella.")), at=1),
    ]
    found = await only(write(tmp_path / "t.json", export(*spans)))
    assert [role for role, _ in roles(found)] == ["user", "assistant", "tool", "assistant"]
    assert [event.result for event in found.events if event.event == "tool"] == ["rain"]


async def test_settings_tools_and_kinds_of_tokens(tmp_path: Path) -> None:
    definition = {
        "type": "function",
        "name": "weather",
        "description": "Tell the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "x-y": 1}}, "required": ["city"]},
    }
    more = {
        "gen_ai.tool.definitions": json.dumps([definition, {"nameless": True}]),
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 100,
        "gen_ai.response.finish_reasons": ["length"],
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.reasoning.output_tokens": 2,
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief."}]),
    }
    found = await only(
        write(tmp_path / "t.json", export(span(1, "chat", chat([said("user", "hi")], said("assistant", "yo"), **more))))
    )
    (model,) = [event for event in found.events if event.event == "model"]
    assert [each.name for each in model.tools] == ["weather"]
    assert (model.config.temperature, model.config.max_tokens) == (0.5, 100)
    assert model.output.stop_reason == "max_tokens"
    usage = model.output.usage
    assert usage is not None
    assert (usage.input_tokens, usage.input_tokens_cache_read, usage.reasoning_tokens, usage.total_tokens) == (
        6,
        4,
        2,
        15,
    )
    assert roles(found)[0] == ("system", "Be brief.")


async def test_text_that_was_cut_off_is_kept_as_it_is(tmp_path: Path) -> None:
    cut = {**chat([], said("assistant", "yes")), "gen_ai.input.messages": '[{"role": "user", "parts": [{"ty'}
    found = await only(write(tmp_path / "t.json", export(span(1, "chat", cut))))
    assert roles(found)[0] == ("user", '[{"role": "user", "parts": [{"ty')
