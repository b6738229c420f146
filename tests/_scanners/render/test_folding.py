"""Long texts are folded around what matters, and it is said how much is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners import TextPart, find_words, fold


@st.composite
def texts_with_marks(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], int]:
    text = draw(st.text(st.sampled_from("ab \n"), max_size=900))
    words = draw(st.lists(st.text(st.sampled_from("ab"), min_size=2, max_size=6), max_size=3))
    return text, find_words(text, words), draw(st.integers(1, 600))


@given(given_=texts_with_marks())
def test_pieces_and_what_is_left_out_are_the_whole_text(given_: tuple[str, list[tuple[int, int]], int]) -> None:
    text, marks, limit = given_
    place = 0
    for part in fold(text, marks, limit):
        assert bool(part.text) != bool(part.left_out)
        assert text[place : place + len(part.text)] == part.text
        place += len(part.text) + part.left_out
    assert place == len(text)


@given(given_=texts_with_marks())
def test_without_a_limit_everything_stays_and_marks_are_marked(given_: tuple[str, list[tuple[int, int]], int]) -> None:
    text, marks, _ = given_
    parts = fold(text, marks, None)
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.marked] == [text[start:end] for start, end in marks]


def test_short_texts_stay_whole() -> None:
    assert fold("short", [], 10) == (TextPart("short"),)
    assert fold("", [], 10) == ()


@pytest.mark.parametrize("limit", [100, 400, 1000])
def test_a_long_text_keeps_its_ends_and_its_marks(limit: int) -> None:
    text = "start " + "x " * 5000 + "the marked words " + "y " * 5000 + "end"
    parts = fold(text, find_words(text, ["marked words"]), limit)
    assert [part.text for part in parts if part.marked] == ["marked words"]
    assert parts[0].text.startswith("start") or limit == 100
    shown = sum(len(part.text) for part in parts)
    assert shown <= limit * 1.5 + 150
    assert sum(part.left_out for part in parts) == len(text) - shown


def test_many_short_lines_are_folded_as_well() -> None:
    text = "\n".join("ab" for _ in range(500))
    shown = "".join(part.text for part in fold(text, [], 600))
    assert shown.count("\n") < 30
