"""What a provider does to one call: each behaviour is data, written in the caller's dialect when the call comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from .dialects import Dialect, Usage, completion, empty, error

TOKENS: Final = (100, 20)
"""What an answer tells that it used, unless a behaviour says otherwise."""

Cut: TypeAlias = Literal["whole", "half", "reset", "hang", "drip"]
"""How much of an answer is sent: all, half of it before the connection ends, nothing before it is reset, nothing at all
while the connection stays open, or the head and then a byte now and then."""


@dataclass(frozen=True)
class Behaviour:
    """One answer, or what stands in its place.

    Args:
        status: The HTTP status.
        said: The words of an error, or the text of an answer.
        code: The code of an error, where a dialect has one.
        raw: The body, as it is, instead of what the dialect would write.
        body: What the dialect writes: an answer, one without a choice, or an error.
        headers: Headers besides the usual ones.
        usage: Tokens that it tells.
        delay: Seconds before the answer begins.
        cut: How much is sent.
    """

    status: int = 200
    said: str = '{"answer": true}'
    code: str | None = None
    raw: bytes | None = None
    body: Literal["answer", "empty", "error"] = "answer"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    usage: Usage = TOKENS
    delay: float = 0.0
    cut: Cut = "whole"

    def written(self, dialect: Dialect, text: str) -> Any:
        """Write the body in a dialect; text is what an answer says."""
        if self.raw is not None:
            return self.raw
        if self.body == "error":
            told = {} if self.usage in {None, TOKENS} else _usage_of(dialect, self.usage)
            return {**error(dialect, self.status, self.said, self.code), **told}
        return empty(dialect, self.usage) if self.body == "empty" else completion(dialect, text, self.usage)

    @property
    def is_answer(self) -> bool:
        """Whether the caller gets a completion."""
        return self.status == 200 and self.body == "answer" and self.raw is None and self.cut == "whole"


OK: Final = Behaviour()


def ok(text: str | None = None, usage: Usage = TOKENS, delay: float = 0.0) -> Behaviour:
    """Answer."""
    return Behaviour(said=text if text is not None else OK.said, usage=usage, delay=delay)


def refusal(status: int, said: str, code: str | None = None, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Refuse."""
    return Behaviour(status, said, code, body="error", headers=headers or {})


def rate(retry_after: float | None = None) -> Behaviour:
    """Say that there are too many calls."""
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return refusal(429, "Rate limit reached, slow down.", "rate_limit_exceeded", headers)


def page(text: bytes, status: int = 200, kind: str = "text/html") -> Behaviour:
    """Answer with something that is not of the dialect."""
    return Behaviour(status, raw=text, headers={"content-type": kind})


def error_with_200(said: str, usage: Usage = TOKENS) -> Behaviour:
    """Answer 200 with an error object, and perhaps with tokens that it used."""
    return Behaviour(200, said, "server_error", body="error", usage=usage)


def no_choices(usage: Usage = TOKENS) -> Behaviour:
    """Answer with nothing that a model said."""
    return Behaviour(body="empty", usage=usage)


QUOTA: Final = refusal(
    429, "You exceeded your current quota, please check your plan and billing.", "insufficient_quota"
)
NO_CREDIT: Final = refusal(400, "Your credit balance is too low to access the API.", "billing")
BAD_KEY: Final = refusal(400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID")
NO_TOOLS: Final = refusal(400, "This model does not support tools.", "invalid_request")
VLLM_CONTEXT: Final = Behaviour(
    400,
    raw=b'{"object": "error", "message": "This model\'s maximum context length is 4096 tokens. However, you requested '
    b'5000 tokens.", "type": "BadRequestError", "param": null, "code": 400}',
)
UNAUTHORIZED: Final = refusal(401, "Incorrect API key provided.", "invalid_api_key")
FORBIDDEN: Final = refusal(403, "Your account may not use this model.", "forbidden")
NOT_FOUND: Final = refusal(404, "The model does not exist.", "model_not_found")
BROKEN: Final = refusal(500, "The server had an error.", "server_error")
BAD_GATEWAY: Final = page(b"<html><body>502 Bad Gateway</body></html>", 502)
UNAVAILABLE: Final = refusal(503, "The model is busy.", "unavailable")
OVERLOADED: Final = refusal(529, "Overloaded", "overloaded_error")
HTML: Final = page(b"<html>\n<head><title>Sign in</title></head>\n<body>Proxy \x1b[31mlogin\x1b[0m</body></html>")
EMPTY_BODY: Final = page(b"", kind="application/json")
NOT_JSON: Final = page(b'{"id": "x", "choices": [{"ind', kind="application/json")
NULL: Final = page(b"null", kind="application/json")
A_LIST: Final = page(b"[1, 2]", kind="application/json")
HALF: Final = Behaviour(cut="half")
RESET: Final = Behaviour(cut="reset")
HANG: Final = Behaviour(cut="hang")
DRIP: Final = Behaviour(cut="drip")


def _usage_of(dialect: Dialect, usage: Usage) -> dict[str, Any]:
    written = completion(dialect, "", usage)
    return {key: written[key] for key in ("usage", "usageMetadata") if key in written}
