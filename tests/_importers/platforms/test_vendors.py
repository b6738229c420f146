"""What the clients of the vendors write is read, and our servers of tests answer as these clients expect."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import langsmith as langsmith_sdk
import openai
import pytest
from langfuse import Langfuse as LangfuseClient
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from _importers.platforms.langsmith_server import PROJECT, LangSmith, agent_trace
from _importers.platforms.platform_server import Asked, serving_platform
from _importers.platforms.test_langfuse import Langfuse
from inspect_scout import Transcript
from inspect_scout.sources import langfuse, langsmith, phoenix
from support.provider.chat_server import ChatServer, serving

pytestmark = pytest.mark.anyio

TALK = [("system", "Be brief."), ("user", "How are you?"), ("assistant", "Fine.")]


@contextlib.contextmanager
def asking() -> Generator[openai.OpenAI]:
    """A client of a model that always answers the same."""
    with serving(ChatServer(lambda _: "Fine.")) as server:
        yield openai.OpenAI(base_url=server.url, api_key="none", max_retries=0)


def ask(client: openai.OpenAI) -> None:
    client.chat.completions.create(
        model="m-1",
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How are you?"}],
        temperature=0.5,
    )


def assert_talk(transcript: Transcript) -> None:
    assert [(each.role, each.text) for each in transcript.messages] == TALK
    assert transcript.total_tokens == 120
    (model,) = [event for event in transcript.events if event.event == "model"]
    assert model.config.temperature == 0.5


def ids(span: ReadableSpan) -> tuple[str, str, str | None]:
    context = span.get_span_context()
    assert context is not None
    parent = None if span.parent is None else f"{span.parent.span_id:016x}"
    return f"{context.trace_id:032x}", f"{context.span_id:016x}", parent


def at(nanoseconds: int | None) -> str:
    return datetime.fromtimestamp((nanoseconds or 0) / 1e9, UTC).isoformat()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in (span.attributes or {}).items()}


async def test_what_openinference_notes_of_the_client_of_openai() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    instrumentor = OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        with asking() as client:
            ask(client)
    finally:
        instrumentor.uninstrument()
        provider.shutdown()
    rows: list[dict[str, Any]] = []
    for span in kept.get_finished_spans():
        trace, id, parent = ids(span)
        given = attributes(span)
        row: dict[str, Any] = {"name": span.name, "context": {"trace_id": trace, "span_id": id}, "parent_id": parent}
        row |= {"span_kind": given.get("openinference.span.kind"), "attributes": given, "events": []}
        row |= {"start_time": at(span.start_time), "end_time": at(span.end_time), "status_code": "OK"}
        rows.append(row)

    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/traces"):
            return {"data": [{"trace_id": rows[0]["context"]["trace_id"], "start_time": rows[0]["start_time"]}]}
        return {"data": rows, "next_cursor": None}

    with serving_platform(answer) as server:
        (found,) = [each async for each in phoenix("default", base_url=server.url)]
    assert_talk(found)


async def test_what_the_client_of_langsmith_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    runs: dict[str, dict[str, Any]] = {}

    def keep(asked: Asked) -> Any:
        if asked.path == "/runs" or asked.path.startswith("/runs/"):
            runs.setdefault(asked.body["id"], {"session_id": PROJECT}).update(asked.body)
        return {}

    with serving_platform(keep) as server:
        client = langsmith_sdk.Client(api_url=server.url, api_key="key", auto_batch_tracing=False)
        noted: Any = langsmith_sdk
        named = {"ls_provider": "openai", "ls_model_name": "m-1", "ls_temperature": 0.5}

        def ls(p: str) -> str:
            return f"a.txt in {p}"

        def chat(messages: list[dict[str, str]], temperature: float) -> dict[str, Any]:
            message = {"role": "assistant", "content": f"Fine{'.' if temperature else '!'}"}
            usage = {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}
            return (
                {"choices": [{"message": message, "finish_reason": "stop"}], "usage_metadata": usage}
                if messages
                else {}
            )

        list_files = noted.traceable(run_type="tool", client=client)(ls)
        ask_model = noted.traceable(run_type="llm", client=client, metadata=named)(chat)

        def main(question: str) -> object:
            list_files(".")
            return ask_model([{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}], 0.5)

        noted.traceable(client=client, project_name="my-agent", tags=["prod"])(main)("How are you?")
        client.flush()
    with serving_platform(LangSmith(list(runs.values()))) as server:
        (found,) = [each async for each in langsmith("my-agent", api_key="key", api_url=server.url)]
    assert_talk(found)
    assert (found.task_id, found.model, found.metadata["tags"]) == ("main", "m-1", ["prod"])
    (tool,) = [event for event in found.events if event.event == "tool"]
    assert (tool.function, tool.arguments, tool.result) == ("ls", {"p": "."}, "a.txt in .")


async def test_our_langsmith_answers_as_its_client_expects() -> None:
    with serving_platform(LangSmith(agent_trace())) as server:
        client = langsmith_sdk.Client(api_url=server.url, api_key="key")
        fields: Any = ["ID", "NAME", "RUN_TYPE", "START_TIME", "TRACE_ID", "PARENT_RUN_IDS", "INPUTS"]
        page = await client.runs.query(
            project_ids=[PROJECT], min_start_time=datetime(2026, 1, 1, tzinfo=UTC), selects=fields
        )
        names = [run.name async for run in page]
    assert sorted(str(name) for name in names) == ["ChatOpenAI", "ChatOpenAI", "agent", "ls"]


def client_of_langfuse(url: str, kept: InMemorySpanExporter | None = None) -> LangfuseClient:
    """Make a client; those with the same public key would share one."""
    return LangfuseClient(
        public_key="pk-1" if kept is None else "pk-2",
        secret_key="sk-1",
        base_url=url,
        span_exporter=kept,
        tracer_provider=TracerProvider(),
        tracing_enabled=kept is not None,
    )


async def test_what_the_client_of_langfuse_notes() -> None:
    kept = InMemorySpanExporter()
    with serving_platform(lambda _: {}) as server:
        client = client_of_langfuse(server.url, kept)
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How are you?"}]
        with client.start_as_current_observation(as_type="agent", name="helper", input={"q": 1}):
            with client.start_as_current_observation(
                as_type="generation", name="chat", model="m-1", input=messages, model_parameters={"temperature": 0.5}
            ) as generation:
                answer = {"role": "assistant", "content": "Fine."}
                generation.update(output=answer, usage_details={"input": 100, "output": 20})
            with client.start_as_current_observation(as_type="tool", name="ls", input={"p": "."}) as tool:
                tool.update(output="a.txt")
        client.flush()
        client.shutdown()
    rows: list[dict[str, Any]] = []
    for span in kept.get_finished_spans():
        trace, id, parent = ids(span)
        noted = {name.removeprefix("langfuse.observation."): value for name, value in attributes(span).items()}
        row: dict[str, Any] = {"id": id, "traceId": trace, "parentObservationId": parent, "name": span.name}
        row |= {"type": str(noted["type"]).upper(), "input": noted.get("input"), "output": noted.get("output")}
        row |= {"startTime": at(span.start_time), "endTime": at(span.end_time), "level": "DEFAULT"}
        row |= {"providedModelName": noted.get("model.name"), "modelParameters": noted.get("model.parameters")}
        row |= {"usageDetails": json.loads(noted.get("usage_details", "{}"))}
        rows.append(row)

    def answer_rows(asked: Asked) -> Any:
        return {"data": rows, "meta": {}} if asked.path.endswith("observations") else {"data": [], "meta": {}}

    with serving_platform(answer_rows) as server:
        found = [each async for each in langfuse(public_key="p", secret_key="s", host=server.url)]
    (one,) = found
    assert_talk(one)
    assert (one.agent, one.model) == ("helper", "m-1")
    assert [event.function for event in one.events if event.event == "tool"] == ["ls"]


async def test_our_langfuse_answers_as_its_client_expects() -> None:
    with serving_platform(Langfuse("t")) as server:
        api = client_of_langfuse(server.url).api
        listed = api.observations.get_many(is_root_observation=True, fields="core,basic,time,trace_context", limit=100)
        whole = api.observations.get_many(trace_id="t", fields="core,basic,io,model,usage", limit=100)
        asked = [each.parameters for each in server.asked]
    assert [each.id for each in listed.data] == ["t-o0"]
    assert (listed.meta.cursor, whole.meta.cursor) == (None, "2")
    assert asked[0]["isRootObservation"] == ["true"]
