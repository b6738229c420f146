"""One row per transcript, from several index files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from ...._support.arrow import array
from ...._support.storage import local_path
from ..files.index_file import IndexPart
from ..format.column_types import TEXT, concat_index_tables, pc
from ..format.names import is_own
from ..format.overflow import count_keys, keys_with_columns, narrow_table
from ..format.schema import ARROW_TYPES, FILENAME, ID, INDEX_COLUMNS
from .commit_log import LogState

_arrow: Any = pa

_SHOWN = 3


def build_snapshot_table(
    ranked: Sequence[tuple[IndexPart, int]], state: LogState, present: Sequence[str] | None, location: str
) -> tuple[pa.Table, list[Any], dict[str, Sequence[str]]]:
    """Put index files together.

    Args:
        ranked: Their rows, in the order to keep. Of several rows for one id that of the lowest rank counts:
            0 for what the log names, then new before old.
        state: The newest state of the log.
        present: Names of the data files that are there; None: those that the index names.
        location: The database.

    Returns:
        One row per transcript; the row of each in its data file; what the index names but is not there, and what is there but
        not in the index, with the data files that it is about.
    """
    table = union_tables([part.table for part, _ in ranked])
    rows = pa.chunked_array([part.rows for part, _ in ranked if part.table.num_rows], pa.int32())
    problems: dict[str, Sequence[str]] = {}
    if present is not None:
        table = _with_resolved_names(table, location, frozenset(present))
        problems |= _unindexed(table, present, state, location)
    live = _LiveRows(table)
    live.drop_without_ids(problems)
    live.drop_tombstones(state)
    if present is not None:
        live.drop_missing_files(frozenset(present), problems, location)
    live.keep_one_per_id(ranked)
    if len(live.positions) < table.num_rows:
        positions = array(live.positions, pa.int64())
        table, rows = table.take(positions), rows.take(positions)
    return table, rows.to_pylist(), problems


class _LiveRows:
    """Positions of the rows that count."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.positions: Sequence[int] = range(table.num_rows)

    def drop_without_ids(self, problems: dict[str, Sequence[str]]) -> None:
        ids = self._table.column(ID)
        if not ids.null_count:
            return
        problems[f"{ids.null_count} rows have no transcript_id and are left out."] = ()
        empty = set(_true_positions(pc.is_null(ids)))
        self.positions = [p for p in self.positions if p not in empty]

    def drop_tombstones(self, state: LogState) -> None:
        retired = frozenset(state.retired)
        touched = array(sorted({*state.tombstones, *retired}), pa.large_string())
        if not len(touched) or not self._table.num_rows:
            return
        suspects = _true_positions(pc.is_in(self._table.column(FILENAME), value_set=touched))
        if not suspects:
            return
        pairs = self._table.select([ID, FILENAME]).take(array(suspects, pa.int64())).to_pydict()
        dropped = {
            position
            for position, id, file in zip(suspects, pairs[ID], pairs[FILENAME], strict=True)
            if file in retired or id in state.tombstones.get(file, ())
        }
        self.positions = [p for p in self.positions if p not in dropped]

    def drop_missing_files(self, present: frozenset[str], problems: dict[str, Sequence[str]], location: str) -> None:
        """Leave out rows whose data file is not there; those with another row are not missed."""
        named: list[str] = pc.unique(self._table.column(FILENAME)).to_pylist()
        missing = [name for name in named if name not in present]
        if not missing:
            return
        lost = set(_true_positions(pc.is_in(self._table.column(FILENAME), value_set=array(missing, pa.large_string()))))
        kept = [p for p in self.positions if p not in lost]
        ids = self._table.column(ID).to_pylist()
        left = {ids[p] for p in kept}
        without = {ids[p] for p in self.positions if p in lost} - left
        if without:
            files = ", ".join(map(repr, missing[:_SHOWN])) + (", ..." if len(missing) > _SHOWN else "")
            problem = (
                f"{len(without)} transcripts are in the index of {location!r}, but their files are not there: {files}. "
                f"Put the files back, or run `scout db index {location}` to forget them."
            )
            problems[problem] = missing
        self.positions = kept

    def keep_one_per_id(self, ranked: Sequence[tuple[IndexPart, int]]) -> None:
        ids = self._table.column(ID)
        if pc.count_distinct(ids).as_py() == len(ids):
            return
        texts = ids.to_pylist()
        ranks = [rank for part, rank in ranked for _ in range(part.table.num_rows)]
        best: dict[Any, int] = {}
        for position in self.positions:
            other = best.get(texts[position])
            if other is None or ranks[position] < ranks[other]:
                best[texts[position]] = position
        self.positions = sorted(best.values())


def union_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables below each other; first the columns of the format, then all others, then FILENAME.

    Keys of metadata that few of the transcripts share go into the overflow column.
    """
    filled = [table for table in tables if table.num_rows]
    keys = keys_with_columns(count_keys(filled), sum(table.num_rows for table in filled))
    groups = _group_by_schema([narrow_table(table, keys) for table in filled])
    joined = concat_index_tables(groups) if groups else pa.table({FILENAME: pa.nulls(0, pa.large_string())})
    # What Arrow thinks of a column of nulls is not what the format says.
    usual = {column.name: ARROW_TYPES[column.kind] for column in INDEX_COLUMNS}
    columns: dict[str, Any] = {
        name: joined.column(name)
        if name in joined.column_names and not pa.types.is_null(joined.column(name).type)
        else pa.chunked_array([_arrow.nulls(joined.num_rows, kind)])
        for name, kind in usual.items()
    }
    columns |= {name: joined.column(name) for name in joined.column_names if name not in usual and name != FILENAME}
    columns[FILENAME] = joined.column(FILENAME)
    for name in (ID, FILENAME):  # text, whatever they are in the files of others
        columns[name] = columns[name].cast(TEXT)
    return pa.table(columns)


def _group_by_schema(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """Join neighbours of equal columns, which most files of a database have."""
    groups: list[list[pa.Table]] = []
    for table in tables:
        if groups and groups[-1][0].schema.equals(table.schema):
            groups[-1].append(table)
        else:
            groups.append([table])
    return [pa.concat_tables(group) for group in groups]


def _with_resolved_names(table: pa.Table, location: str, present: frozenset[str]) -> pa.Table:
    """Give data files the names that they have below the database."""
    names_column: Any = table.column(FILENAME)
    encoded = names_column.combine_chunks().dictionary_encode()
    names: list[str | None] = encoded.dictionary.to_pylist()
    resolved = [_resolve_name(name or "", location, present) for name in names]
    if resolved == names:
        return table
    column = array(resolved, pa.large_string()).take(encoded.indices)
    return table.set_column(table.column_names.index(FILENAME), FILENAME, column)


def _resolve_name(name: str, location: str, present: frozenset[str]) -> str:
    """Find the file that an index of another program means: by its name, or the end of a path from elsewhere."""
    if name in present:
        return name
    path = local_path(name).replace("\\", "/")
    for prefix in (local_path(location).rstrip("/") + "/", location.rstrip("/") + "/"):
        if path.removeprefix(prefix) in present:
            return path.removeprefix(prefix)
    steps = path.split("/")
    for start in range(1, len(steps)):
        end = "/".join(steps[start:])
        if end in present:
            return end
    return name


def _unindexed(table: pa.Table, present: Iterable[str], state: LogState, location: str) -> dict[str, Sequence[str]]:
    """Report data files that the index does not know; ours without an index were not committed."""
    named = frozenset(pc.unique(table.column(FILENAME)).to_pylist())
    left = [
        name
        for name in present
        if name not in named and name not in state.retired and not (state.number and is_own(name))
    ]
    if not left:
        return {}
    problem = f"Index is stale: {len(left)} parquet file(s) not indexed. Run `scout db index {location}` to rebuild."
    return {problem: left}


def _true_positions(mask: Any) -> list[int]:
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found
