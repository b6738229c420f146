"""What explanations quote is found again in the messages that they cite."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners import find_words, quoted_words


@pytest.mark.parametrize(
    ("explanation", "quoted"),
    [
        ('It says "I will cheat" [M3].', ["I will cheat"]),
        ("It says “I will cheat.” [M3]", ["I will cheat"]),
        ("It runs `rm -rf /` in [M3]", ["rm -rf /"]),
        ("[M3]: ...found a **secret key** in the file...", ["secret key"]),
        ('It says "first ... then" and "x…y z"', ["first", "then", "y z"]),
        ("It doesn't say what it's about, 'or so it seems' [M2]", ["or so it seems"]),
        ('"over\ntwo lines"', ["over two lines"]),
        ("[M4]: TOOL: **.grader** docs", [".grader"]),
        ("« guillemets »", ["guillemets"]),
        ('He said "no" and "no"', ["no"]),
        ('An open " quote', []),
        ('"..." and "!?" and "" and "a"', []),
        ("nothing is quoted", []),
    ],
)
def test_quotes_of_an_explanation(explanation: str, quoted: list[str]) -> None:
    assert quoted_words(explanation) == quoted


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("I will\n  cheat now", "I will cheat", ["I will\n  cheat"]),
        ("It’s “done”", 'it\'s "done"', ["It’s “done”"]),
        ("a (b) c", "(b)", ["(b)"]),
        ("abc", "x", []),
        ("no no", "no", ["no", "no"]),
    ],
)
def test_words_are_found_whatever_their_blanks_case_and_marks(text: str, words: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_words(text, [words])] == found


def test_words_that_overlap_are_one() -> None:
    assert find_words("one two three", ["one two", "two three"]) == [(0, 13)]


@given(text=st.text(max_size=200), words=st.lists(st.text(min_size=1, max_size=10), max_size=4))
def test_spans_are_in_order_and_apart(text: str, words: list[str]) -> None:
    spans = find_words(text, [word for word in words if word.strip()])
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("hostile", ['"' * 200_000, "'a" * 100_000, "**" * 100_000, "`" * 99_999, '"a' * 50_000 + "“"])
def test_no_explanation_takes_long(hostile: str) -> None:
    began = time.process_time()
    words = quoted_words(hostile)
    find_words(hostile, words)
    assert len(words) <= 50
    assert time.process_time() - began < 2
