"""Runs of LangSmith in files: dumps of its client or interface, bulk exports, and batches that its client sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..json_values import Json, JsonObject
from ..platforms.langsmith_rows import trace_of, trace_transcript
from .trace_rows import RowFormat, has, is_json, merged, objects_in

if TYPE_CHECKING:
    from ..contract import ReadTranscript


def _recognised(path: str, head: bytes) -> bool:  # noqa: ARG001 - the content tells
    return is_json(head) and has(head, "run_type") and (has(head, "dotted_order") or has(head, "trace_id", "inputs"))


def _rows(value: Json) -> Iterator[JsonObject]:
    for each in objects_in(value, "runs", "items"):
        if "post" in each or "patch" in each:  # a run that is sent when it begins, and again when it ends
            yield from objects_in(each.get("post") or [])
            yield from objects_in(each.get("patch") or [])
        else:
            yield each


def _transcript(id: str, rows: Sequence[JsonObject], place: str) -> ReadTranscript:
    return trace_transcript(id, merged(rows), place=place, project=None)


LANGSMITH: Final = RowFormat(
    name="langsmith_export",
    title="LangSmith runs",
    where="runs.jsonl",
    recognised=_recognised,
    rows=_rows,
    trace_of=trace_of,
    transcript=_transcript,
    columns=(("id", "run_type", "dotted_order"), ("id", "run_type", "trace_id", "start_time")),
)
"""Runs of LangSmith."""
