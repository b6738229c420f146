"""Pages that go on behind a row."""

from __future__ import annotations

import json
from typing import Literal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._app.viewing.paging import PageRequest, page_range, parse_page_request, rows_behind
from inspect_scout._query import OrderBy, Query, select

Direction = Literal["ASC", "DESC"]
_DIRECTIONS = st.sampled_from(["ASC", "DESC"])
_CELLS = st.one_of(st.none(), st.integers(0, 3))


@settings(max_examples=40)
@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=12), _DIRECTIONS, _DIRECTIONS, st.data())
def test_the_rows_behind_a_row_are_those_after_it(
    cells: list[tuple[int | None, int | None]], one: Direction, other: Direction, data: st.DataObject
) -> None:
    ids = [f"id{number:02}" for number in range(len(cells))]
    rows = pa.table(
        {
            "a": pa.array([a for a, _ in cells], pa.int64()),
            "b": pa.array([b for _, b in cells], pa.int64()),
            "id": ids,
        }
    )
    order = (OrderBy("a", one), OrderBy("b", other), OrderBy("id"))
    ordered = select(rows, Query(order_by=order), key="id")
    place = data.draw(st.integers(0, len(cells) - 1))
    row = ordered[place]
    cursor = {"a": cells[row][0], "b": cells[row][1], "id": ids[row]}
    behind = select(rows, Query(where=(rows_behind(order, cursor),), order_by=order), key="id")
    assert behind == ordered[place + 1 :]


@given(st.integers(0, 20), st.integers(0, 8), st.booleans(), st.data())
def test_pages_stay_in_the_list(total: int, limit: int, backward: bool, data: st.DataObject) -> None:
    edge = data.draw(st.integers(0, total))
    page = page_range(PageRequest(limit=limit, backward=backward), total, edge, found=edge < total)
    assert len(page) <= limit
    assert all(0 <= place < total and place != edge for place in page)


NO_REQUESTS = ("1", "[]", '{"pagination": {}}', '{"order_by": [{}]}', '{"filter": {"left": "a"}}', '"x"')


@pytest.mark.parametrize("body", NO_REQUESTS)
def test_what_is_not_a_request_is_refused(body: str) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        parse_page_request(json.loads(body))
