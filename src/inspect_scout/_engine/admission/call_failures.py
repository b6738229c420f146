"""When calls to models fail for good, so that going on is of no use: decided in the parent, seen in every worker.

The decision is a function of what happened and when. Counted are failures of one model of one lasting kind (see `LASTING`)
in a row: an answer of the model, or a failure of another kind, starts the count again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..._inspect.outcomes import LASTING, CallFailure, FailureKind

FIRST_FAILURES = 3
"""Failures in a row that are enough while a model has given no answer at all."""
LATER_FAILURES = 5
"""Failures in a row that are enough after it has given answers."""
RESTART_SECONDS = 60.0
"""How long nobody may listen where somebody did before: a server that is being started again."""
OTHERS_SECONDS = 300.0
"""How long other models may take for an answer before they count as silent, and do not keep the scan going."""
SHOWN_SECONDS = 30.0
"""How long a failure is worth showing after the time of the next try."""

_COLLECT_SECONDS = 0.1

CallOutcome: TypeAlias = "str | CallFailure"
"""The name of a model that has given an answer, or a failure."""


@dataclass(frozen=True, slots=True)
class GiveUpReason:
    """Why a scan is of no use any more.

    Args:
        failure: The last failure.
        times: How often it was met in a row.
    """

    failure: CallFailure
    times: int


@dataclass(frozen=True, slots=True)
class CallTrouble:
    """Calls that fail at this moment.

    Args:
        model: The model.
        said: Why: the HTTP status, if there is one, and what the provider said.
        next_try: Seconds until the call that failed last is sent again (None: it is not).
    """

    model: str
    said: str
    next_try: float | None = None

    @property
    def text(self) -> str:
        """The trouble in words."""
        after = "" if self.next_try is None else f" (next try in {self.next_try:.0f} s)"
        return f"calls to {self.model} fail: {self.said}{after}"


@dataclass(frozen=True, slots=True)
class _FailureStreak:
    failure: CallFailure
    times: int
    began: float
    at: float


class GiveUpPolicy:
    """Decides by what becomes of the calls to models whether a scan is of any use. All times are given, in seconds."""

    def __init__(self) -> None:
        self._answered: dict[str, float] = {}
        self._streaks: dict[str, _FailureStreak] = {}

    def answered(self, model: str, now: float) -> None:
        """Take note of an answer."""
        self._answered[model] = now
        self._streaks.pop(model, None)

    def failed(self, failure: CallFailure, now: float) -> GiveUpReason | None:
        """Take note of a failure; tells whether it was one too many.

        A model that fails while others give answers does not end what they are asked for.
        """
        streak = self._streaks.get(failure.model)
        if streak is None or streak.failure.kind != failure.kind:
            streak = _FailureStreak(failure, 0, now, now)
        streak = self._streaks[failure.model] = replace(streak, failure=failure, times=streak.times + 1, at=now)
        others = max((at for model, at in self._answered.items() if model != failure.model), default=None)
        if others is not None and now - others < OTHERS_SECONDS:
            return None
        before = failure.model in self._answered
        lasting = is_lasting(failure.kind, streak.times, now - streak.began, before)
        return GiveUpReason(failure, streak.times) if lasting else None

    def trouble(self, now: float) -> CallTrouble | None:
        """Tell of the calls that failed last and were not answered since."""
        streak = max(self._streaks.values(), key=lambda streak: streak.at, default=None)
        if streak is None:
            return None
        wait = streak.failure.next_try
        left = (wait or 0.0) - (now - streak.at)
        if left < -SHOWN_SECONDS:
            return None
        return CallTrouble(streak.failure.model, streak.failure.said, None if wait is None else max(0.0, left))


def is_lasting(kind: FailureKind, times: int, seconds: float, answered: bool) -> bool:
    """Decide whether a model is lost.

    Args:
        kind: How its calls fail.
        times: How often in a row.
        seconds: For how long.
        answered: Whether it has given any answer before.
    """
    if kind not in LASTING:
        return False
    if not answered:
        return times >= FIRST_FAILURES
    return times >= LATER_FAILURES and (kind != "no_connection" or seconds >= RESTART_SECONDS)


class CallMonitor:
    """Follows all calls of a scan, and says once when going on is of no use.

    Args:
        give_up: Called then.
        clock: The time, in seconds.
    """

    def __init__(self, give_up: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic) -> None:
        self._give_up, self._clock, self._policy = give_up, clock, GiveUpPolicy()
        self.given_up: GiveUpReason | None = None
        """Why going on is of no use."""

    def answered(self, model: str) -> None:
        """Take note of an answer."""
        self._policy.answered(model, self._clock())

    def failed(self, failure: CallFailure) -> None:
        """Take note of a failure."""
        given_up = self._policy.failed(failure, self._clock())
        if given_up is not None and self.given_up is None:
            self.given_up = given_up
            self._give_up()

    def record_outcomes(self, outcomes: Sequence[CallOutcome]) -> None:
        """Take note of what became of the calls of a worker."""
        for outcome in outcomes:
            if isinstance(outcome, str):
                self.answered(outcome)
            else:
                self.failed(outcome)

    def trouble(self) -> CallTrouble | None:
        """Tell of the calls that fail at this moment."""
        return self._policy.trouble(self._clock())


class CallRelay:
    """Collects what becomes of the calls of a worker: failures are passed on soon, answers alone when `flush` is called.

    Args:
        send: Passes outcomes on, in their order.
    """

    def __init__(self, send: Callable[[Sequence[CallOutcome]], None]) -> None:
        self._send = send
        self._collected: list[CallOutcome] = []
        self._timer: asyncio.TimerHandle | None = None

    def answered(self, model: str) -> None:
        """Keep an answer; several of a model in a row say no more than one."""
        if not self._collected or self._collected[-1] != model:
            self._collected.append(model)

    def failed(self, failure: CallFailure) -> None:
        """Keep a failure; of several in a row that do not last, and so are not counted, the last one."""
        last = self._collected[-1] if self._collected else None
        same = isinstance(last, CallFailure) and (last.model, last.kind) == (failure.model, failure.kind)
        if same and failure.kind not in LASTING:
            self._collected.pop()
        self._collected.append(failure)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_COLLECT_SECONDS, self.flush)

    def flush(self) -> None:
        """Pass on what was collected."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._collected:
            collected, self._collected = self._collected, []
            self._send(collected)
