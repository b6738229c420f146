"""Records of Logfire, as its interface and exports have them: OpenTelemetry in columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ..json_values import objects_of
from ..tracing.attributes import span_of
from ..tracing.flat import OtelSpan, SpanEvent
from ..wire.settings import from_text
from .query import field_of
from .rows import finish, object_in, text, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..contract import ReadTranscript
    from ..json_values import JsonMapping, JsonObject

_ANSWERS: Final = frozenset({"gen_ai.output.messages", "response_data", "events"})
_REASONING: Final = "gen_ai.usage.reasoning.output_tokens"


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
    joined = _with_streams(rows)
    return finish(
        id,
        [span_of(_otel(row)) for row in joined],
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


def _with_streams(rows: Sequence[JsonMapping]) -> list[JsonMapping]:
    """Join calls whose answers came in streams: the span ends when the stream begins, and a log beside it has the answer."""
    in_order = sorted(rows, key=lambda row: str(row.get("start_timestamp")))
    waiting: dict[str, list[int]] = {}
    found: list[JsonMapping] = []
    for row in in_order:
        attributes = object_in(row.get("attributes"))
        if "gen_ai.input.messages" not in attributes or str(row.get("kind")) not in ("span", "log"):
            found.append(row)
            continue
        same = (row.get("parent_span_id"), attributes.get("request_data"), attributes["gen_ai.input.messages"])
        key = json.dumps([*same], sort_keys=True, default=str)
        if row.get("kind") == "log" and waiting.get(key):
            at = waiting[key].pop(0)
            call = found[at]
            whole = {**object_in(call.get("attributes")), **attributes}
            found[at] = {**call, "attributes": whole, "end_timestamp": row.get("end_timestamp")}
            continue
        if row.get("kind") == "span" and not _ANSWERS & attributes.keys() and not _is_failed(row):
            waiting.setdefault(key, []).append(len(found))
        found.append(row)
    return found


def _attributes(row: JsonMapping) -> JsonObject:
    """Give attributes, with the thoughts among the tokens as the provider counted them."""
    attributes = object_in(row.get("attributes"))
    raw = object_in(attributes.get("gen_ai.usage.raw"))
    for details in ("completion_tokens_details", "output_tokens_details"):
        count = field_of(raw, details, "reasoning_tokens")
        if count is not None:
            attributes = {_REASONING: count, **attributes}
    return attributes


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
        _attributes(row),
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
