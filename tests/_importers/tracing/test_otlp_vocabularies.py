"""The same conversation in each vocabulary that programs have for it, and what agents log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from _importers.tracing.otlp_exports import BEGAN, Value, attributes, export, span
from inspect_scout import Transcript

pytestmark = pytest.mark.anyio

Spans = list[dict[str, Any]]
USAGE = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5}


def event(name: str, **given: Any) -> dict[str, Any]:
    return {"name": name, "timeUnixNano": str(BEGAN), "attributes": attributes(given)}


def openai_call(id: str, function: str, arguments: str) -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": function, "arguments": arguments}}


CALL = openai_call("c1", "weather", '{"city": "Paris"}')


def in_events() -> Spans:
    """As until version 1.36: events of the span."""
    question = event("gen_ai.user.message", content="Weather in Paris?")
    choice = event("gen_ai.choice", index=0, finish_reason="tool_calls", message={"tool_calls": [CALL]})
    call = event("gen_ai.assistant.message", tool_calls=json.dumps([CALL]))
    result = event("gen_ai.tool.message", content="sunny", id="c1")
    answer = event("gen_ai.choice", index=0, finish_reason="stop", message={"content": "It is sunny."})
    asked = {"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "m-1", **USAGE}
    return [
        span(1, "chat", asked, events=[question, choice]),
        span(2, "chat", asked, at=2, events=[question, call, result, answer]),
    ]


def in_listed_events() -> Spans:
    """As Logfire has them: a list of events as text."""
    question = {"event.name": "gen_ai.user.message", "role": "user", "content": "Weather in Paris?"}
    call = {"event.name": "gen_ai.assistant.message", "role": "assistant", "tool_calls": [CALL]}
    result = {"event.name": "gen_ai.tool.message", "role": "tool", "content": "sunny", "id": "c1"}
    first = {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "tool_calls": [CALL]}}
    last = {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "It is sunny."}}
    asked = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", **USAGE}
    return [
        span(1, "chat", {**asked, "events": json.dumps([question, first])}),
        span(2, "chat", {**asked, "events": json.dumps([question, call, result, last])}, at=2),
    ]


def flattened() -> Spans:
    """As Traceloop has them: numbered attributes, of which there may be ten."""
    question = {"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Weather in Paris?"}
    call = {
        "tool_calls.0.id": "c1",
        "tool_calls.0.name": "weather",
        "tool_calls.0.arguments": '{"city": "Paris"}',
    }
    asked = {"gen_ai.system": "OpenAI", "gen_ai.request.model": "m-1", "llm.request.type": "chat"}
    usage = {"gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.completion_tokens": 5}
    first = {f"gen_ai.completion.0.{name}": value for name, value in call.items()}
    history = {f"gen_ai.prompt.2.{name}": value for name, value in {"role": "assistant", **call}.items()}
    result = {"role": "tool", "content": "sunny", "tool_call_id": "c1"}
    results = {f"gen_ai.prompt.10.{name}": value for name, value in result.items()}
    answer = {"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "It is sunny."}
    return [
        span(1, "openai.chat", {**asked, **usage, **question, **first}),
        span(2, "openai.chat", {**asked, **usage, **results, **question, **history, **answer}, at=2),
    ]


def of_openinference() -> Spans:
    """As Phoenix has them."""

    def message(where: str, **said: Any) -> dict[str, Any]:
        return {f"llm.{where}.message.{name.replace('__', '.')}": value for name, value in said.items()}

    call = {
        "tool_calls.0.tool_call.id": "c1",
        "tool_calls.0.tool_call.function.name": "weather",
        "tool_calls.0.tool_call.function.arguments": '{"city": "Paris"}',
    }
    asked = {
        "openinference.span.kind": "LLM",
        "llm.model_name": "m-1",
        "llm.token_count.prompt": 10,
        "llm.token_count.completion": 5,
    }
    text = {"contents.0.message_content.type": "text", "contents.0.message_content.text": "Weather in Paris?"}
    question = message("input_messages.0", role="user", content="Weather in Paris?", **text)
    result = message("input_messages.2", role="tool", content="sunny", tool_call_id="c1")
    first, history = (
        message("output_messages.0", role="assistant", **call),
        message("input_messages.1", role="assistant", **call),
    )
    return [
        span(1, "response", {**asked, **question, **first}),
        span(2, "response", {**asked, **question, **history, **result, **message("output_messages.0", role="assistant", content="It is sunny.")}, at=2),
    ]  # fmt: skip


def of_vercel() -> Spans:
    """As the AI SDK has them."""
    question = {"role": "user", "content": [{"type": "text", "text": "Weather in Paris?"}]}
    part = {"type": "tool-call", "toolCallId": "c1", "toolName": "weather", "input": {"city": "Paris"}}
    output = {
        "type": "tool-result",
        "toolCallId": "c1",
        "toolName": "weather",
        "output": {"type": "text", "value": "sunny"},
    }
    history = [question, {"role": "assistant", "content": [part]}, {"role": "tool", "content": [output]}]
    asked = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "m-1",
        "ai.usage.inputTokens": 10,
        "ai.usage.outputTokens": 5,
        "gen_ai.request.model": "m-1",
    }
    return [
        span(1, "a", {**asked, "ai.prompt.messages": json.dumps([question]), "ai.response.toolCalls": json.dumps([part])}),
        span(2, "b", {**asked, "ai.prompt.messages": json.dumps(history), "ai.response.text": "It is sunny."}, at=2),
    ]  # fmt: skip


def of_requests() -> Spans:
    """As Logfire's clients keep them: what was sent, and what came back."""
    question = {"role": "user", "content": "Weather in Paris?"}
    history = [
        question,
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
    ]
    asked = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", **USAGE}
    sent = [json.dumps({"messages": each}) for each in ([question], history)]
    back = [{"role": "assistant", "tool_calls": [CALL]}, {"role": "assistant", "content": "It is sunny."}]
    return [
        span(
            n + 1,
            "chat",
            {**asked, "request_data": sent[n], "response_data": json.dumps({"message": back[n]})},
            at=2 * n,
        )
        for n in range(2)
    ]


@pytest.mark.parametrize(
    "spans",
    [in_events, in_listed_events, flattened, of_openinference, of_vercel, of_requests],
    ids=lambda each: each.__name__,
)
async def test_every_vocabulary_tells_the_same_conversation(tmp_path: Path, spans: Callable[[], Spans]) -> None:
    write(tmp_path / "t.json", export(*spans()))
    (found,) = await read(tmp_path)
    assert [(message.role, message.text) for message in found.messages] == [
        ("user", "Weather in Paris?"),
        ("assistant", ""),
        ("tool", "sunny"),
        ("assistant", "It is sunny."),
    ]
    (call,) = [call for message in found.messages if message.role == "assistant" for call in message.tool_calls or ()]
    assert (call.id, call.function, call.arguments) == ("c1", "weather", {"city": "Paris"})
    assert (found.model, found.total_tokens) == ("m-1", 30)
    assert [event.result for event in found.events if event.event == "tool"] == ["sunny"]


def openinference(kind: str, **given: Any) -> dict[str, Any]:
    return {"openinference.span.kind": kind, **{name.replace("_", ".", 1): value for name, value in given.items()}}


async def test_agents_tools_and_retrievals_of_openinference(tmp_path: Path) -> None:
    spans = [
        span(2, "search", openinference("RETRIEVER", input_value="q", output_value="found"), parent=1, at=1),
        span(3, "add", openinference("TOOL", input_value='{"a": 1}', output_value="2"), parent=1, at=2),
        span(1, "Triage", {**openinference("AGENT"), "agent.name": "triage", "session.id": "s1"}, seconds=9),
    ]
    write(tmp_path / "t.json", export(*spans))
    (found,) = await read(tmp_path)
    assert (found.agent, found.source_id) == ("triage", "s1")
    told = [event for event in found.events if event.event not in ("span_begin", "span_end")]
    assert [event.event for event in told] == ["info", "tool"]
    assert told[0].event == "info"
    assert told[0].data == {"retriever": {"input.value": "q", "output.value": "found"}}


async def test_spans_as_the_sdk_for_javascript_has_them(tmp_path: Path) -> None:
    given = {
        "name": "ai.generateText.doGenerate",
        "spanContext": {"traceId": "ab" * 16, "spanId": "cd" * 8},
        "attributes": {
            "ai.operationId": "ai.generateText.doGenerate",
            "ai.prompt.messages": '[{"role": "user", "content": "hi"}]',
            "ai.response.text": "hello",
        },
        "startTime": [1770131992, 242000000],
        "endTime": [1770131994, 21415667],
        "status": {"code": 0},
    }
    write(tmp_path / "t.json", [given])
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["hi", "hello"]
    assert found.date == "2026-02-03T15:19:52.242000+00:00"


def record(name: str, second: int, **given: Any) -> dict[str, Any]:
    at = str(BEGAN + second * 1_000_000_000)
    named = {name_.replace("__", "."): value for name_, value in given.items()}
    return {"timeUnixNano": at, "body": {"stringValue": name}, "attributes": attributes(named)}


def logs(*records: dict[str, Any], service: str) -> dict[str, Any]:
    resource = {"attributes": attributes({"service.name": service})}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": list(records)}]}]}


async def test_logs_of_claude_code(tmp_path: Path) -> None:
    session = {"session__id": "s-1"}
    tokens = {"input_tokens": "10", "output_tokens": "20", "cache_read_tokens": "100", "cache_creation_tokens": "5"}
    records = [
        record("claude_code.api_request", 3, **session, model="claude-x", cost_usd="0.01", duration_ms="900", **tokens),
        record("claude_code.user_prompt", 1, **session, prompt="<REDACTED>"),
        record("claude_code.user_prompt", 2, **session, prompt="Fix the test."),
        record("claude_code.tool_result", 4, **session, tool_name="Bash", success="false", error="exit 1", tool_parameters='{"c": "ls"}'),
        record("claude_code.api_error", 5, **session, model="claude-x", error="overloaded"),
        record("claude_code.new_thing", 6, **session),
    ]  # fmt: skip
    write(tmp_path / "l.jsonl", [logs(each, service="claude-code") for each in records])
    (found,) = await read(tmp_path)
    assert (found.source_id, found.agent, found.model, found.total_tokens) == ("s-1", "claude-code", "claude-x", 135)
    assert [(message.role, message.text) for message in found.messages] == [("user", "Fix the test.")]
    models = [event for event in found.events if event.event == "model"]
    assert [event.error for event in models] == [None, "overloaded"]
    (used,) = [event for event in found.events if event.event == "tool"]
    assert (used.function, used.arguments) == ("Bash", {"c": "ls"})
    assert used.error is not None
    assert (found.metadata["content"], found.metadata["unknown_types"]) == ("partial", "claude_code.new_thing")


async def test_logs_of_codex(tmp_path: Path) -> None:
    thread = {"conversation__id": "th-1"}
    counts = {
        "input_token_count": "100",
        "output_token_count": "10",
        "cached_token_count": "80",
        "reasoning_token_count": "4",
    }
    records = [
        record("codex.conversation_starts", 0, **thread, model="gpt-x"),
        record("codex.sse_event", 1, **thread, model="gpt-x", event__kind="response.completed", **counts),
        record("codex.tool_result", 2, **thread, tool_name="shell", call_id="c1", arguments='{"c": 1}', output="a.txt", success="true"),
    ]  # fmt: skip
    write(tmp_path / "l.json", logs(*records, service="codex_cli_rs"))
    (found,) = await read(tmp_path)
    assert (found.source_id, found.agent, found.total_tokens) == ("th-1", "codex", 110)
    assert [(message.role, message.text) for message in found.messages] == [("tool", "a.txt")]
    (model,) = [event for event in found.events if event.event == "model"]
    assert model.output.usage is not None
    assert (model.output.usage.input_tokens, model.output.usage.input_tokens_cache_read) == (20, 80)


async def test_a_record_of_a_span_belongs_to_it(tmp_path: Path) -> None:
    asked = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", **USAGE}
    call = span(1, "chat", asked)
    content: dict[str, Value] = {
        "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}],
        "gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": "hello"}]}],
    }
    details = {
        "timeUnixNano": str(BEGAN),
        "eventName": "gen_ai.client.inference.operation.details",
        "attributes": attributes(content),
        "traceId": call["traceId"],
        "spanId": call["spanId"],
    }
    write(tmp_path / "t.jsonl", [export(call), logs(details, service="shop")])
    found: Transcript
    (found,) = await read(tmp_path)
    assert [message.text for message in found.messages] == ["hi", "hello"]
