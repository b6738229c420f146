"""What a scanner was given, read again: where the scan says that it is, where the caller says, or as it was recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._results import RecordedInput, transcript_info
from ..._scanners import plain_events_text, plain_messages_text
from ..._support.errors import LocationError, LogReadError
from ..._support.json import loads
from ..._support.loops import needs_loop
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import is_local, local_path
from ..._transcripts import plain_messages
from ..transcript_source import open_source
from .found_transcript import as_plain, find_info, read_content
from .records import ScannedInput

if TYPE_CHECKING:
    from ..._types import InputOrigin

CheckPlace = Callable[[str], object]
"""Raises what a place is refused with."""

_NOTHING_RECORDED = "The scan recorded neither the input nor where it is."


@dataclass(frozen=True, slots=True)
class _Content:
    messages: Sequence[object] = ()
    events: Sequence[object] = ()


async def read_scanned_input(
    given: RecordedInput, cells: Mapping[str, object], transcripts: Sequence[str], *, events: bool, check: CheckPlace
) -> ScannedInput:
    """Read what a scanner was given.

    Args:
        given: What the scan recorded of it.
        cells: Cells of the row.
        transcripts: Where the transcripts are now (none: where they were).
        events: Whether events are wanted too, of a transcript.
        check: Raises `LocationError` for a log that may not be read.
    """
    if "timeline" in given.kind:
        return ScannedInput(remarks=(f"The scanner was given a {given.kind.rstrip('s')}, which is not shown here.",))
    try:
        if given.text is not None:  # it is what the scanner saw, wherever the log is by now
            return _as_text(given, _recorded_content(given), events, () if transcripts else _moved(cells))
        if transcripts:
            id = str(cells.get("transcript_id") or "")
            return _as_text(given, await _content_elsewhere(transcripts, id, given), events)
        if given.origin is None:
            return ScannedInput(remarks=(_NOTHING_RECORDED,))
        check(given.origin.location)
        return _as_text(given, await _content_at(given.origin, cells, events or given.kind == "events"), events)
    except (LogReadError, LocationError) as error:
        if transcripts:
            raise
        return ScannedInput(remarks=(_gone_text(given, error),))


def _gone_text(given: RecordedInput, error: Exception) -> str:
    """Say that what was scanned is no longer where it was."""
    log = given.origin.location if given.origin is not None else ""
    if is_local(log) and not os.path.exists(local_path(log)):
        said = f"{log!r} is gone, and the scan holds no copy of the messages."
    else:
        said = f"{str(error).rstrip('.')}. The scan holds no copy of the messages."
    return f"{said} If they have moved, say where they are: -T LOGS."


async def _content_elsewhere(transcripts: Sequence[str], id: str, given: RecordedInput) -> _Content:
    await needs_loop()
    from ..._transcripts import view_of

    view = None if given.origin is None else view_of(given.origin.view)
    source = open_source(transcripts)
    info = await find_info(source, id)
    wants_events = given.kind in {"event", "events"} or (view is not None and view.events is not None)
    read = await read_content(source, info, "all" if view is None else view.messages, events=wants_events)
    return _Content(as_plain(read.messages), as_plain(read.events))


async def _content_at(origin: InputOrigin, cells: Mapping[str, object], events: bool) -> _Content:
    if not events:
        messages = await plain_messages(origin)
        if messages is not None:
            return _Content(messages)
    await needs_loop()
    from ..._transcripts import read_origin

    read = await read_origin(origin, transcript_info(cells))
    return _Content(as_plain(read.messages), as_plain(read.events) if events else ())


def _recorded_content(given: RecordedInput) -> _Content:
    try:
        value = loads(given.text or "null")
    except (ValueError, RecursionError):
        value = None
    if is_mapping(value) and given.kind == "transcript":
        return _Content(*(found if is_list(found := value.get(name)) else () for name in ("messages", "events")))
    items = value if is_list(value) else [value] if is_mapping(value) else []
    return _Content(events=items) if given.kind.startswith("event") else _Content(items)


def _as_text(given: RecordedInput, content: _Content, events: bool, remarks: tuple[str, ...] = ()) -> ScannedInput:
    messages, those = content.messages, content.events
    if given.kind in {"message", "messages"}:
        messages, missing = _with_ids(messages, "id", given.ids)
        remarks = (*remarks, *missing)
    elif given.kind in {"event", "events"}:
        messages = ()
        those, missing = _with_ids(those, "uuid", given.ids)
        remarks = (*remarks, *missing)
        events = True
    return ScannedInput(plain_messages_text(messages), plain_events_text(those) if events else (), remarks)


def _with_ids(items: Sequence[object], name: str, ids: Sequence[str]) -> tuple[Sequence[object], tuple[str, ...]]:
    """Keep those that an invocation was given, in its order."""
    by_id = {item.get(name): item for item in items if is_mapping(item)}
    if all(id in by_id for id in ids) and ids:
        return [by_id[id] for id in ids], ()
    if len(items) == len(ids) or not ids:
        return items, ()  # without ids of their own
    return items, (
        "Not all that the scanner was given is there any more; numbers may differ from those that it cites.",
    )


def _moved(cells: Mapping[str, object]) -> tuple[str, ...]:
    """Say that the log of a recorded input is no longer where it was."""
    log = cells.get("transcript_source_uri")
    if not isinstance(log, str) or not is_local(log) or os.path.exists(local_path(log)):
        return ()
    return (f"{log!r} is gone; shown is what the scan recorded of it.",)
