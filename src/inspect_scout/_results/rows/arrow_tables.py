"""Arrow tables, as far as this package uses them, with types that checkers can follow."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..._support.arrow import Array, array

Column: TypeAlias = "pa.ChunkedArray[Any]"
Field: TypeAlias = "pa.Field[Any]"
Int64Array: TypeAlias = "npt.NDArray[np.int64]"

CHUNK_ROWS = 8192
"""Rows that are processed, or are Python objects, at once."""

# The stubs give Arrow's functions one overload for each type of column; ours are known when the program runs.
compute: Any = pc
_arrow: Any = pa


def nulls(count: int, kind: pa.DataType) -> Array:
    """Make a column of nulls."""
    made: Array = _arrow.nulls(count, kind)
    return made


def repeat(value: Any, kind: pa.DataType, count: int) -> Array:
    """Make a column of one value."""
    made: Array = _arrow.repeat(array([value], kind)[0], count)
    return made


@functools.cache
def scalar(value: str | bool | int | None, kind: pa.DataType) -> Any:
    """Make a single value of text, number or boolean; Arrow's own way imports pandas, which takes 0.1 s."""
    return array([value], kind)[0]


def fill_nulls(values: Any, value: bool | int) -> Column:
    """Put a value in the place of nulls."""
    made: Column = compute.fill_null(values, scalar(value, values.type))
    return made


def take(source: Any, row_numbers: Sequence[int] | Array) -> Any:
    """Take rows of a table or cells of a column."""
    return source.take(row_numbers if isinstance(row_numbers, pa.Array) else array(row_numbers, pa.int64()))


def int64_column(rows: Int64Array) -> Array:
    """Make an Arrow column of numbers, without a copy."""
    values = np.ascontiguousarray(rows, np.int64)
    made: Array = _arrow.Array.from_buffers(pa.int64(), len(values), [None, _arrow.py_buffer(values)])
    return made


def _chunks_of(values: Any) -> list[Any]:
    chunks: list[Any] = getattr(values, "chunks", [values])
    return chunks


def to_numpy(values: Any) -> npt.NDArray[Any]:
    """Give the numbers of a column without nulls; Arrow's own way would import pandas."""
    kind, arrays = str(values.type), _chunks_of(values)
    parts = [np.frombuffer(a.buffers()[1], kind)[a.offset : a.offset + len(a)] for a in arrays if len(a)]
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def to_bools(values: Any) -> npt.NDArray[np.bool_]:
    """Give booleans as numpy knows them; nulls are False."""
    return to_numpy(fill_nulls(values, value=False).cast(pa.uint8())).astype(np.bool_)


def bool_column(values: npt.NDArray[np.bool_]) -> Array:
    """Make a column of booleans."""
    buffers = [None, _arrow.py_buffer(np.packbits(values, bitorder="little"))]
    made: Array = _arrow.Array.from_buffers(pa.bool_(), len(values), buffers)
    return made


def chunked_column(parts: Iterable[Any], kind: pa.DataType) -> Column:
    """Put arrays and chunked arrays of a type one after the other."""
    chunks = [chunk for part in parts for chunk in _chunks_of(part)]
    made: Column = _arrow.chunked_array(chunks, type=kind)
    return made


def dictionary_column(source: Any, rows: Int64Array) -> Column:
    """Make a column of text whose cells refer to those of another, by their numbers."""
    texts = source.cast(pa.large_string()).combine_chunks()
    (whole,) = _chunks_of(texts)
    made = _arrow.DictionaryArray.from_arrays(int64_column(rows).cast(pa.int32()), whole)
    return chunked_column([made], made.type)


def dictionary_texts(found: Column) -> Column:
    """Give the texts that a column encoded by a dictionary is made of, each once for a chunk; another column as it is."""
    if not pa.types.is_dictionary(found.type):
        return found
    texts = [chunk.dictionary for chunk in _chunks_of(found) if len(chunk)]
    return chunked_column(texts, texts[0].type if texts else pa.string())


def filter_rows(table: Any, chosen: Any) -> pa.Table:
    """Keep rows."""
    rows: pa.Table = table.filter(chosen)
    return rows


def drop_columns(table: Any, names: Sequence[str]) -> pa.Table:
    """Leave out columns."""
    made: pa.Table = table.select([name for name in table.column_names if name not in set(names)])
    return made


def fields(schema: pa.Schema) -> list[Field]:
    """List the columns of a schema."""
    return list(schema)


def select_fields(schema: Any, names: Iterable[str]) -> pa.Schema:
    """Give the schema of some columns."""
    return schema_of(schema.field(name) for name in names)


def schema_of(columns: Iterable[Any]) -> pa.Schema:
    """Make a schema of fields, or of names and types."""
    made: pa.Schema = _arrow.schema(list(columns))
    return made


def with_metadata(schema: Any, metadata: Mapping[bytes, bytes]) -> pa.Schema:
    """Let a schema carry more than columns."""
    made: pa.Schema = schema.with_metadata(dict(metadata))
    return made


def table_of(columns: Sequence[Any], schema: pa.Schema) -> pa.Table:
    """Make a table."""
    made: pa.Table = _arrow.Table.from_arrays(list(columns), schema=schema)
    return made


def named_table(columns: Sequence[Any], names: Sequence[str]) -> pa.Table:
    """Make a table of columns of any types."""
    made: pa.Table = _arrow.Table.from_arrays(list(columns), names=list(names))
    return made


def concat_promoted(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables one below the other; those that lack a column have nulls in it."""
    made: pa.Table = tables[0] if len(tables) == 1 else _arrow.concat_tables(tables, promote_options="default")
    return made


def concat_tables(tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    """Put tables of one schema one below the other; Arrow's own way to make an empty one imports pandas."""
    found = list(tables)
    return pa.concat_tables(found) if found else table_of([nulls(0, field.type) for field in fields(schema)], schema)


def column(table: Any, name: str) -> Column:
    """Get a column by its first occurrence: a stranger's file may repeat a name."""
    found: Column = table.column(table.column_names.index(name))
    return found


def cells(table: pa.Table, name: str) -> list[Any]:
    """Get the cells of a column; None for each row if there is no such column."""
    if name not in table.column_names or column(table, name).null_count == table.num_rows:
        return [None] * table.num_rows
    return column(table, name).to_pylist()


def with_column(table: Any, name: str, values: Column | Array) -> pa.Table:
    """Replace a column."""
    made: pa.Table = table.set_column(table.column_names.index(name), name, values)
    return made


def try_cast(values: Any, kind: pa.DataType) -> Column | None:
    """Convert a column; None if that is not possible for all of its cells."""
    try:
        made: Column = values.cast(kind)
    except pa.ArrowException:
        return None
    return made


def cast_or_null(found: Column | Array, kind: pa.DataType) -> Column | Array:
    """Convert a column; its cells are lost, its rows are not, where another writer inferred a type from odd data."""
    converted = found if found.type.equals(kind) else try_cast(found, kind)
    return nulls(len(found), kind) if converted is None else converted


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a column holds text."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def find_runs(rows: Int64Array) -> Iterator[tuple[int, int]]:
    """Find the runs in ascending numbers: the first number of each, and how many there are."""
    starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    for start, end in pairwise([*starts.tolist(), len(rows)]):
        yield int(rows[start]), end - start
