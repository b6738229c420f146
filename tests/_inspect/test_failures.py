"""Why an attempt failed, by what was raised."""

from __future__ import annotations

import errno
import socket

import pytest
from inspect_ai.model._model import AttemptTimeoutError, ModelGenerateError, StreamIdleTimeoutError

from inspect_scout._inspect.completions import NoCompletionError
from inspect_scout._inspect.failures import failure_reason


class Answered(Exception):
    """An error as clients of providers raise it."""

    def __init__(self, status: int, body: object = None, text: str = "") -> None:
        super().__init__(text)
        self.status_code = status
        self.body = body


def told(message: str, **more: str) -> dict[str, object]:
    return {"error": {"message": message, **more}}


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (Answered(429, told("Slow down")), "rate", "HTTP 429: Slow down"),
        (Answered(429, told("No more", code="insufficient_quota")), "quota", "HTTP 429: No more"),
        (Answered(429, told("Check your plan and billing. Retry in 20s.")), "rate", "HTTP 429: Check your plan"),
        (Answered(402, told("Pay")), "quota", "HTTP 402: Pay"),
        (Answered(403, told("Insufficient balance")), "quota", "HTTP 403: Insufficient balance"),
        (Answered(400, told("Your credit balance is too low")), "quota", "HTTP 400: Your credit balance"),
        (Answered(400, told("Invalid API key")), "unauthorized", "HTTP 400: Invalid API key"),
        (Answered(400, told("The model `x` does not exist")), "not_found", "HTTP 400: The model"),
        (Answered(400, told("Too long")), "rejected", "HTTP 400: Too long"),
        (Answered(422, {"message": "No"}), "rejected", "HTTP 422: No"),
        (Answered(408, told("Late")), "timeout", "HTTP 408: Late"),
        (Answered(500, "<html>", "Internal\nerror"), "server", "HTTP 500"),
        (Answered(503, None, ""), "server", "HTTP 503 Service Unavailable"),
        (
            ModelGenerateError("Request: ...", status_code=400, provider_message="No tools"),
            "rejected",
            "HTTP 400: No tools",
        ),
        (NoCompletionError("a/b", 200, "an empty body"), "no_completion", "HTTP 200, not a completion: an empty body"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "no_connection", "[Errno 111] refused"),
        (socket.gaierror(-2, "Name or service not known"), "no_connection", "[Errno -2] Name"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "server", "[Errno 104] reset"),
        (TimeoutError("late"), "timeout", "late"),
        (AttemptTimeoutError(3), "timeout", "attempt_timeout '3'"),
        (StreamIdleTimeoutError(3), "timeout", "stream_idle_timeout"),
        (ValueError("odd"), "other", "odd"),
        (KeyError(), "other", "KeyError"),
    ],
)
def test_the_kind_and_the_words_of_a_failure(error: Exception, kind: str, said: str) -> None:
    found = failure_reason(error)
    assert found.kind == kind
    assert found.said.startswith(said)


def test_the_deepest_cause_is_said_where_no_answer_came() -> None:
    try:
        try:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        except OSError as error:
            raise RuntimeError("Connection error.") from error
    except RuntimeError as error:
        found = failure_reason(error)
    assert (found.kind, found.said) == ("no_connection", "[Errno 111] Connection refused")


def test_words_are_short_and_clean() -> None:
    said = failure_reason(Answered(400, told("a\x1b[31m\nb" + "x" * 10**6))).said
    assert said.startswith("HTTP 400: a b")
    assert len(said) <= 300
