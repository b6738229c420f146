"""Transcripts as the rows of a database.

From objects; `inputs` copies what is JSON already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.log import condense_events
from inspect_ai.model import ChatMessage

from ...._support.errors import ConfigError
from ...._types import Transcript, TranscriptInfo
from ...contract import Cell, RawTranscript
from ...decode.ids import with_ids
from ..format.cell_values import encode_metadata, encode_score, is_encodable, json_text, without_surrogates
from ..format.schema import ID, INDEX_COLUMNS, RESERVED

V = TypeVar("V")

_SHOWN: Final = 5
_MAX_INT: Final = 2**63 - 1
_TEXT_FIELDS: Final = tuple(
    c.name for c in INDEX_COLUMNS if c.kind == "string" and c.name not in (ID, "agent_args", "model_options", "score")
)
_OBJECT_FIELDS: Final = ("agent_args", "model_options")
_OTHER_FIELDS: Final = tuple(c.name for c in INDEX_COLUMNS if c.kind != "string")


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


def index_cells(info: TranscriptInfo, metadata: Mapping[str, Any]) -> dict[str, Cell]:
    """Write a description as cells: its fields, and one for each key of the metadata that has a value.

    Args:
        info: The description.
        metadata: The metadata; takes the place of the description's own.

    Raises:
        ConfigError: The id is empty or not text, or a key cannot name a column.
    """
    check_id(info.transcript_id)
    cells: dict[str, Cell] = {}
    for name in _TEXT_FIELDS:
        value = getattr(info, name)
        cells[name] = None if value is None else without_surrogates(value)
    for name in _OBJECT_FIELDS:
        value = getattr(info, name)
        cells[name] = None if value is None else json_text(value)
    cells["score"] = encode_score(info.score)
    for name in _OTHER_FIELDS:
        value = getattr(info, name)
        cells[name] = value
        if isinstance(value, int) and not -_MAX_INT <= value <= _MAX_INT:
            raise ConfigError(
                f"Transcript {info.transcript_id!r}: {name} is {value!r}; a database holds numbers of 64 bits."
            )
    for key, value in metadata.items():
        cell = encode_metadata(value)
        if cell is not None:
            cells[key] = cell
    check_keys(info.transcript_id, metadata)
    return cells


def check_id(id: object) -> None:
    """Refuse what cannot be the id of a transcript.

    Raises:
        ConfigError: It is empty, not text, or not valid Unicode.
    """
    if not isinstance(id, str) or not id or not is_encodable(id):
        raise ConfigError(f"{id!r} cannot be the id of a transcript: give text that is not empty and valid Unicode.")


def check_keys(id: str, metadata: Mapping[str, Any]) -> None:
    """Refuse metadata whose keys cannot be columns.

    Args:
        id: The transcript, for the message.
        metadata: The metadata.

    Raises:
        ConfigError: A key has a reserved name, is empty, or has NUL or lone surrogates in it.
    """
    reserved = sorted(RESERVED.intersection(metadata))
    if reserved:
        shown = ", ".join(map(repr, reserved[:_SHOWN]))
        raise ConfigError(
            f"Transcript {id!r}: keys of its metadata have the names of columns that every database has: {shown}. "
            "Rename them."
        )
    for key in cast("Iterable[object]", metadata):
        if not isinstance(key, str) or not _is_allowed(key):
            raise ConfigError(
                f"Transcript {id!r}: the key {key!r} of its metadata cannot name a column. "
                "Use text that is not empty, without NUL and valid Unicode."
            )


def allowed_keys(metadata: Mapping[str, V]) -> dict[str, V]:
    """Rename keys of metadata that cannot be columns: programs that know nothing of columns chose them.

    Args:
        metadata: The metadata.

    Returns:
        The metadata; a key with the name of a column begins with `metadata_`.
    """
    allowed = {key: value for key, value in metadata.items() if _is_allowed(key)}
    for key, value in metadata.items():
        if not _is_allowed(key):
            name = f"metadata_{key}".encode("utf-8", "replace").decode().replace("\0", "\ufffd")
            while name in allowed:
                name += "_"
            allowed[name] = value
    return allowed


def _is_allowed(key: str) -> bool:
    return bool(key) and key not in RESERVED and "\0" not in key and is_encodable(key)


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


def join_ranges(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Join positions that follow each other to ranges (start, end), end excluded."""
    joined: list[tuple[int, int]] = []
    for position in positions:
        if joined and joined[-1][1] == position:
            joined[-1] = (joined[-1][0], position + 1)
        else:
            joined.append((position, position + 1))
    return joined
