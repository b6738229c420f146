"""From stored rows to what a reader asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, get_args

import pyarrow as pa

from .._support.errors import ConfigError
from .blocking import wait
from .cast import ITEM, KIND, ColumnKinds, TypedTable, with_kinds
from .counting import found_something
from .expand import NEEDED_COLUMNS, absent_rows, expand, expanded_rows, has_sets, plain_rows
from .inputs import (
    REFERENCE_COLUMNS,
    ReadOrigin,
    expand_inputs,
    follow_references,
    has_references,
    read_from_source,
)
from .schema import HEAVY_COLUMNS
from .source import ScannerRows
from .table import cells, take

Choose = Callable[[pa.Table], Sequence[int]]
"""Chooses rows by their numbers."""

Rows = Literal["results", "transcripts", "transcript"]
"""One row for each result (resultsets expanded), or one for each invocation."""

_TYPED = ("value", "value_type")


def check_rows(rows: str) -> bool:
    """Tell whether resultsets are to be expanded.

    Raises:
        ConfigError: There is no such choice.
    """
    if rows not in get_args(Rows):
        raise ConfigError(
            f"rows={rows!r} is not known; use 'results' (one row for each result) or 'transcripts' (one for each "
            "invocation of a scanner)."
        )
    return rows == "results"


def excluded(exclude_columns: Sequence[str] | None) -> Sequence[str]:
    """Columns to leave out: the heavy ones, unless the caller says otherwise."""
    if isinstance(exclude_columns, str):
        raise ConfigError(f"exclude_columns={exclude_columns!r} is one text; give a list of column names.")
    return HEAVY_COLUMNS if exclude_columns is None else exclude_columns


class RowView:
    """What a reader asked for of a scanner's rows.

    Args:
        source: The rows.
        exclude_columns: Columns to leave out (None: the heavy ones).
        expands: Whether resultsets become one row for each result.
        read: Reads inputs that are only referred to.
    """

    def __init__(
        self,
        source: ScannerRows,
        exclude_columns: Sequence[str] | None,
        *,
        expands: bool,
        read: ReadOrigin = read_from_source,
    ) -> None:
        self._source = source
        self._expands = expands
        self._read = read
        self._shown = source.shown(excluded(exclude_columns))
        self._columns = _needed(source, self._shown, expands=expands)

    def table(self, choose: Choose | None = None) -> TypedTable:
        """Read all rows, or those that are chosen; the choice has no say in their types."""
        table = self._prepared(self._source.table(self._columns))
        if self._expands:
            table = expand(table)
        kinds = ColumnKinds()
        kinds.add(table)
        return kinds.typed(table if choose is None else take(table, choose(table)), self._shown)

    def batches(self, size: int) -> Iterator[TypedTable]:
        """Read rows in tables of at most `size` stored rows, which together are the same as the whole."""
        kinds, sets = self._survey(size)
        if not sets:
            for table in self._stored(size):
                yield kinds.typed(table, self._shown)
            return
        # The order of the whole: plain rows, results, absent labels.
        for part in (plain_rows, expanded_rows, absent_rows):
            for table in self._stored(size):
                chosen = part(table)
                if chosen.num_rows:
                    yield kinds.typed(chosen, self._shown)

    def _survey(self, size: int) -> tuple[ColumnKinds, bool]:
        """Look at all values first: their type, and whether there are resultsets, must not differ between batches."""
        kinds, sets = ColumnKinds(), False
        wanted = self._source.known(NEEDED_COLUMNS)
        for stored in self._source.batches(wanted, max(size, 8192)) if wanted else ():
            table = with_kinds(stored)
            if self._expands and has_sets(table):
                sets, table = True, expand(table)
            kinds.add(table)
        return kinds, sets

    def _stored(self, size: int) -> Iterator[pa.Table]:
        for table in self._source.batches(self._columns, size):
            yield self._prepared(table)

    def _prepared(self, table: pa.Table) -> pa.Table:
        return with_kinds(self._with_inputs(table))

    def _with_inputs(self, table: pa.Table) -> pa.Table:
        if "input" not in self._shown:
            return table
        table = _followed(table, self._read)
        return expand_inputs(table) if "input_data" in self._shown else table


def positive_rows(table: pa.Table) -> list[int]:
    """Number the rows that found something, as summaries count them: results of a resultset each by itself."""
    columns = (cells(table, name) for name in ("value", KIND, ITEM))
    found = (found_something(text, kind, item=item is not None) for text, kind, item in zip(*columns, strict=True))
    return [row for row, positive in enumerate(found) if positive]


def stored_batches(
    source: ScannerRows, shown: Sequence[str], size: int, read: ReadOrigin = read_from_source
) -> Iterator[pa.Table]:
    """Read rows as they are stored, references followed."""
    for table in source.batches(_stored_columns(source, shown), size):
        yield _followed(table, read).select(list(shown))


def stored_row(source: ScannerRows, shown: Sequence[str], place: int, read: ReadOrigin = read_from_source) -> pa.Table:
    """Read one row as it is stored, a reference followed."""
    return _followed(source.row(_stored_columns(source, shown), place), read).select(list(shown))


def _stored_columns(source: ScannerRows, shown: Sequence[str]) -> list[str]:
    return _needed(source, shown, expands=False) if "input" in shown else list(shown)


def _followed(table: pa.Table, read: ReadOrigin) -> pa.Table:
    return wait(lambda: follow_references(table, read)) if has_references(table) else table


def _needed(source: ScannerRows, shown: Iterable[str], *, expands: bool) -> list[str]:
    """Columns to read: those shown, and those that making them needs."""
    wanted = {*shown, *_TYPED}
    if expands:
        wanted.update(NEEDED_COLUMNS)
    if "input" in wanted and "input_ref" in source.schema.names:
        wanted.update(REFERENCE_COLUMNS)
        wanted.update(name for name in source.schema.names if name.startswith("transcript_"))
    return source.known(wanted)
