"""Values as cells: what goes in comes out equal, of the same type."""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._transcripts.database.format.cell_values import (
    decode_metadata,
    decode_score,
    encode_metadata,
    encode_score,
    json_text,
)
from support.shapes import is_list, is_mapping

TEXT = st.text(st.characters(), max_size=8) | st.sampled_from(
    [
        "1",
        "0.5",
        "1e5",
        "-0",
        "true",
        "False",
        "NaN",
        "nan",
        "-inf",
        "null",
        "[1]",
        "{}",
        '"x"',
        " 1",
        " [1]",
        '"\\u0031"',
        "",
        " ",
        "\ud800",
        "[\udfff",
        '{"a": "\\ud800"}',
    ]
)
SCALARS = st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT
JSON = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def same(left: Any, right: Any) -> bool:
    """Compare values with their types; NaN equals itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if is_mapping(left):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if is_list(left):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


@given(JSON)
def test_scores_come_back_with_their_type(score: Any) -> None:
    cell = encode_score(score)
    assert (cell is None) == (score is None)
    if cell is not None:
        cell.encode()
        assert same(decode_score(cell), score)


@given(JSON)
def test_metadata_comes_back_with_its_type(value: Any) -> None:
    cell = encode_metadata(value)
    assert (cell is None) == (value is None)
    if isinstance(cell, str):
        cell.encode()
        assert same(decode_metadata(cell), value)
    elif cell is not None:
        assert same(cell, value)


@pytest.mark.parametrize(
    ("score", "cell"),
    [
        (0.5, "0.5"),
        (1, "1"),
        (True, "true"),
        (False, "false"),
        ("C", "C"),
        ("", ""),
        ([1, "a"], '[1,"a"]'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_scores_are_written_as_other_programs_read_them(score: Any, cell: str) -> None:
    assert encode_score(score) == cell


@pytest.mark.parametrize("text", ["1", "0.5", "true", "True", "nan", "[1]", '{"a": 1}'])
def test_scores_that_look_like_something_else_are_json_strings(text: str) -> None:
    cell = encode_score(text)
    assert cell is not None and cell != text
    assert json.loads(cell) == text
    assert decode_score(cell) == text


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        ("True", True),
        ("1.0", 1.0),
        ("nan", math.nan),
        ("1e-05", 1e-05),
        ('"x"', '"x"'),
        ("007", "007"),
        ("{broken", "{broken"),
    ],
)
def test_scores_of_other_programs_are_read(cell: str, score: Any) -> None:
    assert same(decode_score(cell), score)


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (b"a\xff", "a\\xff"),
        (Colour.RED, "red"),
        ((1, 2), [1, 2]),
        ({"when": date(2026, 1, 2), "set": frozenset({1})}, {"when": "2026-01-02", "set": [1]}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        ({1: "a", (2, 3): "b", None: "c"}, {"1": "a", "(2, 3)": "b", "null": "c"}),
        (10**400, 10**400),
    ],
)
def test_odd_values_become_what_is_nearest(value: Any, read: Any) -> None:
    cell = encode_metadata(value)
    assert (decode_metadata(cell) if isinstance(cell, str) else cell) == read


def test_mapping_objects_are_written_as_objects() -> None:
    class Pairs(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return {"a": 1}[key]

        def __iter__(self) -> Any:
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    assert json_text({"pairs": Pairs()}) == '{"pairs":{"a":1}}'


def test_text_that_looks_like_json_stays_json_to_other_readers() -> None:
    cell = encode_metadata('{"a": 1}')
    assert isinstance(cell, str)
    assert json.loads(cell) == {"a": 1}
    assert decode_metadata(cell) == '{"a": 1}'
