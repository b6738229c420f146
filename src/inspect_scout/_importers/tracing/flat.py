"""Spans of OpenTelemetry as they are written: attributes with dotted names, in which lists are flattened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..json_values import Json, JsonMapping, JsonObject


@dataclass(slots=True)
class SpanEvent:
    """Something that happened in a span."""

    name: str
    attributes: JsonObject
    body: Json = None


@dataclass(slots=True)
class OtelSpan:
    """A span of OpenTelemetry, its values as JSON.

    Args:
        id: Its id, in hex.
        parent_id: Id of the span around it (None: none).
        name: Its name.
        start: Nanoseconds since 1970, or ISO text.
        end: The same.
        attributes: What it says.
        events: What happened in it, also as records of logs.
        failed: Whether its status is an error.
        message: What its status says.
        resource: What wrote it; kept of roots.
    """

    id: str
    parent_id: str | None
    name: str
    start: Json = None
    end: Json = None
    attributes: JsonObject = field(default_factory=dict[str, Json])
    events: list[SpanEvent] = field(default_factory=list[SpanEvent])
    failed: bool = False
    message: str = ""
    resource: JsonMapping = field(default_factory=dict[str, Json])


def text_at(attributes: JsonMapping, names: tuple[str, ...]) -> str | None:
    """Give the first text among some attributes that is not empty."""
    return next((value for name in names if isinstance(value := attributes.get(name), str) and value), None)


def numbered(attributes: JsonMapping, prefix: str) -> list[JsonObject]:
    """Put together a list that is flattened into attributes, `prefix.N.rest`: by number, whatever gaps there are."""
    rows: dict[int, JsonObject] = {}
    for name, value in attributes.items():
        if name.startswith(prefix):
            number, dot, rest = name.removeprefix(prefix).partition(".")
            if dot and number.isdecimal() and len(number) < 10:
                rows.setdefault(int(number), {})[rest] = value
    return [row for _, row in sorted(rows.items())]


def counts(attributes: Mapping[str, Json], *names: str) -> int | None:
    """Give the first number among some attributes; exporters write them as text as well."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) < 16:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53:
            return value
    return None
