"""What coding agents log through OpenTelemetry: what they did, and what it cost, but hardly ever what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..json_values import Json, JsonObject
from ..run import Agent, Call, TraceRun, failure_of
from ..times import later, time_of
from ..usage import Usage, whole_input
from ..wire.genai import text_of
from ..wire.openai import arguments_of
from ..wire.settings import from_text
from .flat import counts
from .otlp_json import LogRecord

PROGRAMS: Final = {"claude_code.": "claude-code", "codex.": "codex"}
"""Agents by what the names of their events begin with."""
_REDACTED: Final = frozenset({"<REDACTED>", "[REDACTED]", ""})


def program_of(record: LogRecord) -> str | None:
    """Say which agent has written a record; None if none of these."""
    return next((program for prefix, program in PROGRAMS.items() if record.name.startswith(prefix)), None)


def session_of(record: LogRecord) -> str | None:
    """Give the session that a record is of."""
    found = record.attributes.get("session.id") or record.attributes.get("conversation.id")
    return str(found) if found else None


def order_of(record: LogRecord) -> tuple[int, int]:
    """Records stand in this order."""
    try:
        at = int(record.at or 0)
    except (TypeError, ValueError):
        at = 0
    return at, counts(record.attributes, "event.sequence") or 0


def tell_session(run: TraceRun, records: Sequence[LogRecord]) -> JsonObject:
    """Add the records of a session, in their order, to a run; gives how many are of unknown kinds, by their names."""
    unknown: JsonObject = {}
    for number, record in enumerate(records):
        told = record.name.partition(".")[2]
        at = time_of(record.attributes.get("event.timestamp")) or time_of(record.at)
        run.note_time(at)
        id = f"{run.transcript_id}-{number}"
        match told:
            case "user_prompt":
                prompt = record.attributes.get("prompt")
                if isinstance(prompt, str) and prompt not in _REDACTED:
                    run.main.receive({"id": id, "role": "user", "content": prompt})
            case "api_request" if "input_tokens" in record.attributes or "output_tokens" in record.attributes:
                _call(run.main, id, record, at, _claude_usage(record.attributes))
            case "sse_event" if record.attributes.get("event.kind") == "response.completed":
                _call(run.main, id, record, at, _codex_usage(record.attributes))
            case "api_error":
                _call(run.main, id, record, at, None, error=str(record.attributes.get("error") or "failed"))
            case "tool_result":
                _use(run.main, id, record, at)
            case (
                "tool_decision"
                | "conversation_starts"
                | "api_request"
                | "sse_event"
                | "websocket_request"
                | "websocket_event"
            ):
                run.emit("info", id, at, None, source=record.name, data=record.attributes)
            case _:
                unknown[record.name] = unknown.get(record.name, 0) + 1
                run.emit("info", id, at, None, source=record.name, data=record.attributes)
    run.main.end()
    return unknown


def _call(agent: Agent, id: str, record: LogRecord, at: str | None, usage: Usage | None, **failed: Json) -> None:
    """Add a call of a model, of which no content is known. The record is written when it has ended."""
    milliseconds = counts(record.attributes, "duration_ms")
    start = later(at, -milliseconds / 1000) if milliseconds is not None else at
    model = str(record.attributes.get("model") or "")
    agent.call(id, [], model=model, at=start, completed=at, usage=usage, **failed)


def _use(agent: Agent, id: str, record: LogRecord, at: str | None) -> None:
    said = record.attributes
    milliseconds = counts(said, "duration_ms")
    start = later(at, -milliseconds / 1000) if milliseconds is not None else at
    given = from_text(said.get("arguments", said.get("tool_parameters", said.get("tool_input"))))
    arguments = arguments_of({}, given)["arguments"]
    call = Call(
        str(said.get("call_id") or said.get("tool_use_id") or id),
        str(said.get("tool_name") or "unknown"),
        arguments,
        start,
        None,
    )
    is_failed = str(said.get("success")).lower() == "false"
    error = str(said.get("error") or said.get("error_message") or "it failed") if is_failed else None
    result = text_of(said.get("output", said.get("tool_result")))
    agent.used(call, result, completed=at, **failure_of(error))
    if result:
        message: JsonObject = {
            "id": id,
            "role": "tool",
            "content": result,
            "tool_call_id": call.id,
            "function": call.function,
        }
        agent.receive({**message, **failure_of(error)})


def _claude_usage(said: JsonObject) -> Usage:
    return Usage(
        counts(said, "input_tokens") or 0,
        counts(said, "output_tokens") or 0,
        counts(said, "cache_read_tokens"),
        counts(said, "cache_creation_tokens"),
        cost=_cost(said.get("cost_usd")),
    )


def _codex_usage(said: JsonObject) -> Usage:
    return whole_input(
        counts(said, "input_token_count") or 0,
        counts(said, "output_token_count") or 0,
        cache_read=counts(said, "cached_token_count"),
        reasoning=counts(said, "reasoning_token_count"),
    )


def _cost(given: object) -> float | None:
    try:
        cost = float(given) if isinstance(given, str | int | float) else None
    except ValueError:
        return None
    return cost if cost is not None and 0 <= cost < float("inf") else None
