"""Decisions about when calls to a model may be sent: functions of numbers and times, which know no clock.

A limiter limits how many calls are under way at once (connections), and, once the provider has refused calls, how many
are sent in a second (rate), whether for the first time or again. The rate begins at what the provider accepted before
it refused, rises slowly while it is calm, and falls a little at each refusal: it converges just below what the provider
takes, whatever that counts. While a provider refuses everything, nothing is learned about its rate: the rate stays as
it is, and one call at a time is sent to find out whether the provider is back, every few seconds.

Times and what providers say may be anything: a clock that jumps or an answer that took a day changes a decision, and never
fails.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

START_RATE = 16.0
"""Calls a second to begin with, until answers come: a burst would be refused where few calls are accepted."""
LEAST_RATE = 0.2
MOST_WAIT_SECONDS = 5.0
"""No decision holds calls back for longer; the next one may do so again."""

_WINDOW_SECONDS = 3.0
_FIRST_WINDOW_SECONDS = 1.0
_REACTION_SECONDS = 1.0  # refusals within this time belong to the same episode
_RISE_PER_ANSWER = 3.0
_MOST_RAMP_PER_SECOND = 3.0
_UNHURRIED_RATE = 100.0  # nothing is throttled from here on, until a provider refuses calls
_LEAST_FIRST_SHARE = 0.25  # a refusal among the first few calls says little about the rate
_CATCH_UP_SECONDS = 0.05  # an event loop that is busy wakes late; without this each delay would be lost for good
_BACK_OFF = 0.94
_FIRST_BACK_OFF = 0.75  # what was accepted in a burst is more than what is accepted for long
_HEAVY_SHARE = 0.3  # 0.1 took two windows with a call too many for a fault: 2 % less of a hidden rate was used
_HEAVY_REFUSALS = 3
_HEAVY_BACK_OFF = 0.9
_RISE_PER_SECOND = 0.005
_SEARCH_RISE_PER_SECOND = 0.04  # until the provider's rate was met from below
_RISE_DOUBLES_AFTER_SECONDS = 4.0
_CALM_SECONDS = 60.0  # longer calm lets the rate rise no quicker
_MOST_RISE_PER_SECOND = 0.25
_MOST_RATE = 1e6  # far above what an event loop can send
_BUSY_SHARE = 0.8
_WIDEN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class CallRate:
    """How many calls may be sent in a second.

    Args:
        per_second: Calls a second.
        refused_at: When the provider last refused calls.
        risen_at: When the rate last rose.
        converged: Whether the provider's rate was met from below, by a few refusals.
    """

    per_second: float
    refused_at: float
    risen_at: float
    converged: bool = False


def reduced_rate(rate: CallRate | None, now: float, accepted: float, heavy: bool) -> CallRate:
    """Decide on the rate after a refusal.

    Args:
        rate: The rate so far (None: there was none).
        now: The time.
        accepted: Calls a second that the provider accepted lately.
        heavy: Whether it refused many.
    """
    if rate is None:
        per_second = accepted * _FIRST_BACK_OFF
    elif heavy:
        per_second = min(rate.per_second, accepted) * _HEAVY_BACK_OFF
    else:
        per_second = rate.per_second * _BACK_OFF
    return CallRate(max(per_second, LEAST_RATE), now, now, converged=rate is not None and not heavy)


def raised_rate(rate: CallRate, now: float) -> CallRate:
    """Let the rate rise: slowly after a refusal, quicker the longer there was none."""
    calm = _clamp(0.0, now - rate.refused_at, _CALM_SECONDS) / _RISE_DOUBLES_AFTER_SECONDS
    base = _RISE_PER_SECOND if rate.converged else _SEARCH_RISE_PER_SECOND
    rise = min(base * (1 + calm * calm), _MOST_RISE_PER_SECOND)
    since = _clamp(0.0, now - rate.risen_at, 1.0)
    return replace(rate, per_second=min(rate.per_second * (1 + rise * since), _MOST_RATE), risen_at=now)


def ramped_rate(rate: float, seconds: float) -> float | None:
    """Let the first calls come faster with an answer, some seconds after the one before; None: all at once from now on."""
    # In a second or two the rise of an answer is the lesser of both, so that a longer time makes no difference.
    rate = min(rate + _RISE_PER_ANSWER, rate * _MOST_RAMP_PER_SECOND ** _clamp(0.0, seconds, 10.0))
    return rate if rate < _UNHURRIED_RATE else None


def widened_limit(limit: int, most: int, peak: int, limited: bool) -> int:
    """Decide on the number of connections after a round of answered calls.

    Args:
        limit: Connections so far.
        most: Connections at most.
        peak: Calls that were under way at once.
        limited: Whether the provider ever refused calls.
    """
    if peak < _BUSY_SHARE * limit:
        return limit
    return min(most, limit + max(1, limit // 2) if limited else limit * 2)


class LimiterState:
    """State of a limiter: connections, rate, and what happened of late. All times are given.

    Args:
        limit: Connections to begin with.
        most: Connections at most (the same: fixed).
        rate: Calls a second to begin with; more with each answer (None: as many as there are connections).
    """

    def __init__(self, limit: int, most: int, rate: float | None = None) -> None:
        self.limit, self.most = limit, max(limit, most)
        self.share: int | None = None
        """Connections granted where several workers share the limit (None: they do not)."""
        self.in_flight = 0
        self.refusals = 0
        self.rate: CallRate | None = None
        self.refused_in_a_row = 0
        """Rounds of refusals since the provider last accepted a call; from the second on it is asked by one call at a time."""
        self._ramp = rate
        self._least_first_rate = (rate or START_RATE) * _LEAST_FIRST_SHARE
        self._next = 0.0
        self._throttled = False
        self._pause_until = 0.0
        self._slowed_at = 0.0
        self._ignore_refusals_until = 0.0
        self._probed_at: float | None = None
        self._sent: deque[float] = deque()
        self._refused: deque[float] = deque()
        self._peak = 0
        self._answered = 0
        self._widened_at: float | None = None
        self._answered_at = 0.0

    @property
    def allowed(self) -> int:
        """Connections that may be in use."""
        return self.limit if self.share is None else min(self.limit, self.share)

    @property
    def _per_second(self) -> float | None:
        """Calls that may be sent in a second (None: no limit)."""
        return self.rate.per_second if self.rate is not None else self._ramp

    def delay(self, now: float, again: bool = False) -> float | None:
        """Seconds until the next call may be sent, `MOST_WAIT_SECONDS` at most (None: when another one has ended).

        Args:
            now: The time.
            again: It is one that has a connection already, and is sent once more.
        """
        if not again and self.in_flight >= self.allowed:
            return None
        latest = now + MOST_WAIT_SECONDS  # a clock that was set back prolongs nothing
        self._pause_until, self._next = min(self._pause_until, latest), min(self._next, latest)
        until = self._pause_until
        if self._probed_at is not None:
            self._probed_at = min(self._probed_at, now)
            until = max(until, self._probed_at + _REACTION_SECONDS)
        if self._per_second is not None and self._next > now:
            self._throttled = True
            until = max(until, self._next)
        return _clamp(0.0, until - now, MOST_WAIT_SECONDS)

    def start(self, now: float) -> None:
        """Count a call that is sent for the first time."""
        self.in_flight += 1
        self._peak = max(self._peak, self.in_flight)
        if self._widened_at is None:
            self._widened_at = self._answered_at = now
        self.sent(now)

    def sent(self, now: float) -> None:
        """Count what is sent to the provider."""
        if self._probed_at is not None and now - self._probed_at >= _REACTION_SECONDS:
            # A provider that refuses does so at once: it may well be at work on what it has not refused by now.
            self.refused_in_a_row, self._probed_at = 1, None
        if self.rate is not None and self.refused_in_a_row <= 1:
            # Only a rate that holds calls back is tried out: nothing is learned from one that does not.
            self.rate = raised_rate(self.rate, now) if self._throttled else replace(self.rate, risen_at=now)
        self._throttled = False
        self._sent.append(now)
        _forget(self._sent, now)
        if self.refused_in_a_row > 1:
            self._probed_at = now
        if self._per_second is not None:
            interval = min(1 / self._per_second, MOST_WAIT_SECONDS)
            # What is sent beyond the rate (by a client of its own accord) leaves no debt: the next one waits one interval.
            self._next = min(max(self._next, now - _CATCH_UP_SECONDS), now) + interval

    def end(self) -> None:
        """Count a call that ended."""
        self.in_flight -= 1

    def accepted(self, now: float) -> None:
        """Take note of an answer, be it to a call that was sent again: the provider is there."""
        if self.refused_in_a_row > 1:
            self._pause_until = self._next = now
        self.refused_in_a_row, self._probed_at = 0, None

    def succeeded(self, now: float) -> None:
        """Take note of a call that was answered at once; after a round of them connections may grow."""
        self._answered += 1
        began = self._widened_at if self._widened_at is not None else now
        if self._ramp is not None:
            self._ramp = ramped_rate(self._ramp, now - self._answered_at)
        self._answered_at = now
        if self.limit >= self.most or self._answered < self.allowed or now - began < _WIDEN_SECONDS:
            return
        if self.allowed == self.limit:
            self.limit = widened_limit(self.limit, self.most, self._peak, self.rate is not None)
        self._peak, self._answered, self._widened_at = self.in_flight, 0, now

    def refused(self, now: float, retry_after: float | None = None) -> None:
        """Take note of a refusal.

        Args:
            now: The time.
            retry_after: Seconds that the provider asks to wait.
        """
        self.refusals += 1
        self._refused.append(now)
        _forget(self._refused, now)
        self._answered, self._probed_at = 0, None
        if now < self._ignore_refusals_until and self._ignore_refusals_until - now <= MOST_WAIT_SECONDS:
            return
        self.refused_in_a_row += 1
        if self.refused_in_a_row > 1:
            pause = _bounded_wait(retry_after, 2.0 ** min(self.refused_in_a_row - 2, 10))
        else:
            pause = self._slow_down(now, retry_after)
        self._slowed_at = now
        self._pause_until = now + pause
        self._ignore_refusals_until = now + max(pause, _REACTION_SECONDS)
        self._next = _clamp(now, self._next, now + MOST_WAIT_SECONDS)

    def _slow_down(self, now: float, retry_after: float | None) -> float:
        """Lower the rate by what was accepted of late; gives the seconds to send nothing at all."""
        first = self.rate is None
        since = now - _FIRST_WINDOW_SECONDS if first else max(now - _WINDOW_SECONDS, self._pause_until, self._slowed_at)
        sent, refused = (sum(t >= since for t in times) for times in (self._sent, self._refused))
        heavy = refused >= _HEAVY_REFUSALS and refused > _HEAVY_SHARE * sent
        accepted = max(1, sent - refused) / max(now - since, _FIRST_WINDOW_SECONDS)
        if first:
            accepted = max(accepted, self._least_first_rate / _FIRST_BACK_OFF)
        self.rate = reduced_rate(self.rate, now, accepted, heavy)
        return _bounded_wait(retry_after, 1.0) if first or heavy else 0.0


def _bounded_wait(seconds: float | None, otherwise: float) -> float:
    """Seconds that a provider asks to wait, within reason."""
    told = seconds is not None and math.isfinite(seconds) and seconds >= 0
    return min(seconds if told and seconds is not None else otherwise, MOST_WAIT_SECONDS)


def _clamp(least: float, value: float, most: float) -> float:
    """The number within bounds; the lower one if it is not a number."""
    return min(value, most) if value > least else least


def _forget(times: deque[float], now: float) -> None:
    while times and not now - _WINDOW_SECONDS <= times[0] <= now:
        times.popleft()
