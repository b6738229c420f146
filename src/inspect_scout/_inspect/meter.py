"""Every call to a model, told before it is sent and after it has ended, to whoever counts tokens and money."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from inspect_ai.model import ChatMessage, ModelUsage

from .._support.foreign import current_work


@dataclass(eq=False, slots=True)
class ModelCall:
    """One request to a provider, or one answer out of the cache. A call that is sent again is another one.

    Args:
        model: The model as users name it (provider/name).
        origin: Who answers: the provider, the provider some hours later (batch), or the cache of earlier answers.
        attempt: How often the request was sent, this time included (0: the cache answers).
        messages: The prompt.
        max_tokens: Tokens that the answer may have (None: as many as the provider lets it).
        scanner: Key of the scanner that asks ("": none does).
        transcript: Id of the transcript that it asks about.
    """

    model: str
    origin: Literal["provider", "batch", "cache"]
    attempt: int
    messages: Sequence[ChatMessage] = ()
    max_tokens: int | None = None
    scanner: str = field(init=False, default="")
    transcript: str = field(init=False, default="")

    def __post_init__(self) -> None:
        subject = current_work.get()
        self.scanner = getattr(subject, "scanner", "")
        self.transcript = getattr(subject, "transcript", "")

    def characters(self) -> int:
        """Characters of the texts in the prompt, to estimate its tokens by."""
        return sum(len(message.text) for message in self.messages)


class Meter(Protocol):
    """Is told of every call twice: each that was acquired is settled once, however it ends."""

    async def acquire(self, call: ModelCall) -> None:
        """Admit a call that is about to be made; may wait, and may raise to refuse it."""
        ...

    def settle(self, call: ModelCall, usage: ModelUsage | None) -> None:
        """Take note of a call that has ended.

        Args:
            call: The call.
            usage: Tokens that it used (None: it brought no answer, or one that told none).
        """
        ...


M = TypeVar("M", bound=Meter)
_meters: ContextVar[tuple[Meter, ...]] = ContextVar("scout_meters", default=())


@contextmanager
def metering(meter: M) -> Generator[M]:
    """Let a meter, beside those that are there, be told of the calls of the block and of the tasks that it starts.

    It is told of scans that run in this process; their worker processes have meters of their own.

    Args:
        meter: What is told.

    Example:
        ```python
        with metering(RecordingMeter()) as meter:
            scan([leaks()], transcripts, model=judge, max_processes=1)
        print(len(meter.settled))
        ```
    """
    token = _meters.set((*_meters.get(), meter))
    try:
        yield meter
    finally:
        _meters.reset(token)


class MeteredCall:
    """A call that is under way.

    Args:
        call: The call.
    """

    __slots__ = ("call", "usage")

    def __init__(self, call: ModelCall) -> None:
        self.call = call
        self.usage: ModelUsage | None = None

    def used(self, usage: ModelUsage | None) -> None:
        """Take note of the tokens that the answer told."""
        self.usage = usage


@asynccontextmanager
async def metered_call(call: ModelCall) -> AsyncGenerator[MeteredCall]:
    """Make a call in the block: acquired before it, settled after it."""
    acquired: list[Meter] = []
    under_way = MeteredCall(call)
    try:
        for meter in _meters.get():
            await meter.acquire(call)
            acquired.append(meter)
        yield under_way
    finally:
        for meter in reversed(acquired):
            meter.settle(call, under_way.usage)
