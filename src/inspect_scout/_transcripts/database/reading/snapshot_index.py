"""Rows of a snapshot as descriptions of transcripts.

Measured on 20 000 rows of 24 columns, three of them with JSON: 0.25 s of CPU for all descriptions, as much again for the garbage
collector (2 cores, shared).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ...._support.json import loads
from ...._support.shapes import is_mapping
from ...._types import TranscriptInfo
from ...contract import LogProblem
from ..files.index_file import text_values
from ..format.cell_values import coerce_index_cell, decode_metadata, decode_score, plain_value
from ..format.column_types import TEXT, Array, make_column, simplify_type
from ..format.names import data_file_location
from ..format.overflow import OVERFLOW, overflow_cells
from ..format.schema import ARROW_TYPES, CONTENT_COLUMNS, FILENAME, ID, INDEX_COLUMNS
from ..journal.snapshot import DatabaseSnapshot
from .query_table import ALIASES, query_table

if TYPE_CHECKING:
    from ...._query import Query

CellReader = Callable[[Any], Any]
"""Makes a value of a description out of a cell that is not null."""

_FIELDS: Final = tuple(TranscriptInfo.model_fields)
_INFO_FIELDS: Final = tuple(name for name in _FIELDS if name != "metadata")
# Shared by all descriptions, which saves half of their memory: whatever is set later is in it already.
_FIELDS_SET: Final = set(_FIELDS)
_TYPES: Final = {c.name: ARROW_TYPES[c.kind] for c in INDEX_COLUMNS}


class SnapshotIndex:
    """The transcripts that a query selects, in order. Descriptions are made when asked for, new ones each time.

    Args:
        snapshot: The transcripts of the database.
        positions: Which of them; None: all.
    """

    def __init__(self, snapshot: DatabaseSnapshot, location: str, positions: Sequence[int] | None = None) -> None:
        table = snapshot.table if positions is None else snapshot.table.take(make_column(positions, pa.int64()))
        self._table = table
        self._ids = tuple(map(str, text_values(table, ID)))
        self._files = tuple(text_values(table, FILENAME))
        self._problems = tuple(
            LogProblem(data_file_location(location, file) if file else location, problem)
            for problem, files in snapshot.problems.items()
            for file in files or ("",)
        )

    @cached_property
    def _rows(self) -> _InfoTable:
        return _InfoTable(self._table)

    @property
    def ids(self) -> Sequence[str]:
        """Ids of the transcripts; no id occurs twice."""
        return self._ids

    @property
    def locations(self) -> Sequence[str | None]:
        """Data file of each transcript, relative to the database."""
        return self._files

    @property
    def problems(self) -> Sequence[LogProblem]:
        """What the index of the database names but is not there."""
        return self._problems

    def __len__(self) -> int:
        """Number of transcripts."""
        return len(self._ids)

    def info(self, position: int) -> TranscriptInfo:
        """Describe one transcript."""
        return self._rows.info(position)

    def infos(self, positions: Sequence[int]) -> list[TranscriptInfo]:
        """Describe some transcripts, without making descriptions of all."""
        rows = _InfoTable(self._table.take(make_column(positions, pa.int64())))
        return [rows.info(row) for row in range(len(positions))]

    def query_table(self, query: Query) -> pa.Table:
        """Give the table that the conditions and the order of a query refer to."""
        return query_table(self._table, query, ALIASES)


class _InfoTable:
    """Cells row by row, with what makes values of them."""

    def __init__(self, table: pa.Table) -> None:
        rows = table.num_rows
        nothing = [None] * rows
        fields: list[list[Any]] = []
        self._readers: list[tuple[str, CellReader]] = []
        for name in _INFO_FIELDS:
            if name not in table.column_names:
                fields.append(nothing)
                continue
            column: Array = table.column(name)
            fields.append(column.to_pylist())
            read = _field_reader(name, column)
            # what is null in every row needs no reading
            if read is not None and column.null_count < rows:
                self._readers.append((name, read))
        self._fields = list(zip(*fields, strict=True))
        self._metadata: list[tuple[str, list[Any], CellReader | None]] = []
        for name in table.column_names:
            if name not in _TYPES and name not in CONTENT_COLUMNS and name not in (FILENAME, OVERFLOW):
                column = table.column(name)
                self._metadata.append((name, column.to_pylist(), _metadata_reader(column)))
        self._overflow: list[Any] = table.column(OVERFLOW).to_pylist() if OVERFLOW in table.column_names else nothing

    def info(self, position: int) -> TranscriptInfo:
        """Describe the transcript of a row."""
        fields: dict[str, Any] = dict(zip(_INFO_FIELDS, self._fields[position], strict=True))
        for name, read in self._readers:
            cell = fields[name]
            if cell is not None:
                fields[name] = read(cell)
        metadata: dict[str, Any] = {}
        for name, cells, reads in self._metadata:
            cell = cells[position]
            if cell is not None:
                metadata[name] = cell if reads is None else reads(cell)
        if self._overflow[position] is not None:
            for name, cell in overflow_cells(self._overflow[position]).items():
                metadata.setdefault(name, decode_metadata(cell) if isinstance(cell, str) else cell)
        fields["metadata"] = metadata
        return _make_info(fields)


def _make_info(fields: dict[str, Any]) -> TranscriptInfo:
    """Make a description of values that are known to be valid, in a fifth of the time of validation."""
    info = TranscriptInfo.__new__(TranscriptInfo)
    for name, value in (
        ("__dict__", fields),
        ("__pydantic_fields_set__", _FIELDS_SET),
        ("__pydantic_extra__", None),
        ("__pydantic_private__", None),
    ):
        object.__setattr__(info, name, value)
    return info


def _field_reader(name: str, column: Array) -> CellReader | None:
    """Find what makes a field of a cell; None: the cell is the value."""
    kind = simplify_type(column.type)
    if name == "score":
        return decode_score if kind == TEXT else plain_value
    if name in ("agent_args", "model_options"):
        return _read_object
    return None if kind == _TYPES[name] else partial(coerce_index_cell, name)


def _metadata_reader(column: Array) -> CellReader | None:
    kind = simplify_type(column.type)
    return decode_metadata if kind == TEXT else None if kind in ARROW_TYPES.values() else plain_value


def _read_object(cell: Any) -> dict[str, Any] | None:
    """Read a JSON object; anything else is none."""
    if isinstance(cell, str):
        try:
            value = loads(cell)
        except (ValueError, RecursionError):
            return None
    else:
        value = plain_value(cell)
    return value if is_mapping(value) else None
