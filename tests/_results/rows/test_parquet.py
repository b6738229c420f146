"""What the files of results tell before they are read."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as _parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._results.rows.parquet import TableFile

parquet: Any = _parquet
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["number", "resultset", "string"])))


def table_file(columns: Any, group_rows: int = 2, *, statistics: bool = True) -> TableFile:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), sink, row_group_size=group_rows, write_statistics=statistics)
    return TableFile("memory", parquet.ParquetFile(pa.BufferReader(sink.getvalue())))


@given(TEXTS, st.integers(1, 3), st.booleans())
def test_a_text_that_is_there_may_be_there(texts: list[str | None], group_rows: int, statistics: bool) -> None:
    kinds = pa.array(texts, pa.string())
    file = table_file(
        {"nested": [{"a": 1, "kind": "?"}] * len(texts), "kind": kinds}, group_rows, statistics=statistics
    )
    assert all(file.may_hold("kind", text) for text in texts if text is not None)


@pytest.mark.parametrize(("text", "held"), [("resultset", False), ("boolean", True), ("number", True), ("z", False)])
def test_statistics_tell_what_is_not_there(text: str, held: bool) -> None:
    file = table_file({"kind": ["boolean", "boolean", "number", "number"]})
    assert file.may_hold("kind", text) is held


def test_without_statistics_anything_may_be_there() -> None:
    assert table_file({"kind": ["a"]}, statistics=False).may_hold("kind", "z")
    assert table_file({"kind": [1]}).may_hold("kind", "z")
