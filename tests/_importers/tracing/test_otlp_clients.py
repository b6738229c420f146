"""What the SDK of OpenTelemetry and its instrumentations write is read, as JSON and as protobuf."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import openai
import pytest
from google.protobuf.json_format import MessageToJson  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, TracesData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode

from _importers.documents import read
from inspect_scout import Transcript
from support.provider.chat_server import ChatServer, serving

pytestmark = pytest.mark.anyio


@contextlib.contextmanager
def recording() -> Generator[tuple[TracerProvider, InMemorySpanExporter]]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    yield provider, kept
    provider.shutdown()


def written(folder: Path, spans: Sequence[ReadableSpan]) -> list[Path]:
    """Write spans in every form that a collector has for them."""
    message = encode_spans(spans)
    binary = message.SerializeToString()
    forms = {
        "t.json": MessageToJson(message).encode(),
        "t.pb": binary,
        "t.binpb": struct.pack(">I", len(binary)) + binary + struct.pack(">I", len(binary)) + binary,
    }
    for name, content in forms.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in forms]


def told(transcript: Transcript) -> object:
    without = {"trace_state"}
    metadata = {name: value for name, value in transcript.metadata.items() if name not in without}
    return (
        transcript.messages,
        transcript.events,
        metadata,
        transcript.model_dump(exclude={"metadata", "source_uri", "messages", "events"}),
    )


async def test_all_forms_say_the_same(tmp_path: Path) -> None:
    with recording() as (provider, kept):
        tracer = provider.get_tracer("test")
        with tracer.start_as_current_span("invoke_agent x") as agent:
            agent.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "x"})
            with tracer.start_as_current_span("chat m") as chat:
                chat.set_attributes(
                    {
                        "gen_ai.operation.name": "chat",
                        "gen_ai.request.model": "m",
                        "gen_ai.request.temperature": 0.5,
                        "gen_ai.response.finish_reasons": ["stop"],
                        "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "hi \u00e9"}]}]',
                        "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": "yes"}]}]',
                        "gen_ai.usage.input_tokens": 3,
                        "gen_ai.usage.output_tokens": 1,
                    }
                )
            with tracer.start_as_current_span("execute_tool f", record_exception=True) as tool:
                tool.set_attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f"})
                tool.record_exception(ValueError("no"))
                tool.set_status(Status(StatusCode.ERROR, "failed"))
        files = written(tmp_path, kept.get_finished_spans())
    found = [(await read(file))[0] for file in files]
    assert [message.text for message in found[0].messages] == ["hi \u00e9", "yes"]
    assert [event.error.message for event in found[0].events if event.event == "tool" and event.error] == [
        "ValueError: no"
    ]
    assert told(found[0]) == told(found[1]) == told(found[2])


async def test_the_client_of_openai_as_openinference_records_it(tmp_path: Path) -> None:
    with recording() as (provider, kept), serving(ChatServer(lambda _: "Fine.")) as server:
        instrumentor = OpenAIInstrumentor()
        instrumentor.instrument(tracer_provider=provider)
        try:
            client = openai.OpenAI(base_url=server.url, api_key="none", max_retries=0)
            answer = client.chat.completions.create(model="m-1", messages=[{"role": "user", "content": "How are you?"}])
        finally:
            instrumentor.uninstrument()
        files = written(tmp_path, kept.get_finished_spans())
    text = answer.choices[0].message.content
    for file in files:
        (found,) = await read(file)
        assert [(message.role, message.text) for message in found.messages] == [
            ("user", "How are you?"),
            ("assistant", text),
        ]
        assert answer.usage is not None
        assert found.total_tokens == answer.usage.total_tokens


Value: TypeAlias = "bool | int | float | str | Sequence[Value] | Mapping[str, Value]"


def any_value(value: Value) -> AnyValue:
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case str():
            return AnyValue(string_value=value)
        case Mapping():
            return AnyValue(kvlist_value=KeyValueList(values=[pair(name, each) for name, each in value.items()]))
        case _:
            return AnyValue(array_value=ArrayValue(values=[any_value(each) for each in value]))


def pair(name: str, value: Value) -> KeyValue:
    return KeyValue(key=name, value=any_value(value))


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES, name=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=60, deadline=None)
def test_values_of_protobuf_are_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, value: Value, name: str
) -> None:
    import asyncio

    span = Span(
        trace_id=b"\1" * 16,
        span_id=b"\2" * 8,
        name=name,
        start_time_unix_nano=1_780_000_000_000_000_000,
        attributes=[pair("gen_ai.operation.name", "invoke_agent"), pair("metadata", value)],
    )
    file = tmp_path_factory.mktemp("pb") / "t.pb"
    data = TracesData(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[span])])])
    file.write_bytes(data.SerializeToString())
    (found,) = asyncio.run(read(file))
    assert found.metadata["metadata"] == value
    assert found.task_id == (name or None)


def three_traces() -> bytes:
    spans = [
        Span(
            trace_id=bytes([n]) * 16,
            span_id=b"\2" * 8,
            name="a",
            attributes=[pair("gen_ai.operation.name", "invoke_agent")],
        )
        for n in (1, 2, 3)
    ]
    blocks = [ResourceSpans(scope_spans=[ScopeSpans(spans=[span])]) for span in spans]
    written: bytes = TracesData(resource_spans=blocks).SerializeToString()
    return written


TRACES = {(bytes([n]) * 16).hex() for n in (1, 2, 3)}


@given(cut=st.integers(1, len(three_traces()) - 1))
@settings(max_examples=60, deadline=None)
def test_of_protobuf_that_is_cut_off_whole_traces_are_read_and_the_rest_is_named(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    import asyncio

    folder = tmp_path_factory.mktemp("pb")
    (folder / "good.pb").write_bytes(three_traces())
    (folder / "cut.pb").write_bytes(three_traces()[:-cut])
    found = asyncio.run(read(folder))
    assert {each.transcript_id for each in found} == TRACES  # the good file beside it loses nothing


@given(flips=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_does_not_cost_the_traces_of_another(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    import asyncio

    data = bytearray(three_traces())
    for position, byte in flips:
        data[position % len(data)] = byte
    folder = tmp_path_factory.mktemp("pb")
    (folder / "good.pb").write_bytes(three_traces())
    (folder / "bad.pb").write_bytes(bytes(data))
    found = asyncio.run(read(folder))
    assert {each.transcript_id for each in found} >= TRACES
    assert all(len(bytes.fromhex(each.transcript_id)) == 16 for each in found)
