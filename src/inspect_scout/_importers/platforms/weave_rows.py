"""Calls of W&B Weave, as its interface and exports have them, as the spans of a trace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from ..._support.shapes import is_mapping
from ..times import time_of
from ..tracing.spans import Span, ToolUse
from ..usage import Usage
from ..wire.openai import usage_of
from ..wire.payloads import text_of
from ..wire.settings import from_text
from .query import field_of
from .rows import call_of, finish, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..contract import ReadTranscript
    from ..json_values import JsonMapping
    from ..tracing.spans import CalledModel

_MODEL: Final = re.compile(
    r"chat\.completions|messages\.(create|stream)|responses\.(create|parse)|generate_content|completions?\b|\bllm\b|converse",
    re.IGNORECASE,
)
_TOOL: Final = re.compile(r"\b(tool|function)\b|_tool\b|\btool_", re.IGNORECASE)
_AGENT: Final = re.compile(r"\bagent\b|_agent\b|\bagent_", re.IGNORECASE)
_OWN: Final = frozenset({"self", "cls"})
_JSON_TEXT: Final = ("attributes", "inputs", "output", "summary")
"""Fields that tables hold as JSON text."""


def trace_transcript(id: str, rows: Sequence[JsonMapping], *, place: str, project: str | None) -> ReadTranscript:
    """Make a transcript of the calls of a trace.

    Args:
        id: Id of the trace.
        rows: Its calls.
        place: Address, or path, that leads to it.
        project: Its project (None: as the calls have it).
    """
    if not rows:
        raise ValueError("its trace has no calls")
    rows = [{**row, **{name: from_text(row[name]) for name in _JSON_TEXT if name in row}} for row in rows]
    root = next((row for row in rows if not row.get("parent_id")), rows[0])
    attributes = root.get("attributes")
    project = project or text(root.get("project_id"))
    given = {name: value for name, value in attributes.items() if name != "weave"} if is_mapping(attributes) else {}
    return finish(
        id,
        [_span(row) for row in rows if row.get("id")],
        broken=sum(not row.get("id") for row in rows),
        metadata={
            **given,
            "op_name": _operation(root),
            "user_id": root.get("wb_user_id"),
            "run_id": root.get("wb_run_id"),
            "thread_id": root.get("thread_id"),
        },
        source_type="weave",
        whole=(root.get("inputs"), root.get("output")),
        source_id=project or id,
        source_uri=place,
        task_set=project,
        task_id=text(root.get("display_name")) or _operation(root),
        error=_exception(root),
    )


def _operation(row: JsonMapping) -> str:
    """Give the name of a function; its address has it before the version."""
    name = str(row.get("op_name") or "")
    return name.rsplit("/", 1)[-1].partition(":")[0] if name.startswith("weave:///") else name


def _exception(row: JsonMapping) -> str | None:
    """Say what went wrong; newer clients write an object with a traceback, as JSON text."""
    given = from_text(row.get("exception"))
    if is_mapping(given):
        said = [each for name in ("type", "message") if (each := text(given.get(name)))]
        return ": ".join(said) or "failed"
    return text(given)


def _kind(row: JsonMapping, name: str) -> Literal["model", "tool", "agent", "other"]:
    match field_of(row, "attributes", "weave", "kind"):
        case "llm":
            return "model"
        case "tool":
            return "tool"
        case "agent":
            return "agent"
        case _:
            if _MODEL.search(name):
                return "model"
            return "tool" if _TOOL.search(name) else "agent" if _AGENT.search(name) else "other"


def _span(row: JsonMapping) -> Span:
    name = _operation(row)
    kind = _kind(row, name)
    error = _exception(row)
    inputs = row.get("inputs")
    given = {key: value for key, value in inputs.items() if key not in _OWN} if is_mapping(inputs) else inputs
    output = row.get("output")
    display = text(row.get("display_name"))
    return Span(
        id=str(row["id"]),
        parent_id=text(row.get("parent_id")),
        name=display or name,
        start=time_of(row.get("started_at")),
        end=time_of(row.get("ended_at")),
        kind=kind,
        error=error,
        call=_call(row, given, output, failed=error is not None) if kind == "model" else None,
        use=_use(name, given, output) if kind == "tool" else None,
        agent=(display or name) if kind == "agent" else None,
        session=text(row.get("thread_id")),
    )


def _use(name: str, given: object, output: object) -> ToolUse:
    arguments = given if is_mapping(given) else {"input": given} if given else {}
    result = "" if output is None else text_of(output)
    return ToolUse(function=name or "unknown", arguments=arguments, result=result, call_id=None)


def _call(row: JsonMapping, given: object, output: object, *, failed: bool) -> CalledModel:
    used = field_of(row, "summary", "usage")
    model, usage = None, None
    if is_mapping(used) and len(used) == 1:
        ((model, counted),) = used.items()
        usage = _with_cost(usage_of(counted), field_of(row, "summary", "weave", "costs", model))
    return call_of(given, output, model=model, usage=usage, failed=failed)


def _with_cost(usage: Usage | None, costs: object) -> Usage | None:
    if usage is None or not is_mapping(costs):
        return usage
    parts = [costs.get(name) for name in ("prompt_tokens_total_cost", "completion_tokens_total_cost")]
    known = [float(part) for part in parts if isinstance(part, int | float)]
    cost = sum(known) if known else None
    return Usage(usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning, cost)
