"""From stored rows to what a reader asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, get_args

import pyarrow as pa

from .._support.errors import ConfigError
from .blocking import wait
from .cast import ITEM, KIND, ColumnKinds, TypedTable, with_kinds
from .counting import found_something
from .expand import NEEDED_COLUMNS, OWN_COLUMNS, PIECE_ROWS, absent_rows, expand, expanded_rows, has_sets, plain_rows
from .inputs import (
    REFERENCE_COLUMNS,
    ReadOrigin,
    expand_inputs,
    follow_references,
    has_references,
    read_from_source,
    referred_bytes,
)
from .schema import HEAVY_COLUMNS
from .shared import COPIED_BYTES, SharedRows
from .source import ScannerRows
from .table import cells

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
        rows, survey = self._spread(self._source.table(self._columns)), _Survey()
        survey.add(rows)
        rows = rows.stored_as(self._with_inputs)
        return survey.typed(rows if choose is None else rows.take(choose(rows.table())), self._shown)

    def batches(self, size: int) -> Iterator[TypedTable]:
        """Read rows in tables of at most `size` rows, which together are the same as the whole."""
        survey = self._survey(size)
        for rows in self._parts(size, survey) if survey.sets else map(SharedRows, self._stored(size)):
            yield survey.typed(rows.stored_as(self._with_inputs), self._shown)

    def _parts(self, size: int, survey: _Survey) -> Iterator[SharedRows]:
        """Spread resultsets, in the order of the whole: plain rows, results, absent labels."""
        for table in self._stored(size):
            yield from _filled(plain_rows(table), size)
        for table in self._stored(size):
            yield from expanded_rows(table, min(size, PIECE_ROWS))
        if survey.labelled:
            for table in self._stored(size):
                yield from _filled(absent_rows(table), size)

    def _survey(self, size: int) -> _Survey:
        """Look at all rows first: types of values, and whether texts are shared, must not differ between batches."""
        survey, sets = _Survey(), False
        wanted = self._source.known(NEEDED_COLUMNS)
        if self._expands and self._has_sets():
            wanted = [n for n in self._columns if n not in OWN_COLUMNS or n in NEEDED_COLUMNS]
            sets = True
        for stored in map(with_kinds, self._source.batches(wanted, max(size, PIECE_ROWS))) if wanted else ():
            survey.add(plain_rows(stored) if self._expands else SharedRows(stored))
            for rows in (*expanded_rows(stored), absent_rows(stored)) if sets else ():
                survey.add(rows)
        return survey

    def _has_sets(self) -> bool:
        wanted = self._source.known(["value_type"])
        return bool(wanted) and any(map(has_sets, self._source.batches(wanted, PIECE_ROWS)))

    def _spread(self, table: pa.Table) -> SharedRows:
        prepared = with_kinds(table)
        return expand(prepared) if self._expands else SharedRows(prepared)

    def _stored(self, size: int) -> Iterator[pa.Table]:
        return map(with_kinds, self._source.batches(self._columns, size))

    def _with_inputs(self, table: pa.Table) -> pa.Table:
        if "input" not in self._shown:
            return table
        table = _followed(table, self._read)
        return expand_inputs(table) if "input_data" in self._shown else table


class _Survey:
    """What must be known of all rows before any of them is shown."""

    def __init__(self) -> None:
        self._kinds = ColumnKinds()
        self._weights: Counter[str] = Counter()
        self.sets = self.labelled = False
        """Whether there are resultsets, and whether labels were expected of some."""

    def add(self, rows: SharedRows) -> None:
        """Take note of some rows."""
        self._kinds.add(rows)
        self._weights.update(rows.weights(referred_bytes))
        if rows.stored is not None:
            self.sets = True
            targets = cells(rows.stored, "validation_target")
            self.labelled = self.labelled or any(target is not None for target in targets)

    def typed(self, rows: SharedRows, shown: Sequence[str]) -> TypedTable:
        """Give the columns of some rows the types that those of all rows have."""
        heavy = {name for name, weight in self._weights.items() if self.sets and weight > COPIED_BYTES}
        return self._kinds.typed(rows, shown, heavy - OWN_COLUMNS)


def _filled(rows: SharedRows, size: int) -> Iterator[SharedRows]:
    """Split rows into parts of at most `size`, none of them empty."""
    return (rows.slice(start, size) for start in range(0, rows.num_rows, size))


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
