"""Queries applied to tables."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import operator as ops
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_scout import ConfigError, UnknownNameError
from inspect_scout._query import (
    Column,
    Condition,
    LogicalOperator,
    Operator,
    OrderBy,
    Query,
    RowStream,
    condition_as_sql,
    condition_from_sql,
    find_rows,
    select,
)
from inspect_scout._query import columns as c
from support.conditions import nested

Row = dict[str, Any]


def rows_of(rows: pa.Table, where: Condition, **said: Any) -> list[int]:
    """Rows of a stream of one table."""
    numbers = pa.chunked_array([pa.array(range(rows.num_rows), pa.int64())])
    columns = dict(zip(rows.schema.names, rows.schema.types, strict=True))
    stream = RowStream(
        columns, lambda names: iter([rows.select(names).append_column("row", numbers)]), ("row",), **said
    )
    return [row["row"] for row in find_rows(stream, [where]).to_pylist()]


def table(rows: int = 12) -> pa.Table:
    columns: dict[str, Any] = {
        "transcript_id": [f"id{i}" for i in range(rows)],
        "score": pa.array([None if i % 3 == 0 else i / 2 for i in range(rows)], pa.float64()),
        "mixed": [["C", "0.5", "1", None, "true", "NaN"][i % 6] for i in range(rows)],
        "count": pa.array(range(rows), pa.int64()),
        "success": [None if i == 5 else bool(i % 2) for i in range(rows)],
        "meta": [
            json.dumps({"a": {"b-c": i, "0": ["x", i * 1.5]}, 'q"~/': "t", "d.e": None}) if i % 4 else "{bad"
            for i in range(rows)
        ],
        "nested": [{"a": i} for i in range(rows)],
        "date": [f"2024-01-{1 + i:02}T10:00:00+00:00" for i in range(rows)],
        "when": pa.array([datetime(2024, 1, 1 + i, tzinfo=UTC) for i in range(rows)], pa.timestamp("us", tz="UTC")),
        "nothing": pa.nulls(rows),
        "kind": pa.array([["x", "y"][i % 2] for i in range(rows)], pa.dictionary(pa.int32(), pa.string())),
        "score_pkg.acc": pa.array(range(rows), pa.int64()),
    }
    return pa.table(columns)


def found(where: str | Condition, rows: int = 12) -> list[int]:
    condition = condition_from_sql(where) if isinstance(where, str) else where
    return select(table(rows), Query(where=(condition,)), key="transcript_id", aliases={"sample_id": "transcript_id"})


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("score > 4", [10, 11]),
        ("score > '4'", [10, 11]),
        ("score is null", [0, 3, 6, 9]),
        ("not score > 4", [1, 2, 4, 5, 7, 8]),
        ("score like '2.%'", [4, 5]),
        ("score between 2 and 3", [4, 5]),
        ("score = 1e400", []),
        ("count > 9999999999999999999999999", []),
        ("count < 99999999999999999999999999 and count > 10", [11]),
        ("count in (1, 2.0, '3', 'x', null)", [1, 2, 3]),
        ("mixed > 0.4", [1, 2, 4, 7, 8, 10]),
        ("mixed = 1", [2, 4, 8, 10]),
        ("mixed != 0.5", [2, 4, 8, 10]),
        ("mixed = 'C'", [0, 6]),
        ("mixed in ('C', 0.5)", [0, 1, 6, 7]),
        ("mixed not in ('C', '1', 'true', 'NaN')", [1, 7]),
        ("mixed not in ('C', null)", [1, 2, 4, 5, 7, 8, 10, 11]),
        ("mixed in ('C', null)", [0, 3, 6, 9]),
        ("mixed is distinct from 'C'", [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]),
        ("success", [1, 3, 7, 9, 11]),
        ("not success", [0, 2, 4, 6, 8, 10]),
        ("success is not true", [0, 2, 4, 5, 6, 8, 10]),
        ("success = 1", [1, 3, 7, 9, 11]),
        ("success = 'TRUE'", [1, 3, 7, 9, 11]),
        ("success like 'f%'", [0, 2, 4, 6, 8, 10]),
        ("meta.a.b-c > 9", [10, 11]),
        ('meta.a."0"[1] = 1.5', [1]),
        ("meta.a.0[1] = 1.5", [1]),
        ("meta['q\"~/'] = 't' and count < 4", [1, 2, 3]),
        ('meta."d.e" is null and count < 3', [0, 1, 2]),
        ("meta.a like '%b-c%' and count < 3", [1, 2]),
        ("meta.nope = 1", []),
        ("nested.a <= 1", [0, 1]),
        ("count.a = 1", []),
        ("date >= DATE '2024-01-12'", [11]),
        ("date >= '2024-01-12'", [11]),
        ("date >= '2024-01-12 10:00'", [11]),
        ("date > '2024-01-12 09:59:59'", [11]),
        ("date < '2024-01-01T12:30:00+02:00'", [0]),
        ("date between DATE '2024-01-02' and TIMESTAMP '2024-01-03 10:00:00'", [1, 2]),
        ("when > '2024-01-11'", [11]),
        ("\"when\" = TIMESTAMP '2024-01-12 01:00:00+01:00'", [11]),
        ("\"when\" in (DATE '2024-01-12', '2024-01-11')", [10, 11]),
        ("nothing = 1", []),
        ("nothing is null and count = 3", [3]),
        ("kind ilike 'X' and count < 3", [0, 2]),
        ('"score_pkg.acc" = 3', [3]),
        ("score_pkg.acc = 3", [3]),
        ("sample_id = 'id5'", [5]),
        ("1 = 1", list(range(12))),
        ("1 = 0", []),
        ("count in ()", []),
        ("not (count in ())", list(range(12))),
    ],
)
def test_comparisons_follow_the_type_of_the_value(where: str, expected: list[int]) -> None:
    assert found(where) == expected


# Points in time as logs and other programs write them, and what stands beside them in columns of text.
STAMPS = [
    "2025-01-01T23:59:59.999999+00:00",
    "2025-01-02T00:00:00Z",
    "2025-01-02 10:00:00+00:00",
    "2025-01-02T23:59:59.5",
    "2025-01-03T00:30:00+02:00",
    "2025-01-02T23:30:00-05:00",
    "2025-01-02",
    "soon",
    None,
]
DAY = date(2025, 1, 2)


def stamped(where: str | Condition, kind: str = "text") -> list[int]:
    if kind == "text":
        values: Any = pa.array(STAMPS, pa.string())
    else:
        read = [None if t is None or t == "soon" else datetime.fromisoformat(t) for t in STAMPS]
        aware = [t if t is None or t.tzinfo else t.replace(tzinfo=UTC) for t in read]
        values = pa.array(aware, pa.timestamp("us") if kind == "naive" else pa.timestamp("us", tz=kind))
    condition = condition_from_sql(where) if isinstance(where, str) else where
    rows = pa.table({"id": [str(i) for i in range(len(STAMPS))], "date": values})
    return select(rows, Query(where=(condition,)), key="id")


@pytest.mark.parametrize("kind", ["text", "UTC", "America/New_York", "naive"])
@pytest.mark.parametrize(
    ("condition", "sql", "expected"),
    [
        (c.date == DAY, "date = DATE '2025-01-02'", [1, 2, 3, 4, 6]),
        (c.date != DAY, "date != DATE '2025-01-02'", [0, 5]),
        (c.date < DAY, "date < DATE '2025-01-02'", [0]),
        (c.date <= DAY, "date <= DATE '2025-01-02'", [0, 1, 2, 3, 4, 6]),
        (c.date > DAY, "date > DATE '2025-01-02'", [5]),
        (c.date >= DAY, "date >= DATE '2025-01-02'", [1, 2, 3, 4, 5, 6]),
        (c.date.between(DAY, DAY), "date BETWEEN DATE '2025-01-02' AND DATE '2025-01-02'", [1, 2, 3, 4, 6]),
        (c.date.not_between(DAY, DAY), "date NOT BETWEEN DATE '2025-01-02' AND DATE '2025-01-02'", [0, 5]),
        (c.date.in_([DAY]), "date IN (DATE '2025-01-02')", [1, 2, 3, 4, 6]),
        (c.date.in_([DAY, None]), "date IN (DATE '2025-01-02', NULL)", None),
        (c.date.not_in([DAY]), "date NOT IN (DATE '2025-01-02')", [0, 5]),
        (~(c.date == DAY), "NOT date = DATE '2025-01-02'", [0, 5]),
        (c.date == datetime(2025, 1, 2), "date = TIMESTAMP '2025-01-02'", [1, 6]),
        (
            c.date == datetime(2025, 1, 2, 11, tzinfo=timezone(timedelta(hours=1))),
            "date = '2025-01-02T11:00+01:00'",
            [2],
        ),
        (c.date == datetime(2025, 1, 2, 10), "date = '2025-01-02 10:00:00Z'", [2]),
        (c.date > datetime(2025, 1, 2, 10), "date > '2025-01-02T10:00:00'", [3, 4, 5]),
        (c.date.in_([datetime(2025, 1, 3, 4, 30)]), "date IN ('2025-01-03T04:30:00+00:00')", [5]),
    ],
)
def test_a_date_is_its_whole_day_and_times_are_points(
    condition: Condition, sql: str, expected: list[int] | None, kind: str
) -> None:
    if expected is None:
        expected = [1, 2, 3, 4, 6, 8] if kind == "text" else [1, 2, 3, 4, 6, 7, 8]
    assert stamped(condition, kind) == expected
    assert stamped(Condition.model_validate_json(condition.model_dump_json()), kind) == expected
    assert stamped(condition_as_sql(condition, "filter"), kind) == expected
    # Text written for a time compares with other text as text.
    assert [i for i in stamped(sql, kind) if i != 7 or "'soon'" in sql] == [i for i in expected if i != 7]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("date = '2025-01-02'", [1, 2, 3, 4, 6]),
        ("date != '2025-01-02'", [0, 5, 7]),
        ("date <= '2025-01-02'", [0, 1, 2, 3, 4, 6]),
        ("date > '2025-01-02'", [5, 7]),
        ("date between '2025-01-02' and '2025-01-02'", [1, 2, 3, 4, 6]),
        ("date in ('2025-01-02', 'soon')", [1, 2, 3, 4, 6, 7]),
        ("date not in ('2025-01-02', 'x')", [0, 5, 7]),
        ("date not in ('2025-01-02T10:00:00Z')", [0, 1, 3, 4, 5, 6, 7]),
        ("cast(date as date) = '2025-01-02'", [1, 2, 3, 4, 6]),
        ("date like '2025-01-02%'", [1, 2, 3, 5, 6]),
        ("date = 'soon'", [7]),
    ],
)
def test_text_that_is_a_date_is_a_day_among_times_and_text_among_text(where: str, expected: list[int]) -> None:
    assert stamped(where) == expected


def test_words_and_ids_are_not_times() -> None:
    rows = pa.table({"id": ["infinity", "epoch", "2024-05-13", "gpt-4o-2024-05-13"]})
    assert select(rows, Query(where=(Column("id") == "2024-05-13",)), key="id") == [2]
    assert select(rows, Query(where=(Column("id") > date(2020, 1, 1),)), key="id") == [2]
    assert select(rows, Query(where=(Column("id").in_(["epoch", "2024-05-13"]),)), key="id") == [1, 2]


@pytest.mark.parametrize(
    ("where", "column", "written"),
    [
        ("score = 'x'", "score", "'x'"),
        ("score != 'x'", "score", "'x'"),
        ("not score = 'x'", "score", "'x'"),
        ("score between 2 and 'x'", "score", "'x'"),
        ("count in ('a', 'b')", "count", "'a', 'b'"),
        ("count not in ('a')", "count", "'a'"),
        ("count = '1_0'", "count", "'1_0'"),
        ("success = 'perhaps'", "success", "'perhaps'"),
        ("success > DATE '2024-01-01'", "success", "date 2024-01-01"),
        ("count = TIMESTAMP '2024-01-01'", "count", "date 2024-01-01 00:00:00"),
        ("\"when\" > 'soon'", "when", "'soon'"),
        ('"when" = 5', "when", "5"),
        ("date = 5", "date", "5"),
        ("transcript_id > 5", "transcript_id", "5"),
        ("transcript_id != 0.5", "transcript_id", "0.5"),
        ("transcript_id = true", "transcript_id", "True"),
        ("kind < DATE '2024-01-01'", "kind", "date 2024-01-01"),
        ("meta.a.b-c = DATE '2024-01-01'", "meta.a.b-c", "date 2024-01-01"),
        ("nested = 3", "nested", "3"),
        ("count = 3 and transcript_id > 5", "transcript_id", "5"),
    ],
)
def test_a_comparison_that_no_row_can_take_part_in_is_refused_rather_than_empty(
    where: str, column: str, written: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"column {column!r} holds ")) as caught:
        found(where)
    assert f"can be compared with {written}." in str(caught.value)


def test_a_comparison_of_unlike_types_beside_one_that_selects_is_not_refused() -> None:
    assert found("mixed > 0.4 or transcript_id > 5") == [1, 2, 4, 7, 8, 10]
    assert found("count in (1, 'x')") == [1]
    assert found("score like '%x%'") == []
    assert found("mixed = 77") == []
    assert found("nothing > 5") == []
    assert found("score > 'x'", rows=1) == []  # there is no value to compare with
    rows = table()
    assert rows_of(rows, c.count == "x", lenient=("count",)) == []


BIG = 2**70
INTEGERS = [0, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, BIG, BIG + 1, 10**400, -BIG, -(2**63) - 1]


@pytest.mark.parametrize("where", ["n", "j.k"])
@pytest.mark.parametrize("value", INTEGERS)
def test_integers_of_any_size_compare_digit_by_digit(where: str, value: int) -> None:
    rows = pa.table(
        {"id": [str(i) for i in INTEGERS], "n": [str(i) for i in INTEGERS], "j": [f'{{"k":{i}}}' for i in INTEGERS]}
    )
    column = Column(where)
    for condition, holds in (
        (column == value, ops.eq),
        (column != value, ops.ne),
        (column < value, ops.lt),
        (column >= value, ops.ge),
        (column.in_([value, 5, "x"]), ops.eq),
        (column.not_in([value]), ops.ne),
        (condition_from_sql(f"{where} <= {value}"), ops.le),
    ):
        chosen = select(rows, Query(where=(condition,)), key="id")
        assert [INTEGERS[i] for i in chosen] == [i for i in INTEGERS if holds(i, value)]


def test_decimals_compare_with_any_number_without_failing() -> None:
    rows = pa.table({"id": ["a", "b"], "n": pa.array([5, 7], pa.decimal128(38, 20))})
    assert select(rows, Query(where=(Column("n") < BIG,)), key="id") == [0, 1]
    assert select(rows, Query(where=(Column("n") == 7,)), key="id") == [1]


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.float64()])
def test_columns_of_numbers_compare_with_integers_beyond_them(kind: pa.DataType) -> None:
    values: list[float] = [0, 2**53, 2**62 + 1] if pa.types.is_int64(kind) else [0, 2**53, 2**63 + 1]
    if pa.types.is_floating(kind):
        values = [0.0, 2.0**53, 2.0**63]
    rows = pa.table({"id": ["a", "b", "c"], "n": pa.array(values, kind)})

    def chosen(condition: Condition) -> list[int]:
        return select(rows, Query(where=(condition,)), key="id")

    n = Column("n")
    for value in (*INTEGERS, 1e300, float("inf")):
        if pa.types.is_floating(kind) and value in (2**53 + 1, 2**63 - 1):
            continue  # no float is this number
        assert chosen(n < value) == [i for i, v in enumerate(values) if v < value]
        assert chosen(n > value) == [i for i, v in enumerate(values) if v > value]
    assert chosen(n == values[2]) == [2]
    assert chosen(n.in_([values[2], BIG])) == [2]
    assert chosen(n == str(values[2])) == [2]


TYPED = [
    ("true", "boolean"), ("False", "boolean"), ("1", "number"), ("3", "number"), ("0.5", "number"), ("true", "string"),
    ("3", "string"), ("C", "string"), ('["true"]', "array"), (None, "null"), (str(BIG), "number"), ("NaN", "number"),
    ("2025-01-02T10:00:00Z", "string"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("value = true", [0, 5]),
        ("value", [0, 5]),
        ("value = 'true'", [0, 5]),
        ("value = 'TRUE'", [0]),
        ("value = false", [1]),
        ("value = 1", [2]),
        ("value = '1'", [2]),
        ("value = 3", [3, 6]),
        ("value = '3'", [3, 6]),
        ("value = '3.0'", [3]),
        ("value > 2", [3, 6, 10]),
        ("value > '2'", [3, 6, 7, 5, 8, 10, 12]),
        ("value < 1", [4]),
        ("value between 1 and 3", [2, 3, 6]),
        ("value != 'true'", [1, 2, 3, 4, 6, 7, 8, 10, 11, 12]),
        ("value != true", [1, 2, 3, 4, 6, 7, 8, 10, 11, 12]),
        ("value != 3", [0, 1, 2, 4, 5, 7, 8, 10, 11, 12]),
        ("value in ('true', 1)", [0, 2, 5]),
        ("value in (true, 'C', null)", [0, 5, 7, 9]),
        ("value not in ('true', 3)", [1, 2, 4, 7, 8, 10, 11, 12]),
        ("value like 't%'", [0, 5]),
        ("value like '3'", [3, 6]),
        ("value ilike 'fal%'", [1]),
        ("value is null", [9]),
        ("value is not true", [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]),
        (f"value = {BIG}", [10]),
        (f"value = {BIG + 1}", []),
        ("value = DATE '2025-01-02'", [12]),
        ("value = '2025-01-02'", [12]),
        ("value > DATE '2025-01-02'", []),
        ("value[0] = 'true'", [8]),
        ("value = 'x'", []),
        ("not (value = 1)", [0, 1, 3, 4, 5, 6, 7, 8, 10, 11, 12]),
    ],
)
def test_rows_that_differ_in_type_compare_by_their_own(where: str, expected: list[int]) -> None:
    rows = pa.table(
        {
            "id": [str(i) for i in range(len(TYPED))],
            "value": pa.array([text for text, _ in TYPED], pa.string()),
            "value_type": pa.array([kind for _, kind in TYPED], pa.string()),
        }
    )
    assert rows_of(rows, condition_from_sql(where), types={"value": "value_type"}) == sorted(expected)


def test_python_conditions_select_too() -> None:
    assert found((c.meta.a["b-c"] >= 10) & ~(c.date < date(2024, 1, 12))) == [11]
    assert found(Column("transcript_id").in_([f"id{i}" for i in range(0, 40_000, 2)])) == [0, 2, 4, 6, 8, 10]
    assert found(c.mixed == "\ud800") == []
    assert found(c.mixed != "\0") == [0, 1, 2, 4, 5, 6, 7, 8, 10, 11]
    assert found(c.score.in_([float("nan")])) == []


@pytest.mark.parametrize(
    "where", ["scor > 1", "nope.a = 1", "a in ()", '"Score" = 1', "transcript_id = 1 and scor = 1"]
)
def test_unknown_columns_are_named(where: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        found(where)
    assert caught.value.kind == "column"
    assert "score" in caught.value.known


def test_unknown_column_to_order_by_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'score'"):
        select(table(), Query(order_by=(OrderBy("scores"),)), key="transcript_id")


def test_columns_that_differ_in_case_are_different() -> None:
    both = pa.table({"id": ["a", "b"], "x": [1, 2], "X": [2, 1]})
    assert select(both, Query(where=(Column("X") == 1,)), key="id") == [1]


def test_source_without_columns_has_no_rows() -> None:
    assert select(pa.table({}), Query(where=(c.model == "x",)), key="transcript_id") == []


def test_limit_comes_last() -> None:
    for limit, expected in ((0, []), (2, [0, 1]), (99, list(range(12))), (None, list(range(12)))):
        assert select(table(), Query(limit=limit), key="transcript_id") == expected
    with pytest.raises(ConfigError, match="-1"):
        select(table(), Query(limit=-1), key="transcript_id")


def test_shuffle_depends_on_ids_and_seed_alone() -> None:
    rows = table()

    def ids(source: pa.Table, query: Query) -> list[str]:
        return [source.column("transcript_id")[i].as_py() for i in select(source, query, key="transcript_id")]

    expected = sorted(
        (f"id{i}" for i in range(12)), key=lambda value: hashlib.sha256(f"{value}:7".encode()).hexdigest()
    )
    assert ids(rows, Query(shuffle=7)) == expected
    assert ids(rows.take(list(reversed(range(12)))), Query(shuffle=7)) == expected
    assert ids(rows, Query(shuffle=7, limit=3)) == expected[:3]
    assert ids(rows, Query(shuffle=7, order_by=(OrderBy("count"),))) == expected
    assert ids(rows, Query(shuffle=0)) != ids(rows, Query(shuffle=1))
    assert sorted(ids(rows, Query(shuffle=0))) == sorted(expected)


def test_order_puts_missing_values_last_and_keeps_ties() -> None:
    rows = pa.table(
        {
            "id": list("abcdef"),
            "n": [2.0, None, math.nan, 1.0, 2.0, 1.0],
            "j": ['{"k": 2}', '{"k": "b"}', "bad", '{"k": 10}', '{"k": "a"}', "{}"],
        }
    )

    def order(*by: tuple[str, str]) -> list[int]:
        return select(rows, Query(order_by=tuple(OrderBy(n, d) for n, d in by)), key="id")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    assert order(("n", "ASC")) == [3, 5, 0, 4, 1, 2]
    assert order(("n", "DESC")) == [0, 4, 3, 5, 1, 2]
    assert order(("n", "ASC"), ("id", "DESC")) == [5, 3, 4, 0, 2, 1]
    assert order(("j.k", "ASC")) == [0, 3, 4, 1, 2, 5]
    assert order(("j.k", "DESC")) == [1, 4, 3, 0, 2, 5]
    with pytest.raises(ConfigError, match="sideways"):
        order(("n", "sideways"))


def test_nothing_outside_the_table_can_be_read() -> None:
    import duckdb

    from inspect_scout._query.row_search import memory_database

    database = memory_database(0).cursor()
    for statement in (
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.db'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            database.execute(statement)


def test_nomemory_database_is_loaded_without_conditions() -> None:
    code = (
        "import sys, pyarrow as pa; from inspect_scout._query import Query, OrderBy, select;"
        "print(select(pa.table({'id': ['a', 'b']}), Query(shuffle=1, order_by=(OrderBy('id'),), limit=1), key='id'));"
        "print([m for m in ('duckdb',) if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"


def test_many_rows_take_milliseconds() -> None:
    rows, query = table(28), Query(where=(c.count > 5,))
    big = pa.concat_tables([rows] * 700)
    select(big, query, key="transcript_id")
    started = time.process_time()
    select(big, query, key="transcript_id")
    assert time.process_time() - started < 0.5  # about 10 ms; the bound leaves room for slow machines


# A plain reading of the same rules, row by row.


def _json_of_k(value: object) -> str:
    return json.dumps({"k": value})


_TEXTS = ["C", "0.5", "1", "true", "False", "", "nan", "-3", "1e2", "x_y", "X%"]
_ROWS = st.fixed_dictionaries(
    {
        "n": st.one_of(st.none(), st.integers(-3, 3).map(float), st.just(math.nan)),
        "i": st.one_of(st.none(), st.integers(-3, 3)),
        "t": st.one_of(st.none(), st.sampled_from(_TEXTS)),
        "b": st.one_of(st.none(), st.booleans()),
        "j": st.one_of(
            st.none(),
            st.just("{bad"),
            st.builds(
                _json_of_k,
                st.one_of(st.none(), st.integers(-3, 3), st.sampled_from(_TEXTS), st.booleans()),
            ),
        ),
    }
)
_VALUES: st.SearchStrategy[Any] = st.one_of(
    st.integers(-3, 3), st.floats(-3, 3).map(lambda x: round(x, 1)), st.booleans(), st.sampled_from(_TEXTS)
)
_NAMES = ["n", "i", "t", "b", "j.k", "j"]


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        if value.lower() in ("true", "false"):
            return float(value.lower() == "true")
        try:
            value = float(value)
        except ValueError:
            return None
    return None if math.isnan(value) else float(value)


def _value(row: Row, name: str) -> Any:
    if name != "j.k":
        value = row[name]
        return None if isinstance(value, float) and math.isnan(value) else value
    try:
        value = json.loads(row["j"] or "null")
    except ValueError:
        return None
    value = value["k"] if value else None
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _compare(value: Any, operator: str, wanted: Any) -> bool | None:
    if value is None or wanted is None:
        return None
    if operator.endswith("LIKE"):
        text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        wild = {"%": ".*", "_": "."}
        pattern = "".join(wild.get(ch) or re.escape(ch) for ch in str(wanted))
        return bool(re.fullmatch(pattern, text, re.DOTALL | (re.IGNORECASE if "ILIKE" in operator else 0))) != (
            "NOT" in operator
        )
    if isinstance(value, str) and isinstance(wanted, str):
        left: Any = value
        right: Any = wanted
    else:
        left, right = _number(value), _number(wanted)
    if left is None or right is None:
        return None
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "=": ops.eq,
        "!=": ops.ne,
        "<": ops.lt,
        "<=": ops.le,
        ">": ops.gt,
        ">=": ops.ge,
    }
    return tests[operator](left, right)


def _any(values: list[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _holds(row: Row, condition: Condition) -> bool | None:
    left, right, operator = condition.left, condition.right, condition.operator
    if isinstance(left, Condition):
        first = _holds(row, left)
        if operator is LogicalOperator.NOT:
            return _not(first)
        assert isinstance(right, Condition)
        second = _holds(row, right)
        return _any([first, second]) if operator is LogicalOperator.OR else _not(_any([_not(first), _not(second)]))
    if left is None:
        return operator is Operator.NOT_IN
    value = _value(row, left)
    if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
        return (value is None) == (operator is Operator.IS_NULL)
    if isinstance(right, list):
        among = _any([value is None if v is None else _compare(value, "=", v) for v in right])
        return _not(among) if operator is Operator.NOT_IN else among
    if isinstance(right, tuple):
        inside = _not(_any([_not(_compare(value, ">=", right[0])), _not(_compare(value, "<=", right[1]))]))
        return _not(inside) if operator is Operator.NOT_BETWEEN else inside
    return _compare(value, operator.value, right)


def _simple(name: str, values: list[Any], kind: int) -> Condition:
    column, value = Column(name), values[0]
    made = (
        lambda: column == value,
        lambda: column != value,
        lambda: column < value,
        lambda: column >= value,
        lambda: column.in_(values),
        lambda: column.not_in([*values, None]),
        lambda: column.not_in(values),
        column.is_null,
        lambda: column.between(value, values[-1]),
        lambda: column.not_between(value, values[-1]),
        lambda: column.like("%1%"),
        lambda: column.not_ilike("x_%"),
    )
    return made[kind]()


_CONDITIONS = nested(
    st.builds(_simple, st.sampled_from(_NAMES), st.lists(_VALUES, min_size=1, max_size=3), st.integers(0, 11))
)


@settings(deadline=None)
@given(st.lists(_ROWS, min_size=1, max_size=6), _CONDITIONS)
def test_selection_agrees_with_a_plain_reading(rows: list[Row], condition: Condition) -> None:
    types = {"n": pa.float64(), "i": pa.int64(), "t": pa.string(), "b": pa.bool_(), "j": pa.string()}
    data = pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in types.items()})
    expected = [i for i, row in enumerate(rows) if _holds(row, condition)]
    if not expected:
        with contextlib.suppress(ConfigError):  # what no row can take part in is refused
            assert select(data, Query(where=(condition,)), key="n") == []
        return
    assert select(data, Query(where=(condition,)), key="t") == expected
    again = condition_from_sql(condition_as_sql(condition, "filter"))
    assert select(data, Query(where=(again,)), key="t") == expected
    restored = Condition.model_validate_json(condition.model_dump_json())
    assert select(data, Query(where=(restored,)), key="t") == expected
