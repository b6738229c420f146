"""Spans of Phoenix, as its interface and exports have them: OpenTelemetry under shorter names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import objects_of
from ..tracing.attributes import span_of
from ..tracing.flat import OtelSpan, SpanEvent
from ..wire.settings import from_text
from .query import field_of
from .rows import finish, object_in, text, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..contract import ReadTranscript
    from ..json_values import Json, JsonMapping, JsonObject

_MESSAGES: Final = ("llm.input_messages", "llm.output_messages", "llm.tools", "llm.prompts", "llm.choices")
"""Attributes that exports of data frames hold as lists."""
_ATTRIBUTES: Final = "attributes."
_METADATA: Final = "metadata."


def labels_of(rows: Sequence[JsonMapping]) -> tuple[str | None, list[str], JsonObject]:
    """Give the session of a trace, its tags and its metadata."""
    sessions = [text(_attributes(row).get("session.id")) for row in rows]
    root = _attributes(_root(rows)) if rows else {}
    session = next((each for each in sessions if each), None)
    return session, texts(from_text(root.get("tag.tags"))), _metadata(root)


def trace_transcript(id: str, rows: Sequence[JsonMapping], *, place: str, project: str | None) -> ReadTranscript:
    """Make a transcript of the spans of a trace.

    Args:
        id: Id of the trace.
        rows: Its spans.
        place: Address, or path, that leads to it.
        project: Its project (None: not known).
    """
    if not rows:
        raise ValueError("its trace has no spans")
    root = _root(rows)
    attributes = _attributes(root)
    session, tags, metadata = labels_of(rows)
    providers = (_provider(_attributes(row)) for row in (root, *rows))
    return finish(
        id,
        [span_of(_otel(row)) for row in rows],
        metadata={
            **metadata,
            "provider": next((each for each in providers if each), None),
            "span_kind": root.get("span_kind"),
            "session_id": session,
            "user_id": attributes.get("user.id"),
            "tags": tags or None,
        },
        source_type="phoenix",
        whole=(attributes.get("input.value"), attributes.get("output.value")),
        source_id=session or project or id,
        source_uri=place,
        task_set=project,
        task_id=text(root.get("name")),
    )


def _metadata(attributes: JsonMapping) -> JsonObject:
    """Give the metadata of a span; servers give each of its keys as an attribute, and so those of objects in it."""
    found = dict(object_in(attributes.get("metadata")))
    for name, value in attributes.items():
        if name.startswith(_METADATA):
            *outer, last = name.removeprefix(_METADATA).split(".")
            at = found
            for key in outer:
                inner = at.setdefault(key, {})
                if not is_mapping(inner):
                    break
                at = inner
            else:
                at[last] = value
    return found


def _provider(attributes: JsonMapping) -> str | None:
    return text(attributes.get("llm.provider")) or text(attributes.get("llm.system"))


def _root(rows: Sequence[JsonMapping]) -> JsonMapping:
    ids = {_id(row) for row in rows}
    outer = [row for row in rows if text(row.get("parent_id")) not in ids]
    return min(outer or rows, key=lambda row: str(row.get("start_time")))


def _id(row: JsonMapping) -> str:
    return str(field_of(row, "context", "span_id") or row.get("context.span_id") or row.get("id"))


def _attributes(row: JsonMapping) -> JsonObject:
    """Give the attributes with dotted names, whether an export has nested them, or made columns of them."""
    found: JsonObject = {}
    _flatten("", object_in(row.get("attributes")), found)
    for name, value in row.items():
        if name.startswith(_ATTRIBUTES) and value is not None:
            _flatten(name.removeprefix(_ATTRIBUTES), value, found)
    if row.get("span_kind"):
        found.setdefault("openinference.span.kind", row["span_kind"])
    return found


def _flatten(name: str, value: Json, into: JsonObject) -> None:
    if is_mapping(value) and name not in ("metadata", "llm.invocation_parameters"):
        for key, inner in value.items():
            _flatten(f"{name}.{key}" if name else key, inner, into)
    elif is_list(value) and (name in _MESSAGES or ".message." in name or name.endswith("documents")):
        for number, inner in enumerate(value):
            _flatten(f"{name}.{number}", inner, into)
    else:
        into[name] = value


def _otel(row: JsonMapping) -> OtelSpan:
    attributes = _attributes(row)
    events = [
        SpanEvent(str(each.get("name")), object_in(each.get("attributes")))
        for each in objects_of(from_text(row.get("events")))
    ]
    return OtelSpan(
        _id(row),
        text(row.get("parent_id")),
        str(row.get("name") or ""),
        row.get("start_time"),
        row.get("end_time"),
        attributes,
        events,
        failed=str(row.get("status_code")).upper() == "ERROR",
        message=str(row.get("status_message") or ""),
    )
