"""What is an answer of a provider, and which tokens are believed."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import ModelUsage

from inspect_scout._inspect.completions import (
    MAX_MESSAGE,
    MAX_TOKENS,
    describe_captured,
    is_believable,
    is_completion,
    usage_in,
)
from inspect_scout._inspect.http_capture import HttpAnswer
from support.provider.dialects import DIALECTS, Dialect, completion, empty, error

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["usage", "error", "choices", "x"]), inner)
    ),
    max_leaves=9,
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_answers_are_known_in_each_dialect(dialect: Dialect) -> None:
    assert is_completion(json.dumps(completion(dialect, "", None)).encode())
    assert not is_completion(json.dumps(error(dialect, 500, "Boom")).encode())
    assert is_completion(json.dumps(empty(dialect, None)).encode()) == (dialect == "anthropic")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"3",
        b'"text"',
        b"{}",
        b"<html>",
        b'{"choices": []}',
        b'{"choices": null}',
        b"\xff\xfe",
        b"{" * 9,
    ],
)
def test_other_bodies_are_no_answers(body: bytes) -> None:
    assert not is_completion(body)


def test_an_answer_that_google_blocked_or_that_has_no_room_left_is_one() -> None:
    assert is_completion(b'{"promptFeedback": {"blockReason": "SAFETY"}}')
    assert is_completion(b'{"status": "incomplete", "output": []}')


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_read_without_failing(body: bytes) -> None:
    is_completion(body)
    usage = usage_in(body)
    assert usage is None or is_believable(usage)
    said = describe_captured(HttpAnswer(200, body))
    assert 0 < len(said) <= 2 * MAX_MESSAGE
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in said)


@pytest.mark.parametrize(
    ("captured", "said"),
    [
        (HttpAnswer(200, b""), "an empty body"),
        (HttpAnswer(200, b" \n"), "an empty body"),
        (HttpAnswer(200, None, "peer closed"), "the answer broke off (peer closed)"),
        (HttpAnswer(200, b'{"error": {"message": "Boom\\nnow"}}'), "Boom now"),
        (HttpAnswer(200, b'{"error": "Boom"}'), "Boom"),
        (HttpAnswer(200, b"<html>\n\x1b[31m<body>"), "'<html> <body>'"),
        (HttpAnswer(200, b"x" * 10**6), repr("x" * (MAX_MESSAGE - 1) + "…")),
    ],
)
def test_what_came_is_said_in_one_short_clean_line(captured: HttpAnswer, said: str) -> None:
    assert describe_captured(captured) == said


@pytest.mark.parametrize("dialect", DIALECTS)
def test_tokens_are_read_in_each_dialect(dialect: Dialect) -> None:
    usage = usage_in(json.dumps(empty(dialect, (7, 3))).encode())
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (7, 3, 10)


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        "many",
        7,
        {"prompt_tokens": "7"},
        {"prompt_tokens": -7},
        {"total_tokens": 10**15},
        {"prompt_tokens": None},
    ],
)
def test_tokens_that_cannot_be_are_not_believed(told: Any) -> None:
    assert usage_in(json.dumps({"usage": told}).encode()) is None


def test_usage_is_believed_up_to_a_number_that_no_call_reaches() -> None:
    assert is_believable(ModelUsage(input_tokens=MAX_TOKENS))
    assert not is_believable(ModelUsage(input_tokens=MAX_TOKENS + 1))
    assert not is_believable(ModelUsage(input_tokens=5, output_tokens=5, input_tokens_cache_read=-1))
    assert not is_believable(ModelUsage(input_tokens=5, reasoning_tokens=10**15))
    assert not is_believable(ModelUsage())
    assert not is_believable(None)
