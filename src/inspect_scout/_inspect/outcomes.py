"""What becomes of the calls to models, told as it happens.

Whoever makes calls tells of each answer and each failure with `answered` and `failed`; whoever runs a scan is told of them
inside `listening(...)`, and outside of it nobody is.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

FailureKind: TypeAlias = Literal[
    "rate",
    "quota",
    "unauthorized",
    "forbidden",
    "not_found",
    "rejected",
    "server",
    "no_connection",
    "timeout",
    "no_completion",
    "other",
]
"""Why a call failed: too many calls; no money left; the key is wrong (401); it may not (403); no such model or address
(404); the provider rejects this one request (other 4xx); it has a fault (5xx); nobody listens at the address; no answer in
time; an answer that is not a completion; anything else."""

LASTING: Final[frozenset[FailureKind]] = frozenset({"quota", "unauthorized", "forbidden", "not_found", "no_connection"})
"""Kinds that the next call meets again, however long one waits."""


@dataclass(frozen=True, slots=True)
class CallFailure:
    """A call, or one attempt at it, that brought no answer.

    Args:
        model: The model as users name it (provider/name).
        kind: Why.
        said: One line for users: the HTTP status, if there is one, then the provider's own sentence.
        status: The HTTP status.
        next_try: Seconds until the call is sent again (None: it is not).
    """

    model: str
    kind: FailureKind
    said: str
    status: int | None = None
    next_try: float | None = None


class CallListener(Protocol):
    """Is told what becomes of calls."""

    def answered(self, model: str) -> None:
        """Take note of a call that brought a completion."""
        ...

    def failed(self, failure: CallFailure) -> None:
        """Take note of an attempt that brought none."""
        ...


_listener: ContextVar[CallListener | None] = ContextVar("scout_call_listener", default=None)


@contextmanager
def listening(listener: CallListener) -> Generator[None]:
    """Let a listener be told of the calls of the block and of the tasks that it starts."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def answered(model: str) -> None:
    """Tell of a call that brought a completion.

    Args:
        model: Name of the model.

    Example:
        ```python
        with metering(RecordingMeter()):
            answered("openai/gpt-5-mini")
        ```
    """
    listener = _listener.get()
    if listener is not None:
        listener.answered(model)


def failed(failure: CallFailure) -> None:
    """Tell of an attempt that brought none.

    Args:
        failure: What became of it.

    Example:
        ```python
        failed(CallFailure("openai/gpt-5-mini", "rate_limit", "HTTP 429: too many requests", status=429))
        ```
    """
    listener = _listener.get()
    if listener is not None:
        listener.failed(failure)
