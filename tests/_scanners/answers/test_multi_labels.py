from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError, ScoutError
from inspect_scout._scanners.answers.build import answer_type
from inspect_scout._scanners.answers.spec import AnswerMultiLabel
from inspect_scout.testing.answer_laws import failed, parse

LABELS = ["One", "Two", "Bread and butter", "Safe", "Not safe, really"]
SPEC = AnswerMultiLabel(LABELS)
OR_NONE = AnswerMultiLabel(LABELS, allow_none=True)


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("A", "A"),
        ("A,B", "AB"),
        ("b, a", "BA"),
        ("A, a, B", "AB"),
        ("A, B.", "AB"),
        ("A and B", "AB"),
        ("A & B", "AB"),
        ("A B", "AB"),
        ("A; B", "AB"),
        ("A, B, and D", "ABD"),
        ("**A**, **B**", "AB"),
        ("[A, B]", "AB"),
        ("(A), (B)", "AB"),
        ("A) One, B) Two", "AB"),
        ("A: One; B: Two", "AB"),
        ("A. One B. Two", "AB"),
        ("One, two", "AB"),
        ("A, two", "AB"),
        ("bread and butter", "C"),
        ("One and bread and butter", "AC"),
        ("Not safe, really", "E"),
        ("Safe, Not safe, really", "DE"),
        ("A,B\nmore", "AB"),
    ],
)
def test_labels_are_found_by_letter_or_text(written: str, letters: str) -> None:
    result = parse(SPEC, f"why [M1]\nANSWER: {written}")
    assert result.value == result.parsed == [LABELS["ABCDE".index(letter)] for letter in letters]
    assert result.answer == written.partition("\n")[0] and result.metadata is None
    assert result.explanation == "why [M1]" and [r.id for r in result.references] == ["m1"]


@pytest.mark.parametrize(
    "written",
    [
        "Z",
        "A or B",
        "A, foo",
        "A, B because both",
        "not A",
        "A, none",
        "A) Two",
        "all",
        "none",
        "NONE",
        "AB",
        ",",
        "Oneself",
        "$LETTERS",
        "\ud800",
    ],
)
def test_list_that_says_anything_else_is_not_guessed(written: str) -> None:
    assert failed(parse(SPEC, f"why\nANSWER: {written}"))


@pytest.mark.parametrize("below", ["A\nB", "A,\nB", "- A\n- B", "A and\nB", "A) One\nB) Two"])
def test_list_that_goes_on_below_is_not_cut_to_its_first_line(below: str) -> None:
    for text in (f"ANSWER:\n{below}", f"ANSWER: {below}", f"## Answer\n{below}\n\nwhy"):
        assert failed(parse(SPEC, text))
    assert parse(SPEC, f"<answer>\n{below.replace('- ', '')}\n</answer>").value == ["One", "Two"]


def test_letters_of_no_label_are_left_out_and_told() -> None:
    result = parse(SPEC, "ANSWER: A, Z, B")
    assert result.value == ["One", "Two"]
    assert result.metadata == {"unknown_labels": ["Z"]}


@pytest.mark.parametrize("written", ["NONE", "none", "none.", "**None**", "'NONE'", "(none)"])
def test_none_is_an_answer_where_it_is_allowed(written: str) -> None:
    result = parse(OR_NONE, f"why\nANSWER: {written}")
    assert result.value == result.parsed == []
    assert result.answer == written and result.metadata is None


def test_none_beside_a_label_contradicts_itself() -> None:
    assert failed(parse(OR_NONE, "ANSWER: None, A"))


def test_format_offers_none_only_where_it_is_allowed() -> None:
    assert "ANSWER: NONE" in answer_type(OR_NONE).format
    assert "NONE" not in answer_type(SPEC).format


def test_a_list_of_labels_has_no_number() -> None:
    with pytest.raises(ConfigError, match="single label") as refused:
        parse(SPEC, "ANSWER: A", lambda _: 1.0)
    assert isinstance(refused.value, NotImplementedError)  # what programs catch today


def test_no_labels_are_refused() -> None:
    with pytest.raises(ScoutError, match="at least one label"):
        answer_type(AnswerMultiLabel([]))


@given(st.lists(st.sampled_from("ABCDE"), min_size=1), st.sampled_from([", ", " and ", " ", "; ", ",", " & ", "\t"]))
def test_any_list_of_letters_is_kept_in_order(letters: list[str], separator: str) -> None:
    result = parse(SPEC, f"ANSWER: {separator.join(letters)}")
    assert result.value == [LABELS["ABCDE".index(letter)] for letter in dict.fromkeys(letters)]
