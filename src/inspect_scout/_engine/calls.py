"""Hearing what becomes of the calls to models: in the parent, who decides, and in its workers, who pass it on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from .._inspect.outcomes import LASTING, CallFailure
from .patience import CallTrouble, GivenUp, Patience

_COLLECT_SECONDS = 0.1

CallOutcome: TypeAlias = "str | CallFailure"
"""The name of a model that has given an answer, or a failure."""


class Calls:
    """Hears of all calls of a scan, and says once when going on is of no use.

    Args:
        clock: The time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._patience = clock, Patience()
        self.given_up: GivenUp | None = None
        """Why going on is of no use."""
        self.hopeless: Callable[[], None] | None = None
        """Called when it is."""

    def answered(self, model: str) -> None:
        """Take note of an answer."""
        self._patience.answered(model, self._clock())

    def failed(self, failure: CallFailure) -> None:
        """Take note of a failure."""
        given_up = self._patience.failed(failure, self._clock())
        if given_up is not None and self.given_up is None:
            self.given_up = given_up
            if self.hopeless is not None:
                self.hopeless()

    def heard(self, outcomes: Sequence[CallOutcome]) -> None:
        """Take note of what a worker has heard."""
        for outcome in outcomes:
            if isinstance(outcome, str):
                self.answered(outcome)
            else:
                self.failed(outcome)

    def trouble(self) -> CallTrouble | None:
        """Tell of the calls that fail at this moment."""
        return self._patience.trouble(self._clock())


class CollectedCalls:
    """Collects what a worker hears: failures are passed on soon, answers alone when `flush` is called.

    Args:
        send: Passes outcomes on, in their order.
    """

    def __init__(self, send: Callable[[Sequence[CallOutcome]], None]) -> None:
        self._send = send
        self._kept: list[CallOutcome] = []
        self._timer: asyncio.TimerHandle | None = None

    def answered(self, model: str) -> None:
        """Keep an answer; several of a model in a row say no more than one."""
        if not self._kept or self._kept[-1] != model:
            self._kept.append(model)

    def failed(self, failure: CallFailure) -> None:
        """Keep a failure; of several in a row that do not last, and so are not counted, the last one."""
        last = self._kept[-1] if self._kept else None
        same = isinstance(last, CallFailure) and (last.model, last.kind) == (failure.model, failure.kind)
        if same and failure.kind not in LASTING:
            self._kept.pop()
        self._kept.append(failure)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_COLLECT_SECONDS, self.flush)

    def flush(self) -> None:
        """Pass on what was kept."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._kept:
            kept, self._kept = self._kept, []
            self._send(kept)
