"""What the rows of all platforms have in common: spans become a run, and what is known of it its description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..._support.shapes import is_list, is_mapping
from ..run import TraceRun
from ..tracing.spans import CalledModel, Span
from ..tracing.telling import seconds_between, tell
from ..wire.answers import ModelAnswer, answer_of, stop_for
from ..wire.payloads import messages_of
from ..wire.settings import config_of, from_text, tools_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..contract import ReadTranscript
    from ..json_values import Json, JsonMapping, JsonObject
    from ..usage import Usage

_FIELDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "task_repeat": int,
    "agent": str,
    "agent_args": dict,
    "model_options": dict,
    "error": str,
    "limit": str,
    "score": (bool, int, float, str, dict, list),
    "success": bool,
}
"""Keys of metadata that are fields of a transcript, if they have such a value."""


def call_of(
    given: object,
    output: object,
    *,
    model: str | None = None,
    usage: Usage | None = None,
    parameters: Sequence[object] = (),
    failed: bool = False,
) -> CalledModel:
    """Make a call of a model of what the function that made it was given, and gave back.

    Args:
        given: Its input, in any shape.
        output: Its answer, in any shape.
        model: The model, as the platform has it (None: as the answer or the request has it).
        usage: Tokens, as the platform counts them (None: as the answer does).
        parameters: Objects that may hold the tools and the options of the request.
        failed: Whether the call failed: what it gave back is then not an answer.
    """
    messages = messages_of(given)
    answer = ModelAnswer() if failed else answer_of(output, len(messages))
    asked: list[JsonObject] = [each for each in (*parameters, from_text(given)) if is_mapping(each)]
    asked += [each["config"] for each in asked if is_mapping(each.get("config"))]
    named = next((each["model"] for each in asked if isinstance(each.get("model"), str)), "")
    settings: JsonObject = {name: _number(value) for each in reversed(asked) for name, value in each.items()}
    declared: Iterator[list[JsonObject]] = (
        tools_of(_declared(each.get("tools", each.get("functions")))) for each in asked
    )
    return CalledModel(
        model or answer.model or named,
        messages,
        answer.messages,
        usage or answer.usage,
        answer.stop if answer.stop != "unknown" else stop_for(None, answer.messages),
        next((tools for tools in declared if tools), ()),
        config_of(settings),
        answer.response_id,
    )


def _number(value: Json) -> Json:
    """Give the number that text is: some platforms keep all parameters as text."""
    if isinstance(value, str) and len(value) < 30 and value[:1] in "0123456789.-":
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _declared(tools: object) -> list[Json]:
    """Give declarations of tools one by one: Google's come in groups."""
    given = from_text(tools)
    found: list[Json] = []
    for each in given if is_list(given) else ():
        inner = each.get("function_declarations", each.get("functionDeclarations")) if is_mapping(each) else None
        found += inner if is_list(inner) else [each]
    return found


def finish(
    id: str,
    spans: Sequence[Span],
    *,
    metadata: JsonMapping,
    source_type: str,
    whole: tuple[object, object] = (None, None),
    broken: int = 0,
    **known: Json,
) -> ReadTranscript:
    """Make the transcript of a trace.

    Args:
        id: Its id.
        spans: Its spans.
        metadata: Its metadata; keys that are fields of a transcript become these.
        source_type: Name of the platform.
        whole: What the trace was given and gave back: its conversation, where no span tells one.
        broken: Number of rows that could not become spans.
        known: Fields of `TranscriptInfo` that the platform says.
    """
    run = TraceRun(id)
    told = tell(run, spans)
    left = dict(metadata)
    fields: JsonObject = {}
    if told is not None:
        left |= told.metadata()
        root = told.root
        fields |= {"date": root.start, "agent": told.agent, "total_time": told.seconds, "error": told.error}
    else:
        root = min(spans, key=lambda span: (span.parent_id is not None, span.order), default=Span(id, None, ""))
        run.note_time(root.start)
        fields |= {"date": root.start, "total_time": seconds_between(root.start, root.end), "error": root.error}
        left |= {"records": len(spans), "skipped": len(spans), "unknown": 0, "broken": 0, "content": "none"}
    left["broken"] += broken
    left["records"] += broken
    if not run.main.said and _add_whole(run, *whole):
        left["content"] = "root"
    fields |= {name: value for name, value in known.items() if value is not None}
    for name, kind in _FIELDS.items():
        value = left.get(name)
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            del left[name]
            if fields.get(name) is None:
                fields[name] = value
    return run.finish(metadata={**left, "reader": source_type}, source_type=source_type, **fields)


def _add_whole(run: TraceRun, given: object, output: object) -> bool:
    """Make messages of what a trace was given and gave back, without calls of models that nobody saw."""
    asked = messages_of(given)
    answers = answer_of(output, len(asked)).messages
    for number, message in enumerate([*asked, *answers]):
        run.main.receive({"id": f"{run.transcript_id}-{number}", **message})
    return bool(asked or answers)


def texts(value: object) -> list[str]:
    """Give the texts of a list."""
    return [each for each in value if isinstance(each, str)] if is_list(value) else []


def text(value: object) -> str | None:
    """Give text that is not empty; None for anything else."""
    return value if isinstance(value, str) and value else None


def object_in(value: object) -> JsonObject:
    """Give an object, or that which JSON text holds; an empty one for anything else."""
    given = from_text(value)
    return given if is_mapping(given) else {}
