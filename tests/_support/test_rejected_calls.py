"""What errors say of calls that a provider rejected: its own sentence first, and not the prompt."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from inspect_ai.model import get_model
from inspect_ai.model._model import ModelGenerateError

from inspect_scout._support.causes.describing import describe, trace_of
from support.provider.chat_server import ChatServer, serving

PROMPT = "SECRET PROMPT"
CREDIT = {"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low."}}
KEY: dict[str, Any] = {"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}
TOOLS = {"error": {"message": "tools is not supported in this model", "type": "invalid_request_error", "code": None}}
VLLM = {"object": "error", "message": "maximum context length is 4096 tokens", "type": "BadRequestError", "code": 400}
HTML = "<html><head><title>400 Bad Request</title></head><body>nginx</body></html>"


def wrapped(cause: Exception | None, status: int | None = 400, said: str | None = None) -> BaseException:
    """Raise what inspect_ai makes of a rejected call."""
    text = f'\nRequest:\n{{\n  "messages": "{PROMPT}"\n}}\n\nBadRequestError(\'Error code: 400\')'
    try:
        raise ModelGenerateError(text, status_code=status, provider_message=said) from cause
    except ModelGenerateError as error:
        return error


def client_error(name: str, text: str, **attributes: Any) -> Exception:
    error: Exception = type(name, (Exception,), {})(text)
    error.__dict__.update(attributes)
    return error


def said(error: BaseException) -> str:
    assert PROMPT not in describe(error)
    return describe(error).rsplit(" (", 1)[0]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            client_error("BadRequestError", f"Error code: 400 - {CREDIT}", status_code=400, body=CREDIT),
            "BadRequestError: HTTP 400: Your credit balance is too low.",
        ),
        (
            client_error("ClientError", f"400 INVALID_ARGUMENT. {KEY}", code=400, details=KEY),
            "ClientError: HTTP 400: API key not valid.",
        ),
        (
            client_error("BadRequestError", f"Error code: 400 - {VLLM}", status_code=400, body=VLLM),
            "BadRequestError: HTTP 400: maximum context length is 4096 tokens",
        ),
        (
            client_error("BadRequestError", HTML, status_code=400, body=HTML),
            "BadRequestError: HTTP 400: 400 Bad Request nginx",
        ),
        (
            client_error("BadRequestError", "out of luck", status_code=400, body=None),
            "BadRequestError: HTTP 400: out of luck",
        ),
        (client_error("BadRequestError", "Error code: 400", status_code=400), "BadRequestError: HTTP 400 Bad Request"),
        (
            client_error("ClientError", "400 Bad Request. {'message': ''}", code=400, details={"message": ""}),
            "ClientError: HTTP 400 Bad Request",
        ),
    ],
)
def test_the_exception_of_the_client_is_named(error: Exception, text: str) -> None:
    assert said(wrapped(error)) == text
    assert PROMPT in trace_of(wrapped(error))


@pytest.mark.parametrize("body", [CREDIT, KEY, TOOLS, VLLM])
def test_without_the_exception_of_the_client_its_words_are_read(body: Any) -> None:
    sentence = body.get("message") or body["error"]["message"]
    for form in (f"Error code: 400 - {body}", f"Error code: 400 - {body} {json.dumps(body)}", json.dumps(body)):
        assert said(wrapped(None, said=form)) == f"ModelGenerateError: HTTP 400: {sentence}"


def test_without_any_words_the_request_is_left_out() -> None:
    assert said(wrapped(None)) == "ModelGenerateError: HTTP 400: BadRequestError('Error code: 400')"
    assert said(wrapped(None, None)) == "ModelGenerateError: BadRequestError('Error code: 400')"


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (400, TOOLS, "BadRequestError: HTTP 400: tools is not supported in this model"),
        (400, VLLM, "BadRequestError: HTTP 400: maximum context length is 4096 tokens"),
        (400, {"error": "no such model"}, "BadRequestError: HTTP 400: no such model"),
        (
            401,
            {"error": {"message": "Incorrect API key provided."}},
            "AuthenticationError: HTTP 401: Incorrect API key provided.",
        ),
        (404, {"detail": "Not Found"}, "NotFoundError: HTTP 404: Not Found"),
        (
            422,
            {"detail": [{"loc": ["body", "x"], "msg": "missing"}]},
            "UnprocessableEntityError: HTTP 422: body.x: missing",
        ),
    ],
)
def test_a_real_client_is_understood(status: int, body: Any, text: str) -> None:
    async def ask(url: str) -> Exception:
        model = get_model("openai-api/local/judge", base_url=url, api_key="none", memoize=False)
        try:
            await model.generate(PROMPT)
        except Exception as error:
            return error
        finally:
            await model.api.aclose()
        raise AssertionError("nothing was raised")

    with serving(ChatServer(lambda _: (status, body))) as server:
        error = asyncio.run(ask(server.url))
    assert said(error) == text
    assert "test_rejected_calls.py:" in describe(error)
