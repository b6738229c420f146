"""Exports of OpenTelemetry, as programs write them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Value: TypeAlias = "bool | int | float | str | Sequence[Value] | Mapping[str, Value]"

TRACE = "3a5605542c96b9179eb9de72cd6221ac"
BEGAN = 1_780_000_000_000_000_000
SECOND = 1_000_000_000


def value(given: Value) -> dict[str, Any]:
    """Write a value."""
    match given:
        case bool():
            return {"boolValue": given}
        case int():
            return {"intValue": str(given)}
        case float():
            return {"doubleValue": given}
        case str():
            return {"stringValue": given}
        case Mapping():
            return {"kvlistValue": {"values": attributes(given)}}
        case _:
            return {"arrayValue": {"values": [value(each) for each in given]}}


def attributes(given: Mapping[str, Value]) -> list[dict[str, Any]]:
    """Write attributes."""
    return [{"key": name, "value": value(each)} for name, each in given.items()]


def span(
    number: int,
    name: str,
    given: dict[str, Any],
    *,
    parent: int | None = None,
    trace: str = TRACE,
    at: float = 0,
    seconds: float = 1,
    **fields: Any,
) -> dict[str, Any]:
    """Write a span; its id is its number."""
    return {
        "traceId": trace,
        "spanId": f"{number:016x}",
        **({"parentSpanId": f"{parent:016x}"} if parent is not None else {}),
        "name": name,
        "startTimeUnixNano": str(BEGAN + int(at * SECOND)),
        "endTimeUnixNano": str(BEGAN + int((at + seconds) * SECOND)),
        "attributes": attributes(given),
        "status": {},
        **fields,
    }


def export(*spans: dict[str, Any], service: str = "shop") -> dict[str, Any]:
    """Write what is exported at once."""
    resource = {"attributes": attributes({"service.name": service})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}]}]}


def said(role: str, text: str, **fields: Any) -> dict[str, Any]:
    """Write a message of parts."""
    return {"role": role, "parts": [{"type": "text", "content": text}], **fields}


def calling(id: str, function: str, **arguments: Any) -> dict[str, Any]:
    """Write an answer that calls a tool."""
    part = {"type": "tool_call", "id": id, "name": function, "arguments": arguments}
    return {"role": "assistant", "parts": [part], "finish_reason": "tool_call"}


def answered(id: str, text: str) -> dict[str, Any]:
    """Write a result of a tool."""
    return {"role": "tool", "parts": [{"type": "tool_call_response", "id": id, "response": text}]}


def chat(given: list[dict[str, Any]], answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Write the attributes of a call of a model."""
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m-1",
        "gen_ai.input.messages": json.dumps(given),
        "gen_ai.output.messages": json.dumps([answer]),
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
        **more,
    }


def tool(id: str, function: str, result: str) -> dict[str, Any]:
    """Write the attributes of the use of a tool."""
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": function,
        "gen_ai.tool.call.id": id,
        "gen_ai.tool.call.arguments": '{"x": 1}',
        "gen_ai.tool.call.result": result,
    }


def agent(name: str) -> dict[str, Any]:
    """Write the attributes of an agent; the sum of what its calls took is not to be counted again."""
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": name,
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 10,
    }


def conversation(trace: str = TRACE) -> list[dict[str, Any]]:
    """Write the spans of an agent that uses a tool, in the order in which they end."""
    question, call = said("user", "Weather in Paris?"), calling("c1", "weather", city="Paris")
    history = [question, call, answered("c1", "sunny")]
    return [
        span(2, "chat m-1", chat([question], call), parent=1, at=1, trace=trace),
        span(3, "execute_tool weather", tool("c1", "weather", "sunny"), parent=1, at=2, trace=trace),
        span(4, "chat m-1", chat(history, said("assistant", "It is sunny.")), parent=1, at=3, trace=trace),
        span(1, "invoke_agent forecaster", agent("forecaster"), at=0, seconds=5, trace=trace),
    ]
