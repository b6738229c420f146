"""Finds rows, or groups of rows, in a stream that is too large to hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .._support.errors import ConfigError, ScoutError, UnknownNameError
from .._support.terminal import one_line
from .coercions import ColumnKind, column_kind
from .column_path import ColumnPath
from .condition import Condition, OrderBy
from .select_builder import SelectBuilder, TypedComparison

if TYPE_CHECKING:
    import duckdb

_SHOWN = 3
_SAMPLE_CHARACTERS = 40

COUNT = "count"
"""Column of groups that says how many rows each has."""


@dataclass(frozen=True, slots=True)
class RowStream:
    """Rows that can be read repeatedly.

    Args:
        columns: Columns that conditions may name, and their types.
        read: Goes through the rows: gives tables of some columns, in this order and of these types, and then of `kept`.
        kept: Numbers that tell rows apart; the first is the number of the row.
        aliases: Other names of columns.
        types: Columns of text whose rows differ in type -> the column that says which type each has.
        lenient: Columns that may be compared with what none of their values is.
        mixed: Columns of text that are sorted as numbers where they hold numbers.
    """

    columns: Mapping[str, pa.DataType]
    read: Callable[[Sequence[str]], Iterator[pa.Table]]
    kept: Sequence[str]
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    types: Mapping[str, str] = field(default_factory=dict[str, str])
    lenient: Collection[str] = ()
    mixed: Collection[str] = ()

    def path(self, name: str) -> ColumnPath:
        """Find what a name stands for.

        Raises:
            UnknownNameError: There is no such column.
        """
        return ColumnResolver(self.columns, self.aliases).resolve(name)


@dataclass(frozen=True, slots=True)
class GroupCount:
    """What is counted of each group besides its rows.

    Args:
        where: What must hold of the rows that are counted.
        distinct: Column of `kept`: rows that are alike in it count once ("": each counts).
    """

    where: Sequence[Condition] = ()
    distinct: str = ""


_NO_COUNTS: Mapping[str, GroupCount] = {}


def find_rows(
    stream: RowStream,
    where: Sequence[Condition],
    order_by: Sequence[OrderBy] = (),
    limit: int | None = None,
    also: Sequence[Condition] = (),
) -> pa.Table:
    """Find the rows for which all conditions hold.

    Args:
        stream: The rows.
        where: Conditions.
        order_by: Order; rows that are equal in it, all if there is none, stay in the order of the stream.
        limit: Rows at most.
        also: More conditions, whose types are known to be right.

    Returns:
        What tells the rows apart (`kept`).

    Raises:
        UnknownNameError: There is no such column.
        ConfigError: Nothing is found as a condition compares a column with what none of its values is.
    """
    statement, order = _ordered(stream, (*where, *also), order_by)
    most = "" if limit is None else f" LIMIT {int(limit)}"
    kept, rows = ", ".join(stream.kept), statement.rows
    found = statement.execute(f"SELECT {kept} FROM {rows} WHERE {statement.where} ORDER BY {order}{most}")  # noqa: S608 - built here; values are bound
    if not found.num_rows and where and limit != 0 and not (also and find_rows(stream, where, limit=1).num_rows):
        statement.refuse_mismatches()
    return found


def find_first_rows(
    stream: RowStream,
    where: Sequence[Condition],
    order_by: Sequence[OrderBy],
    limit: int,
    also: Sequence[Condition] = (),
) -> tuple[pa.Table, int]:
    """Find the first of the rows for which all conditions hold, and count them all, in one reading; see `find_rows`.

    Of a million rows, to keep the first 1000 takes a quarter of the time that sorting all takes.

    Args:
        stream: The rows.
        where: Conditions.
        order_by: Order.
        limit: Rows at most, and at least one.
        also: More conditions, whose types are known to be right.
    """
    statement, order = _ordered(stream, (*where, *also), order_by)
    kept = ", ".join(stream.kept)
    sorted_by = dict.fromkeys(n for one in order_by for n in statement.builder.value(statement.paths[one.column]))
    chosen = f"SELECT {', '.join([*stream.kept, *sorted_by])} FROM {statement.rows} WHERE {statement.where}"  # noqa: S608 - as above
    found = statement.execute(
        f"WITH f AS MATERIALIZED ({chosen}) SELECT {kept}, (SELECT count(*) FROM f) AS {COUNT} "  # noqa: S608 - as above
        f"FROM f ORDER BY {order} LIMIT {int(limit)}"
    )
    if not found.num_rows and where and not (also and find_rows(stream, where, limit=1).num_rows):
        statement.refuse_mismatches()
    return found.select(list(stream.kept)), found.column(COUNT)[0].as_py() if found.num_rows else 0


def _ordered(stream: RowStream, where: Sequence[Condition], order_by: Sequence[OrderBy]) -> tuple[_Statement, str]:
    """Begin a statement over rows in an order."""
    statement = _Statement(stream, where, [order.column for order in order_by])
    # By the number of the row in any case: a list of many values becomes a join, which keeps no order.
    return statement, ", ".join([*(term for one in order_by for term in statement.terms(one)), stream.kept[0]])


def find_groups(
    stream: RowStream,
    where: Sequence[Condition],
    group_by: Sequence[str],
    order_by: Sequence[OrderBy] = (),
    counts: Mapping[str, GroupCount] = _NO_COUNTS,
) -> pa.Table:
    """Count the rows for which all conditions hold, by the values of columns.

    Args:
        stream: The rows.
        where: Conditions.
        group_by: Columns.
        order_by: Order, by those columns or by `count` (none: the largest group first).
        counts: What else is counted, by the names of the columns that say it.

    Returns:
        A row for each group: the values under the names given, the type of each under the name of the column of types,
        `count`, and the columns of `counts`.
    """
    counted = [condition for count in counts.values() for condition in count.where]
    statement = _Statement(stream, where, [*group_by, *(n for c in counted for n in names_in_condition(c))])
    named: dict[str, str] = {}
    for name in group_by:
        value, *kind = statement.builder.value(statement.paths[name])
        if value in named:
            raise ConfigError(f"{name!r} is the same column as {named[value]!r}; name it once.")
        named |= {value: name} | dict.fromkeys(kind, stream.types.get(statement.paths[name].base, ""))
    terms: list[str] = []
    for order in [*order_by, OrderBy(COUNT, "DESC"), *map(OrderBy, group_by)]:
        if order.column not in {*group_by, COUNT}:
            raise ConfigError(
                f"Groups cannot be sorted by {order.column!r}; use {COUNT!r}, or a column they are made by."
            )
        terms += statement.terms(order) if order.column != COUNT else [f"{COUNT} {_direction(order)}"]
    others = "".join(f", {statement.count(count)} AS n{number}" for number, count in enumerate(counts.values()))
    columns, rows, order_text = ", ".join(named), statement.rows, ", ".join(terms)
    selected = f"{columns}, count(*) AS {COUNT}{others}"
    groups = f"SELECT {selected} FROM {rows} WHERE {statement.where} GROUP BY {columns}"  # noqa: S608 - as above
    found = statement.execute(f"{groups} ORDER BY {order_text}")
    if not found.num_rows and where:
        statement.refuse_mismatches()
    return found.rename_columns([*named.values(), COUNT, *counts])


class ColumnResolver:
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


class _Statement:
    """A statement over a stream."""

    def __init__(self, stream: RowStream, where: Sequence[Condition], others: Sequence[str]) -> None:
        names = {name for condition in where for name in names_in_condition(condition)} | set(others)
        self.stream = stream
        self.paths = {name: stream.path(name) for name in names}
        kinds = {
            path.base: ColumnKind.PER_ROW if path.base in stream.types else column_kind(stream.columns[path.base])
            for path in self.paths.values()
        }
        self.builder = SelectBuilder(kinds, stream.types, stream.kept)
        self.where = self.builder.where(where, self.paths)

    @property
    def rows(self) -> str:
        """Write the rows, once all that names columns is written."""
        return self.builder.rows()

    def count(self, count: GroupCount) -> str:
        """Write what is counted of a group."""
        what = f"DISTINCT {count.distinct}" if count.distinct else "*"
        return f"count({what}) FILTER (WHERE {self.builder.where(count.where, self.paths)})"

    def terms(self, order: OrderBy) -> list[str]:
        """Write the terms of an order."""
        path = self.paths[order.column]
        return self.builder.order(path, _direction(order), path.base in self.stream.mixed)

    def execute(self, statement: str, bound: bool = True) -> pa.Table:
        """Run a statement on the stream."""
        import duckdb

        failures: list[ScoutError] = []
        columns = self.builder.columns
        kinds = [(f"c{i}", self.stream.columns[name]) for i, name in enumerate(columns)]
        schema = pa.schema([*kinds, *((name, pa.int64()) for name in self.stream.kept)])
        batches = pa.RecordBatchReader.from_batches(schema, _batches(self.stream.read(columns), schema, failures))
        cursor = memory_database(os.getpid()).cursor()
        try:
            cursor.register("t", batches)
            bindings = list(self.builder.parameters) if bound else []
            found: pa.Table = cursor.sql(statement, params=bindings).to_arrow_table()
        except duckdb.Error as error:
            if failures:
                raise failures[0] from None
            raise ConfigError(f"A condition cannot be applied to the rows: {error}") from error
        finally:
            cursor.close()
        return found

    def fetch(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement that nothing is bound to, for its values."""
        return [tuple(row.values()) for row in self.execute(statement, bound=False).to_pylist()]

    def refuse_mismatches(self) -> None:
        """Refuse a comparison that no row takes part in."""
        for comparison in self.builder.comparisons:
            if comparison.path.base not in self.stream.lenient:
                _refuse_mismatch(comparison, self)


def _direction(order: OrderBy) -> str:
    if order.direction not in ("ASC", "DESC"):
        raise ConfigError(f"Order direction {order.direction!r} is not known; it must be 'ASC' or 'DESC'.")
    return order.direction


def _batches(tables: Iterator[pa.Table], schema: pa.Schema, failures: list[ScoutError]) -> Generator[pa.RecordBatch]:
    """Keep what fails while rows are read: the database would make a text of it."""
    try:
        for table in tables:
            yield from table.rename_columns(schema.names).to_batches()
    except ScoutError as error:
        failures.append(error)
        raise


def _refuse_mismatch(comparison: TypedComparison, statement: _Statement) -> None:
    """Refuse a comparison that no row takes part in, as the cause of an empty selection."""
    builder = statement.builder
    [(values, comparable)] = statement.fetch(builder.counts(comparison))
    if comparable or not values:
        return
    texts = [one_line(text, _SAMPLE_CHARACTERS) for (text,) in statement.fetch(builder.samples(comparison, _SHOWN + 1))]
    found = _listed([repr(text) if comparison.kind is ColumnKind.TEXT else text for text in texts])
    given = _listed([_shown_value(value) for value in comparison.values])
    raise ConfigError(
        f"Nothing matches: column {str(comparison.path)!r} holds {comparison.kind.value} ({found}), none of which "
        f"can be compared with {given}. Write a value like those it holds, or ask whether there is one with IS NULL."
    )


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:_SHOWN]) + (", ..." if len(texts) > _SHOWN else "")


def _shown_value(value: object) -> str:
    return f"{type(value).__name__.removesuffix('time')} {value}" if isinstance(value, date) else repr(value)


def names_in_condition(condition: Condition) -> Iterator[str]:
    """Give the names of columns in a condition."""
    pending = [condition]
    while pending:
        node = pending.pop()
        pending.extend(side for side in (node.left, node.right) if isinstance(side, Condition))
        if isinstance(node.left, str):
            yield node.left


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
        # Its allocator keeps what was freed until it allocates again: sorting a million rows left 44 MB behind, and so 10.
        "allocator_background_threads": "true",
    }
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    return connection
