"""What inspect_ai records while a scanner runs: events, spans, tokens.

Each invocation sees a transcript and token counts of its own, inside a span named "scan", as if `span("scan")` of
inspect_ai had been entered around it. The two events of that span are written as text: making and dumping them as
models, with a fresh transcript for each invocation, cost 63 microseconds an invocation where this costs 9 (measured
over 3000 invocations that record nothing), which is 1.1 s in a scan of 21 000 messages.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from inspect_ai._util.error import PrerequisiteError
from inspect_ai.event import StoreEvent
from inspect_ai.log._transcript import Transcript, init_transcript
from inspect_ai.model import ModelUsage
from inspect_ai.model._model import model_usage_context_var
from inspect_ai.util._span import _current_span_id  # pyright: ignore[reportPrivateUsage]
from inspect_ai.util._store import Store, init_subtask_store, store_changes
from msgspec.json import encode
from pydantic import BaseModel

from .._support.ids import new_id
from .._support.json import dumps
from .._support.shapes import is_list, is_mapping
from .missing_usage import note_missing_usage, without_usage

__all__ = ["PrerequisiteError", "Recording", "recording"]

_ATTACHMENT = "attachment://"
# A whole string that is not a key: quotes inside a string stand behind a backslash, and none stands before a string.
_REFERENCE = re.compile(rf'(?<!\\)"{_ATTACHMENT}([^"\\]*)"(?!:)')


@dataclass(slots=True)
class Recording:
    """What was recorded in a block.

    Args:
        events: JSON list of the events, the span around the block included (filled at the end of the block).
        usage: Tokens used in the block, by model.
    """

    events: str = "[]"
    usage: dict[str, ModelUsage] = field(default_factory=dict[str, ModelUsage])


# Transcripts that nothing was written to can serve again: making one costs 35 microseconds.
_unused: list[Transcript] = []


@contextmanager
def recording() -> Generator[Recording]:
    """Give the block a transcript, a store, token counts and a span of its own."""
    transcript = _unused.pop() if _unused else Transcript(log_model_api=True)
    kept = Recording()
    span = new_id()
    init_transcript(transcript)
    store = Store()
    init_subtask_store(store)
    usage_token = model_usage_context_var.set(kept.usage)
    untold: dict[str, int] = {}
    untold_token = without_usage.set(untold)
    span_token = _current_span_id.set(span)
    begin = _span_event(span, '"event":"span_begin","id":"' + span + '","type":"scan","name":"scan"')
    try:
        yield kept
    finally:
        # What the block put into its store, which was empty, is recorded as the end of a span does.
        if store.keys() and (changes := store_changes({}, store)):
            transcript._event(StoreEvent(changes=changes))
        end = _span_event(span, '"event":"span_end","id":"' + span + '"')
        try:
            _current_span_id.reset(span_token)
            model_usage_context_var.reset(usage_token)
            without_usage.reset(untold_token)
        except ValueError:
            pass  # a scanner that was left behind is closed by the collector, in a context that is none of its own
        note_missing_usage(kept.usage, untold)
        inner = [_event_json(event, transcript.attachments) for event in transcript.history.resident_events]
        kept.events = "[" + ",".join([begin, *inner, end]) + "]"
        if not inner and not transcript.timelines and len(_unused) < 64:
            _unused.append(transcript)


def _span_event(span: str, rest: str) -> str:
    now = datetime.now(UTC).isoformat()
    return f'{{"uuid":"{new_id()}","span_id":"{span}","timestamp":"{now}","working_start":{time.monotonic()!r},{rest}}}'


def _event_json(event: BaseModel, attachments: dict[str, str]) -> str:
    """Write an event with its attachments in place.

    As text: walking the dumped prompt of a model's call, whose raw request repeats it, takes five times as long.
    """
    try:
        text = event.model_dump_json(exclude_none=True)
        return _REFERENCE.sub(lambda m: encode(attachments[m[1]]).decode() if m[1] in attachments else m[0], text)
    except ValueError:  # lone surrogates, which pydantic writes to Python objects only
        return dumps(_resolved(event.model_dump(mode="json", exclude_none=True), attachments))


def _resolved(value: Any, attachments: dict[str, str]) -> Any:
    if isinstance(value, str):
        return attachments.get(value.removeprefix(_ATTACHMENT), value) if value.startswith(_ATTACHMENT) else value
    if is_mapping(value):
        return {k: _resolved(v, attachments) for k, v in value.items()}
    if is_list(value):
        return [_resolved(v, attachments) for v in value]
    return value
