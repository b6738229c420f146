"""Runs of LangSmith, as its interfaces and exports have them, as the spans of a trace."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, Literal

from ..._support.shapes import is_list, is_mapping
from ..run import TraceRun
from ..times import time_of
from ..tracing.spans import Span, ToolUse
from ..usage import Usage, whole_input
from ..wire import langchain
from ..wire.answers import answer_of
from ..wire.anthropic import count_of
from ..wire.payloads import messages_of, text_of
from ..wire.settings import from_text
from .rows import call_of, finish, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..contract import ReadTranscript
    from ..json_values import Json, JsonMapping, JsonObject
    from ..tracing.spans import CalledModel

_KINDS: Final[Mapping[str, Literal["model", "tool"]]] = {"llm": "model", "tool": "tool"}
_JSON_TEXT: Final = ("inputs", "outputs", "extra", "tags", "parent_run_ids", "feedback_stats", "metadata")
"""Fields that some exports hold as JSON text."""


def normal(row: JsonMapping) -> JsonObject:
    """Give a run as its interfaces do, whatever the export holds as text."""
    return {name: from_text(value) if name in _JSON_TEXT else value for name, value in row.items()}


def trace_of(row: JsonMapping) -> str | None:
    """Give the id of the trace of a run."""
    if row.get("trace_id"):
        return str(row["trace_id"])
    first = next(_ordered(row), None)
    return first or (str(row["id"]) if row.get("id") and parent_of(row) is None else None)


def parent_of(row: JsonMapping) -> str | None:
    """Give the id of the run that started a run; None for the first."""
    if row.get("parent_run_id"):
        return str(row["parent_run_id"])
    path = list(_ordered(row))
    if path:
        return path[-2] if len(path) > 1 else None
    above = row.get("parent_run_ids")
    return str(above[-1]) if is_list(above) and above else None


def _ordered(row: JsonMapping) -> Iterator[str]:
    """Give the ids of the runs from the first one to this, as `dotted_order` names them with their times."""
    order = row.get("dotted_order")
    for each in order.split(".") if isinstance(order, str) else ():
        _, mark, id = each.partition("Z")
        if mark and id:
            yield id


def trace_transcript(id: str, rows: Sequence[JsonMapping], *, place: str, project: str | None) -> ReadTranscript:
    """Make a transcript of the runs of a trace.

    Args:
        id: Id of the trace.
        rows: Its runs.
        place: Address, or path, that leads to it.
        project: Its project (None: as the runs have it).
    """
    runs = [normal(row) for row in rows]
    if not runs:
        raise ValueError("its trace has no runs")
    root = next((row for row in runs if parent_of(row) is None), runs[0])
    given = _metadata(root)
    project = project or text(root.get("session_name")) or text(root.get("session_id") or root.get("project_id"))
    scores = _scores(root.get("feedback_stats"))
    return finish(
        id,
        [_span(row) for row in runs if row.get("id")],
        broken=sum(not row.get("id") for row in runs),
        metadata={
            **given,
            "name": root.get("name"),
            "run_type": root.get("run_type"),
            "tags": texts(root.get("tags")) or None,
            "status": root.get("status"),
        },
        source_type="langsmith",
        whole=(root.get("inputs"), root.get("outputs")),
        source_id=project or id,
        source_uri=place,
        task_set=project,
        task_id=text(root.get("name")),
        error=text(root.get("error")),
        score=scores or None,
    )


def _span(row: JsonMapping) -> Span:
    kind = _KINDS.get(str(row.get("run_type")).lower())
    given, error = _metadata(row), text(row.get("error"))
    name = str(row.get("name") or "")
    agent = text(given.get("lc_agent_name"))
    is_agent = kind is None and agent == name
    return Span(
        id=str(row.get("id")),
        parent_id=parent_of(row),
        name=name,
        start=time_of(row.get("start_time")),
        end=time_of(row.get("end_time")),
        kind="agent" if is_agent else kind or "other",
        error=error,
        call=_call(row, given) if kind == "model" else None,
        use=_use(row, name) if kind == "tool" else None,
        agent=agent,
        session=text(given.get("thread_id") or given.get("session_id") or row.get("thread_id")),
    )


def _call(row: JsonMapping, given: JsonMapping) -> CalledModel:
    extra = row.get("extra")
    parameters = [extra.get("invocation_params"), given] if is_mapping(extra) else [given]
    model = text(given.get("ls_model_name"))
    return call_of(
        row.get("inputs"),
        row.get("outputs"),
        model=model,
        usage=_usage(row),
        parameters=parameters,
        failed=bool(row.get("error")) and not row.get("outputs"),
    )


def _usage(row: JsonMapping) -> Usage | None:
    """Give the tokens of a run, where its answer does not say them in more detail."""
    outputs = row.get("outputs")
    said = answer_of(outputs).usage if is_mapping(outputs) else None
    counted = _metadata(row).get("usage_metadata")
    if said is None and is_mapping(counted):
        said = langchain.usage_of({"usage_metadata": counted})
    taken, made = count_of(row.get("prompt_tokens")), count_of(row.get("completion_tokens"))
    if said is None and (taken or made):
        said = whole_input(taken or 0, made or 0)
    cost = row.get("total_cost")
    if said is None or cost is None:
        return said
    try:
        dollars = float(cost)
    except (TypeError, ValueError):
        return said
    return Usage(said.input, said.output, said.cache_read, said.cache_write, said.reasoning, dollars)


def _use(row: JsonMapping, name: str) -> ToolUse:
    outputs = row.get("outputs")
    result: Json = outputs
    call_id: str | None = None
    if is_mapping(outputs):
        result = outputs.get("output", outputs)
    answers = messages_of(result, "tool") if result is not None else []
    if len(answers) == 1 and answers[0]["role"] == "tool":
        result = answers[0]["content"]
        call_id = answers[0].get("tool_call_id")
    elif result is not None:
        result = text_of(result)
    return ToolUse(
        function=name or "unknown", arguments=_arguments(row.get("inputs")), result=result or "", call_id=call_id
    )


def _arguments(inputs: Json) -> JsonObject:
    """Give the arguments of a tool, which LangChain writes as Python or JSON text."""
    if not is_mapping(inputs):
        return {} if inputs is None else {"input": inputs}
    given = inputs.get("input")
    if len(inputs) != 1 or not isinstance(given, str):
        return inputs
    value = from_text(given)
    if isinstance(value, str) and value.lstrip().startswith("{") and len(value) < 1 << 16:
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return inputs
    return {str(name): each for name, each in value.items()} if is_mapping(value) else inputs


def _metadata(row: JsonMapping) -> JsonObject:
    extra, top = row.get("extra"), row.get("metadata")
    inner = extra.get("metadata") if is_mapping(extra) else None
    return {**(inner if is_mapping(inner) else {}), **(top if is_mapping(top) else {})}


def _scores(stats: Json) -> JsonObject:
    """Give the mean of each kind of feedback."""
    found = {name: each.get("avg") for name, each in stats.items() if is_mapping(each)} if is_mapping(stats) else {}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def example_transcript(id: str, row: JsonMapping, *, place: str, dataset: str) -> ReadTranscript:
    """Make a transcript of an example of a dataset: what is asked, and what should be answered."""
    run = TraceRun(id)
    run.note_time(time_of(row.get("created_at")))
    asked = messages_of(row.get("inputs"))
    for number, message in enumerate([*asked, *answer_of(row.get("outputs"), len(asked)).messages]):
        run.main.receive({"id": f"{id}-{number}", **message})
    given = row.get("metadata")
    return run.finish(
        metadata={**(given if is_mapping(given) else {}), "reader": "langsmith"},
        source_type="langsmith",
        source_id=dataset,
        source_uri=place,
        task_set=dataset,
        task_id=text(row.get("name")) or id,
    )
