"""OTLP as protobuf. Its wire format is small: numbered fields, each a number, eight bytes, or a length and so many bytes."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..json_values import Json, JsonObject
from .flat import OtelSpan, SpanEvent
from .otlp_json import LogRecord

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_NESTED: Final = 50


def fields(data: bytes | memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Give the fields of a message: number, and a whole number or bytes.

    Raises:
        ValueError: It is not a message, or is cut off.
    """
    view, position, end = memoryview(data), 0, len(data)
    while position < end:
        key, position = _varint(view, position)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("a field has the number 0")
        if kind == _VARINT:
            value, position = _varint(view, position)
            yield number, value
            continue
        if kind == _BYTES:
            size, position = _varint(view, position)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"a field has the type {kind}")
        if position + size > end:
            raise ValueError("it is cut off")
        part = view[position : position + size]
        yield number, int.from_bytes(part, "little") if kind != _BYTES else part
        position += size


def _varint(view: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        if position >= len(view):
            raise ValueError("it is cut off")
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
        shift += 7
    raise ValueError("a number has more than 64 bits")


def parts(data: bytes | memoryview, wanted: int) -> Iterator[memoryview]:
    """Give the fields of one number that are bytes."""
    for number, value in fields(data):
        if number == wanted and isinstance(value, memoryview):
            yield value


def exports(data: bytes) -> Iterator[bytes | memoryview]:
    """Give the messages of a file: one, or several behind their lengths, as a collector writes them.

    Raises:
        ValueError: It is neither.
    """
    view, position = memoryview(data), 0
    pieces: list[memoryview] = []
    while position + 4 <= len(view):
        size = int.from_bytes(view[position : position + 4], "big")
        if size == 0 or position + 4 + size > len(view):
            break
        pieces.append(view[position + 4 : position + 4 + size])
        position += 4 + size
    if pieces and position == len(view):
        yield from pieces
    else:
        yield data


def blocks(export: bytes | memoryview) -> Iterator[tuple[JsonObject, list[bytes]]]:
    """Give the attributes of each resource of an export, with its spans (or records of logs: both are field 2 of field 2).

    Raises:
        ValueError: It is not an export.
    """
    for number, block in fields(export):
        if number != 1 or not isinstance(block, memoryview):
            continue
        resource: JsonObject = {}
        rows: list[bytes] = []
        for field, value in fields(block):
            if field == 1 and isinstance(value, memoryview):
                resource = attributes_of(parts(value, 1))
            elif field in (2, 1000) and isinstance(value, memoryview):
                rows += [bytes(row) for row in parts(value, 2)]
        yield resource, rows


def attributes_of(pairs: Iterator[memoryview]) -> JsonObject:
    """Give attributes as an object."""
    return dict(_pair(pair, 0) for pair in pairs)


def _pair(pair: memoryview, depth: int) -> tuple[str, Json]:
    key, value = "", None
    for number, part in fields(pair):
        if number == 1 and isinstance(part, memoryview):
            key = _text(part)
        elif number == 2 and isinstance(part, memoryview):
            value = value_of(part, depth)
    return key, value


def value_of(data: bytes | memoryview, depth: int = 0) -> Json:
    """Give a value.

    Raises:
        ValueError: It is not one, or nested too deeply.
    """
    if depth > _MOST_NESTED:
        raise ValueError("it is nested too deeply")
    for number, part in fields(data):
        if isinstance(part, int):
            if number in _NUMBERS:
                return _NUMBERS[number](part)
        elif number == 5:
            return [value_of(each, depth + 1) for each in parts(part, 1)]
        elif number == 6:
            return dict(_pair(each, depth + 1) for each in parts(part, 1))
        elif number in (1, 7):
            return _text(part) if number == 1 else base64.b64encode(part).decode()
    return None


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _double(value: int) -> float:
    number: float = struct.unpack("<d", value.to_bytes(8, "little"))[0]
    return number


_NUMBERS: Final[Mapping[int, Callable[[int], bool | int | float]]] = {2: bool, 3: _signed, 4: _double}


def _text(data: memoryview) -> str:
    return str(data, "utf-8", "replace")


def trace_of(row: bytes) -> bytes:
    """Give the id of the trace that a span belongs to; empty if it has none.

    Raises:
        ValueError: It is not a span.
    """
    for number, value in fields(row):
        if number == 1 and isinstance(value, memoryview):
            return bytes(value)
    return b""


def span_in(row: bytes, resource: JsonObject) -> OtelSpan:
    """Read a span.

    Raises:
        ValueError: It is none.
    """
    span = OtelSpan("", None, "", resource=resource)
    for number, value in fields(row):
        match number, value:
            case 2, memoryview():
                span.id = value.hex()
            case 4, memoryview():
                span.parent_id = value.hex() if any(value) else None
            case 5, memoryview():
                span.name = _text(value)
            case 7, int():
                span.start = value or None
            case 8, int():
                span.end = value or None
            case 9, memoryview():
                name, given = _pair(value, 0)
                span.attributes[name] = given
            case 11, memoryview():
                span.events.append(_event(value))
            case 15, memoryview():
                span.failed, span.message = _status(value)
            case _:
                continue
    if len(span.id) != 16:
        raise ValueError("it has no id")
    return span


def _event(data: memoryview) -> SpanEvent:
    name, attributes = "", dict[str, Json]()
    for number, value in fields(data):
        if number == 2 and isinstance(value, memoryview):
            name = _text(value)
        elif number == 3 and isinstance(value, memoryview):
            key, given = _pair(value, 0)
            attributes[key] = given
    return SpanEvent(name, attributes)


def _status(data: memoryview) -> tuple[bool, str]:
    code, message = 0, ""
    for number, value in fields(data):
        if number == 3 and isinstance(value, int):
            code = value
        elif number == 2 and isinstance(value, memoryview):
            message = _text(value)
    return code == 2, message


def record_in(row: bytes) -> LogRecord:
    """Read a record of a log.

    Raises:
        ValueError: It is none.
    """
    at, observed, name, trace_id, span_id, body = 0, 0, "", "", "", None
    attributes: JsonObject = {}
    for number, value in fields(row):
        match number, value:
            case 1, int():
                at = value
            case 11, int():
                observed = value
            case 5, memoryview():
                body = value_of(value)
            case 6, memoryview():
                key, given = _pair(value, 0)
                attributes[key] = given
            case 9, memoryview():
                trace_id = value.hex()
            case 10, memoryview():
                span_id = value.hex()
            case 12, memoryview():
                name = _text(value)
            case _:
                continue
    said = name or str(attributes.get("event.name") or "")
    if isinstance(body, str) and (not said or body.endswith(f".{said}")):
        said = body
    return LogRecord(said, at or observed or None, trace_id, span_id, attributes, body)
