"""What a scanner was given, read again: where the scan says that it is, where the caller says, or as it was recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._results import RecordedInput, transcript_info
from ..._scanners import PlainItem, plain_events_text, plain_messages_text
from ..._support.errors import LocationError, LogReadError
from ..._support.json import loads
from ..._support.loops import needs_loop
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import is_local, local_path
from ..._transcripts import plain_messages
from .id_prefix import match_id

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ..._transcripts import Transcripts
    from ..._types import InputOrigin, MessageFilter, Transcript, TranscriptInfo

_NOTHING_RECORDED = "The scan recorded neither the input nor where it is."


@dataclass(frozen=True, slots=True)
class ScannedInput:
    """Messages and events as text.

    Args:
        messages: All messages that the scanner was given.
        events: All events that it was given, where they were asked for.
        remarks: What was not found as it should be.
    """

    messages: Sequence[PlainItem] = ()
    events: Sequence[PlainItem] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    messages: Sequence[object] = ()
    events: Sequence[object] = ()


async def read_scanned_input(
    given: RecordedInput, cells: Mapping[str, object], transcripts: Sequence[str], *, events: bool
) -> ScannedInput:
    """Read what a scanner was given.

    Args:
        given: What the scan recorded of it.
        cells: Cells of the row.
        transcripts: Where the transcripts are now (none: where they were).
        events: Whether events are wanted too, of a transcript.
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


async def read_transcript_input(transcripts: Sequence[str], id: str) -> tuple[TranscriptInfo, ScannedInput]:
    """Read the messages of a transcript.

    Args:
        transcripts: Where transcripts are.
        id: Its id, or a beginning that no other id has.

    Raises:
        LocationError: There are no transcripts.
        UnknownNameError: There is no such transcript.
        ConfigError: Several ids begin like that.
        LogReadError: It cannot be read.
    """
    found = await _find_transcript(open_transcripts(transcripts), id)
    read = await _read(found, "all")
    return found.info, ScannedInput(plain_messages_text(_dumped(read.messages)))


def open_transcripts(locations: Sequence[str] = ()) -> Transcripts:
    """Open transcripts.

    Args:
        locations: Where they are (none: where the project or the usual folders have them).

    Raises:
        LocationError: There are none.
    """
    from ..._project import default_transcripts, load_project  # here: they need Inspect, which most results do not
    from ..._transcripts import transcripts_from

    found = list(locations) or load_project().config.transcripts or default_transcripts()
    if not found:
        raise LocationError("There are no transcripts in the usual places (./transcripts, ./logs): say where: -T LOGS.")
    return transcripts_from(found)


@dataclass(frozen=True, slots=True)
class _Found:
    transcripts: Transcripts
    info: TranscriptInfo


async def _find_transcript(transcripts: Transcripts, id: str) -> _Found:
    index = await transcripts.index()
    places = {known: place for place, known in enumerate(index.ids)}
    return _Found(transcripts, index.info(places[match_id("transcript", id, places)]))


async def _read(found: _Found, messages: MessageFilter, *, events: bool = False) -> Transcript:
    from ..._types import TranscriptContent

    located = await found.transcripts.source.locate(found.info)
    content = TranscriptContent(messages=messages, events="all" if events else None, metadata=False)
    return (await located.read(content)).transcript


async def _content_elsewhere(transcripts: Sequence[str], id: str, given: RecordedInput) -> _Content:
    await needs_loop()
    from ..._transcripts import view_of

    view = None if given.origin is None else view_of(given.origin.view)
    found = await _find_transcript(open_transcripts(transcripts), id)
    wants_events = given.kind in {"event", "events"} or (view is not None and view.events is not None)
    read = await _read(found, "all" if view is None else view.messages, events=wants_events)
    return _Content(_dumped(read.messages), _dumped(read.events))


async def _content_at(origin: InputOrigin, cells: Mapping[str, object], events: bool) -> _Content:
    if not events:
        messages = await plain_messages(origin)
        if messages is not None:
            return _Content(messages)
    await needs_loop()
    from ..._transcripts import read_origin

    read = await read_origin(origin, transcript_info(cells))
    return _Content(_dumped(read.messages), _dumped(read.events) if events else ())


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


def _dumped(items: Iterable[BaseModel]) -> list[object]:
    return [item.model_dump(mode="json", exclude_none=True) for item in items]
