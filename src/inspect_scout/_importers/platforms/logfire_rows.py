"""Records of Logfire, as its interface and exports have them: OpenTelemetry in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..json_values import objects_of
from ..tracing.attributes import span_of
from ..tracing.flat import OtelSpan, SpanEvent
from ..wire.settings import from_text
from .rows import finish, object_in, text, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..contract import ReadTranscript
    from ..json_values import JsonMapping, JsonObject


def trace_transcript(id: str, rows: Sequence[JsonMapping], *, place: str, project: str | None) -> ReadTranscript:
    """Make a transcript of the records of a trace.

    Args:
        id: Id of the trace.
        rows: Its records.
        place: Address, or path, that leads to it.
        project: Its project (None: not known).
    """
    if not rows:
        raise ValueError("its trace has no records")
    ids = {text(row.get("span_id")) for row in rows} - {None}
    outer = [row for row in rows if text(row.get("parent_span_id")) not in ids]
    root = min(outer or rows, key=lambda row: str(row.get("start_timestamp")))
    service = next((name for row in (root, *rows) if (name := text(row.get("service_name")))), None)
    failed = next((row for row in rows if row.get("is_exception") is True), None)
    attributes = object_in(root.get("attributes"))
    given: JsonObject = {name: attributes[name] for name in ("agent_args", "score", "success") if name in attributes}
    return finish(
        id,
        [span_of(_otel(row)) for row in rows],
        metadata={
            **given,
            "service_name": service,
            "otel_scope_name": root.get("otel_scope_name"),
            "tags": texts(from_text(root.get("tags"))) or None,
            "message": root.get("message"),
        },
        source_type="logfire",
        source_id=project or service or id,
        source_uri=place,
        task_set=project or service,
        task_id=text(root.get("span_name")),
        error=_exception(failed) if failed is not None and _is_failed(root) else None,
    )


def _otel(row: JsonMapping) -> OtelSpan:
    events = [
        SpanEvent(str(each.get("event_name") or each.get("name")), object_in(each.get("attributes")) or dict(each))
        for each in objects_of(from_text(row.get("otel_events")))
    ]
    return OtelSpan(
        f"{row.get('span_id')}-{row.get('kind')}"
        if row.get("kind") in ("log", "span_event")
        else str(row.get("span_id")),
        text(row.get("parent_span_id")),
        str(row.get("span_name") or row.get("message") or ""),
        row.get("start_timestamp"),
        row.get("end_timestamp"),
        object_in(row.get("attributes")),
        events,
        failed=_is_failed(row),
        message=_exception(row) or str(row.get("otel_status_message") or ""),
        resource=object_in(row.get("otel_resource_attributes")),
    )


def _is_failed(row: JsonMapping) -> bool:
    """Whether a span failed; an exception that it handled is not a failure."""
    return str(row.get("otel_status_code")).upper() in ("ERROR", "2")


def _exception(row: JsonMapping) -> str:
    return ": ".join(each for name in ("exception_type", "exception_message") if (each := text(row.get(name))))
