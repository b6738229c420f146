"""From stored rows to what a reader asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import Literal, get_args

import numpy as np
import pyarrow as pa

from ..._support.errors import ConfigError
from ..rows.arrow_tables import CHUNK_ROWS, Int64Array, column, int64_column, to_numpy
from ..rows.counting import RESULTSET
from ..rows.schema import HEAVY_COLUMNS
from .inputs import REFERENCE_COLUMNS, FollowReferences, expand_inputs
from .resultsets import (
    NEEDED_COLUMNS,
    OWN_COLUMNS,
    absent_label_rows,
    expand_resultsets,
    expanded_rows,
    has_resultsets,
    plain_rows,
)
from .scanner_rows import ScannerRows
from .shared_rows import SharedRows
from .typed_table import ColumnSurvey, TypedTable, with_value_kinds

RowMode = Literal["results", "transcripts", "transcript"]
"""One row for each result (resultsets expanded), or one for each invocation."""

_TYPED = {"value": ("value", "value_type"), "validation_result": ("validation_result",)}
"""Columns whose type depends on what they hold, and those that tell it."""


_SURVEYED_ROWS = 2**17
"""Rows that are surveyed at once where no row is expanded; a million in parts of 8192 took three times as long."""

StoredRowMode = RowMode | Literal["stored"]
"""The same, or invocations as they are stored: all values as text, shared messages apart from inputs."""


def check_row_mode(rows: str) -> None:
    """Refuse what is not a choice of rows (raises ConfigError)."""
    if rows not in get_args(RowMode):
        raise ConfigError(
            f"rows={rows!r} is not known; use 'results' (one row for each result) or 'transcripts' (one for each "
            "invocation of a scanner)."
        )


def columns_to_exclude(exclude_columns: Sequence[str] | None) -> Sequence[str]:
    """Columns to leave out: the heavy ones, unless the caller says otherwise."""
    if isinstance(exclude_columns, str):
        raise ConfigError(f"exclude_columns={exclude_columns!r} is one text; give a list of column names.")
    return HEAVY_COLUMNS if exclude_columns is None else exclude_columns


class RowView:
    """The rows of a scanner, as a reader wants them.

    Args:
        source: The rows as they are stored.
        rows: What a row is.
        follow: Puts inputs in the place of references.
    """

    def __init__(self, source: ScannerRows, rows: StoredRowMode, follow: FollowReferences) -> None:
        self.source = source
        self._expands = rows == "results"
        self._is_stored = rows == "stored"
        self._follow = follow

    @property
    def state(self) -> tuple[str | int, ...] | None:
        """Name what the rows are like, which they are as long as this stays (None: they may change)."""
        stored = self.source.state
        return None if stored is None else (*stored, self._expands, self._is_stored)

    @cached_property
    def has_resultsets(self) -> bool:
        """Whether there are resultsets to expand."""
        wanted = self.source.existing(["value_type"]) if self._expands else []
        if not wanted or not self.source.may_hold("value_type", RESULTSET):
            return False
        return any(map(has_resultsets, self.source.batches(wanted, CHUNK_ROWS)))

    def table(self, shown: Sequence[str], *, whole: bool = False) -> TypedTable:
        """Read all rows; inputs are made whole if their shared parts are shown as well, or (`whole`) in any case."""
        table = self.source.table(_needed(self.source, shown, expands=self._expands))
        rows, survey = self._expanded(table), ColumnSurvey()
        survey.add(rows)
        return survey.typed(rows.map_stored(partial(self._with_inputs, shown=shown, whole=whole)), shown)

    def batches(self, shown: Sequence[str], size: int) -> Iterator[TypedTable]:
        """Read rows in tables of at most `size` rows, which together are the same as the whole."""
        columns, survey = _needed(self.source, shown, expands=self._expands), ColumnSurvey()
        self.survey_rows(survey, shown, size)
        for rows in self._parts(columns, size):
            yield survey.typed(rows.map_stored(partial(self._with_inputs, shown=shown)), shown)

    def stored_batches(self, shown: Sequence[str], size: int) -> Iterator[pa.Table]:
        """Read rows as they are stored in tables of at most `size` rows: nothing is typed, only references are followed."""
        for table in self.source.batches(_needed(self.source, shown, expands=False), size) if shown else ():
            yield self._with_inputs(table, shown).select(list(shown))

    def numbered_rows(self, columns: Sequence[str]) -> Iterator[tuple[SharedRows, Int64Array, Int64Array]]:
        """Go through some columns of all rows, in the order of the whole, with what finds the rows again.

        Returns:
            Rows, the number of the stored row of each, and which of the rows that come from it each is.
        """
        seen = np.zeros(self.source.count() if self.has_resultsets else 0, np.int64)
        for rows in self._parts(_needed(self.source, columns, expands=self.has_resultsets), CHUNK_ROWS):
            row_numbers = to_numpy(rows.column(ROW_NUMBER_COLUMN))
            occurrences = np.zeros(len(row_numbers), np.int64)
            if self.has_resultsets:
                occurrences = _occurrences(row_numbers) + seen[row_numbers]
                np.add.at(seen, row_numbers, 1)
            yield rows.map_stored(partial(self._with_inputs, shown=columns, whole=True)), row_numbers, occurrences

    def rows_at(self, columns: Sequence[str], row_numbers: Int64Array, occurrences: Int64Array) -> SharedRows:
        """Read some columns of rows that were numbered, in the order given."""
        wanted = np.unique(row_numbers)
        table = self.source.rows_at(_needed(self.source, columns, expands=self.has_resultsets), wanted)
        rows = self._expanded(_with_row_numbers(table, wanted))
        made = to_numpy(rows.column(ROW_NUMBER_COLUMN))
        found = {key: row for row, key in enumerate(zip(made.tolist(), _occurrences(made).tolist(), strict=True))}
        chosen = [found[key] for key in zip(row_numbers.tolist(), occurrences.tolist(), strict=True)]
        return rows.take(chosen).map_stored(partial(self._with_inputs, shown=columns, whole=True))

    def survey_rows(
        self, survey: ColumnSurvey, shown: Sequence[str], size: int = CHUNK_ROWS, *, weigh: bool = True
    ) -> None:
        """Look at all rows first: types of values, and whether texts are shared, must not differ between parts.

        Args:
            survey: Takes note.
            shown: Columns that will be shown.
            size: Rows of the parts.
            weigh: Whether it matters how much text is shared.
        """
        if self._is_stored:
            return  # nothing is typed, and no text is shared
        typed = {name for value, names in _TYPED.items() if value in shown for name in names}
        wanted = self.source.existing(NEEDED_COLUMNS if self.has_resultsets and typed else typed)
        if self.has_resultsets and weigh:
            columns = _needed(self.source, shown, expands=True)
            wanted = [n for n in columns if n not in OWN_COLUMNS or n in NEEDED_COLUMNS]
        if not self.has_resultsets:
            for stored in (
                map(with_value_kinds, self.source.batches(wanted, _SURVEYED_ROWS, encoded=True)) if wanted else ()
            ):
                survey.add(SharedRows(stored), weigh)
            return
        for stored in map(with_value_kinds, self.source.batches(wanted, max(size, CHUNK_ROWS))) if wanted else ():
            for rows in (plain_rows(stored), *expanded_rows(stored), absent_label_rows(stored)):
                survey.add(rows, weigh)

    def _parts(self, columns: Sequence[str], size: int) -> Iterator[SharedRows]:
        """Spread resultsets, in the order of the whole: plain rows, results, absent labels."""
        if not self.has_resultsets:
            yield from map(SharedRows, self._stored(columns, size))
            return
        for table in self._stored(columns, size):
            yield from _split(plain_rows(table), size)
        for table in self._stored(columns, size):
            yield from expanded_rows(table, min(size, CHUNK_ROWS))
        targets = self.source.existing(["validation_target"])
        labelled = targets and any(part.column(0).null_count < len(part) for part in self.source.batches(targets, size))
        for table in self._stored(columns, size) if labelled else ():
            yield from _split(absent_label_rows(table), size)

    def _expanded(self, table: pa.Table) -> SharedRows:
        prepared = with_value_kinds(table)
        return expand_resultsets(prepared) if self._expands else SharedRows(prepared)

    def _stored(self, columns: Sequence[str], size: int) -> Iterator[pa.Table]:
        before = 0
        for table in self.source.batches(columns or self.source.schema.names[:1], size):
            yield with_value_kinds(_with_row_numbers(table, np.arange(before, before + table.num_rows)))
            before += table.num_rows

    def _with_inputs(self, table: pa.Table, shown: Sequence[str], whole: bool = False) -> pa.Table:
        """Put inputs in the place of references, and shared messages back into them (always, if `whole`)."""
        if "input" not in shown:
            return table
        table = self._follow(table)
        if self._is_stored or "input_data" not in (table.column_names if whole else shown):
            return table
        expanded = expand_inputs(table)
        kept = whole and "input_data" in shown
        return expanded.append_column("input_data", column(table, "input_data")) if kept else expanded


ROW_NUMBER_COLUMN = "scout.row_number"
"""Column that exists while rows are prepared: the number of the stored row."""


def _with_row_numbers(table: pa.Table, row_numbers: Int64Array) -> pa.Table:
    return table.append_column(ROW_NUMBER_COLUMN, int64_column(row_numbers))


def _occurrences(row_numbers: Int64Array) -> Int64Array:
    """Count the rows of each place, in their order."""
    order = np.argsort(row_numbers, kind="stable")
    ordered = row_numbers[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    occurrences = np.empty(len(row_numbers), np.int64)
    occurrences[order] = np.arange(len(row_numbers)) - np.repeat(starts, np.diff(starts, append=len(row_numbers)))
    return occurrences


def _split(rows: SharedRows, size: int) -> Iterator[SharedRows]:
    """Split rows into parts of at most `size`, none of them empty."""
    return (rows.slice(start, size) for start in range(0, rows.num_rows, size))


def _needed(source: ScannerRows, shown: Iterable[str], *, expands: bool) -> list[str]:
    """Columns to read: those shown, and those that making them needs."""
    wanted = {*shown, *(name for value, names in _TYPED.items() if value in shown for name in names)}
    if expands:
        wanted.update(NEEDED_COLUMNS)
    if "input" in wanted:
        wanted.add("input_data")
    if "input" in wanted and "input_ref" in source.schema.names:
        wanted.update(REFERENCE_COLUMNS)
        wanted.update(name for name in source.schema.names if name.startswith("transcript_"))
    return source.existing(wanted)
