"""Exports of Langfuse: downloads of a trace, and scheduled exports of observations, traces and scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonMapping, JsonObject
from ..platforms.langfuse_rows import TYPES, normal, trace_transcript
from .trace_rows import RowFormat, has, has_column, is_json, objects_in, siblings

if TYPE_CHECKING:
    from ..contract import ReadTranscript

_TYPE_MARKS: Final = tuple(f'"{name}"'.encode() for name in TYPES)


def _recognised(path: str, head: bytes) -> bool:
    if Path(path).parent.name in ("traces", "scores") and _is_export(path):
        return True
    if not is_json(head):
        return has_column(head, "id", "trace_id", "type", "start_time")
    if has(head, "run_type") or has(head, "span_id") or has(head, "op_name"):
        return False
    if has(head, "trace", "observations") or has(head, "observations", "projectId"):
        return has(head, "timestamp") or has(head, "startTime")
    is_row = has(head, "traceId", "startTime") or has(head, "trace_id", "start_time")
    return is_row and has(head, "type") and any(mark in head for mark in _TYPE_MARKS)


def _is_export(path: str) -> bool:
    beside = siblings(path)
    return beside["observations"] or beside["observations_v2"]


def _rows(value: Json) -> Iterator[JsonObject]:
    """Give observations as they are, and what else there is as `{"trace": ...}` and `{"score": ...}`."""
    for each in objects_in(value, "data"):
        observations = each.get("observations")
        if is_list(observations):
            inner = each.get("trace")
            trace = inner if is_mapping(inner) else each
            yield {"trace": {name: value for name, value in trace.items() if name != "observations"}}
            id = trace.get("id")
            for row in objects_in(observations):
                yield row if row.get("traceId") or row.get("trace_id") else {**row, "traceId": id}
        elif str(each.get("type")) in TYPES:
            yield each
        elif each.get("traceId") or each.get("trace_id"):
            yield {"score": each}
        else:
            yield {"trace": each}


def _trace_of(row: JsonMapping) -> str | None:
    if "trace" in row:
        id = row["trace"].get("id")
    else:
        inner = row.get("score", row)
        id = inner.get("traceId") or inner.get("trace_id")
    return str(id) if id else None


def _newest(rows: Sequence[JsonMapping]) -> list[JsonObject]:
    """Give each row once, as it was updated last: windows of an export overlap."""
    found: dict[str, JsonObject] = {}
    for number, given in enumerate(rows):
        row = normal(given)
        id = str(row.get("id") or number)
        if id not in found or str(row.get("updatedAt") or "") >= str(found[id].get("updatedAt") or ""):
            found[id] = row
    return list(found.values())


def _transcript(id: str, rows: Sequence[JsonObject], place: str) -> ReadTranscript:
    traces = _newest([row["trace"] for row in rows if "trace" in row])
    scores = _newest([row["score"] for row in rows if "score" in row])
    observations = _newest([row for row in rows if "trace" not in row and "score" not in row])
    return trace_transcript(id, traces[-1] if traces else None, observations, scores, place=place)


LANGFUSE: Final = RowFormat(
    name="langfuse_export",
    title="Langfuse exports",
    where="trace.json",
    recognised=_recognised,
    rows=_rows,
    trace_of=_trace_of,
    transcript=_transcript,
    suffixes=(".json", ".jsonl", ".ndjson", ".csv", ".parquet"),
    columns=(("id", "trace_id", "type", "start_time"),),
)
"""Exports of Langfuse."""
