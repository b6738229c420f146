"""What providers say when they reject a call."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._support.causes.rejections import MAX_SENTENCE, find_sentence, provider_message

NGINX = (
    "<html><head><title>400 Bad Request</title><style>b{}</style></head><body><h1>Bad&nbsp;Request</h1></body></html>"
)
OPENROUTER = {
    "error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": '{"message":"no tools"}'}}
}


class FakeError(Exception):
    def __init__(self, text: str = "", **attributes: Any) -> None:
        super().__init__(text)
        self.__dict__.update(attributes)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("", ""),
        ("no tools", "no tools"),
        ("Error code: 400 - no tools", "no tools"),
        ("Error code: 400", ""),
        ("Error code: 400 ", ""),
        ("400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'bad key'}}", "bad key"),
        ("400 None. {'error': {'message': \"it's\"}}", "it's"),
        (
            "Error code: 400 - {'type': 'error', 'error': {'message': 'poor'}} {\"error\": {\"message\": \"poor\"}}",
            "poor",
        ),
        ('{"object":"error","message":"context length is 4096","code":400}', "context length is 4096"),
        ('{"error":"no such model"}', "no such model"),
        ('[{"error":{"code":400,"message":"bad key"}}]', "bad key"),
        ('{"detail":[{"loc":["body","messages"],"msg":"field required"}]}', "body.messages: field required"),
        ('{"detail":"no"}', "no"),
        ('{"Message":"denied","__type":"x"}', "denied"),
        ('{"errors":[{"message":"one"},{"message":"two"}]}', "one; two"),
        (json.dumps({"error": {"message": json.dumps({"error": {"message": "inner"}})}}), "inner"),
        (json.dumps(OPENROUTER), "Provider returned error: no tools"),
        ('{"code":7}', '{"code":7}'),
        (NGINX, "400 Bad Request Bad Request"),
        ("Error code: 400 " + NGINX, "400 Bad Request Bad Request"),
        ("{'broken': ", "{'broken':"),
        ("see {docs} for more", "see {docs} for more"),
    ],
)
def test_the_sentence_is_found(said: str, sentence: str) -> None:
    assert find_sentence(said) == sentence


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FakeError("Error code: 400 - {...}", status_code=400, body={"error": {"message": "poor"}}), "HTTP 400: poor"),
        (FakeError("Error code: 400 - x", status_code=400, body={"message": "poor"}), "HTTP 400: poor"),
        (FakeError("Error code: 401 - bad key", status_code=401, body=None), "HTTP 401: bad key"),
        (FakeError("Error code: 400", status_code=400, body=None), "HTTP 400 Bad Request"),
        (FakeError("400 X. {}", code=400, details={"error": {"message": "bad key"}}), "HTTP 400: bad key"),
        (FakeError("<html>", status_code=502, body=NGINX), "HTTP 502: 400 Bad Request Bad Request"),
        (
            FakeError("x", status_code=400, response=SimpleNamespace(text="plain words"), body="plain words"),
            "HTTP 400: plain words",
        ),
        (
            FakeError("Error code: 400", status_code=400, response=SimpleNamespace(text="plain words")),
            "HTTP 400: plain words",
        ),
        (FakeError("Request: PROMPT", status_code=400, provider_message="too long"), "HTTP 400: too long"),
        (FakeError("x", status_code=599), "HTTP 599: x"),
    ],
)
def test_status_and_sentence_are_said(error: Exception, said: str) -> None:
    assert provider_message(error) == said


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        SystemExit(400),
        FakeError("x", status_code=True),
        FakeError("x", status_code="400"),
        FakeError("x", status_code=7),
        FakeError("x", code=404),
        FakeError("x", code="E1"),
    ],
)
def test_other_exceptions_are_not_of_a_provider(error: BaseException) -> None:
    assert provider_message(error) is None


def test_sentences_are_bounded() -> None:
    assert len(find_sentence("x" * 10**7)) <= MAX_SENTENCE
    assert len(find_sentence(json.dumps({"error": {"message": "x" * 10**6}}))) <= MAX_SENTENCE


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "<" * 50_000, "<script" * 9_000, "{'a':" * 9_000, '{"error":' * 9_000, "-" * 50_000]
)
def test_hostile_bodies_take_no_long_time(text: str) -> None:
    assert len(find_sentence(text)) <= MAX_SENTENCE
    assert len(find_sentence("{" + text)) <= MAX_SENTENCE


KEYS = st.sampled_from(["error", "message", "detail", "loc", "metadata", "raw", "x"])
SCALARS = st.none() | st.integers() | st.text(max_size=9)


@given(st.recursive(SCALARS, lambda s: st.lists(s, max_size=3) | st.dictionaries(KEYS, s, max_size=3), max_leaves=9))
def test_any_body_is_read(body: Any) -> None:
    assert len(find_sentence(json.dumps(body))) <= MAX_SENTENCE
    assert (provider_message(FakeError("x", status_code=400, body=body)) or "").startswith("HTTP 400")
