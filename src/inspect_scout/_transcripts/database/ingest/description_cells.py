"""Descriptions of transcripts as the cells of a row; nothing here needs Inspect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from ...._support.errors import ConfigError
from ...._types import TranscriptInfo
from ...contract import Cell, RawTranscript
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


def stored_row(
    info: TranscriptInfo,
    messages: bytes,
    events: bytes,
    *,
    events_data: bytes | None = None,
    timelines: bytes | None = None,
) -> RawTranscript:
    """Make a row of content that is JSON already.

    Args:
        info: The description.
        messages: JSON list of messages, each with an id.
        events: JSON list of events, each with a uuid.
        events_data: JSON object of the pools that events refer to (None: they refer to none).
        timelines: JSON list of timelines (None: none are stored).

    Raises:
        ConfigError: The id is empty or not text, or a key of the metadata cannot name a column.
    """
    return RawTranscript(info.transcript_id, index_cells(info, info.metadata), messages, events, events_data, timelines)


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


def join_ranges(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Join positions that follow each other to ranges (start, end), end excluded."""
    joined: list[tuple[int, int]] = []
    for position in positions:
        if joined and joined[-1][1] == position:
            joined[-1] = (joined[-1][0], position + 1)
        else:
            joined.append((position, position + 1))
    return joined
