"""Patterns of LIKE."""

from __future__ import annotations

import pyarrow as pa
import pytest

from inspect_scout._query import Query, select
from inspect_scout._query import columns as c

TEXTS = ["a_b", "a%b", "a\\b", "c\\d", "end\\"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"a\_b", ["a_b"]),
        ("a_b", ["a_b", "a%b", "a\\b"]),
        (r"a\%b", ["a%b"]),
        (r"a\\b", ["a\\b"]),
        (r"a\b", ["a\\b"]),
        (r"%\d", ["c\\d"]),
        ("end\\", ["end\\"]),
    ],
)
def test_a_backslash_escapes_the_signs_of_a_pattern_and_itself(pattern: str, found: list[str]) -> None:
    rows = select(pa.table({"text": TEXTS}), Query(where=(c.text.like(pattern),)), key="text")
    assert [TEXTS[row] for row in rows] == found
