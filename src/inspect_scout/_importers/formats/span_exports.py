"""Exports of Phoenix, Logfire and Weave: what their interfaces answer, kept in files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from ..platforms import logfire_rows, phoenix_rows, weave_rows
from ..platforms.query import field_of
from .trace_rows import RowFormat, has, is_json, merged, objects_in

if TYPE_CHECKING:
    from ..contract import ReadTranscript
    from ..json_values import Json, JsonMapping, JsonObject


def _phoenix_trace(row: JsonMapping) -> str | None:
    return _text(field_of(row, "context", "trace_id") or row.get("context.trace_id"))


def _phoenix_id(row: JsonMapping) -> Json:
    return field_of(row, "context", "span_id") or row.get("context.span_id")


def _phoenix(id: str, rows: Sequence[JsonObject], place: str) -> ReadTranscript:
    return phoenix_rows.trace_transcript(id, merged(rows, _phoenix_id), place=place, project=None)


def _logfire_id(row: JsonMapping) -> Json:
    return row.get("kind"), row.get("span_id")


def _logfire(id: str, rows: Sequence[JsonObject], place: str) -> ReadTranscript:
    ended = [row for row in rows if row.get("kind") != "pending_span"]
    return logfire_rows.trace_transcript(id, merged(ended, _logfire_id), place=place, project=None)


def _weave(id: str, rows: Sequence[JsonObject], place: str) -> ReadTranscript:
    return weave_rows.trace_transcript(id, merged(rows), place=place, project=None)


def _trace_id(row: JsonMapping) -> str | None:
    return _text(row.get("trace_id"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


PHOENIX: Final = RowFormat(
    name="phoenix_export",
    title="Phoenix spans",
    where="spans.jsonl",
    recognised=lambda path, head: (  # noqa: ARG005 - the content tells
        is_json(head) and has(head, "span_kind") and (has(head, "context", "trace_id") or has(head, "context.trace_id"))
    ),
    rows=lambda value: objects_in(value, "data"),
    trace_of=_phoenix_trace,
    transcript=_phoenix,
    columns=(("span_kind", "context.trace_id"), ("span_kind", "context", "start_time")),
)
"""Spans of Phoenix."""

LOGFIRE: Final = RowFormat(
    name="logfire_export",
    title="Logfire records",
    where="records.jsonl",
    recognised=lambda path, head: is_json(head) and has(head, "span_name", "trace_id", "start_timestamp"),  # noqa: ARG005
    rows=lambda value: objects_in(value, "rows"),
    trace_of=_trace_id,
    transcript=_logfire,
    columns=(("span_name", "trace_id", "start_timestamp"),),
)
"""Records of Logfire."""

WEAVE: Final = RowFormat(
    name="weave_export",
    title="Weave calls",
    where="calls.jsonl",
    recognised=lambda path, head: is_json(head) and has(head, "op_name", "trace_id", "started_at"),  # noqa: ARG005
    rows=partial(objects_in),
    trace_of=_trace_id,
    transcript=_weave,
    columns=(("op_name", "trace_id", "started_at"),),
)
"""Calls of Weave."""
