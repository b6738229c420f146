"""Texts for people: made printable, counted, measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._support.clock import format_age
from inspect_scout._support.terminal import format_size, printable


@given(st.text())
def test_what_is_printable_moves_no_cursor(text: str) -> None:
    made = printable(text)
    assert printable(made) == made
    assert not {character for character in made if ord(character) < 32 or 127 <= ord(character) < 160} - {"\t", "\n"}


@pytest.mark.parametrize(
    ("size", "text"),
    [
        *[(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (42_200, "42.2 kB"), (99_600, "100 kB"), (999_600, "1.0 MB")],
        *[(1_500_000_000, "1.5 GB"), (2 * 10**15, "2000 TB")],
    ],
)
def test_sizes_are_written_with_two_or_three_digits(size: int, text: str) -> None:
    assert format_size(size) == text


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(-5, "0s"), (0.9, "0s"), (119, "119s"), (120, "2m"), (7199, "119m"), (7200, "2h"), (172_800, "2d"), (3e7, "347d")],
)
def test_ages_are_written_in_one_unit(seconds: float, age: str) -> None:
    assert format_age(seconds) == age
