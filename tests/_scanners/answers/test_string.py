from __future__ import annotations

import pytest

from inspect_scout.testing.answer_laws import failed, parse


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("some words", "some words"),
        ("  some _marked_ words.  ", "some _marked_ words."),
        ("The answer: is 5", "The answer: is 5"),
        ("no", "no"),
        ("\ud83d text", "\ufffd text"),
        ("nul\0", "nul\ufffd"),
    ],
)
def test_answer_is_the_line_as_it_stands(written: str, value: str) -> None:
    result = parse("string", f"why [M1]\nANSWER: {written}\nbye")
    assert result.value == result.answer == result.parsed == value
    assert result.explanation == "why [M1]" and [r.id for r in result.references] == ["m1"]


@pytest.mark.parametrize("text", ["", "some words", "ANSWER:", "ANSWER:   \nwords on the next line"])
def test_blank_answer_is_none(text: str) -> None:
    assert failed(parse("string", text))


def test_citations_in_the_answer_are_not_references() -> None:
    assert parse("string", "why\nANSWER: see [M1]").references == []
