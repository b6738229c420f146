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
from .found_transcript import TranscriptsById, as_plain, read_content
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


class InputReader:
    """Reads what scanners were given, of one transcript after the other; what was read of the last one is kept.

    Args:
        transcripts: Where the transcripts are now (none: where they were).
        check: Raises `LocationError` for a log that may not be read.
    """

    def __init__(self, transcripts: Sequence[str], check: CheckPlace) -> None:
        self._transcripts, self._check = transcripts, check
        self._transcript = ""
        self._contents: dict[object, _Content] = {}
        self._texts: dict[object, ScannedInput] = {}
        self._elsewhere: TranscriptsById | None = None

    async def read(self, given: RecordedInput, cells: Mapping[str, object], *, events: bool) -> ScannedInput:
        """Read what a scanner was given.

        Args:
            given: What the scan recorded of it.
            cells: Cells of the row.
            events: Whether events are wanted too, of a transcript.
        """
        if "timeline" in given.kind:
            return ScannedInput(
                remarks=(f"The scanner was given a {given.kind.rstrip('s')}, which is not shown here.",)
            )
        transcript = str(cells.get("transcript_id") or "")
        if transcript != self._transcript:
            self._transcript, self._contents, self._texts = transcript, {}, {}
        key = (given, events)
        if key not in self._texts:
            self._texts[key] = await self._read(given, cells, events)
        return self._texts[key]

    async def _read(self, given: RecordedInput, cells: Mapping[str, object], events: bool) -> ScannedInput:
        elsewhere = self._transcripts
        if given.text is None and given.origin is None and not elsewhere:
            return ScannedInput(remarks=(_NOTHING_RECORDED,))
        # What the scan recorded is what the scanner saw, wherever the log is by now.
        remarks = _moved(cells) if given.text is not None and not elsewhere else ()
        try:
            return _as_text(given, await self._content(given, cells, events), events, remarks)
        except (LogReadError, LocationError) as error:
            if elsewhere:
                raise
            return ScannedInput(remarks=(_gone_text(given, error),))

    async def _content(self, given: RecordedInput, cells: Mapping[str, object], events: bool) -> _Content:
        """Read the messages and events of a transcript, of which scanners may have been given parts."""
        with_events = events or given.kind in {"event", "events"}
        key = (given.text, given.kind if given.text is not None else "", given.origin, with_events)
        if key not in self._contents:
            self._contents[key] = await self._read_content(given, cells, with_events)
        return self._contents[key]

    async def _read_content(self, given: RecordedInput, cells: Mapping[str, object], events: bool) -> _Content:
        if given.text is not None:
            return _recorded_content(given)
        if self._transcripts:
            return await self._content_elsewhere(given)
        assert given.origin is not None
        self._check(given.origin.location)
        return await _content_at(given.origin, cells, events)

    async def _content_elsewhere(self, given: RecordedInput) -> _Content:
        await needs_loop()
        from ..._transcripts import view_of

        view = None if given.origin is None else view_of(given.origin.view)
        if self._elsewhere is None:
            self._elsewhere = await TranscriptsById.open(self._transcripts)
        there = self._elsewhere
        wants_events = given.kind in {"event", "events"} or (view is not None and view.events is not None)
        messages = "all" if view is None else view.messages
        read = await read_content(there.source, there.find(self._transcript), messages, events=wants_events)
        return _Content(as_plain(read.messages), as_plain(read.events))


def _gone_text(given: RecordedInput, error: Exception) -> str:
    """Say that what was scanned is no longer where it was."""
    log = given.origin.location if given.origin is not None else ""
    if is_local(log) and not os.path.exists(local_path(log)):
        said = f"{log!r} is gone, and the scan holds no copy of the messages."
    else:
        said = f"{str(error).rstrip('.')}. The scan holds no copy of the messages."
    return f"{said} If they have moved, say where they are: -T LOGS."


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
