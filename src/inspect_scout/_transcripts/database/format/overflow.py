"""Keys of metadata that few transcripts share, which have no columns: one column holds them all.

A cell of it is a JSON object of the cells that columns would hold. A key may be a column in one file and overflow in
another file, or in another row: readers look into both. `keys_with_columns` alone decides which keys are columns.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from ...._support.json import loads
from ...._support.shapes import is_mapping
from ...contract import Cell
from .cell_values import encode_metadata, json_text, mark
from .column_types import TEXT, Array, cast_column, column_type, common_type, is_exact, make_column, pc
from .schema import ALIASES, FILENAME, RESERVED, SCHEMA_COLUMNS

OVERFLOW: Final = "metadata_rest"
"""Column of the keys that are not columns."""

MAX_KEY_COLUMNS: Final = 100
"""Keys that are columns, at most."""

SHARE: Final = 20
"""Where there are more keys than that, those are columns that one in so many transcripts has."""

_MAX_NAME_LENGTH: Final = 512
# Footers repeat names in every row group; DuckDB, which other programs read with, takes names that differ in case for one.
_FIXED_FOLDED: Final = frozenset(name.lower() for name in (*RESERVED, OVERFLOW))
_FIXED: Final = frozenset((*RESERVED, OVERFLOW))
_NOT_FINITE: Final[Mapping[str, float]] = {mark(value): value for value in (math.nan, math.inf, -math.inf)}
_FEW_ROWS: Final = 64
_SAMPLED_ROWS: Final = 1000
_MAX_SUGGESTED: Final = 10_000


def keys_with_columns(counts: Mapping[str, int], rows: int) -> set[str]:
    """Choose the keys that are columns.

    All of them if they are few; else those that most transcripts have, and not fewer than two of them.

    Args:
        counts: Number of transcripts that have each key.
        rows: Number of transcripts.
    """
    least = 0 if len(counts) <= MAX_KEY_COLUMNS else max(2, -(-rows // SHARE))
    found: dict[str, str] = {}
    for name in sorted((n for n, count in counts.items() if count >= least), key=lambda n: (-counts[n], n)):
        folded = name.lower()
        if len(name) <= _MAX_NAME_LENGTH and folded not in _FIXED_FOLDED:
            found.setdefault(folded, name)
            if len(found) == MAX_KEY_COLUMNS:
                break
    return set(found.values())


def overflow_text(cells: Mapping[str, Cell]) -> str | None:
    """Write cells that have no columns; None if there are none."""
    present = {
        name: mark(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
        for name, cell in cells.items()
        if cell is not None
    }
    return json_text(present) if present else None


def overflow_cells(text: Any) -> dict[str, Cell]:
    """Read cells that have no columns. What we did not write is a key of its own, named like the column."""
    if text is None:
        return {}
    try:
        found = loads(text) if isinstance(text, str) and text.startswith("{") else None
    except (ValueError, RecursionError):
        found = None
    if not is_mapping(found):
        return {OVERFLOW: encode_metadata(text) if not isinstance(text, str) else text}
    # Lists and objects have been put in by other programs.
    return {
        name: _NOT_FINITE.get(cell, cell) if isinstance(cell, str) else encode_metadata(cell)
        for name, cell in found.items()
        if cell is not None
    }


def metadata_keys(names: Iterable[str]) -> list[str]:
    """List the names of columns that are keys of metadata."""
    return [name for name in names if name not in _FIXED]


def is_wide(names: Collection[str]) -> bool:
    """Tell whether there are more columns than our files have."""
    return len(names) > len(SCHEMA_COLUMNS) + len(ALIASES) + MAX_KEY_COLUMNS + len((FILENAME, OVERFLOW))


def count_keys(tables: Iterable[pa.Table]) -> dict[str, int]:
    """Count the transcripts that have each key that is a column."""
    counts: dict[str, int] = {}
    for table in tables:
        for name, column in zip(table.column_names, table.columns, strict=True):
            if name not in _FIXED:
                counts[name] = counts.get(name, 0) + len(column) - column.null_count
    return counts


def narrow_table(table: pa.Table, keep: Collection[str] | None = None) -> pa.Table:
    """Put the keys that are not to be columns into the overflow column.

    Args:
        table: The table.
        keep: The keys that are columns (None: those that `keys_with_columns` chooses).
    """
    if keep is None:
        keep = keys_with_columns(count_keys([table]), table.num_rows)
    kept: list[tuple[str, Array]] = []
    moved: list[tuple[str, Array]] = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        (kept if name in _FIXED or name in keep else moved).append((name, column))
    if not moved:
        return table
    rows: dict[int, dict[str, Cell]] = {}
    for name, column in moved:
        for position, value in _non_null_values(column):
            rows.setdefault(position, {})[name] = value if isinstance(value, str | float) else encode_metadata(value)
    narrow = pa.table([column for _, column in kept], names=[name for name, _ in kept])
    if not rows:
        return narrow
    texts: list[Any] = table.column(OVERFLOW).to_pylist() if OVERFLOW in table.column_names else [None] * table.num_rows
    for position, cells in rows.items():
        texts[position] = overflow_text({**cells, **overflow_cells(texts[position])})
    return _set_column(narrow, OVERFLOW, make_column(texts, TEXT))


def with_keys(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """Give a table in which some keys are columns wherever they were, in place of the overflow column.

    Args:
        table: The table.
        names: The keys.
    """
    if OVERFLOW not in table.column_names:
        return table
    found = {name: cells for name in names if (cells := _overflow_cells_of(table, name))}
    return _with_key_columns(table.drop_columns([OVERFLOW]), found)


def _overflow_cells_of(table: pa.Table, name: str) -> dict[int, Cell]:
    """Find the overflow cells of a key, by row."""
    overflow: Array = table.column(OVERFLOW)
    positions = _rows_mentioning(overflow, name)
    texts: list[Any] = overflow.take(make_column(positions, pa.int64())).to_pylist() if positions else []
    return {p: cells[name] for p, text in zip(positions, texts, strict=True) if name in (cells := overflow_cells(text))}


def _rows_mentioning(overflow: Array, name: str) -> list[int]:
    """Find the rows whose overflow may have a key, without reading all of them."""
    if name == OVERFLOW or overflow.type != TEXT:
        mask = pc.is_valid(overflow)
    else:
        spelled = {json.dumps(name, ensure_ascii=plain) + ":" for plain in (True, False)}
        masks = [pc.match_substring(overflow, pattern=text) for text in sorted(spelled)]
        mask = masks[0] if len(masks) == 1 else pc.or_(*masks)
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found


def _with_key_columns(table: pa.Table, found: Mapping[str, Mapping[int, Cell]]) -> pa.Table:
    """Put overflow cells of some keys into their columns, beside what is there, which counts first."""
    for name, cells in found.items():
        kinds = {type(cell) for cell in cells.values() if cell is not None}
        kind = column_type(kinds, exact=all(map(is_exact, cells.values())))
        column: Array = pa.chunked_array([make_column([cells.get(p) for p in range(table.num_rows)], kind)])
        if name in table.column_names:
            both = [table.column(name), column]
            kind = common_type(both)
            column = pc.coalesce(*(cast_column(part, kind) for part in both))
        table = _set_column(table, name, column)
    return table


def rebalance(table: pa.Table) -> pa.Table:
    """Make columns of overflow keys that many transcripts share by now, and the reverse.

    Some rows are looked at, so that this costs little where there is nothing to do.
    """
    if OVERFLOW not in table.column_names:
        return narrow_table(table)
    overflow: Array = table.column(OVERFLOW)
    step = max(1, table.num_rows // _SAMPLED_ROWS)
    seen = range(0, table.num_rows, step)
    counts = count_keys([table])
    for text in overflow.take(make_column(seen, pa.int64())).to_pylist():
        for name in overflow_cells(text):
            counts[name] = counts.get(name, 0) + step
    keep = keys_with_columns(counts, table.num_rows)
    found = {name: cells for name in sorted(keep) if (cells := _overflow_cells_of(table, name))}
    if found:
        texts: list[Any] = overflow.to_pylist()
        for position in {position for cells in found.values() for position in cells}:
            left = overflow_cells(texts[position])
            texts[position] = overflow_text({name: cell for name, cell in left.items() if name not in found})
        table = _with_key_columns(_set_column(table, OVERFLOW, make_column(texts, TEXT)), found)
    return narrow_table(table, keep)


def overflow_keys(table: pa.Table, most: int | None = None) -> set[str]:
    """List the overflow keys of a table.

    Args:
        table: The table.
        most: Stop when there are so many (None: all).
    """
    found: set[str] = set()
    if OVERFLOW in table.column_names:
        for chunk in table.column(OVERFLOW).drop_null().chunks:
            for text in chunk:
                found.update(overflow_cells(text.as_py()))
                if most is not None and len(found) >= most:
                    return found
    return found


def names_to_suggest(table: pa.Table) -> set[str]:
    """List names of columns to suggest; not all, where there are very many."""
    return {*table.column_names, *overflow_keys(table, _MAX_SUGGESTED)} - {OVERFLOW}


def _non_null_values(column: Array) -> Sequence[tuple[int, Any]]:
    """Give the values of a column that are not null, with their rows."""
    if column.null_count == len(column):
        return ()
    if len(column) <= _FEW_ROWS:
        return [(position, value) for position, value in enumerate(column.to_pylist()) if value is not None]
    positions = pc.indices_nonzero(pc.is_valid(column))
    return list(zip(positions.to_pylist(), column.take(positions).to_pylist(), strict=True))


def _set_column(table: pa.Table, name: str, column: Any) -> pa.Table:
    names = table.column_names
    return table.set_column(names.index(name), name, column) if name in names else table.append_column(name, column)
