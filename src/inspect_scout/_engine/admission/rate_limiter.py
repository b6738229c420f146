"""Rate limits: one admission point for each model that a scan calls.

A limiter limits how many calls are under way at once (connections), and, once the provider has refused calls, how many
are sent in a second (rate). Connections are fixed when the user fixed them; otherwise they begin at 25 and grow while all
of them are in use, and the first calls are spread over some seconds. Decisions stand in `LimiterState`; `ModelLimiter` lets tasks
wait for them, those with a new call and those that are to send one again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..._inspect.connections import answers_locally, count_retries
from .limiter_state import START_RATE, LimiterState
from .open_pairs import acquire_for_pair
from .quota import Demand, Quota

START_CONNECTIONS = 25
MOST_CONNECTIONS = 200
CONNECTIONS_PER_SPARE_UNIT = 4
"""One more unit in work for each four connections: while some units read or record, others keep connections busy."""

_PROBE_SECONDS = 10.0
"""Time after which one call is sent again early where all that are under way wait for their next attempt."""


@dataclass(eq=False, slots=True)
class _PendingRetry:
    """A call that is to be sent again.

    Args:
        due: When, if the provider accepts nothing until then.
        waiter: Ends the wait.
    """

    due: float
    waiter: asyncio.Future[None]


class ModelLimiter:
    """The limiter of a model, which tasks wait at: calls to be sent again before new ones, first come, first served.

    Args:
        state: The decisions.
        widened: Called when connections have grown.
    """

    def __init__(self, state: LimiterState, widened: Callable[[], None]) -> None:
        self.state = state
        self._widened = widened
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._retries: list[_PendingRetry] = []
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    @property
    def limit(self) -> int:
        """Connections admitted at once."""
        return self.state.allowed

    @property
    def waiting(self) -> int:
        """Calls that wait to start."""
        return len(self._waiting)

    @property
    def throttled_seconds(self) -> float | None:
        """Seconds until the next call is sent, where calls wait because the provider refused some (None: none does)."""
        refused = self.state.rate is not None and self._timer is not None
        return max(0.0, self._timer_at - _now()) if refused and (self._waiting or self._retries) else None

    def set_quota(self, quota: Quota) -> None:
        """Take the share of a limit that several workers have in common."""
        wider = self.state.share is not None and quota.amount > self.state.share
        self.state.share = quota.amount
        if quota.rate is not None and self.state.rate is not None:
            self.state.rate = replace(self.state.rate, per_second=quota.rate)
        if wider:
            self._widened()
        self._admit()

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return self.state.in_flight

    async def acquire(self) -> None:
        """Wait until a call may start."""
        await acquire_for_pair(self._acquire, self.release)

    async def _acquire(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._admit()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():  # admitted and cancelled at once: give the connection back
                self.release()
            elif waiter in self._waiting:
                self._waiting.remove(waiter)
            raise

    async def wait_to_resend(self, seconds: float) -> None:
        """Wait until a call may be sent again: after some seconds, or soon after the provider has accepted another one.

        Args:
            seconds: How long at most; the provider's rate may add to it.
        """
        retry = _PendingRetry(_now() + seconds, asyncio.get_running_loop().create_future())
        self._retries.append(retry)
        if len(self._retries) >= self.state.in_flight:  # nobody is under way who could tell that the provider is back
            first = min(self._retries, key=_due)
            first.due = min(first.due, _now() + _PROBE_SECONDS)
        self._admit()
        try:
            await retry.waiter
        finally:
            if retry in self._retries:
                self._retries.remove(retry)

    def release(self) -> None:
        """End a call."""
        self.state.end()
        self._admit()

    def accepted(self) -> None:
        """Take note of an answer: whoever waits to send again need not wait longer."""
        now = _now()
        self.state.accepted(now)
        for retry in self._retries:
            retry.due = min(retry.due, now)
        self._admit()

    def succeeded(self) -> None:
        """Take note of a call that was answered at once."""
        before = self.state.limit
        self.state.succeeded(_now())
        if self.state.limit > before:
            self._widened()
            self._admit()

    def refused(self, retry_after: float | None) -> None:
        """Take note of a refusal."""
        self.state.refused(_now(), retry_after)
        self._admit()

    def resent(self) -> None:
        """Take note of a call that a client sent again of its own accord, which leaves less for others."""
        self.state.sent(_now())

    def _admit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = _now()
        while (delay := self._admit_next(now)) == 0:
            pass
        if delay is not None:
            self._timer_at = now + delay
            self._timer = asyncio.get_running_loop().call_at(self._timer_at, self._admit)

    def _admit_next(self, now: float) -> float | None:
        """Admit a call: gives 0, or the seconds until one may be admitted (None: when something has happened)."""
        first = min(self._retries, key=_due, default=None)
        rests = first.due - now if first is not None else None
        if first is not None and first.due <= now:
            delay = self.state.delay(now, again=True)
            if delay == 0:
                self._retries.remove(first)
                if not first.waiter.done():
                    self.state.sent(now)
                    first.waiter.set_result(None)
            return delay
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        delay = self.state.delay(now) if self._waiting else None
        if delay == 0:
            self.state.start(now)
            self._waiting.popleft().set_result(None)
            return 0
        waits = [seconds for seconds in (rests, delay) if seconds is not None]
        return min(waits, default=None)


def _due(retry: _PendingRetry) -> float:
    return retry.due


def units_for(connections: int) -> int:
    """Count the units of work that keep connections busy."""
    return connections + connections // CONNECTIONS_PER_SPARE_UNIT


class RateLimiter:
    """The limiters of a scan, one for each model.

    Args:
        workers: Among how many workers limits are divided (1: they are not). New limiters admit nothing until they are
            given a quota.
    """

    def __init__(self, workers: int = 1) -> None:
        self._on_widened: Callable[[], None] | None = None
        self._workers = workers
        self._limiters: dict[str, ModelLimiter] = {}
        self._repeated_before = count_retries()

    @contextmanager
    def notifying(self, widened: Callable[[], None]) -> Generator[None]:
        """Call somebody in the block whenever a limiter was made or has grown, so that more work can be started."""
        self._on_widened = widened
        try:
            yield
        finally:
            self._on_widened = None

    def divide(self, workers: int) -> None:
        """Divide limits among so many workers from now on."""
        self._workers = workers

    def limiter(self, key: str, fixed: int | None, bounds: tuple[int, int] | None) -> ModelLimiter:
        """Give the limiter of a model, made at its first call."""
        key = f"{key}#{fixed}"
        found = self._limiters.get(key)
        if found is None:
            start, most = (fixed, fixed) if fixed is not None else bounds or (START_CONNECTIONS, MOST_CONNECTIONS)
            if fixed is None:
                start = max(1, start // self._workers)
            careful = fixed is None and bounds is None and not answers_locally(key)
            rate = START_RATE / self._workers if careful else None
            found = self._limiters[key] = ModelLimiter(LimiterState(start, most, rate), self._widened)
            if self._workers > 1:
                found.state.share = 0
            self._widened()
        return found

    def demands(self) -> list[Demand]:
        """Tell what each limiter could use, to whoever allocates quotas."""
        return [
            Demand(
                key=key,
                total=limiter.state.most,
                granted=limiter.state.share if limiter.state.share is not None else limiter.state.limit,
                in_use=limiter.in_flight,
                waiting=limiter.waiting,
                rate=limiter.state.rate.per_second if limiter.state.rate is not None else None,
                refusals=limiter.state.refusals,
                throttled_seconds=limiter.throttled_seconds,
            )
            for key, limiter in self._limiters.items()
        ]

    def set_quotas(self, quotas: Mapping[str, Quota]) -> None:
        """Take quotas, by key of demands."""
        for key, quota in quotas.items():
            self._limiters[key].set_quota(quota)

    def _widened(self) -> None:
        if self._on_widened is not None:
            self._on_widened()

    @property
    def limit(self) -> int:
        """Connections admitted at once, over all models."""
        return sum(limiter.limit for limiter in self._limiters.values())

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return sum(limiter.in_flight for limiter in self._limiters.values())

    @property
    def retries(self) -> int:
        """Calls that providers refused so far, or left without an answer."""
        refusals = sum(limiter.state.refusals for limiter in self._limiters.values())
        return max(refusals, count_retries() - self._repeated_before)

    def units(self) -> int:
        """Units of work that keep the connections busy."""
        return units_for(max((limiter.limit for limiter in self._limiters.values()), default=0))


def _now() -> float:
    return asyncio.get_running_loop().time()
