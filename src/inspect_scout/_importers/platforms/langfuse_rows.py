"""Observations of Langfuse, as its interfaces and exports have them, as the spans of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ..._support.shapes import is_list, is_mapping
from ..times import time_of
from ..tracing.spans import Span, ToolUse
from ..usage import Usage, whole_input
from ..wire.anthropic import count_of
from ..wire.payloads import messages_of, text_of
from ..wire.settings import from_text
from .rows import call_of, finish, object_in, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..contract import ReadTranscript
    from ..json_values import Json, JsonMapping, JsonObject
    from ..tracing.spans import CalledModel

_KINDS: Final[Mapping[str, Literal["model", "tool", "agent"]]] = {
    "GENERATION": "model",
    "TOOL": "tool",
    "AGENT": "agent",
}
TYPES: Final = frozenset(
    {
        *_KINDS,
        *("SPAN", "EVENT", "CHAIN", "RETRIEVER", "EMBEDDING", "EVALUATOR", "GUARDRAIL"),
    }
)
"""Types of observations."""
_CACHE_READ: Final = (
    "input_cache_read",
    "cache_read_input_tokens",
    "input_cached_tokens",
    "input_cached",
    "cache_read",
)
_CACHE_WRITE: Final = ("input_cache_creation", "cache_creation_input_tokens", "input_cache_write", "cache_write")
_REASONING: Final = ("output_reasoning", "output_reasoning_tokens", "reasoning_tokens", "reasoning")
_GIVEN: Final = ("gen_ai.input.messages", "pydantic_ai.all_messages", "all_messages_events", "input.value")
_ANSWERED: Final = ("gen_ai.output.messages", "output.value")
_RENAMED: Final = {"providedModelName": "model", "latencyMs": "latency"}


def normal(row: JsonMapping) -> JsonObject:
    """Give an observation, a trace or a score as the interface does: names in camel case."""
    found: JsonObject = {}
    for name, value in row.items():
        first, *others = name.split("_") if name.islower() else [name]
        key = first + "".join(word.capitalize() for word in others)
        key = _RENAMED.get(key, key)
        if value is not None or key not in found:
            found[key] = value
    return found


def trace_transcript(
    id: str,
    trace: JsonMapping | None,
    observations: Sequence[JsonMapping],
    scores: Sequence[JsonMapping],
    *,
    place: str,
) -> ReadTranscript:
    """Make a transcript of a trace.

    Args:
        id: Its id.
        trace: What is known of it as a whole (None: what its observations say).
        observations: Its observations.
        scores: Its scores.
        place: Address, or path, that leads to it.
    """
    rows = [normal(row) for row in observations]
    whole = normal(trace) if trace is not None else {}
    if not rows and not whole:
        raise ValueError("its trace has no observations")
    root = next((row for row in rows if not row.get("parentObservationId")), rows[0] if rows else {})
    about = {name: value for row in (*rows, root, whole) for name, value in row.items() if value not in (None, "", [])}
    session, project = text(about.get("sessionId")), text(about.get("projectId"))
    values, comments = _scores([*scores, *(whole.get("scores") or [])])
    return finish(
        id,
        [_span(row) for row in rows if row.get("id")],
        broken=sum(not row.get("id") for row in rows),
        metadata={
            **object_in(whole.get("metadata") if whole else root.get("metadata")),
            "name": whole.get("name") or about.get("traceName"),
            "user_id": about.get("userId"),
            "session_id": session,
            "tags": texts(from_text(about.get("tags"))) or None,
            "release": about.get("release"),
            "version": whole.get("version"),
            "environment": about.get("environment"),
            "score_comments": comments or None,
        },
        source_type="langfuse",
        whole=(_either(whole, root, "input"), _either(whole, root, "output")),
        source_id=session or project or id,
        source_uri=place,
        task_set=project,
        task_id=text(whole.get("name")) or text(about.get("traceName")) or text(root.get("name")),
        error=_error(root),
        score=values or None,
    )


def _either(whole: JsonMapping, root: JsonMapping, name: str) -> Json:
    return root.get(name) if whole.get(name) in (None, "") else whole[name]


def _span(row: JsonMapping) -> Span:
    attributes = _attributes(row)
    name = str(row.get("name") or "")
    operation = attributes.get("gen_ai.operation.name")
    kind = _KINDS.get(str(row.get("type")).upper())
    if kind is None and operation in ("invoke_agent", "create_agent"):
        kind = "agent"
    if kind is None and attributes.get("gen_ai.tool.name"):
        kind = "tool"
    agent = attributes.get("gen_ai.agent.name") or attributes.get("agent.name")
    if kind is None and agent and name.endswith(" run"):  # how Pydantic AI calls the spans of its agents
        kind = "agent"
    return Span(
        id=str(row["id"]),
        parent_id=text(row.get("parentObservationId")),
        name=name,
        start=time_of(row.get("startTime")),
        end=time_of(row.get("endTime")),
        kind=kind or "other",
        error=_error(row),
        call=_call(row, attributes) if kind == "model" else None,
        use=_use(row, attributes, name) if kind == "tool" else None,
        agent=text(agent) or (name if kind == "agent" else None),
        session=text(row.get("sessionId")),
    )


def _call(row: JsonMapping, attributes: JsonMapping) -> CalledModel:
    given, answered = _first(row.get("input"), attributes, _GIVEN), _first(row.get("output"), attributes, _ANSWERED)
    given, tools = _without_tools(from_text(given))
    parameters = [
        {"tools": tools},
        object_in(row.get("modelParameters")),
        object_in(from_text(given)),
        {"tools": attributes.get("gen_ai.tool.definitions")},
        {"tools": object_in(from_text(attributes.get("model_request_parameters"))).get("function_tools")},
    ]
    return call_of(
        given,
        answered,
        model=text(row.get("model")),
        usage=_usage(row),
        parameters=parameters,
        failed=str(row.get("level")) == "ERROR" and not answered,
    )


def _without_tools(given: Json) -> tuple[Json, list[Json]]:
    """Take definitions of tools out of messages, where integrations of Langfuse put them as messages of tools."""
    if not is_list(given):
        return given, []
    tools = [each["content"] for each in given if _is_definition(each)]
    return [each for each in given if not _is_definition(each)], tools


def _is_definition(message: object) -> bool:
    if not is_mapping(message) or message.get("role") != "tool" or message.get("tool_call_id"):
        return False
    content = message.get("content")
    return is_mapping(content) and content.get("type") == "function" and is_mapping(content.get("function"))


def _first(value: Json, attributes: JsonMapping, names: Sequence[str]) -> Json:
    return (
        value if value not in (None, "") else next((attributes[name] for name in names if attributes.get(name)), None)
    )


def _use(row: JsonMapping, attributes: JsonMapping, name: str) -> ToolUse:
    given = from_text(row.get("input"))
    output = from_text(row.get("output"))
    answers = messages_of(output, "tool") if output is not None else []
    is_message = len(answers) == 1 and bool(answers[0].get("tool_call_id"))
    call_id = attributes.get("gen_ai.tool.call.id") or (answers[0]["tool_call_id"] if is_message else None)
    return ToolUse(
        function=str(attributes.get("gen_ai.tool.name") or name.removeprefix("execute_tool ") or "unknown"),
        arguments=given if is_mapping(given) else {} if given in (None, "") else {"input": given},
        result=answers[0]["content"] if is_message else "" if output is None else text_of(output),
        call_id=text(call_id),
    )


def _usage(row: JsonMapping) -> Usage | None:
    """Convert the buckets of tokens: by contract disjoint, but the total tells when the input counts the cache."""
    buckets = object_in(from_text(row.get("usageDetails"))) or object_in(from_text(row.get("usage")))
    if not buckets:
        named = {"input": row.get("inputUsage"), "output": row.get("outputUsage"), "total": row.get("totalUsage")}
        buckets = {name: value for name, value in named.items() if value}
    taken, made = _count(buckets, ("input", "promptTokens")), _count(buckets, ("output", "completionTokens"))
    if taken is None and made is None:
        return None
    read, written = _count(buckets, _CACHE_READ), _count(buckets, _CACHE_WRITE)
    thought, total = _count(buckets, _REASONING), _count(buckets, ("total", "totalTokens"))
    if total is not None and total == (taken or 0) + (made or 0):
        usage = whole_input(taken or 0, made or 0, cache_read=read, cache_write=written, reasoning=thought)
    else:
        usage = Usage(taken or 0, (made or 0) + (thought or 0), read, written, thought)
    cost = object_in(from_text(row.get("costDetails"))).get(
        "total", row.get("totalCost", row.get("calculatedTotalCost"))
    )
    dollars = cost if isinstance(cost, int | float) and not isinstance(cost, bool) else None
    return Usage(usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning, dollars)


def _count(buckets: JsonMapping, names: Sequence[str]) -> int | None:
    found = next((buckets[name] for name in names if buckets.get(name) is not None), None)
    if isinstance(found, str) and found.isdecimal():
        found = int(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return count_of(found)


def _error(row: JsonMapping) -> str | None:
    if str(row.get("level")) != "ERROR":
        return None
    return text(row.get("statusMessage")) or "an error without a message"


def _scores(given: Sequence[Json]) -> tuple[JsonObject, JsonObject]:
    """Give values and comments by name; a score that was given again counts with its last value."""
    values: JsonObject = {}
    comments: JsonObject = {}
    for each in given:
        score = normal(each) if is_mapping(each) else {}
        name = text(score.get("name"))
        value = score.get("value") if score.get("value") is not None else score.get("stringValue")
        if score.get("dataType") in ("CATEGORICAL", "TEXT") and text(score.get("stringValue")):
            value = score["stringValue"]
        if name and isinstance(value, int | float | str):
            values[name] = value
        if name and text(score.get("comment")):
            comments[name] = score["comment"]
    return values, comments


def _attributes(row: JsonMapping) -> JsonObject:
    """Give the attributes of OpenTelemetry that a span came with."""
    return object_in(from_text(object_in(from_text(row.get("metadata"))).get("attributes")))
