"""`DatabaseReader`: reading a database for users."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pyarrow as pa

from ...._query import Column, Condition, Query, condition_from_sql
from ...._support.arrow import array
from ...._support.errors import ConfigError, UnknownNameError
from ...._support.loops import asyncio_only
from ...._types import Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from ...json_source import raw_json
from ..format.column_types import pc
from ..format.overflow import names_to_suggest, with_keys
from ..format.schema import ID, RESERVED
from ..journal.snapshot import DatabaseSnapshot, load_snapshot
from .query_table import plain_cell
from .source import DatabaseSource

if TYPE_CHECKING:
    from ...contract import TranscriptIndex

Selection: TypeAlias = Query | Condition | str | None
"""Which transcripts: a query, a condition, SQL text of one, or all."""

_CHUNK_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class TranscriptMessagesAndEvents:
    """The stored JSON of a transcript, as a stream.

    Args:
        data: Opens the stream: an object with `messages`, `events`, `events_data` and `timelines`.
        compression_method: How the stream is compressed, as in ZIP files.
        uncompressed_size: Bytes of the JSON.
    """

    data: AbstractAsyncContextManager[AsyncIterator[bytes]]
    compression_method: int | None
    uncompressed_size: int | None


@asyncio_only
class DatabaseReader:
    """The methods of a database that read.

    Args:
        location: Its folder (or a single data file), in full form.
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._source = DatabaseSource(location)
        self._snapshot: DatabaseSnapshot | None = None

    @property
    def location(self) -> str:
        """Where the database is."""
        return self._location

    async def select(self, query: Selection = None) -> AsyncIterator[TranscriptInfo]:
        """Describe transcripts, without reading their content.

        Args:
            query: Which: a condition, SQL text of one, or all (None).

        Raises:
            UnknownNameError: A condition names a column that no transcript has.
        """
        index = await self._selected(query)
        for position in range(len(index)):
            yield index.info(position)

    async def count(self, query: Selection = None) -> int:
        """Count transcripts.

        Args:
            query: Which: a condition, SQL text of one, or all (None).
        """
        return len(await self._selected(query))

    async def distinct(self, column: str | Column, condition: Condition | str | None = None) -> list[Any]:
        """List the values of a column in order, each once; None, if some transcripts have no value, is the last.

        Args:
            column: The column.
            condition: Of which transcripts (None: all).

        Raises:
            UnknownNameError: There is no such column.
        """
        name = column if isinstance(column, str) else column.name
        snapshot = await self._refreshed()
        table = with_keys(snapshot.table, [name])
        if name not in table.column_names:
            raise UnknownNameError("column", name, names_to_suggest(snapshot.table))
        if condition is not None:
            ids = (await self._selected(condition)).ids
            table = table.filter(pc.is_in(table.column(ID), value_set=array(ids, pa.large_string())))
        cells: list[Any] = pc.unique(table.column(name)).to_pylist()
        values = cells if name in RESERVED else list(dict.fromkeys(map(plain_cell, cells)))
        return sorted((v for v in values if v is not None), key=_sort_key) + [None] * (None in values)

    async def transcript_ids(self, query: Selection = None) -> dict[str, str | None]:
        """Give the ids of transcripts and the data file of each, relative to the database.

        Args:
            query: Which: a condition, SQL text of one, or all (None).
        """
        index = await self._selected(query)
        return dict(zip(index.ids, index.locations, strict=True))

    async def read(self, t: TranscriptInfo, content: TranscriptContent, max_bytes: int | None = None) -> Transcript:
        """Read a transcript.

        Args:
            t: Description of the transcript, from `select`.
            content: What to read.
            max_bytes: Refuse transcripts with more content.

        Raises:
            LogReadError: It is not there, or cannot be read.
            TranscriptTooLargeError: It is larger than `max_bytes`.
        """
        return (await (await self._source.locate(t)).read(content, max_bytes=max_bytes)).transcript

    async def open(self, t: TranscriptInfo, content: TranscriptContent) -> TranscriptHandle:
        """Open a transcript, to be read item by item.

        Args:
            t: Description of the transcript, from `select`.
            content: What to read.
        """
        return await (await self._source.locate(t)).open(content)

    async def read_messages_events(self, t: TranscriptInfo) -> TranscriptMessagesAndEvents:
        """Give the stored JSON of a transcript as a stream; of one that is not there, empty lists.

        Args:
            t: Description of the transcript, from `select`.
        """
        snapshot = await self._refreshed()
        if not snapshot.files_of([t.transcript_id]):
            data = b'{"messages": [], "events": []}'
        else:
            data = raw_json(await (await self._source.locate(t)).raw())
        return TranscriptMessagesAndEvents(_stream(data), zipfile.ZIP_STORED, len(data))

    async def _refreshed(self) -> DatabaseSnapshot:
        self._snapshot = await load_snapshot(self._location, self._snapshot)
        return self._snapshot

    async def _selected(self, query: Selection) -> TranscriptIndex:
        return await self._source.index(query_of(query))


def query_of(selection: Selection) -> Query:
    """Make a query of what users give.

    Raises:
        ConfigError: It is something else.
    """
    if selection is None:
        return Query()
    if isinstance(selection, Query):
        return selection
    if isinstance(selection, str):
        return Query((condition_from_sql(selection),))
    if isinstance(cast("object", selection), Condition):
        return Query((selection,))
    raise ConfigError(f"{selection!r} selects nothing: give SQL text, or compare a column of `columns`.")


@contextlib.asynccontextmanager
async def _stream(data: bytes) -> AsyncGenerator[AsyncIterator[bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), _CHUNK_BYTES):
            yield data[start : start + _CHUNK_BYTES]

    yield chunks()


def _sort_key(value: Any) -> tuple[str, Any]:
    return ("", value) if isinstance(value, bool | int | float) else (type(value).__name__, value)
