"""Why an attempt at a call failed, by the exception that a provider's client or inspect_ai raised."""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from inspect_ai._util.http import parse_retry_after_from_exception
from inspect_ai.model._model import AttemptTimeoutError, ModelGenerateError, StreamIdleTimeoutError

from .._support.causes.rejections import provider_message
from .._support.terminal import one_line
from .completions import NoCompletionError
from .outcomes import FailureKind

MAX_MESSAGE: Final = 300

_BY_STATUS: Final[dict[int, FailureKind]] = {
    401: "unauthorized",
    402: "quota",
    403: "forbidden",
    404: "not_found",
    408: "timeout",
    429: "rate",
}
# Some say with 400 (or 403, 429) what has a status of its own. Patterns are searched in codes and sentences alike.
_NO_CREDIT: Final = re.compile(
    r"insufficient.{0,3}(quota|funds|balance|credit)|credit balance|billing|payment required", re.IGNORECASE
)
_BAD_KEY: Final = re.compile(
    r"(api.?key|credentials?|token).{0,20}(not valid|invalid|expired|incorrect)|invalid.{0,3}api.?key", re.IGNORECASE
)
_UNKNOWN: Final = re.compile(r"model.?not.?found|model .{0,100}(does not exist|not found)|no such model", re.IGNORECASE)
# Google says "check your plan and billing" also of limits by the minute; only then it says when to try again.
_TEMPORARY: Final = re.compile(r"retry ?(in|delay|after|info)|per.?minute", re.IGNORECASE)

_UNREACHABLE: Final = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH})
_CONNECT_ERRORS: Final = frozenset({"ConnectError", "ClientConnectorError", "ClientConnectorDNSError"})
_TIMEOUTS: Final = (TimeoutError, AttemptTimeoutError, StreamIdleTimeoutError)


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Why an attempt failed.

    Args:
        kind: The kind of failure.
        said: A line for users.
        status: The HTTP status, if an answer came.
        retry_after: Seconds after which the provider wants to see the call again, if it said so.
    """

    kind: FailureKind
    said: str
    status: int | None = None
    retry_after: float | None = None


def failure_reason(error: BaseException) -> FailureReason:
    """Tell why an attempt failed."""
    if isinstance(error, NoCompletionError):
        return FailureReason("no_completion", f"HTTP {error.status}, not a completion: {error.said}", error.status)
    status, provider = _status(error), _provider_error(error)
    if status is None:
        deepest = next((str(one) for one in reversed(list(_causes(error))) if str(one)), type(error).__name__)
        return FailureReason(_without_answer(error), one_line(deepest, MAX_MESSAGE))
    said = one_line(provider_message(provider) or f"HTTP {status}: {provider}", MAX_MESSAGE)
    told = [getattr(provider, name, None) or "" for name in ("body", "details", "code")]
    return FailureReason(_kind(status, f"{told} {said}"), said, status, parse_retry_after_from_exception(error))


def has_answer(error: BaseException) -> bool:
    """Tell whether an exception stands for an answer with an HTTP status of its own."""
    return _status(error) not in {None, 200}


def broke_off(error: BaseException) -> bool:
    """Tell whether an exception says that the connection ended in the middle of an answer."""
    return _status(error) is None and any(_is_network(one) and not isinstance(one, _TIMEOUTS) for one in _causes(error))


def _kind(status: int, text: str) -> FailureKind:
    if status in {400, 402, 403, 429} and _NO_CREDIT.search(text) and not (status == 429 and _TEMPORARY.search(text)):
        return "quota"
    if status == 400 and _BAD_KEY.search(text):
        return "unauthorized"
    if status == 400 and _UNKNOWN.search(text):
        return "not_found"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "server" if status >= 500 else "rejected"


def _without_answer(error: BaseException) -> FailureKind:
    causes = list(_causes(error))
    if any(isinstance(one, socket.gaierror) or getattr(one, "errno", None) in _UNREACHABLE for one in causes):
        return "no_connection"
    if any(isinstance(one, _TIMEOUTS) or "Timeout" in type(one).__name__ for one in causes):
        return "timeout"
    if any(type(one).__name__ in _CONNECT_ERRORS for one in causes):
        return "no_connection"
    if any(isinstance(one, OSError) or _is_network(one) for one in causes):
        return "server"
    return "other"


def _is_network(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in {"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp"}


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _status(error: BaseException) -> int | None:
    for value in (
        getattr(error, "status_code", None),
        getattr(getattr(error, "response", None), "status_code", None),
        getattr(error, "code", None),
    ):
        if isinstance(value, int) and 100 <= value < 600:
            return value
    provider = _provider_error(error)
    return _status(provider) if provider is not error else None


def _provider_error(error: BaseException) -> BaseException:
    """Give what the client of a provider raised, out of what inspect_ai made of it."""
    wrapped = isinstance(error, ModelGenerateError) and error.__cause__ is not None
    return error.__cause__ or error if wrapped else error
