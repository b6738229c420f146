"""Applies a query to an index table."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import pyarrow as pa

from .._support.arrow import array
from .._support.errors import ConfigError, UnknownNameError
from .._support.json import dumps, loads
from .._support.terminal import one_line
from .condition import Condition
from .path import ColumnPath, Key
from .query import OrderBy, Query
from .readings import ColumnKind, column_kind
from .typed import Comparison, Comparisons

if TYPE_CHECKING:
    import duckdb

_NO_ALIASES: Mapping[str, str] = {}
_SHOWN = 3
_SAMPLE_CHARACTERS = 40
Run: TypeAlias = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]


def select(
    table: pa.Table,
    query: Query,
    *,
    key: str,
    aliases: Mapping[str, str] = _NO_ALIASES,
    types: Mapping[str, str] = _NO_ALIASES,
    lenient: Collection[str] = (),
) -> list[int]:
    """Find the rows that a query selects.

    Args:
        table: One row per transcript. Text columns may hold JSON.
        query: Conditions, order or shuffle, limit.
        key: Column with the ids, which a shuffle depends on.
        aliases: Other names of columns -> the names in the table.
        types: Columns of text whose rows differ in type -> the column that says which type each has.
        lenient: Columns that may be compared with what none of their values is.

    Returns:
        Positions of the rows, in order.

    Raises:
        UnknownNameError: If a condition or the order names a column that the table does not have.
        ConfigError: If the limit is negative, or if nothing is selected while a condition compares a column with what
            none of its values can be compared with: an empty selection is never a mistake of types.
    """
    if query.limit is not None and query.limit < 0:
        raise ConfigError(f"limit is {query.limit!r}; it must be 0 (no transcripts) or more, or None for all.")
    if not table.column_names:
        return []
    names = Names(table.column_names, aliases)
    orders = [(names.resolve(order.column), order) for order in query.order_by]
    rows: Sequence[int] = _matching(table, query.where, names, types, lenient) if query.where else range(table.num_rows)
    if query.limit == 0:
        return []
    if query.shuffle is not None:
        rows = _shuffled(rows, table.column(key), query.shuffle)
    else:
        for path, order in reversed(orders):
            rows = _ordered(rows, table.column(path.base), path.keys, order)
    return list(rows if query.limit is None else rows[: query.limit])


def names_in(query: Query) -> set[str]:
    """List what may be names of columns: the names in the conditions and the order, and what paths among them begin with.

    Args:
        query: Conditions and order.
    """
    names = {name for condition in query.where for name in mentioned(condition)}
    names |= {order.column for order in query.order_by}
    for name in tuple(names):
        # What is no path either is refused where it is resolved.
        with contextlib.suppress(ConfigError):
            names.add(ColumnPath.parse(name).base)
    return names


def columns_of(query: Query, table: pa.Table, aliases: Mapping[str, str] = _NO_ALIASES) -> set[str]:
    """Find the columns of a table that a query looks at.

    Args:
        query: Conditions and order.
        table: The table.
        aliases: Other names of columns -> the names in the table.

    Raises:
        UnknownNameError: If it names a column that the table does not have.
    """
    names = Names(table.column_names, aliases)
    named = {name for condition in query.where for name in mentioned(condition)}
    return {names.resolve(name).base for name in named | {order.column for order in query.order_by}}


class Names:
    """Finds the column that a name stands for."""

    def __init__(self, columns: Iterable[str], aliases: Mapping[str, str]) -> None:
        self._columns = frozenset(columns)
        self._aliases = aliases

    def resolve(self, name: str) -> ColumnPath:
        """Find a column, or a place within one.

        Raises:
            UnknownNameError: There is none of this name.
        """
        # Names of scorers have dots in them (`score_pkg.accuracy`), so the whole name comes first.
        whole = self._aliases.get(name, name)
        if whole in self._columns:
            return ColumnPath(whole)
        path = ColumnPath.parse(name)
        base = self._aliases.get(path.base, path.base)
        if base not in self._columns:
            raise UnknownNameError("column", path.base, {*self._columns, *self._aliases})
        return ColumnPath(base, path.keys)


def _matching(
    table: pa.Table,
    where: Sequence[Condition],
    names: Names,
    types: Mapping[str, str],
    lenient: Collection[str],
) -> list[int]:
    paths = {name: names.resolve(name) for condition in where for name in mentioned(condition)}
    arrow: dict[str, pa.DataType] = dict(zip(table.schema.names, table.schema.types, strict=True))
    kinds = {p.base: ColumnKind.PER_ROW if p.base in types else column_kind(arrow[p.base]) for p in paths.values()}
    comparisons = Comparisons(kinds, types)
    statement = comparisons.statement(where, paths)
    rows = table.select(comparisons.columns).rename_columns([f"c{i}" for i in range(len(comparisons.columns))])
    rows = rows.append_column("row", array(range(table.num_rows), pa.int64()))
    with _database(rows) as run:
        found = sorted(int(row) for (row,) in run(statement, comparisons.parameters))
        if not found:
            for comparison in comparisons.made:
                if comparison.path.base not in lenient:
                    check(comparison, comparisons, run)
    return found


def check(comparison: Comparison, comparisons: Comparisons, run: Run) -> None:
    """Refuse a comparison that no row takes part in, as the cause of an empty selection."""
    [(values, comparable)] = run(comparisons.counts(comparison), ())
    if comparable or not values:
        return
    texts = [one_line(text, _SAMPLE_CHARACTERS) for (text,) in run(comparisons.samples(comparison, _SHOWN + 1), ())]
    held = _listed([repr(text) if comparison.kind is ColumnKind.TEXT else text for text in texts])
    given = _listed([_written(value) for value in comparison.values])
    raise ConfigError(
        f"Nothing matches: column {str(comparison.path)!r} holds {comparison.kind.value} ({held}), none of which "
        f"can be compared with {given}. Write a value like those it holds, or ask whether there is one with IS NULL."
    )


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:_SHOWN]) + (", ..." if len(texts) > _SHOWN else "")


def _written(value: object) -> str:
    return f"{type(value).__name__.removesuffix('time')} {value}" if isinstance(value, date) else repr(value)


def mentioned(condition: Condition) -> Iterator[str]:
    """Name what a condition is about."""
    pending = [condition]
    while pending:
        node = pending.pop()
        pending.extend(side for side in (node.left, node.right) if isinstance(side, Condition))
        if isinstance(node.left, str):
            yield node.left


@contextlib.contextmanager
def _database(rows: pa.Table) -> Generator[Run]:
    """Give a function that runs statements on rows, as the table `t`."""
    import duckdb

    cursor = memory_database(os.getpid()).cursor()
    try:
        cursor.register("t", rows)
        yield lambda statement, parameters: cursor.execute(statement, list(parameters)).fetchall()
    except duckdb.Error as error:
        raise ConfigError(f"A condition cannot be applied to the transcripts: {error}") from error
    finally:
        cursor.close()


@cache
def memory_database(process: int) -> duckdb.DuckDBPyConnection:
    """Open the database in memory, once per process: it reads no files and loads no extensions."""
    import duckdb

    del process  # a database does not survive a fork
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "threads": "1",
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    return connection


def _shuffled(rows: Sequence[int], ids: pa.ChunkedArray[Any], seed: int) -> list[int]:
    keys = ids.to_pylist()

    def rank(row: int) -> bytes:
        return hashlib.sha256(f"{keys[row]}:{seed}".encode("utf-8", "surrogatepass")).digest()

    return sorted(rows, key=rank)


def _ordered(rows: Sequence[int], column: pa.ChunkedArray[Any], keys: tuple[Key, ...], order: OrderBy) -> list[int]:
    if order.direction not in ("ASC", "DESC"):
        raise ConfigError(f"Order direction {order.direction!r} is not known; it must be 'ASC' or 'DESC'.")
    values: list[Any] = column.to_pylist()
    if keys:
        values = [_below(value, keys) for value in values]
    ranks = [_rank(value) for value in values]
    # Sorting is stable, also in reverse: what is equal stays in the order of the source.
    present = sorted(
        (row for row in rows if ranks[row] is not None),
        key=lambda row: cast(tuple[int, Any], ranks[row]),
        reverse=order.direction == "DESC",
    )
    return present + [row for row in rows if ranks[row] is None]


def _rank(value: object) -> tuple[int, Any] | None:
    """Make values of any types comparable: numbers before text before times before the rest; None: no value."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return 1, value
    if isinstance(value, date):
        return 2, value.isoformat()
    if isinstance(value, bool | int | float):
        return 0, value
    return 3, dumps(value)


def _below(value: Any, keys: tuple[Key, ...]) -> Any:
    if isinstance(value, str):
        try:
            value = loads(value)
        except ValueError:
            return None
    for key in keys:
        if isinstance(value, Mapping):
            value = cast(Mapping[str, Any], value).get(str(key))
        elif isinstance(value, list) and str(key).isdecimal():
            items = cast(list[object], value)
            value = items[int(key)] if int(key) < len(items) else None
        else:
            return None
    return value
