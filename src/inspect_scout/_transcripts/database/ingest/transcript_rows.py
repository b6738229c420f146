"""Transcripts as the rows of a database.

From objects; `inputs` copies what is JSON already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.log import condense_events
from inspect_ai.model import ChatMessage

from ...._support.errors import ConfigError
from ...._types import Transcript
from ...contract import RawTranscript
from ...decode.ids import with_ids
from ..format.cell_values import json_text
from .description_cells import index_cells, join_ranges


def raw_of(transcript: Transcript) -> RawTranscript:
    """Write a transcript as a row.

    Messages and events without ids get those that reading would derive. What JSON does not know (times, sets, objects of other programs) becomes text; NaN, infinities and lone surrogates
    are kept. Messages that several model events were given are stored once.

    Args:
        transcript: The transcript.

    Raises:
        ConfigError: Its id is empty or not text, a key of its metadata cannot name a column, or its content holds itself.

    Example:
        ```python
        row = raw_of(transcript)
        print(row.transcript_id, row.columns["model"], row.size)
        ```
    """
    try:
        transcript = with_ids(transcript)
        events, pools = _condense(transcript.events)
        return RawTranscript(
            transcript.transcript_id,
            index_cells(transcript, transcript.metadata),
            _json_bytes([message.model_dump(warnings=False) for message in transcript.messages]),
            _json_bytes([_dump_event(event) for event in events]),
            _json_bytes(pools),
            _json_bytes([timeline.model_dump(warnings=False) for timeline in transcript.timelines])
            if transcript.timelines
            else None,
        )
    except (ValueError, RecursionError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"Transcript {transcript.transcript_id!r} cannot be written as JSON: {error}.") from error


def _dump_event(event: Event) -> dict[str, Any]:
    dumped = event.model_dump(exclude_none=True, warnings=False)
    if isinstance(event, InfoEvent):
        dumped.setdefault("data", None)  # null is data, and no info event is without any
    return dumped


def _json_bytes(value: Any) -> bytes:
    return json_text(value).encode()


def _condense(events: Sequence[Event]) -> tuple[Sequence[Event], dict[str, Any]]:
    """Move what model events share into pools.

    Inspect's own function takes messages for equal that differ in their id only; the ids are kept here.
    """
    pool: dict[str, int] = {}
    shared: list[Any] = []
    positions: dict[int, int] = {}

    def pool_position(message: ChatMessage) -> int:
        found = positions.get(id(message))
        if found is None:
            dumped = message.model_dump(exclude_none=True, warnings=False)
            found = pool.setdefault(json_text(dumped), len(shared))
            if found == len(shared):
                shared.append(dumped)
            positions[id(message)] = found
        return found

    moved = [_with_pooled_input(event, pool_position) for event in events]
    try:
        condensed, pools = condense_events(moved)
    except TypeError:  # a request that is not JSON: it stays where it is
        return moved, {"messages": shared, "calls": []}
    return condensed, {"messages": shared, "calls": pools["calls"]}


def _with_pooled_input(event: Event, pool_position: Callable[[ChatMessage], int]) -> Event:
    if not isinstance(event, ModelEvent) or (not event.input and not event.input_refs):
        return event
    # references without messages lead nowhere, and must not lead into this pool
    refs = join_ranges([pool_position(message) for message in event.input])
    return event.model_copy(update={"input": [], "input_refs": refs})
