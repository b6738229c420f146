"""Writing data files.

The types of the columns of metadata are known when the last row is, but content must not wait for that in memory. So row
groups go to a temporary file with the columns known so far; where later rows need others, the file goes on in
another part, and the parts are joined at the end. Most files have one part, which is copied as it is.

Measured on 200 agent transcripts of 570 kB (117 MB) out of eval logs, on 2 shared cores: 1.4 s of CPU with everything (reading the
logs 0.3, content as JSON 0.4, compression 0.6), 218 MB of memory, 25.9 MB on disk.
"""

from __future__ import annotations

import base64
import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ...._support.arrow import encoded_text
from ...._support.errors import ConfigError
from ...._support.storage import join, storage_for
from ...contract import Cell, RawTranscript
from ..format.column_types import TEXT, Array, cast_column, column_type, concat_index_tables, is_exact, make_column
from ..format.overflow import MAX_KEY_COLUMNS, OVERFLOW, keys_with_columns, overflow_text
from ..format.schema import ARROW_TYPES, CONTENT_COLUMNS, ID, INDEX_COLUMNS, SCHEMA_COLUMNS
from .index_file import IndexPart, index_of_data_file

CONTENT_NOTE: Final = b"scout.content"
"""Key of a note in the footer of data files: bytes and checksum of the content of each row."""

FILE_BYTES: Final = 100_000_000
"""Estimated size from which a file is full."""

GROUP_ROWS: Final = 25
"""Rows after which a row group ends, if it is not small."""

SMALL_GROUP_BYTES: Final = 1024 * 1024
SMALL_GROUP_ROWS: Final = 1000
"""Rows of a small row group, at most: writing 20 000 tiny transcripts spent half of its time on groups of 25."""

GROUP_BYTES: Final = 16 * 1024 * 1024
"""Content of a row group, about at most: reading one transcript also decompresses its neighbours."""

# Files that are open at the same time.
_MAX_PARTS: Final = 8
_MAX_COUNTED_KEYS: Final = 100_000

_NOTE_ENTRY: Final = struct.Struct("<QL")
_INDEX_NAMES: Final = frozenset(c.name for c in INDEX_COLUMNS)


class DataFileWriter:
    """Writes one data file: nothing of it is visible before `close`, and nothing is left behind by `abandon`.

    Memory holds one row group and the index columns.

    Args:
        location: The database.
        name: Name of the file within it.
    """

    def __init__(self, location: str, name: str) -> None:
        self._path, self.name = join(location, name), name
        """Its location, and its name within the database."""
        self.ids: set[str] = set()
        """Transcripts added so far."""
        self._types = _ColumnTypes()
        self._parts: list[_PartFile] = []
        self._pending: list[RawTranscript] = []
        self._pending_bytes = 0
        self._estimate = 0.0
        self._noted = bytearray()

    @property
    def full(self) -> bool:
        """Whether the file has reached its size."""
        return self._estimate >= FILE_BYTES

    def add(self, transcript: RawTranscript) -> None:
        """Add a row.

        Raises:
            ConfigError: Its content is not valid UTF-8.
        """
        size = transcript.size
        rows, pending = len(self._pending), self._pending_bytes
        if rows and (
            (rows >= GROUP_ROWS and pending >= SMALL_GROUP_BYTES)
            or rows >= SMALL_GROUP_ROWS
            or pending + size > GROUP_BYTES
        ):
            self._flush()
        self._pending.append(transcript)
        self._pending_bytes += size
        self.ids.add(transcript.transcript_id)
        other = sum(len(cell) if isinstance(cell, str) else 8 for cell in transcript.columns.values())
        self._estimate += 0.04 * size + 0.2 * other
        self._noted += _NOTE_ENTRY.pack(size, content_checksum(transcript))
        if self._pending_bytes > GROUP_BYTES:
            self._flush()  # before the next one is read: a huge one is not kept beside it

    def close(self) -> IndexPart:
        """Finish the file; gives its index.

        Raises:
            StorageError: It cannot be written.
        """
        try:
            if self._pending or not self._parts:
                self._flush()
            index = self._index()
            last = self._parts[-1]
            if len(self._parts) > 1:
                last = self._joined(index)
            last.finish({CONTENT_NOTE: base64.b64encode(zlib.compress(bytes(self._noted)))})
            with storage_for(self._path).open_write(self._path) as file:
                shutil.copyfileobj(last.file, file, 1 << 20)
        finally:
            self.abandon()
        return index_of_data_file(self.name, index)

    def abandon(self) -> None:
        """Give up the file."""
        for part in self._parts:
            part.discard()
        self._parts, self._pending = [], []

    def _flush(self) -> None:
        """Write a row group."""
        rows = self._pending
        types = self._types.widened(rows)
        if not self._parts or self._parts[-1].types != types:
            if len(self._parts) == _MAX_PARTS:
                self._parts = [self._joined(self._index())]
            self._parts.append(_PartFile(types, _repeating_columns(rows, types)))
        self._parts[-1].write(_index_table(rows, types), _content_columns(rows))
        self._pending, self._pending_bytes = [], 0

    def _index(self) -> pa.Table:
        types = self._parts[-1].types
        whole = concat_index_tables([table for part in self._parts for table in part.index])
        return pa.table({name: cast_column(whole.column(name), kind) for name, kind in types.items()})

    def _joined(self, index: pa.Table) -> _PartFile:
        """Write the parts as one, with the columns and types of the last."""
        whole = _PartFile(self._parts[-1].types, self._parts[-1].repeating)
        parts, self._parts = self._parts, [*self._parts, whole]
        start = 0
        for part in parts:
            for contents in part.read_contents():
                rows = len(contents[0])
                whole.write(index.slice(start, rows), contents)
                start += rows
            part.discard()
        return whole


class _ColumnTypes:
    """Types of the columns of metadata, as far as they are known.

    What has become a column stays one; keys that many rows have become columns as long as there is room.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._counts: dict[str, int] = {}
        self._kinds: dict[str, set[type]] = {}
        self._inexact: set[str] = set()
        self._overflows = False

    def widened(self, rows: Sequence[RawTranscript]) -> dict[str, pa.DataType]:
        """Types that also hold the values of these rows; the names are sorted."""
        self._choose(rows)
        for row in rows:
            for name, value in row.columns.items():
                kinds = self._kinds.get(name)
                if value is None or name in _INDEX_NAMES:
                    continue
                if kinds is None:
                    self._overflows = True
                    continue
                kinds.add(type(value))
                if not is_exact(value):
                    self._inexact.add(name)
        types = {c.name: ARROW_TYPES[c.kind] for c in INDEX_COLUMNS}
        for name in sorted(self._kinds):
            types[name] = column_type(self._kinds[name], exact=name not in self._inexact)
        return {**types, OVERFLOW: TEXT} if self._overflows else types

    def _choose(self, rows: Sequence[RawTranscript]) -> None:
        """Make columns of more keys."""
        counts = self._counts
        for row in rows:
            for name, value in row.columns.items():
                if name not in _INDEX_NAMES:
                    counts[name] = counts.get(name, 0) + (value is not None)
        self._rows += len(rows)
        chosen = keys_with_columns(counts, self._rows)
        taken = {name.lower() for name in self._kinds}
        for name in sorted(chosen, key=lambda n: (-counts[n], n)):
            if len(self._kinds) < MAX_KEY_COLUMNS and name.lower() not in taken:
                self._kinds[name] = set()
        if len(counts) > _MAX_COUNTED_KEYS:
            # Those that one row has are not shared by many, unless they come again: then they are counted again.
            self._counts = {name: count for name, count in counts.items() if count > 1 or name in self._kinds}


class _PartFile:
    """Row groups of one schema in a temporary file.

    Args:
        types: Types of its index columns.
        repeating: Columns whose values repeat so often that a dictionary saves space.
    """

    def __init__(self, types: dict[str, pa.DataType], repeating: list[str]) -> None:
        self.types, self.repeating = types, repeating
        self.index: list[pa.Table] = []
        self.file: IO[bytes] = tempfile.TemporaryFile(prefix="scout-")  # noqa: SIM115 - lives as long as the part
        self._schema = pa.schema({c.name: ARROW_TYPES[c.kind] for c in SCHEMA_COLUMNS} | types)
        writer: Any = pq.ParquetWriter
        # Content: no dictionary (every value is another one), no statistics (they would repeat the values).
        self._writer = writer(
            self.file,
            self._schema,
            version="2.6",
            compression="zstd",
            compression_level=3,  # 8 % smaller than 1, at no more CPU
            use_dictionary=repeating or False,
            write_statistics=[name for name in self._schema.names if name not in CONTENT_COLUMNS and name != OVERFLOW],
        )

    def write(self, index: pa.Table, contents: Sequence[Array]) -> None:
        """Write a row group."""
        self.index.append(index)
        given = dict(zip(CONTENT_COLUMNS, contents, strict=True))
        columns = [given[name] if name in given else index.column(name) for name in self._schema.names]
        self._writer.write_table(pa.table(columns, schema=self._schema), row_group_size=max(1, index.num_rows))

    def finish(self, notes: dict[bytes, bytes]) -> None:
        """Write the footer, and go back to the start."""
        self._writer.add_key_value_metadata(notes)
        self._writer.close()
        self.file.seek(0, os.SEEK_SET)

    def read_contents(self) -> Iterator[Sequence[Array]]:
        """Read the content of each row group."""
        self._writer.close()
        self.file.seek(0, os.SEEK_SET)
        reader: Any = pq.ParquetFile(self.file)
        for group in range(reader.num_row_groups):
            table: pa.Table = reader.read_row_group(group, columns=list(CONTENT_COLUMNS))
            yield [table.column(name) for name in CONTENT_COLUMNS]

    def discard(self) -> None:
        """Delete the file."""
        self._writer.close()
        self.file.close()


def content_checksum(transcript: RawTranscript) -> int:
    """Checksum of the content of a transcript."""
    checksum = 0
    for part in (transcript.messages, transcript.events, transcript.events_data, transcript.timelines):
        checksum = zlib.crc32(b"\0" if part is None else part, checksum)
    return checksum


def read_content_note(note: bytes, rows: int) -> list[tuple[int, int]] | None:
    """Read bytes and checksum of the content of each row; None if the note is damaged."""
    try:
        data = zlib.decompress(base64.b64decode(note, validate=True))
        found = [(size, checksum) for size, checksum in _NOTE_ENTRY.iter_unpack(data)]
    except (ValueError, zlib.error, struct.error):
        return None
    return found if len(found) == rows else None


def _index_table(rows: Sequence[RawTranscript], types: dict[str, pa.DataType]) -> pa.Table:
    columns: dict[str, Array] = {}
    for name, kind in types.items():
        values: list[Cell] = [row.columns.get(name) for row in rows]
        if name == ID:
            values = [row.transcript_id for row in rows]
        elif name == OVERFLOW:
            left = [{n: cell for n, cell in row.columns.items() if n == OVERFLOW or n not in types} for row in rows]
            values = list(map(overflow_text, left))
        columns[name] = make_column(values, kind)
    return pa.table(columns)


def _content_columns(rows: Sequence[RawTranscript]) -> list[Array]:
    parts = [encoded_text([getattr(row, name) for row in rows]) for name in CONTENT_COLUMNS]
    try:
        for part in parts:
            part.validate(full=True)  # that it is text, for the sake of other readers
    except pa.ArrowInvalid as error:
        ids = ", ".join(repr(row.transcript_id) for row in rows if not _is_text(row))
        raise ConfigError(
            f"Content of {ids or 'a transcript'} is not valid UTF-8 and cannot be stored: {error}"
        ) from error
    return parts


def _is_text(row: RawTranscript) -> bool:
    try:
        for name in CONTENT_COLUMNS:
            (getattr(row, name) or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def _repeating_columns(rows: Sequence[RawTranscript], types: Mapping[str, pa.DataType]) -> list[str]:
    """Find the columns of text whose values repeat so often that a dictionary saves space."""
    found: list[str] = []
    for name in types:
        values = [value for row in rows if isinstance(value := row.columns.get(name), str)]
        if len(values) > 1 and len(set(values)) * 2 <= len(values):
            found.append(name)
    return found
