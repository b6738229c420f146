from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.answers.forms import FoundAnswer
from inspect_scout._scanners.answers.reading import explanation_before, find_answers


def find_answer(text: str, *, free_text: bool = False) -> FoundAnswer | None:
    found = find_answers(text, free_text=free_text)
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "value", "explanation"),
    [
        ("ANSWER: yes", "yes", ""),
        ("because\n\nANSWER: yes\n", "yes", "because"),
        ("because\r\nANSWER: yes\r\nbye", "yes", "because"),
        ("because\nanswer : yes", "yes", "because"),
        ("because\nFinal Answer: yes", "yes", "because"),
        ("because\nMy final answer: yes", "yes", "because"),
        ("because\n**ANSWER:** yes", "yes", "because"),
        ("because\n**ANSWER: yes**", "yes", "because"),
        ("because\n**ANSWER**: yes", "yes", "because"),
        ("because\n__Final Answer:__ yes", "yes", "because"),
        ("because\n### ANSWER: yes", "yes", "because"),
        ("because\n> - ANSWER: yes", "yes", "because"),
        ("because\n'ANSWER: yes'", "yes", "because"),
        ("because\n\u201cANSWER: yes\u201d", "yes", "because"),
        ("because\nANSWER\uff1a yes", "yes", "because"),
        ("because\n```\nANSWER: yes\n```", "yes", "because"),
        ("```py\nx\n```\nANSWER: yes", "yes", "```py\nx\n```"),
        ("ANSWER:\nyes", "yes", ""),
        ("**ANSWER:**\n\n  yes\nmore", "yes", ""),
        ("so the answer: yes", "yes", "so the"),
        (
            "keeps snake_case_name, **bold** and `code`\nANSWER: yes",
            "yes",
            "keeps snake_case_name, **bold** and `code`",
        ),
    ],
)
def test_answer_is_found_with_what_goes_before_it(text: str, value: str, explanation: str) -> None:
    found = find_answer(text)
    assert found is not None and (found.value, explanation_before(text, found)) == (value, explanation)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ANSWER: no\nthinking again\nANSWER: yes", "yes"),
        ("ANSWER: yes\nMy answer: it is not clear", "yes"),
        ("ANSWER: yes\nThe user asked for an answer: none was given.", "yes"),
        ("the log says answer: no\nANSWER: yes", "yes"),
        ("the log says answer: no\nand then answer: yes", "yes"),
        ("ANSWER: yes\nANSWER: unclear", "unclear"),
        ("ANSWER: yes\nANSWER:", "yes"),
        ("ANSWER: yes\n**ANSWER:**\n\n", "yes"),
        ("ANSWER:\nANSWER: yes", "yes"),
        ("ANSWER:\n\nANSWER:\nyes", "yes"),
    ],
)
def test_last_line_that_begins_with_answer_decides(text: str, value: str) -> None:
    found = find_answer(text)
    assert found is not None and found.value == value


@pytest.mark.parametrize(
    "text", ["", "yes", "ANSWER", "ANSWER yes", "ANSWER:", "ANSWER: \n \t\n", "unanswered: yes", "\0"]
)
def test_text_without_an_answer_has_none(text: str) -> None:
    assert find_answer(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ANSWER: it said answer: no", "it said answer: no"),
        ("The answer: is inline ANSWER: zz", "is inline ANSWER: zz"),
        ("**ANSWER:** bold", "bold"),
        ("ANSWER: some **bold** words", "some **bold** words"),
        ("**ANSWER: some **bold** words**", "some **bold** words**"),
        ("ANSWER: one\nANSWER:\ntwo", "one"),
    ],
)
def test_free_text_is_the_rest_of_the_line(text: str, value: str) -> None:
    found = find_answer(text, free_text=True)
    assert found is not None and found.value == value


def test_free_text_is_not_taken_from_the_line_below() -> None:
    assert find_answer("ANSWER:\nI hope this helps.", free_text=True) is None


@given(st.text(st.characters(exclude_categories=[])), st.booleans())
def test_what_is_found_is_part_of_the_text(text: str, free_text: bool) -> None:
    for written in (text, f"{text}\nANSWER:{text}", f"{text}answer:{text}"):
        for found in find_answers(written, free_text=free_text):
            assert found.value and found.value in written and explanation_before(written, found) in written
            assert found.value == found.value.strip()
