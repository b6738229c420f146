"""Tables as lines of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._display.layout import cell_width, lay_out_table, shorten

HEADERS = ("time", "name", "errors", "location")
ROWS = [
    ["23 Nov 11:54", "a scan with a rather long name that nobody needs", "3", "scans/scan_id=L3aavDT5nsTHpoaVBfah7J"],
    ["1 Jan 2025", "b", "-", "scans/scan_id=AAaavDT5nsTHpoaVBfah7J"],
]


def test_a_narrow_table_fits_and_keeps_whole_columns() -> None:
    table = lay_out_table(HEADERS, ROWS, width=80, whole=("time", "location"))
    lines = [table.header, *table.body]
    assert max(map(cell_width, lines)) <= 80
    assert ROWS[0][3] in lines[1]
    assert "…" in lines[1]
    assert table.header.split() == list(HEADERS)


@pytest.mark.parametrize(
    ("width", "shown"),
    [(80, "time name errors location"), (50, "time name errors"), (30, "time errors"), (10, "time"), (1, "time")],
)
def test_a_narrow_table_leaves_out_what_matters_least(width: int, shown: str) -> None:
    optional = ("errors", "name", "location")
    table = lay_out_table(HEADERS, ROWS, width=width, whole=("time", "location"), optional=optional)
    assert table.header.split() == shown.split()
    assert max(map(cell_width, [table.header, *table.body])) <= max(width, len(ROWS[0][0]))


def test_without_a_width_nothing_is_left_out() -> None:
    assert lay_out_table(HEADERS, ROWS, optional=HEADERS).header.split() == list(HEADERS)


def test_without_a_width_nothing_is_shortened() -> None:
    long = "x" * 3000
    table = lay_out_table(("name", "value"), [[long, "1"], ["a", "2"]])
    assert long in table.body[0]
    assert len(table.body[1]) < 100, "a monstrous cell must not widen the other lines"


def test_numbers_are_right_aligned_and_never_shortened() -> None:
    table = lay_out_table(("scanner", "tokens"), [["s" * 50, "1,234,567,890"], ["t", "-"]], ["total", "1"], width=30)
    assert table.body[0].endswith("1,234,567,890")
    assert table.body[1].endswith(" -")
    assert table.footer is not None
    assert table.footer.endswith(" 1")


def test_cells_are_shown_on_one_line() -> None:
    table = lay_out_table(("a", "b"), [["x\ny\t z", "\x1b[31mred"]])
    assert table.body == ["x y z  red"]


def test_headers_never_collide_even_where_nothing_fits() -> None:
    headers = ("scanner", "results", "errors", "tokens/scan", "tokens")
    for width in (1, 20, 40, 80):
        assert lay_out_table(headers, [["s", "1", "2", "3", "4"]], width=width).header.split() == list(headers)


def test_wide_characters_take_two_cells() -> None:
    assert cell_width("日本") == 4
    assert cell_width("e\u0301") == 1
    assert cell_width(shorten("日本語テキスト", 6)) <= 6
    table = lay_out_table(("a", "b"), [["日本", "x"], ["abcd", "x"]])
    assert {cell_width(line) for line in table.body} == {7}


@given(st.text(max_size=30), st.integers(0, 20))
def test_shortening_never_exceeds_the_width(text: str, width: int) -> None:
    assert cell_width(shorten(text, width)) <= width


@given(st.lists(st.lists(st.text(max_size=20), max_size=5), max_size=5), st.integers(1, 60) | st.none())
def test_any_cells_make_a_table(rows: list[list[str]], width: int | None) -> None:
    table = lay_out_table(("one", "two", "three"), rows, width=width)
    assert len(table.body) == len(rows)
    assert all("\n" not in line for line in table.body)
