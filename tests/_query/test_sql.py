"""Conditions as SQL text, and back."""

from __future__ import annotations

import pickle
import re
import sqlite3
from datetime import date, datetime
from typing import Any, Literal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._query import (
    Condition,
    ConditionSQLError,
    ConditionSQLSyntaxError,
    ConditionSQLUnsupportedError,
    condition_as_sql,
    condition_from_sql,
)
from inspect_scout._query import columns as c
from support.conditions import conditions

Dialect = Literal["sqlite", "duckdb", "postgres"]


@pytest.mark.parametrize(
    ("condition", "sqlite", "duck", "postgres", "text", "params"),
    [
        (c.model == "x", '"model" = ?', '"model" = ?', '"model" = $1', "model = 'x'", ["x"]),
        (
            (c.model == "x") & ~(c.score > 0.5),
            '("model" = ? AND NOT ("score" > ?))',
            '("model" = ? AND NOT ("score" > ?))',
            '("model" = $1 AND NOT ("score" > $2))',
            "(model = 'x' AND NOT (score > 0.5))",
            ["x", 0.5],
        ),
        (
            c["a.b"] == 3,
            "json_extract(\"a\", '$.b') = ?",
            "TRY_CAST(json_extract_string(\"a\", '$.b') AS DOUBLE) = ?",
            "(\"a\"->>'b')::text::bigint = $1",
            "a.b = 3",
            [3],
        ),
        (
            c["a.b-c.d[0]"].like("%x"),
            "json_extract(\"a\", '$.b-c.d[0]') LIKE ?",
            'json_extract_string("a", \'$."b-c".d[0]\') LIKE ?',
            "\"a\"->'b-c'->'d'->>0 LIKE $1",
            "a.\"b-c\".d[0] LIKE '%x'",
            ["%x"],
        ),
        (
            c["a[0]"] == True,  # noqa: E712
            "json_extract(\"a\", '$[0]') = ?",
            "TRY_CAST(json_extract_string(\"a\", '$[0]') AS BOOLEAN) = ?",
            '("a"->>0)::text::boolean = $1',
            "a[0] = TRUE",
            [True],
        ),
        (
            c.model.in_(["a", None]),
            '("model" IN (?) OR "model" IS NULL)',
            '("model" IN (?) OR "model" IS NULL)',
            '("model" IN ($1) OR "model" IS NULL)',
            "(model IN ('a') OR model IS NULL)",
            ["a"],
        ),
        (
            c.model.not_in(["a", None]),
            '("model" NOT IN (?) AND "model" IS NOT NULL)',
            '("model" NOT IN (?) AND "model" IS NOT NULL)',
            '("model" NOT IN ($1) AND "model" IS NOT NULL)',
            "(model NOT IN ('a') AND model IS NOT NULL)",
            ["a"],
        ),
        (c.a.in_([]), "1 = 0", "1 = 0", "1 = 0", "1 = 0", []),
        (c.a.not_in([]), "1 = 1", "1 = 1", "1 = 1", "1 = 1", []),
        (c.a.in_([None]), '"a" IS NULL', '"a" IS NULL', '"a" IS NULL', "a IS NULL", []),
        (c.a.not_in([None]), '"a" IS NOT NULL', '"a" IS NOT NULL', '"a" IS NOT NULL', "a IS NOT NULL", []),
        (c.a == None, '"a" IS NULL', '"a" IS NULL', '"a" IS NULL', "a IS NULL", []),  # noqa: E711
        (
            c.error.ilike("%z"),
            'LOWER("error") LIKE LOWER(?)',
            'LOWER("error") LIKE LOWER(?)',
            '"error" ILIKE $1',
            "error ILIKE '%z'",
            ["%z"],
        ),
        (
            c.a.between(1, 2) | (c["odd name"] != "it's"),
            '("a" BETWEEN ? AND ? OR "odd name" != ?)',
            '("a" BETWEEN ? AND ? OR "odd name" != ?)',
            '("a" BETWEEN $1 AND $2 OR "odd name" != $3)',
            "(a BETWEEN 1 AND 2 OR \"odd name\" != 'it''s')",
            [1, 2, "it's"],
        ),
    ],
)
def test_condition_renders_in_each_dialect(
    condition: Condition, sqlite: str, duck: str, postgres: str, text: str, params: list[Any]
) -> None:
    assert condition_as_sql(condition) == (sqlite, params)
    assert condition_as_sql(condition, "duckdb") == (duck, params)
    assert condition_as_sql(condition, "postgres") == (postgres, params)
    assert condition_as_sql(condition, "filter") == text


def test_dates_render_as_literals() -> None:
    condition = c.date.between(date(2024, 1, 1), datetime(2024, 2, 1, 10))
    assert condition_as_sql(condition, "filter") == "date BETWEEN DATE '2024-01-01' AND TIMESTAMP '2024-02-01T10:00:00'"
    assert condition_as_sql(condition, "sqlite")[1] == ["2024-01-01", "2024-02-01 10:00:00"]
    assert condition_as_sql(condition, "duckdb")[1] == [date(2024, 1, 1), datetime(2024, 2, 1, 10)]


@given(conditions())
def test_columns_stand_between_double_quotes_in_sqlite_text(condition: Condition) -> None:
    sql, params = condition_as_sql(condition, "sqlite")
    assert sql.count("?") >= len(params)
    outside = re.sub(r"'(?:[^']|'')*'", "", sql)
    assert set(re.findall(r'"((?:[^"]|"")+)"', outside)) <= {
        "a",
        "score",
        "limit",
        "and",
        "weird name",
        'quo""te',
        "ünï",
    }


@given(conditions())
def test_filter_text_is_read_back(condition: Condition) -> None:
    text = condition_as_sql(condition, "filter")
    again = condition_from_sql(text)
    assert condition_from_sql(condition_as_sql(again, "filter")) == again
    assert condition_as_sql(again, "postgres")[1] == condition_as_sql(condition, "postgres")[1]


@given(conditions(with_null=False).filter(lambda x: "right=[]" not in repr(x)))
def test_filter_text_gives_the_same_condition(condition: Condition) -> None:
    assert condition_from_sql(condition_as_sql(condition, "filter")) == condition


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
@given(condition=conditions())
def test_rendered_text_is_valid_sql(dialect: Dialect, condition: Condition) -> None:
    sql, params = condition_as_sql(condition, dialect)
    names = ["a", "score", "limit", "and", "weird name", 'quo""te', "ünï"]
    table = ", ".join(f"'{{}}' AS \"{name}\"" for name in names)
    statement = f"EXPLAIN SELECT 1 FROM (SELECT {table}) WHERE {sql}"
    if dialect == "sqlite":
        connection = sqlite3.connect(":memory:")
        narrow = [p if not isinstance(p, int) or abs(p) < 2**63 else 0 for p in params]
        connection.execute(statement, [p.encode("utf-8", "replace") if isinstance(p, str) else p for p in narrow])
        connection.close()
    else:
        duckdb.connect(":memory:").execute("SELECT json_serialize_sql(?)", [statement.removeprefix("EXPLAIN ")])


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("a='x'", "a = 'x'"),
        ("A = 'x'", "A = 'x'"),
        ("score > -1.5e3", "score > -1500.0"),
        ("a.b.c = 1", "a.b.c = 1"),
        ("a['k'][0] = 2", "a.k[0] = 2"),
        ('a."b.c" = 2', 'a."b.c" = 2'),
        ('"a.b" = 2', '"a.b" = 2'),
        ("a.0.b = 1", "a[0].b = 1"),
        ("""a["x"]['y''z'] = 1""", """a.x."y'z" = 1"""),
        ("sample_metadata.tool-use = 1", 'sample_metadata."tool-use" = 1'),
        ("success", "success = TRUE"),
        ("not success and error", "(success != TRUE AND error = TRUE)"),
        ("1 = a", "a = 1"),
        ("1 < a", "a > 1"),
        ("1 >= a", "a <= 1"),
        ("'x' <> a", "a != 'x'"),
        ("a is null", "a IS NULL"),
        ("a IS NOT NULL", "a IS NOT NULL"),
        ("a is true", "(a = TRUE AND a IS NOT NULL)"),
        ("a is not false", "(a != FALSE OR a IS NULL)"),
        ("a is distinct from 3", "(a != 3 OR a IS NULL)"),
        ("a is not distinct from 'x'", "(a = 'x' AND a IS NOT NULL)"),
        ("a is distinct from null", "a IS NOT NULL"),
        ("a in (1, null)", "(a IN (1) OR a IS NULL)"),
        ("a not in ('x')", "a NOT IN ('x')"),
        ("a in ()", "1 = 0"),
        ("a between 1 and 2 and b = 3", "(a BETWEEN 1 AND 2 AND b = 3)"),
        ("not a between 1 and 2", "a NOT BETWEEN 1 AND 2"),
        ("a not between 1 and 2", "a NOT BETWEEN 1 AND 2"),
        ("not a = 1", "a != 1"),
        ("not (a = 1)", "NOT (a = 1)"),
        ("not not a = 1", "a = 1"),
        ("not (a = 1 or b = 2)", "NOT (a = 1 OR b = 2)"),
        ("a = 1 or b = 2 and d = 3", "(a = 1 OR (b = 2 AND d = 3))"),
        ("(a = 1 or b = 2) and d = 3", "((a = 1 OR b = 2) AND d = 3)"),
        ("((a)) = (1)", "a = 1"),
        ("a = 12345678901234567890123", "a = 12345678901234567890123"),
        ("a = 1e999", "a = 1e999"),
        ("a == 1", "a = 1"),
        ("a = NULL", "a = NULL"),
        ("a = 'it''s'", "a = 'it''s'"),
        ("date > DATE '2024-01-01'", "date > DATE '2024-01-01'"),
        ("date > timestamp '2024-01-01 10:00:00Z'", "date > TIMESTAMP '2024-01-01T10:00:00+00:00'"),
        ("date > '2024-01-01'::date", "date > DATE '2024-01-01'"),
        ("date = 1", "date = 1"),
        ("limit != ''", "\"limit\" != ''"),
        ("a::float > 1", "a > 1"),
        ("a::text = 1", "a = '1'"),
        ("a::int > '5'", "a > 5"),
        ("CAST(a AS DECIMAL(10, 2)) = 1.5", "a = 1.5"),
        ("json_extract_string(\"a\", '$.b[0]') = 1", "a.b[0] = 1"),
        ("a ilike 'x'", "a ILIKE 'x'"),
        ("a not like 5", "a NOT LIKE '5'"),
        ("true", "1 = 1"),
        ("1 = 0", "1 = 0"),
        ("'a' = 'a'", "1 = 1"),
        ("1 = NULL", "1 = 0"),
    ],
)
def test_sql_text_is_understood(sql: str, text: str) -> None:
    assert condition_as_sql(condition_from_sql(sql), "filter") == text


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ('a = "x"', "single quotes"),
        ("a = b", "column 'b'"),
        ("a = 1; drop table x", "';'"),
        ("a = 'x' -- c", "Comments"),
        ("a = 1 /* c */", "Comments"),
        ("a = 'x", "not closed"),
        ('"a = 1', "not closed"),
        ("a.\"b = 'x'", "not closed"),
        ("a =", "the end"),
        ("a. = 1", "key"),
        ("and", "'and'"),
        ("a = 1 b", "cannot follow"),
        ("where a = 1", "WHERE"),
        ("a in (1,)", "value"),
        ("a in 1", "'('"),
        ("a in (1", "','"),
        ("(a = 1", "')'"),
        ("a not 1", "NOT"),
        ("a is 5", "IS"),
        ("a between 1", "AND"),
        ("1", "not a condition"),
        ("1a = 1", "digit"),
        ("a = DATE 'x'", "'x'"),
        ("a::int = 'x'", "'x'"),
        ("a = 1 = 2", "cannot follow"),
        ("(" * 5000, "nested"),
        ("a = " + "(" * 5000 + "1", "nested"),
        ("a\0b = 1", "meaning"),
        ('"a\0b" = 1', "NUL"),
    ],
)
def test_malformed_text_is_a_syntax_error(sql: str, hint: str) -> None:
    with pytest.raises(ConditionSQLSyntaxError) as caught:
        condition_from_sql(sql)
    assert hint in str(caught.value)
    assert caught.value.sql == sql
    assert caught.value.detail
    assert isinstance(caught.value, ConditionSQLError)
    assert isinstance(caught.value, ConfigError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("sql", "construct"),
    [
        ("lower(a) = 'x'", "lower"),
        ("a > now()", "now"),
        ("read_text('/etc/passwd') = 'x'", "read_text"),
        ("a in (select 1)", "subquery"),
        ("(select 1) = a", "subquery"),
        ("exists (select 1)", "exists"),
        ("case when a then 1 end = 1", "case"),
        ("a like 'x%' escape '!'", "like_escape"),
        ("a - 1 = 2", "-"),
        ("a + 1 = 2", "+"),
        ("a * 2 = 2", "*"),
        ("a ->> 'x' = 1", "->>"),
        ("a || 'x' = 'y'", "||"),
        ("a ~ 'x'", "~"),
        ("a similar to 'x'", "similar"),
        ("a = ?", "?"),
        ("a = $1", "$"),
        ("a = 1 order by b", "order"),
        ("a = 1 limit 3", "limit"),
        ("a::blob = 1", "cast"),
    ],
)
def test_more_than_a_condition_is_unsupported(sql: str, construct: str) -> None:
    with pytest.raises(ConditionSQLUnsupportedError) as caught:
        condition_from_sql(sql)
    assert caught.value.construct == construct
    assert caught.value.sql == sql
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@given(st.text(alphabet="ab1.'\"()[]-=<>, \n;:*?%nNotIiSs\0"))
def test_no_text_brings_down_the_reader(sql: str) -> None:
    try:
        condition = condition_from_sql(sql)
    except ConditionSQLError:
        return
    text = condition_as_sql(condition, "filter")
    assert condition_from_sql(text) == condition_from_sql(condition_as_sql(condition_from_sql(text), "filter"))


def test_long_chains_stay_flat() -> None:
    long = c.a == 0
    for i in range(1, 3000):
        long = long | (c.a == i)
    text = condition_as_sql(long, "filter")
    assert text.startswith("(a = 0 OR a = 1 OR a = 2 OR")
    assert condition_as_sql(condition_from_sql(text), "sqlite") == condition_as_sql(long, "sqlite")


def test_names_that_no_column_can_have_are_refused() -> None:
    for name in ("a\0b", "a.", "a[", 'a."b', "a]b[x"):
        with pytest.raises(ConfigError):
            condition_as_sql(c[name] == 1)
