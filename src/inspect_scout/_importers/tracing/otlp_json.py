"""OTLP as JSON: the shapes of its documents, and its values."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonObject
from ..reading import decode
from .flat import OtelSpan, SpanEvent


class _Resource(msgspec.Struct, gc=False):
    attributes: msgspec.Raw = msgspec.Raw(b"")


class _Scope(msgspec.Struct, rename="camel", gc=False):
    """Spans or records of logs of one library, under the names of all versions."""

    spans: list[msgspec.Raw] | None = None
    log_records: list[msgspec.Raw] | None = None
    log_records_snake: list[msgspec.Raw] | None = msgspec.field(default=None, name="log_records")

    def rows(self) -> list[msgspec.Raw]:
        return [*(self.spans or ()), *(self.log_records or ()), *(self.log_records_snake or ())]


class _Block(msgspec.Struct, rename="camel", gc=False):
    """What one resource has exported."""

    resource: _Resource | None = None
    scope_spans: list[_Scope] | None = None
    scope_logs: list[_Scope] | None = None
    instrumentation_library_spans: list[_Scope] | None = None
    scope_spans_snake: list[_Scope] | None = msgspec.field(default=None, name="scope_spans")
    scope_logs_snake: list[_Scope] | None = msgspec.field(default=None, name="scope_logs")

    def scopes(self) -> list[_Scope]:
        groups = (
            self.scope_spans,
            self.instrumentation_library_spans,
            self.scope_spans_snake,
            self.scope_logs,
            self.scope_logs_snake,
        )
        return [scope for group in groups for scope in group or ()]


class Export(msgspec.Struct, rename="camel", gc=False):
    """A document, or a line of a file: what was exported at once."""

    resource_spans: list[_Block] | None = None
    resource_logs: list[_Block] | None = None
    resource_spans_snake: list[_Block] | None = msgspec.field(default=None, name="resource_spans")
    resource_logs_snake: list[_Block] | None = msgspec.field(default=None, name="resource_logs")

    def blocks(self) -> list[tuple[bytes, list[msgspec.Raw]]]:
        """Give the attributes of each resource, as JSON, with its spans and records of logs."""
        groups = (self.resource_spans, self.resource_spans_snake, self.resource_logs, self.resource_logs_snake)
        return [
            (bytes(block.resource.attributes) if block.resource is not None else b"", _rows(block))
            for group in groups
            for block in group or ()
        ]


def _rows(block: _Block) -> list[msgspec.Raw]:
    return [row for scope in block.scopes() for row in scope.rows()]


class Ids(msgspec.Struct, rename="camel", gc=False):
    """What is needed to know where a span or a record belongs."""

    trace_id: str = ""
    trace_id_snake: str = msgspec.field(default="", name="trace_id")

    @property
    def trace(self) -> str:
        """Id of its trace, in hex."""
        return hex_id(self.trace_id or self.trace_id_snake, 16)


export_decoder: Final = msgspec.json.Decoder(Export)
ids_decoder: Final = msgspec.json.Decoder(Ids)
_value_decoder: Final = msgspec.json.Decoder(Json)


def hex_id(given: object, size: int) -> str:
    """Give an id in hex: some programs write it in base64."""
    text = given if isinstance(given, str) else ""
    if len(text) == 2 * size:
        return text.lower() if text.strip("0") else ""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text
    return content.hex() if len(content) == size and any(content) else text if len(content) != size else ""


def attributes_of(given: object) -> JsonObject:
    """Give attributes, a list of keys and values, as an object."""
    if is_mapping(given):
        return given
    found: JsonObject = {}
    for each in given if is_list(given) else ():
        if is_mapping(each) and isinstance(each.get("key"), str):
            found[each["key"]] = value_of(each.get("value"))
    return found


def value_of(given: object, depth: int = 0) -> Json:
    """Give a value, which stands under the name of its type."""
    if not is_mapping(given) or depth > 50:
        return given if not is_mapping(given) else None
    for name, value in given.items():
        match name:
            case "stringValue" | "string_value" | "boolValue" | "bool_value" | "doubleValue" | "double_value":
                return value
            case "intValue" | "int_value":
                return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else value
            case "arrayValue" | "array_value":
                values = value.get("values") if is_mapping(value) else None
                return [value_of(each, depth + 1) for each in values] if is_list(values) else []
            case "kvlistValue" | "kvlist_value":
                values = value.get("values") if is_mapping(value) else None
                pairs = [each for each in values if is_mapping(each)] if is_list(values) else []
                return {str(each.get("key")): value_of(each.get("value"), depth + 1) for each in pairs}
            case "bytesValue" | "bytes_value":
                return value
            case _:
                continue
    return None


def span_in(row: bytes, resource: JsonObject) -> OtelSpan:
    """Read a span.

    Raises:
        ValueError: It is none.
    """
    given = decode(_value_decoder, row)
    if not is_mapping(given):
        raise ValueError("it is not an object")
    if is_mapping(given.get("spanContext")):
        return _readable_span(given, resource)
    id = hex_id(given.get("spanId", given.get("span_id")), 8)
    if not id:
        raise ValueError("it has no id")
    events = [each for each in given.get("events") or () if is_mapping(each)]
    status = given.get("status")
    code = status.get("code") if is_mapping(status) else None
    return OtelSpan(
        id,
        hex_id(given.get("parentSpanId", given.get("parent_span_id")), 8) or None,
        str(given.get("name") or ""),
        given.get("startTimeUnixNano", given.get("start_time_unix_nano")),
        given.get("endTimeUnixNano", given.get("end_time_unix_nano")),
        attributes_of(given.get("attributes")),
        [SpanEvent(str(each.get("name") or ""), attributes_of(each.get("attributes"))) for each in events],
        code in (2, "2", "STATUS_CODE_ERROR", "ERROR"),
        str(status.get("message") or "") if is_mapping(status) else "",
        resource,
    )


def _readable_span(given: JsonObject, resource: JsonObject) -> OtelSpan:
    """Read a span as the SDK for JavaScript prints it: plain attributes, times in two parts."""
    context, status = given["spanContext"], given.get("status")
    parent = given.get("parentSpanContext")
    parent_id = parent.get("spanId") if is_mapping(parent) else given.get("parentSpanId")
    events = [each for each in given.get("events") or () if is_mapping(each)]
    return OtelSpan(
        str(context.get("spanId") or ""),
        str(parent_id) if parent_id else None,
        str(given.get("name") or ""),
        _nanoseconds(given.get("startTime")),
        _nanoseconds(given.get("endTime")),
        attributes_of(given.get("attributes")),
        [SpanEvent(str(each.get("name") or ""), attributes_of(each.get("attributes"))) for each in events],
        is_mapping(status) and status.get("code") == 2,
        str(status.get("message") or "") if is_mapping(status) else "",
        resource,
    )


def _nanoseconds(given: object) -> Json:
    if is_list(given) and len(given) == 2 and all(isinstance(each, int) for each in given):
        return given[0] * 1_000_000_000 + given[1]
    return given


class LogRecord(msgspec.Struct, frozen=True):
    """A record of a log.

    Args:
        name: Name of the event.
        at: Nanoseconds since 1970.
        trace_id: The trace that it was written in, in hex (empty: none).
        span_id: The span that it was written in (empty: none).
        attributes: What it says.
        body: Its body.
    """

    name: str
    at: Json
    trace_id: str
    span_id: str
    attributes: JsonObject
    body: Json


def record_in(row: bytes) -> LogRecord:
    """Read a record of a log.

    Raises:
        ValueError: It is none.
    """
    given = decode(_value_decoder, row)
    if not is_mapping(given):
        raise ValueError("it is not an object")
    attributes = attributes_of(given.get("attributes"))
    body = value_of(given.get("body"))
    name = given.get("eventName", given.get("event_name")) or attributes.get("event.name")
    if isinstance(body, str) and (not name or body.endswith(f".{name}")):
        name = body
    at = given.get("timeUnixNano", given.get("time_unix_nano")) or given.get("observedTimeUnixNano")
    trace_id = hex_id(given.get("traceId", given.get("trace_id")), 16)
    span_id = hex_id(given.get("spanId", given.get("span_id")), 8)
    return LogRecord(str(name or ""), at, trace_id, span_id, attributes, body)
