"""What several values come to."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import Result
from inspect_scout._scanners.scoring.reduce import reduce_results, reduce_values
from inspect_scout._scanners.scoring.scores import score_of
from inspect_scout._types import as_resultset

CASES: list[tuple[list[Any], Any]] = [
    ([], None),
    ([None, None], None),
    ([None, "x"], "x"),
    ([False, True, None], True),
    ([False, False], False),
    ([1, 2, 6], 3.0),
    ([True, 2], 1.5),
    ([["a", "b"], ["b", "c"]], ["a", "b", "c"]),
    ([{"a": 1, "b": "x"}, {"a": 2}], {"a": 1.5, "b": "x"}),
    (["x", "y", "y"], "y"),
    (["x", "y"], "y"),
    (["x", 1], 1),
]


@pytest.mark.parametrize(("values", "expected"), CASES)
def test_several_values_come_to_one(values: list[Any], expected: Any) -> None:
    found = reduce_values(values)
    assert (found, type(found)) == (expected, type(expected))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=5))
def test_every_mixture_comes_to_a_score_or_none(values: list[Any]) -> None:
    results: list[Result[Any]] = [Result(value=value) for value in values]
    score = score_of(results, ["declared"])
    assert (score is None) == all(value is None for value in values)
    listed = score_of([as_resultset(results)], [])
    assert (listed is None) == (bool(values) and all(value is None for value in values))
    if not values:
        assert listed is not None
        assert listed.value == {}


def test_answer_is_that_of_the_last_result_with_the_value() -> None:
    told = [Result(value=True, answer="yes, here"), Result(value=False, answer="no"), Result(value=True, answer="Yes")]
    reduced = reduce_results(told, "Input")
    assert (reduced.value, reduced.answer) == (True, "Yes")


def test_results_without_label_stand_beside_labelled_ones() -> None:
    found: list[Result[Any]] = [
        Result(value=1, label="a"),
        Result(value=2),
        Result(value=4),
        Result(value=None, label="b"),
    ]
    score = score_of([as_resultset(found)], [])
    assert score is not None
    value: Any = score.value
    assert (value["a"], value["unlabelled"]) == (1, 3.0)
    assert math.isnan(value["b"])


def test_labels_are_reduced_over_the_inputs() -> None:
    one: list[Result[Any]] = [Result(value=True, label="a", explanation="here", metadata={"x": 1})]
    two: list[Result[Any]] = [Result(value=False, label="a", metadata={"y": 2})]
    score = score_of([as_resultset(one), as_resultset(two)], [])
    assert score is not None
    assert score.value == {"a": True}
    assert score.explanation == "[a]\n[Result 1]\nhere"
    assert score.metadata == {"x": 1, "y": 2}
