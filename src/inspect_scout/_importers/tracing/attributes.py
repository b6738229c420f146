"""Attributes of spans in OpenTelemetry, in whichever vocabulary, as what they say."""

from __future__ import annotations

from typing import Final

from ..._support.shapes import is_list
from ..json_values import JsonObject
from ..times import time_of
from . import genai, openinference, vercel
from .flat import OtelSpan, text_at
from .spans import Span

_SESSIONS: Final = ("gen_ai.conversation.id", "session.id", "ai.telemetry.metadata.sessionId", "thread.id")
_AGENTS: Final = ("gen_ai.agent.name", "agent.name", "agent_name", "ai.telemetry.functionId")


def span_of(given: OtelSpan) -> Span:
    """Say what a span is, and what it tells."""
    attributes = given.attributes
    span = Span(
        given.id,
        given.parent_id,
        given.name,
        time_of(given.start),
        time_of(given.end),
        error=_error(given),
        agent=text_at(attributes, _AGENTS),
        session=text_at(attributes, _SESSIONS),
    )
    # A span may speak two vocabularies; the newest that has messages counts.
    for vocabulary in (genai, vercel, openinference):
        if vocabulary.describes(attributes):
            vocabulary.describe(span, attributes, given.events)
            if span.kind != "model" or (span.call is not None and span.call.has_content):
                break
    if given.parent_id is None:
        span.metadata = _about(given)
    return span


def _error(given: OtelSpan) -> str | None:
    """Say what went wrong; an exception that was handled is not an error."""
    if not given.failed:
        return None
    for event in given.events:
        if event.name == "exception":
            kind, message = (event.attributes.get(f"exception.{name}") for name in ("type", "message"))
            return ": ".join(str(each) for each in (kind, message) if each) or "failed"
    return given.message or text_at(given.attributes, ("error.message", "error.type")) or "failed"


def _about(given: OtelSpan) -> JsonObject:
    about: JsonObject = {}
    for name, value in given.resource.items():
        if not name.startswith(("telemetry.", "process.", "host.", "os.")):
            about[name] = value
    tags = given.attributes.get("tag.tags", given.attributes.get("logfire.tags"))
    if is_list(tags) and tags:
        about["tags"] = tags
    for name in ("user.id", "enduser.id", "metadata"):
        if name in given.attributes:
            about[name] = given.attributes[name]
    return about
