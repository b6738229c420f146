"""Replies that ended at the token limit: a text that may go on is not an answer, one that is certainly complete is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import StopReason

from inspect_scout._scanners.answers.spec import AnswerMultiLabel, AnswerSpec
from inspect_scout.testing.answer_laws import failed, parse

LABELS = ["One", "Two", "Not safe", "Not safe at all"]
PREFIXED = ["A good deed", "AB", "Agree"]
MULTI = AnswerMultiLabel(["One", "Two"], allow_none=True)
NUMBERED = [f"label {n}" for n in range(40)]
EARLY: tuple[StopReason, ...] = ("max_tokens", "model_length", "content_filter")
FINISHED: tuple[StopReason, ...] = ("stop", "tool_calls", "unknown")

# Kind, reply, value: complete although the reply as a whole is not.
COMPLETE: list[tuple[AnswerSpec, str, Any]] = [
    ("boolean", "why\nANSWER: yes", True),
    ("boolean", "why\nANSWER: No.", False),
    ("boolean", "why\nANSWER: **Yes**", True),
    ("boolean", "ANSWER: yes\n\nThe reason is that the ag", True),
    ("boolean", "ANSWER: no, it never once did any of th", False),
    ("boolean", "ANSWER: yes\nANSWER: no\n", False),
    ("boolean", "ANSWER: yes\n\nThe", True),
    ("boolean", "ANSWER: yes\n\nA", True),
    ("boolean", "<answer>yes</answer>", True),
    ("boolean", '{"answer": "yes"}', True),
    ("boolean", "<answer>yes", True),
    ("boolean", "| ANSWER | yes", True),
    ("boolean", "| ANSWER | yes |", True),
    ("boolean", "<think>ANSWER: no</think>ANSWER: yes", True),
    ("boolean", "ANSWER: yes\n<think>but was it", True),
    ("numeric", "ANSWER: 0.\n", 0.0),
    ("numeric", "ANSWER: 12\nbecause", 12.0),
    ("numeric", "ANSWER: 12 files, which it wrote in two ste", 12.0),
    ("numeric", "**ANSWER: 12**", 12.0),
    ("numeric", "ANSWER: \\boxed{12}", 12.0),
    ("numeric", "<answer>12</answer>", 12.0),
    ("numeric", '{"answer": 12}', 12.0),
    ("numeric", "ANSWER: 12</s>", 12.0),
    ("string", "ANSWER: some words\n", "some words"),
    ("string", "ANSWER: some words\nand mo", "some words"),
    ("string", "<answer>some words</answer>", "some words"),
    (LABELS, "ANSWER: A", "A"),
    (LABELS, "ANSWER: two", "B"),
    (LABELS, "ANSWER: B)", "B"),
    (LABELS, "ANSWER: B) Tw", "B"),
    (LABELS, "ANSWER: C\nor rather", "C"),
    (LABELS, "ANSWER: Not safe at all", "D"),
    (LABELS, "ANSWER: Not safe\n", "C"),
    (PREFIXED, "ANSWER: A\n", "A"),
    (PREFIXED, "ANSWER: B", "B"),
    (NUMBERED, "ANSWER: 14", "14"),
    (NUMBERED, "ANSWER: 1\n", "1"),
    (MULTI, "ANSWER: A\n", ["One"]),
    (MULTI, "ANSWER: A, B\nbecause", ["One", "Two"]),
    (MULTI, "ANSWER: NONE", []),
    (MULTI, '{"answer": ["A", "B"]}', ["One", "Two"]),
]

# Kind and reply: another word may follow, or there was no answer yet.
CUT: list[tuple[AnswerSpec, str]] = [
    ("boolean", "why"),
    ("boolean", "why\nANSWER:"),
    ("boolean", "why\nANSWER: y"),
    ("boolean", "why\nANSWER: n"),
    ("boolean", "why\nANSWER: yes,"),
    ("boolean", "why\nANSWER: yes, but"),
    ("boolean", "why\nANSWER: yes - the"),
    ("boolean", "why\nANSWER: yes/"),
    ("boolean", "why\nANSWER: yes and"),
    ("boolean", "ANSWER: yes\nOr not. ANSWER is wrong.\nANSWER:"),
    ("boolean", "ANSWER: yes\nOn second thought.\n\nANS"),
    ("boolean", "ANSWER: yes\nOn second thought.\n\n**Final ans"),
    ("boolean", "They asked for an answer: no one"),
    ("boolean", "<think>ANSWER: yes"),
    ("boolean", "<think>ANSWER: yes\nor is it"),
    ("boolean", '{"answer": "yes"'),
    ("numeric", "ANSWER: 0."),
    ("numeric", "ANSWER: 0"),
    ("numeric", "ANSWER: 1"),
    ("numeric", "ANSWER: 12"),
    ("numeric", "ANSWER: 1,"),
    ("numeric", "ANSWER: 1e"),
    ("numeric", "ANSWER: 5 mi"),
    ("numeric", "ANSWER: 5 or"),
    ("numeric", "ANSWER:\n5"),
    ("numeric", "ANSWER: \\boxed{1"),
    ("numeric", "**ANSWER: 1"),
    ("numeric", "ANSWER: **1"),
    ("numeric", '{"answer": 1'),
    ("numeric", "<answer>1"),
    ("numeric", "## Answer\n1"),
    ("string", "ANSWER: some wo"),
    ("string", "ANSWER: some words."),
    ("string", "<answer>some wo"),
    (LABELS, "ANSWER: Not safe"),
    (LABELS, "ANSWER: Not saf"),
    (LABELS, "ANSWER: A,"),
    (LABELS, "ANSWER: A or"),
    (LABELS, "ANSWER: B, bec"),
    (PREFIXED, "ANSWER: A"),
    (NUMBERED, "ANSWER: 1"),
    (NUMBERED, "ANSWER: label 1"),
    (MULTI, "ANSWER: A"),
    (MULTI, "ANSWER: A,"),
    (MULTI, "ANSWER: A and"),
    (MULTI, '{"answer": ["A"'),
]


@pytest.mark.parametrize("stop_reason", EARLY)
@pytest.mark.parametrize(("spec", "text", "value"), COMPLETE)
def test_complete_answer_counts_although_the_reply_was_cut(
    spec: AnswerSpec, text: str, value: Any, stop_reason: StopReason
) -> None:
    result = parse(spec, text, stop_reason=stop_reason)
    assert result.value == value and type(result.value) is type(value)


@pytest.mark.parametrize("stop_reason", EARLY)
@pytest.mark.parametrize(("spec", "text"), CUT)
def test_answer_that_may_go_on_is_not_trusted(spec: AnswerSpec, text: str, stop_reason: StopReason) -> None:
    result = parse(spec, text, stop_reason=stop_reason)
    assert failed(result)
    assert result.metadata is not None and result.metadata["stop_reason"] == stop_reason
    assert stop_reason in result.metadata["parse_error"]
    assert result.explanation == text.strip()


@pytest.mark.parametrize("stop_reason", FINISHED)
@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        ("boolean", "ANSWER: yes, but", True),
        ("numeric", "ANSWER: 0.", 0.0),
        ("string", "ANSWER: some wo", "some wo"),
        (LABELS, "ANSWER: Not safe", "C"),
        (PREFIXED, "ANSWER: A", "A"),
        (NUMBERED, "ANSWER: 1", "1"),
        (MULTI, "ANSWER: A", ["One"]),
    ],
)
def test_reply_that_ended_by_itself_is_complete(
    spec: AnswerSpec, text: str, value: Any, stop_reason: StopReason
) -> None:
    assert parse(spec, text, stop_reason=stop_reason).value == value


@given(st.sampled_from([(s, t, v) for s, t, v in COMPLETE if "\n<think" not in t]), st.integers(0, 200))
def test_a_part_of_a_reply_never_means_something_else(case: tuple[AnswerSpec, str, Any], length: int) -> None:
    spec, text, value = case
    result = parse(spec, text[:length], stop_reason="max_tokens")
    assert failed(result) or result.value == value or "\nANSWER: no" in text


@given(st.floats(allow_nan=False, allow_infinity=False).map(repr), st.integers(0, 30))
def test_a_part_of_a_number_is_never_read(number: str, length: int) -> None:
    assert failed(parse("numeric", f"ANSWER: {number}"[: 8 + length], stop_reason="max_tokens"))
