"""Descriptions on one line and small tables, whatever they are about."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from inspect_scout._support.reprs import MAX_ROWS, MAX_SHOWN, Words, html_table, one_line_repr, shortened


def test_long_tables_end_with_how_much_is_missing() -> None:
    table = ET.fromstring(
        html_table("t", [(f"row {number}", number) for number in range(MAX_ROWS + 1_234)], ("a", "b"))
    )
    assert len(list(table.iter("tr"))) == 1 + MAX_ROWS + 1
    assert list(table.iter("td"))[-1].text == "… and 1,234 more"


def test_names_of_columns_of_numbers_stand_above_the_numbers() -> None:
    table = ET.fromstring(html_table("t", [(1, "b", 3, True), (2, "e", None, None)], ("", "text", "number", "flag")))
    sides = [each.get("style", "").split("; ")[0] for each in table.iter("th") if each.get("scope") == "col"]
    assert sides == [f"text-align: {side}" for side in ("left", "left", "right", "left")]


@pytest.mark.parametrize(
    "value", ["x" * 10_000, ["a"] * 10_000, {str(n): n for n in range(100)}, "a\nb\x1b[31m", 3, None]
)
def test_values_are_short_and_on_one_line(value: object) -> None:
    shown = repr(shortened(value))
    assert len(shown) <= 2 * MAX_SHOWN
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown


def test_what_is_short_stands_as_it_is() -> None:
    assert [repr(shortened(value)) for value in ("a", 3, [1], {"a": 1}, None)] == [
        "'a'",
        "3",
        "[1]",
        "{'a': 1}",
        "None",
    ]


def test_a_description_leaves_out_what_there_is_not() -> None:
    assert one_line_repr("thing", Words("12 rows"), "a", total=3, after=None) == "str(12 rows, 'a', total=3)"


def test_numbers_of_tables_have_separators_and_nothing_is_left_empty() -> None:
    table = ET.fromstring(html_table("a & b", [("x", 12_345, 0.5, None, True, "<i>")]))
    assert [cell.text for cell in table.iter("td")] == ["12,345", "0.5", None, "True", "<i>"]
    assert table.find("caption") is not None
