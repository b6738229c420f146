"""Index files: parquet files that repeat the columns of data files, without content, and name the file of each row."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...._support.arrow import Array, array, built
from ...._support.errors import LogReadError
from ...._support.storage import Storage
from ..format.column_types import with_aliases
from ..format.overflow import OVERFLOW, is_wide, narrow_table
from ..format.schema import FILENAME, ID
from .parquet import open_parquet

ROWS_NOTE = b"scout.rows"
"""Metadata key of the rows in their data files: differences as int32, compressed, as base64 text."""

_ADVICE = "run `scout db index` with the location of the database to rebuild the index from the data files"
_MAX_ROW = 2**31 - 1


@dataclass(frozen=True, slots=True)
class IndexPart:
    """The rows of an index file.

    Args:
        table: The columns of the transcripts and FILENAME.
        rows: Row of each in its data file; -1 where the index does not say.
        wide: Whether the file has more columns than we would give it.
    """

    table: pa.Table
    rows: Array
    wide: bool = False

    def take(self, positions: Sequence[int] | pa.Array[Any]) -> IndexPart:
        """Keep some rows."""
        chosen = positions if isinstance(positions, pa.Array) else array(positions, pa.int64())
        return IndexPart(self.table.take(chosen), self.rows.take(chosen))


def index_of_data_file(name: str, columns: pa.Table) -> IndexPart:
    """Describe a data file by its columns without content."""
    names = array([name], pa.large_string()).take(array([0] * columns.num_rows, pa.int32()))
    return IndexPart(columns.append_column(FILENAME, names), array(range(columns.num_rows), pa.int32()))


def text_values(table: pa.Table, name: str) -> list[str]:
    """Give a column of ids or file names."""
    found: list[Any] = table.column(name).to_pylist()
    return found


def write_index_file(storage: Storage, path: str, part: IndexPart) -> None:
    """Write an index file."""
    notes: Mapping[bytes, bytes] = {**(part.table.schema.metadata or {}), ROWS_NOTE: _encode_rows(part.rows)}
    parquet: Any = pq  # the stubs leave its types open
    names = [name for name in part.table.column_names if name != OVERFLOW]
    with storage.open_write(path) as file:
        parquet.write_table(
            part.table.replace_schema_metadata(dict(notes)),
            file,
            compression="zstd",
            use_dictionary=names,
            write_statistics=names,
        )


async def read_index_file(storage: Storage, path: str) -> IndexPart:
    """Read an index file.

    Raises:
        LocationError: It is gone.
        LogReadError: It is not an index file.
    """
    data = await storage.read(path)
    try:
        table: pa.Table = open_parquet(pa.BufferReader(data)).read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise LogReadError(path, f"it is not an index file of a transcript database ({error}); {_ADVICE}") from error
    notes = table.schema.metadata or {}
    missing = [name for name in (ID, FILENAME) if name not in table.column_names]
    if missing:
        raise LogReadError(path, f"the index file has no column {missing[0]!r}; {_ADVICE}")
    wide = is_wide(table.column_names)
    table = narrow_table(with_aliases(table.replace_schema_metadata(None)))
    return IndexPart(table, _decode_rows(notes.get(ROWS_NOTE), table.num_rows), wide)


def _encode_rows(rows: Array) -> bytes:
    numbers: list[Any] = rows.to_pylist()
    differences = np.diff(np.array(numbers, np.int64), prepend=0).astype("<i4")
    return base64.b64encode(pa.Codec("zstd").compress(differences.tobytes(), asbytes=True))


def _decode_rows(note: bytes | None, count: int) -> Array:
    """Read the note; one that does not fit is as good as none."""
    if note is not None:
        try:
            data = pa.Codec("zstd").decompress(base64.b64decode(note, validate=True), 4 * count, asbytes=True)
            rows = np.frombuffer(data, "<i4").cumsum(dtype=np.int64)
            if len(rows) == count and (not count or (rows.min() >= -1 and rows.max() <= _MAX_ROW)):
                return built(pa.int32(), range(count), [rows.astype(np.int32)])
        except (pa.ArrowException, OSError, ValueError, OverflowError):
            pass
    return array([-1] * count, pa.int32())
