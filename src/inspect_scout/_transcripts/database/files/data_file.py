"""Reading data files: the cells of rows, row group by row group."""

from __future__ import annotations

import contextlib
import itertools
import threading
import zlib
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO, Final

import pyarrow as pa

from ...._support.cache import Cache
from ...._support.confinement import refuse_way_out
from ...._support.errors import LocationError, LogReadError, StorageError
from ...._support.storage import is_local, local_path, storage_for
from ...contract import RawTranscript
from ..format.cell_values import as_text, coerce_index_cell, content_json
from ..format.column_types import with_aliases
from ..format.overflow import OVERFLOW, is_wide, narrow_table, overflow_cells
from ..format.schema import ALIASES, CONTENT_COLUMNS, FILENAME, ID
from .data_file_writer import CONTENT_NOTE, read_content_note
from .parquet import PageError, UnsupportedPageError, open_parquet, read_cell, streamable_chunk

_CACHED_BYTES: Final = 64 * 1024 * 1024


class DataFile:
    """A data file open for reading; safe to use from several threads.

    Args:
        path: Its location.

    Raises:
        LocationError: There is no such file.
        LogReadError: It is not a parquet file, is damaged, or has no ids.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock, self._token = threading.Lock(), next(_TOKENS)
        with self._translating_errors():
            if is_local(path):
                refuse_way_out(local_path(path))
            # A path lets Arrow read without going through Python for every piece.
            source: Any = local_path(path) if is_local(path) else storage_for(path).open_read(path)
            self._file: Any = open_parquet(source)
            footer = self._file.metadata
            counts = [footer.row_group(group).num_rows for group in range(footer.num_row_groups)]
        self._starts = list(itertools.accumulate(counts, initial=0))[:-1]
        self._names: frozenset[str] = frozenset(self._file.schema_arrow.names)
        # A column of this name would stand beside the one that the index adds.
        self._index_names = [n for n in self._file.schema_arrow.names if n not in CONTENT_COLUMNS and n != FILENAME]
        if ID not in self._names:
            raise LogReadError(path, f"it has no column {ID!r}: it is not a data file of a transcript database")
        self.rows: int = footer.num_rows
        """Number of rows."""
        self.wide = is_wide(self._names)
        """Whether it has more columns than we would give it."""
        # Found once: files of others may have thousands of columns.
        self._content_numbers = _content_numbers(self._file.schema)
        self._last_index: tuple[int, dict[str, list[Any]]] | None = None
        self._notes: list[tuple[int, int]] | None = None
        notes: dict[bytes, bytes] | None = footer.metadata
        note = notes.get(CONTENT_NOTE) if notes else None
        if note is not None:
            self._notes = read_content_note(note, self.rows)

    @cached_property
    def _id_list(self) -> list[str | None]:
        with self._translating_errors(), self._lock:
            ids: list[Any] = self._file.read(columns=[ID]).column(ID).to_pylist()
        return [None if id is None else as_text(id) for id in ids]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {id: row for row, id in enumerate(self._id_list) if id is not None}

    def read_index_columns(self) -> pa.Table:
        """Read its non-content columns (those with older names also under their new ones)."""
        with self._translating_errors(), self._lock:
            table: pa.Table = self._file.read(columns=self._index_names)
        return narrow_table(with_aliases(table.replace_schema_metadata(None)))

    def find_row(self, transcript_id: str, row: int = -1) -> int | None:
        """Find the row of a transcript: the one that is named, if it is there, else the last; None if there is none."""
        named = 0 <= row < self.rows and self._id_list[row] == transcript_id
        return row if named else self._ids.get(transcript_id)

    def read_rows(self, rows: Sequence[int]) -> Iterator[RawTranscript]:
        """Read rows as they are, in the order given."""
        for row in rows:
            group, position = self._locate(row)
            with self._translating_errors(row):
                found = {name: values[position] for name, values in self._index_group(group).items()}
                contents = self.read_cells(row, CONTENT_COLUMNS)
            for name, older in ALIASES.items():
                if name not in found and older in found:
                    found[name] = found[older]
            id = found.pop(ID)
            if id is None:
                raise LogReadError(self.path, f"row {row} has no id")
            overflow = overflow_cells(found.pop(OVERFLOW, None))
            columns = {**overflow, **{name: coerce_index_cell(name, value) for name, value in found.items()}}
            yield RawTranscript(as_text(id), columns, **contents)

    def read_cells(self, row: int, names: Iterable[str]) -> dict[str, bytes | None]:
        """Read cells with content; columns that the file has not are null.

        Args:
            row: The row.
            names: Columns, of those with content.
        """
        group, position = self._locate(row)
        with self._translating_errors(row):
            return {
                name: content_json(self._read_group(group, name, [name]).column(name)[position])
                if name in self._names
                else None
                for name in names
            }

    def open_bytes(self) -> BinaryIO:
        """Open the file for `read_in_pieces`.

        Raises:
            LocationError: It is gone.
        """
        return storage_for(self.path).open_read(self.path)

    def read_in_pieces(self, raw: BinaryIO, row: int, name: str) -> Iterator[bytes]:
        """Read a cell with content piece by piece (nothing: it is null), so that a large one is never held.

        Files whose pages are not of the kind that we write are read a row group at a time.

        Args:
            raw: The file, open for reading bytes.
            row: The row.
            name: Column, of those with content.

        Raises:
            LogReadError: It is damaged.
        """
        group, position = self._locate(row)
        number = self._content_numbers.get(name)
        footer, schema = self._file.metadata, self._file.schema
        chunk = None if number is None else streamable_chunk(footer, schema, group, number)
        if chunk is not None:
            with self._translating_errors(row):
                try:
                    yield from read_cell(raw, chunk, position)
                except UnsupportedPageError:
                    pass  # Arrow reads it
                except PageError as error:
                    raise LogReadError(self.path, f"the file is damaged in row {row} ({error})") from error
                else:
                    return
        data = self.read_cells(row, [name])[name]
        if data is not None:
            yield data

    def content_size(self, row: int) -> int:
        """Bytes of the content of a row (about, if the file does not say)."""
        group, _ = self._locate(row)
        if self._notes is not None:
            return self._notes[row][0]
        rows: int = self._file.metadata.row_group(group).num_rows
        return self._group_bytes(group) // max(1, rows)

    def size_beyond(self, row: int, limit: int) -> int | None:
        """Give the bytes of the content of a row if they are more than `limit`, else None."""
        group, _ = self._locate(row)
        size = self.content_size(row) if self._notes is not None else self._group_bytes(group)
        if self._notes is None and size > limit:  # of all rows together
            size = sum(len(cell or b"") for cell in self.read_cells(row, CONTENT_COLUMNS).values())
        return size if size > limit else None

    def _group_bytes(self, group: int) -> int:
        """Bytes of the columns with content in a row group, uncompressed."""
        footer = self._file.metadata.row_group(group)
        return sum(int(footer.column(number).total_uncompressed_size) for number in self._content_numbers.values())

    def fingerprint(self, row: int) -> str:
        """Text that changes when the content of a row does."""
        self._locate(row)
        if self._notes is not None:
            size, checksum = self._notes[row]
            return f"{checksum:08x}:{size}"
        return f"{zlib.crc32(self.path.rsplit('/', 1)[-1].encode()):08x}-{row}"

    def _locate(self, row: int) -> tuple[int, int]:
        if not 0 <= row < self.rows:
            raise LogReadError(self.path, f"it has {self.rows} rows, and no row {row}: the index does not belong to it")
        group = bisect_right(self._starts, row) - 1
        return group, row - self._starts[group]

    def _index_group(self, group: int) -> dict[str, list[Any]]:
        last = self._last_index
        if last is None or last[0] != group:
            values: dict[str, list[Any]] = narrow_table(self._read_group(group, "", self._index_names)).to_pydict()
            last = self._last_index = (group, values)
        return last[1]

    def _read_group(self, group: int, key: str, names: Sequence[str]) -> pa.Table:
        """Read columns of a row group, or find them where they were kept: neighbours are mostly read together."""
        found = _CACHE.get((self._token, group, key))
        if found is None:
            with self._lock:
                found = self._file.read_row_group(group, columns=names, use_threads=False)
            if found.num_rows != self._file.metadata.row_group(group).num_rows:
                raise LogReadError(self.path, f"the file is damaged: its columns differ in length in row group {group}")
            found = found.combine_chunks()
            _CACHE.put((self._token, group, key), found)
        return found

    @contextlib.contextmanager
    def _translating_errors(self, row: int | None = None) -> Generator[None]:
        """Translate what Arrow raises."""
        try:
            yield
        except (LocationError, LogReadError, StorageError):
            raise
        except FileNotFoundError as error:
            raise LocationError(f"Cannot read {self.path!r}: there is no such file.") from error
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            where = "" if row is None else f" in row {row}"
            raise LogReadError(self.path, f"the file is damaged{where}, or not a parquet file ({error})") from error


@dataclass(frozen=True, slots=True)
class DataFileRow:
    """A row of an open data file."""

    file: DataFile
    number: int


class RowByteSource:
    """Some cells of a row, read as one JSON object, piece by piece.

    Args:
        row: The row.
        names: Columns with content.
        relocate: Finds the row again when its file is gone.
    """

    def __init__(self, row: DataFileRow, names: Sequence[str], relocate: Callable[[], DataFileRow]) -> None:
        self._row, self._names, self._relocate = row, names, relocate

    @property
    def size(self) -> int:
        """Bytes of the content of the row, about."""
        return self._row.file.content_size(self._row.number)

    def read(self) -> bytes:
        """Read everything at once."""
        return b"".join(self.chunks())

    def chunks(self) -> Generator[bytes]:
        """Read from the start, piece by piece."""
        try:
            raw = self._row.file.open_bytes()
        except LocationError:
            self._row = self._relocate()
            raw = self._row.file.open_bytes()
        file, row = self._row.file, self._row.number
        before = b"{"
        with raw:
            for name in self._names:
                yield before + b'"%b":' % name.encode()
                null = True
                for piece in file.read_in_pieces(raw, row, name):
                    null = False
                    yield piece
                if null:
                    yield b"null"
                before = b","
        yield b"}" if self._names else b"{}"


def _content_numbers(schema: Any) -> dict[str, int]:
    """Number the columns with content, by their path."""
    paths = ((number, str(schema.column(number).path)) for number in range(len(schema)))
    return {path: number for number, path in paths if path.partition(".")[0] in CONTENT_COLUMNS}


_CACHE: Cache[tuple[int, int, str], pa.Table] = Cache(
    _CACHED_BYTES, weigh=lambda columns: columns.nbytes if columns.nbytes <= _CACHED_BYTES // 2 else _CACHED_BYTES + 1
)
"""The columns of row groups used last; one that would drive out the others is not kept."""
_TOKENS = itertools.count()
