"""Opening and writing parquet files wherever they are."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..._support.confinement import refuse_way_out
from ..._support.errors import LocationError, StorageError
from ..._support.storage import LocalStorage, Storage, is_local, local_path
from .arrow_tables import fields, is_text, nulls, schema_of, with_column, with_metadata
from .pair_records import PAIRS_KEY, ScannerPairs, encode_pairs
from .schema import conform, dictionary_columns

ROW_GROUP_BYTES = 96 * 2**20
ROW_GROUP_ROWS = 8192

_ROW_BYTES = 1024

_REPEATED_BYTES = 4
"""Bytes of a text in the file where texts repeat: reading such columns takes half the time if each text is read once."""

BATCH_BYTES = 32 * 2**20
"""Bytes that are read at once where rows are read in batches, unless a single row is larger."""


class DamagedFileError(StorageError):
    """A file can be read, but does not hold what it has to."""


class TableFile:
    """An open parquet file.

    Args:
        path: Its location.
        file: Arrow's view of it.
    """

    def __init__(self, path: str, file: Any) -> None:
        self._path = path
        self._file = file
        stored: pa.Schema = file.schema_arrow
        self.metadata: Mapping[bytes, bytes] | None = stored.metadata
        """What the file says of itself."""
        # Text, where another writer found nothing at all in a column.
        self.schema = schema_of(f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in fields(stored))
        self.names = list(self.schema.names)

    def group_bytes(self) -> list[int]:
        """Bytes of each row group in memory, about: repeated texts are written once, and read as often as they stand."""
        footer = self._file.metadata
        groups = [footer.row_group(group) for group in range(footer.num_row_groups)]
        return [group.total_byte_size + _ROW_BYTES * group.num_rows for group in groups]

    def group_rows(self) -> list[int]:
        """Rows of each row group."""
        footer = self._file.metadata
        return [footer.row_group(group).num_rows for group in range(footer.num_row_groups)]

    def may_hold(self, column: str, text: str) -> bool:
        """Tell by its statistics whether a column of texts may hold one; where there are none, it may."""
        footer, leaves = self._file.metadata, self._file.schema
        place = next(number for number in range(len(leaves)) if leaves.column(number).path == column)
        known = [footer.row_group(group).column(place).statistics for group in range(footer.num_row_groups)]
        return any(each is None or not isinstance(each.min, str) or each.min <= text <= each.max for each in known)

    def read(self, columns: Iterable[str]) -> pa.Table:
        """Read some columns; names that the file does not have are skipped."""
        with _translated_errors(self._path):
            return _nulls_as_text(self._file.read(columns=self._present(columns)))

    def read_group(self, group: int, columns: Iterable[str]) -> pa.Table:
        """Read some columns of a row group; names that the file does not have are skipped."""
        present = self._present(columns)
        with _translated_errors(self._path):
            if not present:
                return pa.table({"": nulls(self.group_rows()[group], pa.null())})
            return _nulls_as_text(self._file.read_row_group(group, columns=present))

    def batches(self, size: int, columns: Iterable[str], groups: Iterable[int] | None = None) -> Iterator[pa.Table]:
        """Read some columns in tables of at most `size` rows and about `BATCH_BYTES`; unknown names are skipped.

        Args:
            size: Rows in a table at most.
            columns: The columns.
            groups: Row groups to read (None: all).
        """
        present, rows = self._present(columns), self.group_rows()
        with _translated_errors(self._path):
            for group in range(len(rows)) if groups is None else groups:
                fitting = max(1, BATCH_BYTES * rows[group] // max(1, self._group_bytes(group, present)))
                batches = self._file.iter_batches(min(size, fitting), row_groups=[group], columns=present)
                yield from (_nulls_as_text(pa.Table.from_batches([batch])) for batch in batches)

    def _group_bytes(self, group: int, columns: Sequence[str]) -> int:
        chunks, wanted = self._file.metadata.row_group(group), set(columns)
        found = (chunks.column(number) for number in range(chunks.num_columns))
        return sum(chunk.total_uncompressed_size for chunk in found if chunk.path_in_schema.split(".")[0] in wanted)

    def _present(self, columns: Iterable[str]) -> list[str]:
        known = set(self.names)
        return [name for name in columns if name in known]


@contextlib.contextmanager
def open_table(storage: Storage, path: str, encoded: Sequence[str] = ()) -> Generator[TableFile]:
    """Open a parquet file for the block.

    Args:
        storage: Where it is.
        path: Its location.
        encoded: Columns that may come encoded by a dictionary, if they hold texts that repeat.

    Raises:
        LocationError: There is no such file.
        DamagedFileError: It is not a parquet file.
        StorageError: It cannot be read.
    """
    with contextlib.ExitStack() as stack:
        with _translated_errors(path):
            # A path lets Arrow read without going through Python for every part.
            local = isinstance(storage, LocalStorage)
            if local:
                refuse_way_out(local_path(path))
            source = local_path(path) if local else stack.enter_context(storage.open_read(path))
            # Of a remote file the columns wanted are fetched in few requests, those that stand together in one.
            file = stack.enter_context(pq.ParquetFile(source, pre_buffer=not is_local(path)))
            if repeated := _repeated_texts(file, encoded):
                file = pq.ParquetFile(
                    source, metadata=file.metadata, read_dictionary=repeated, pre_buffer=not is_local(path)
                )
                stack.enter_context(file)
        yield TableFile(path, file)


def _repeated_texts(file: pq.ParquetFile, columns: Sequence[str]) -> list[str]:
    """Name the columns of texts of which a file has few different ones."""
    footer, wanted = file.metadata, set(columns)
    sizes = dict.fromkeys((f.name for f in fields(file.schema_arrow) if f.name in wanted and is_text(f.type)), 0)
    for group in range(footer.num_row_groups if sizes else 0):
        chunks = footer.row_group(group)
        for place in range(chunks.num_columns):
            chunk = chunks.column(place)
            if chunk.path_in_schema in sizes:
                sizes[chunk.path_in_schema] += chunk.total_uncompressed_size
    return [name for name, size in sizes.items() if size < _REPEATED_BYTES * footer.num_rows]


def encode_journal_file(pairs: Sequence[ScannerPairs], tables: Sequence[pa.Table]) -> bytes:
    """Write tables into one file, for speed: a row group for each.

    Args:
        pairs: What the file completes, in the order of the rows; it goes to the footer.
        tables: The rows; those of a scanner are in one table.
    """
    schema = pa.unify_schemas([table.schema for table in tables]) if tables else schema_of([])
    schema = with_metadata(schema, {PAIRS_KEY: encode_pairs(pairs)})
    sink = io.BytesIO()
    # Soon read once and merged: LZ4 takes half the time of Zstandard for half as many bytes more.
    with _writer(sink, schema, compression="lz4", statistics=False) as writer:
        for table in tables:
            writer.write_table(conform(table, schema), row_group_size=table.num_rows)
    return sink.getvalue()


def encode_table(table: pa.Table) -> bytes:
    """Write a table as a file of its own."""
    sink = io.BytesIO()
    with _writer(sink, table.schema, compression="zstd", statistics=True) as writer:
        writer.write_table(table)
    return sink.getvalue()


def write_tables(storage: Storage, path: str, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write a stream of tables of one schema as a file that appears when it is whole."""
    statistics = dictionary_columns(schema)
    with (
        storage.open_write(path) as file,
        _writer(file, schema, compression="zstd", statistics=statistics) as writer,
    ):
        for group in _row_groups(tables):
            writer.write_table(group, row_group_size=max(1, group.num_rows))


def _nulls_as_text(table: pa.Table) -> pa.Table:
    """Make text of columns in which another writer found nothing at all."""
    for field in fields(table.schema):
        if pa.types.is_null(field.type):
            table = with_column(table, field.name, nulls(table.num_rows, pa.string()))
    return table


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put small tables together, up to the size of a row group."""
    waiting: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        more = table.nbytes
        if waiting and (rows + table.num_rows > ROW_GROUP_ROWS or size + more > ROW_GROUP_BYTES):
            yield pa.concat_tables(waiting)
            waiting, rows, size = [], 0, 0
        waiting.append(table)
        rows, size = rows + table.num_rows, size + more
    if waiting:
        yield pa.concat_tables(waiting)


def _writer(sink: Any, schema: pa.Schema, *, compression: str, statistics: bool | list[str]) -> Any:
    writer: Any = pq.ParquetWriter
    return writer(
        sink,
        schema,
        version="2.6",
        compression=compression,
        use_dictionary=dictionary_columns(schema),
        write_statistics=statistics,
    )


@contextlib.contextmanager
def _translated_errors(path: str) -> Generator[None]:
    """Translate what Arrow raises while it reads a file."""
    try:
        yield
    except (LocationError, StorageError):
        raise
    except FileNotFoundError as error:
        raise LocationError(f"Cannot read {path!r}: there is no such file. Check the location of the scan.") from error
    except (pa.ArrowException, OSError) as error:
        # Arrow raises OSError without a number for a file that it does not understand.
        if isinstance(error, OSError) and error.errno is not None:
            raise StorageError(f"Cannot read {path!r}: {error}. Nothing was changed; try again.") from error
        raise DamagedFileError(
            f"Cannot read {path!r}: {error}. The file is damaged, or not a table of results."
        ) from error
