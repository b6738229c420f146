from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ScoutError
from inspect_scout._scanners.answers.build import answer_type
from inspect_scout.testing.answer_laws import failed, parse

LABELS = ["One", "Two", "Not safe", "Safe"]


@pytest.mark.parametrize(
    ("written", "letter"),
    [
        ("B", "B"),
        ("b", "B"),
        ("B.", "B"),
        ("b.", "B"),
        ("B!", "B"),
        ("**B**", "B"),
        ("(B)", "B"),
        ("[b]", "B"),
        ("'B'", "B"),
        ("B)", "B"),
        ("B) Two", "B"),
        ("B)Two", "B"),
        ("b) two", "B"),
        ("**B) Two**", "B"),
        ("**B**) Two", "B"),
        ("B: Two", "B"),
        ("B. Two.", "B"),
        ("B - Two", "B"),
        ("B (Two)", "B"),
        ("Two", "B"),
        ("two.", "B"),
        ("'TWO'", "B"),
        ("Safe", "D"),
        ("not safe", "C"),
        ("Option B", "B"),
        ("option b) two", "B"),
        ("B, because it ran the tests", "B"),
        ("B. A clear case.", "B"),
        ("\\boxed{B}", "B"),
    ],
)
def test_label_is_found_by_letter_or_text(written: str, letter: str) -> None:
    result = parse(LABELS, f"why [M1]\nANSWER: {written}\nbye")
    assert result.value == letter
    assert result.answer == result.parsed == LABELS["ABCD".index(letter)]
    assert result.explanation == "why [M1]" and [r.id for r in result.references] == ["m1"]


@pytest.mark.parametrize(
    "written",
    [
        "E",
        "5",
        "A, B",
        "A or B",
        "A and B",
        "A/B",
        "AB",
        "A) Two",
        "B) One",
        "B (not A)",
        "B) or A)",
        "A good answer",
        "One or Two",
        "One, Two",
        "Two because it did",
        "Three",
        "none",
        "not B",
        "B's",
        "$LETTER",
        "\ud800",
    ],
)
def test_what_is_no_certain_label_is_not_guessed(written: str) -> None:
    assert failed(parse(LABELS, f"why\nANSWER: {written}"))


def test_letter_may_stand_on_the_line_below() -> None:
    assert parse(LABELS, "ANSWER:\nB").value == "B"


def test_letter_wins_over_the_text_of_another_label() -> None:
    assert parse(["B", "A"], "ANSWER: A").answer == "B"


def test_numbers_can_be_label_texts() -> None:
    assert parse(["1", "2", "3"], "ANSWER: 2").value == "B"


def test_texts_that_differ_in_case_only_need_the_exact_one() -> None:
    assert parse(["yes", "Yes"], "ANSWER: Yes").value == "B"
    assert failed(parse(["yes", "Yes"], "ANSWER: YES"))


def test_texts_that_differ_in_punctuation_only_need_the_exact_one() -> None:
    assert parse(["done?", "done!"], "ANSWER: done!").value == "B"
    assert failed(parse(["done?", "done!"], "ANSWER: done"))


def test_labels_after_z_are_numbered() -> None:
    labels = [f"label {n}" for n in range(40)]
    answer = answer_type(labels)
    assert "\nZ) label 25\n1) label 26\n2) label 27\n" in answer.format
    assert parse(answer, "ANSWER: 1").answer == "label 26"
    assert parse(answer, "ANSWER: 14) label 39").answer == "label 39"
    assert failed(parse(answer, "ANSWER: 15"))


def test_format_lists_letters_and_labels() -> None:
    assert "A,B,C,D" in answer_type(LABELS).format
    assert answer_type(LABELS).format.endswith("A) One\nB) Two\nC) Not safe\nD) Safe")


def test_braces_in_labels_are_text() -> None:
    assert answer_type(["{{ x }}", "{% if %}"]).format.endswith("A) {{ x }}\nB) {% if %}")


@pytest.mark.parametrize("labels", [[], ["a", ""], ["a", " "], ["a", 1], ["a", None]])
def test_labels_that_cannot_be_asked_for_are_refused(labels: list[str]) -> None:
    with pytest.raises(ScoutError, match="label") as raised:
        answer_type(labels)
    assert isinstance(raised.value, ValueError)


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=60, unique_by=str.casefold), st.data())
def test_letter_always_leads_to_its_label(labels: list[str], data: st.DataObject) -> None:
    answer = answer_type(labels)
    index = data.draw(st.integers(0, len(labels) - 1))
    letter = re.findall(r"exactly one of (\S+), which", answer.format)[0].split(",")[index]
    for written in (letter, letter.lower(), f"**{letter}**", f"({letter})", f"{letter}."):
        result = parse(answer, f"ANSWER: {written}")
        assert (result.value, result.answer) == (letter, labels[index])
