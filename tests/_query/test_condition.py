"""Conditions: building, JSON, columns."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from inspect_scout._query import Column, Condition, LogicalOperator, Operator, columns, log_columns
from support.conditions import conditions


@given(conditions())
def test_condition_survives_json(condition: Condition) -> None:
    assert Condition.model_validate_json(condition.model_dump_json()) == condition
    assert Condition.model_validate(condition.model_dump()) == condition
    assert pickle.loads(pickle.dumps(condition)) == condition


def test_json_has_the_published_shape() -> None:
    assert columns.a.in_([1, None]).model_dump_json() == (
        '{"left":"a","operator":"IN","right":[1,null],"is_compound":false}'
    )
    assert (~columns.a.is_null()).model_dump(mode="json") == {
        "left": {"left": "a", "operator": "IS NULL", "right": None, "is_compound": False},
        "operator": "NOT",
        "right": None,
        "is_compound": True,
    }


def test_dates_and_ranges_keep_their_types_in_json() -> None:
    condition = columns.date.between(date(2024, 1, 1), datetime(2024, 2, 1, tzinfo=UTC))
    data = condition.model_dump(mode="json")
    assert data["right"] == ["2024-01-01", "2024-02-01T00:00:00Z"]
    assert data["types"] == ["date", "timestamp"]
    assert Condition.model_validate(data) == condition
    infinite = columns.a.in_([float("inf"), 1])
    assert json.loads(infinite.model_dump_json())["right"] == ["inf", 1]
    assert Condition.model_validate_json(infinite.model_dump_json()) == infinite
    untyped = Condition.model_validate({"left": "a", "operator": "BETWEEN", "right": [1, 2]})
    assert untyped.right == (1, 2)


@pytest.mark.parametrize(
    "data",
    [
        {"left": "a", "operator": "BETWEEN", "right": [1]},
        {"left": "a", "operator": "BETWEEN"},
        {"left": "a", "operator": "IN", "right": 1},
        {"left": "a", "operator": "=", "right": [1]},
        {"left": None, "operator": "=", "right": 1},
        {"left": "a", "operator": "AND", "right": "b"},
        {"left": "a", "operator": "AND", "right": "b", "is_compound": True},
        {"left": {"left": "a", "operator": "=", "right": 1}, "operator": "=", "right": 1, "is_compound": True},
        {"left": "a", "operator": "=", "right": "2024-01-01", "types": ["time"]},
        {"left": "a", "operator": "=", "right": "2024-01-01", "types": []},
        {"left": "a", "operator": "=", "right": "x", "types": ["date"]},
        {"left": "a", "operator": "DROP", "right": 1},
    ],
)
def test_malformed_json_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate(data)


def test_columns_build_every_condition() -> None:
    c = Column("x")
    built = {
        Operator.EQ: c == 1,
        Operator.NE: c != 1,
        Operator.LT: c < 1,
        Operator.LE: c <= 1,
        Operator.GT: c > 1,
        Operator.GE: c >= 1,
        Operator.LIKE: c.like("a"),
        Operator.NOT_LIKE: c.not_like("a"),
        Operator.ILIKE: c.ilike("a"),
        Operator.NOT_ILIKE: c.not_ilike("a"),
        Operator.IN: c.in_([1]),
        Operator.NOT_IN: c.not_in([1]),
        Operator.IS_NULL: c.is_null(),
        Operator.IS_NOT_NULL: c.is_not_null(),
        Operator.BETWEEN: c.between(1, 2),
        Operator.NOT_BETWEEN: c.not_between(1, 2),
    }
    assert set(built) == set(Operator)
    for operator, condition in built.items():
        assert condition.operator is operator
        assert condition.left == "x"
        assert not condition.is_compound
    assert (c == None).operator is Operator.IS_NULL  # noqa: E711
    assert (c != None).operator is Operator.IS_NOT_NULL  # noqa: E711
    assert hash(c) == hash(Column("x"))


def test_conditions_combine() -> None:
    a, b = columns.a == 1, columns.b == 2
    assert (a & b).operator is LogicalOperator.AND
    assert (a | b).operator is LogicalOperator.OR
    assert (~a).operator is LogicalOperator.NOT
    assert (a & b).params == []
    assert a.params == [1]
    assert columns.a.between(1, 2).params == [1, 2]
    assert columns.a.in_([1, None]).params == [1, None]
    assert columns.a.is_null().params == []


def test_range_needs_both_bounds() -> None:
    with pytest.raises(ValueError, match="two bounds"):
        columns.a.between(None, 1)
    with pytest.raises(ValueError, match="two bounds"):
        columns.a.not_between(1, None)


def test_attributes_and_brackets_lead_into_json() -> None:
    c = log_columns
    assert c.sample_metadata.category.name == "sample_metadata.category"
    assert c["sample_metadata.category"].name == "sample_metadata.category"
    assert c.sample_metadata["odd.key"]["0"][1]["b-c"].name == 'sample_metadata."odd.key"."0"[1].b-c'
    assert columns.anything.at_all.name == "anything.at_all"
    assert c.model.name == "model"


def test_columns_are_safe_to_inspect() -> None:
    column = Column("a")
    with pytest.raises(AttributeError):
        column._private  # noqa: B018
    with pytest.raises(AttributeError):
        columns._private  # noqa: B018
    with pytest.raises(TypeError):
        list(column)
    assert pickle.loads(pickle.dumps(column)).name == "a"
    assert repr(column) == "Column('a')"


@pytest.mark.parametrize(
    ("old", "new"),
    [("eval_created", "date"), ("task_name", "task_set"), ("solver", "agent"), ("solver_args", "agent_args")],
)
def test_old_names_of_columns_warn(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=new):
        assert getattr(log_columns, old).name == new


@given(st.text(min_size=1), st.lists(st.one_of(st.text(), st.integers(0, 99)), max_size=3))
def test_any_key_can_be_reached(base: str, keys: list[str | int]) -> None:
    from inspect_scout._query.column_path import ColumnPath

    path = ColumnPath(base.replace("\0", ""), tuple(k.replace("\0", "") if isinstance(k, str) else k for k in keys))
    assert ColumnPath.parse(str(path)) == path


def test_building_conditions_loads_nothing_heavy() -> None:
    code = (
        "import sys; from inspect_scout._query import columns as c, condition_from_sql, condition_as_sql, Query;"
        "condition_as_sql(condition_from_sql('a.b = 1') & (c.x == 2));"
        "print([m for m in ('pyarrow', 'duckdb', 'pandas', 'inspect_ai') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
