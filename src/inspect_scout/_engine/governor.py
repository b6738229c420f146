"""The governor: one admission point for each model that a scan calls.

A gate limits how many calls are under way at once (connections), and, once the provider has refused calls, how many
start in a second (pace). Connections are fixed when the user fixed them; otherwise they begin at 25 and grow while all
of them are in use, and the first calls are spread over some seconds. The pace begins at what the provider accepted before
it refused, rises slowly while it is calm, and falls a little at each refusal: it settles just below what the provider
takes, whatever that counts.

Decisions are functions of numbers and times (`slower`, `faster`, `wider`) and stand in `Valve`, which knows no clock
and no event loop; `ModelGate` lets tasks wait for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .._inspect.connections import answers_here, calls_repeated
from .shares import Claim, Grant

START_CONNECTIONS = 25
MOST_CONNECTIONS = 200
START_RATE = 16.0
"""Calls a second to begin with, until answers come: a burst would be refused where few calls are accepted."""
CONNECTIONS_PER_SPARE_UNIT = 4
"""One more unit in work for each four connections: while some units read or record, others keep connections busy."""

_WINDOW_SECONDS = 3.0
_FIRST_WINDOW_SECONDS = 1.0
_REACTION_SECONDS = 1.0  # refusals within this time belong to the same episode
_MOST_PAUSE_SECONDS = 5.0
_RISE_PER_ANSWER = 3.0
_MOST_RAMP_PER_SECOND = 3.0
_UNHURRIED_RATE = 100.0  # nothing is held back from here on, until a provider refuses calls
_LEAST_FIRST_SHARE = 0.25  # a refusal among the first few calls says little about the rate
_CATCH_UP_SECONDS = 0.05  # an event loop that is busy wakes late; without this each delay would be lost for good
_BACK_OFF = 0.94
_FIRST_BACK_OFF = 0.75  # what was accepted in a burst is more than what is accepted for long
_HEAVY_SHARE = 0.1
_HEAVY_REFUSALS = 3
_HEAVY_BACK_OFF = 0.9
_RISE_PER_SECOND = 0.005
_SEARCH_RISE_PER_SECOND = 0.04  # until the provider's rate was met from below
_RISE_DOUBLES_AFTER_SECONDS = 4.0
_MOST_RISE_PER_SECOND = 0.25
_LEAST_RATE = 0.1
_BUSY_SHARE = 0.8
_WIDEN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many calls may start in a second.

    Args:
        rate: Calls a second.
        refused_at: When the provider last refused calls.
        risen_at: When the rate last rose.
        settled: Whether the provider's rate was met from below, by a few refusals.
    """

    rate: float
    refused_at: float
    risen_at: float
    settled: bool = False


def slower(pace: Pace | None, now: float, accepted: float, heavy: bool) -> Pace:
    """Decide on the pace after a refusal.

    Args:
        pace: The pace so far (None: there was none).
        now: The time.
        accepted: Calls a second that the provider accepted lately.
        heavy: Whether it refused many.
    """
    if pace is None:
        rate = accepted * _FIRST_BACK_OFF
    elif heavy:
        rate = min(pace.rate, accepted) * _HEAVY_BACK_OFF
    else:
        rate = pace.rate * _BACK_OFF
    return Pace(max(rate, _LEAST_RATE), now, now, settled=pace is not None and not heavy)


def faster(pace: Pace, now: float) -> Pace:
    """Let the pace rise: slowly after a refusal, quicker the longer there was none."""
    calm = (now - pace.refused_at) / _RISE_DOUBLES_AFTER_SECONDS
    base = _RISE_PER_SECOND if pace.settled else _SEARCH_RISE_PER_SECOND
    rise = min(base * (1 + calm * calm), _MOST_RISE_PER_SECOND)
    return replace(pace, rate=pace.rate * (1 + rise * min(now - pace.risen_at, 1.0)), risen_at=now)


def ramped(rate: float, seconds: float) -> float | None:
    """Let the first calls come faster with an answer, some seconds after the one before; None: all at once from now on."""
    rate = min(rate + _RISE_PER_ANSWER, rate * _MOST_RAMP_PER_SECOND**seconds)
    return rate if rate < _UNHURRIED_RATE else None


def wider(limit: int, most: int, peak: int, paced: bool) -> int:
    """Decide on the number of connections after a round of answered calls.

    Args:
        limit: Connections so far.
        most: Connections at most.
        peak: Calls that were under way at once.
        paced: Whether the provider ever refused calls.
    """
    if peak < _BUSY_SHARE * limit:
        return limit
    return min(most, limit + max(1, limit // 2) if paced else limit * 2)


class Valve:
    """State of a gate: connections, pace, and what happened of late. All times are given.

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
        self.pace: Pace | None = None
        self._ramp = rate
        self._least_first_rate = (rate or START_RATE) * _LEAST_FIRST_SHARE
        self._next = 0.0
        self._held = False
        self._paused_until = 0.0
        self._judged_at = 0.0
        self._deaf_until = 0.0
        self._sent: deque[float] = deque()
        self._refused: deque[float] = deque()
        self._peak = 0
        self._answered = 0
        self._widened_at: float | None = None
        self._answered_at = 0.0

    @property
    def open(self) -> int:
        """Connections that may be in use."""
        return self.limit if self.share is None else min(self.limit, self.share)

    @property
    def _rate(self) -> float | None:
        """Calls that may start in a second (None: no limit)."""
        return self.pace.rate if self.pace is not None else self._ramp

    def delay(self, now: float) -> float | None:
        """Seconds until the next call may start (None: when another one has ended)."""
        if self.in_flight >= self.open:
            return None
        waits = self._paused_until - now
        if self._rate is not None and self._next > now:
            self._held = True
            waits = max(waits, self._next - now)
        return max(0.0, waits)

    def start(self, now: float) -> None:
        """Count a call that starts."""
        self.in_flight += 1
        self._peak = max(self._peak, self.in_flight)
        if self._widened_at is None:
            self._widened_at = self._answered_at = now
        if self.pace is not None:
            # Only a pace that holds calls back is tried out: nothing is learned from one that does not.
            self.pace = faster(self.pace, now) if self._held else replace(self.pace, risen_at=now)
        self._held = False
        self.sent(now)

    def sent(self, now: float) -> None:
        """Count what is sent to the provider."""
        self._sent.append(now)
        _forget(self._sent, now)
        if self._rate is not None:
            self._next = max(self._next, now - _CATCH_UP_SECONDS) + 1 / self._rate

    def end(self) -> None:
        """Count a call that ended."""
        self.in_flight -= 1

    def succeeded(self, now: float) -> None:
        """Take note of a call that was answered at once; after a round of them connections may grow."""
        self._answered += 1
        began = self._widened_at if self._widened_at is not None else now
        if self._ramp is not None:
            self._ramp = ramped(self._ramp, now - self._answered_at)
        self._answered_at = now
        if self.limit >= self.most or self._answered < self.open or now - began < _WIDEN_SECONDS:
            return
        if self.open == self.limit:
            self.limit = wider(self.limit, self.most, self._peak, self.pace is not None)
        self._peak, self._answered, self._widened_at = self.in_flight, 0, now

    def refused(self, now: float, retry_after: float | None = None) -> None:
        """Take note of a refusal."""
        self.refusals += 1
        self._refused.append(now)
        _forget(self._refused, now)
        self._answered = 0
        if now < self._deaf_until:
            return
        first = self.pace is None
        since = (
            now - _FIRST_WINDOW_SECONDS if first else max(now - _WINDOW_SECONDS, self._paused_until, self._judged_at)
        )
        sent, refused = (sum(t >= since for t in times) for times in (self._sent, self._refused))
        heavy = refused >= _HEAVY_REFUSALS and refused > _HEAVY_SHARE * sent
        pause = 0.0
        if first or heavy:
            pause = min(retry_after if retry_after is not None else 1.0, _MOST_PAUSE_SECONDS)
        accepted = max(1, sent - refused) / max(now - since, _FIRST_WINDOW_SECONDS)
        if first:
            accepted = max(accepted, self._least_first_rate / _FIRST_BACK_OFF)
        self.pace, self._judged_at = slower(self.pace, now, accepted, heavy), now
        self._paused_until = max(self._paused_until, now + pause)
        self._deaf_until = now + max(pause, _REACTION_SECONDS)
        self._next = max(self._next, now)


def _forget(times: deque[float], now: float) -> None:
    while times and times[0] < now - _WINDOW_SECONDS:
        times.popleft()


class ModelGate:
    """A valve that tasks wait at, first come, first served.

    Args:
        valve: The decisions.
        widened: Called when connections have grown.
    """

    def __init__(self, valve: Valve, widened: Callable[[], None]) -> None:
        self.valve = valve
        self._widened = widened
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def limit(self) -> int:
        """Connections admitted at once."""
        return self.valve.open

    @property
    def waiting(self) -> int:
        """Calls that wait to start."""
        return len(self._waiting)

    def grant(self, grant: Grant) -> None:
        """Take the share of a limit that several workers have in common."""
        wider = self.valve.share is not None and grant.connections > self.valve.share
        self.valve.share = grant.connections
        if grant.rate is not None and self.valve.pace is not None:
            self.valve.pace = replace(self.valve.pace, rate=grant.rate)
        if wider:
            self._widened()
        self._admit()

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return self.valve.in_flight

    async def acquire(self) -> None:
        """Wait until a call may start."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # admitted and cancelled at once: give the connection back
                self.release()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def release(self) -> None:
        """End a call."""
        self.valve.end()
        self._admit()

    def succeeded(self) -> None:
        """Take note of a call that was answered at once."""
        before = self.valve.limit
        self.valve.succeeded(_now())
        if self.valve.limit > before:
            self._widened()
            self._admit()

    def refused(self, retry_after: float | None) -> None:
        """Take note of a refusal."""
        self.valve.refused(_now(), retry_after)

    def sent_again(self) -> None:
        """Take note of a call that was sent again, which leaves less room for others."""
        self.valve.sent(_now())

    def _admit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            now = _now()
            delay = self.valve.delay(now)
            if delay is None:
                return
            if delay > 0:
                self._timer = asyncio.get_running_loop().call_later(delay, self._admit)
                return
            turn = self._waiting.popleft()
            if not turn.cancelled():
                self.valve.start(now)
                turn.set_result(None)


def units_for(connections: int) -> int:
    """Count the units of work that keep connections busy."""
    return connections + connections // CONNECTIONS_PER_SPARE_UNIT


class Governor:
    """The gates of a scan.

    Args:
        widened: Called when a gate was made or has grown, so that more work can be started.
        workers: Among how many workers limits are shared (1: they are not). New gates admit nothing until they are
            given a share.
    """

    def __init__(self, widened: Callable[[], None] | None = None, workers: int = 1) -> None:
        self.widened = widened
        self.workers = workers
        self._gates: dict[str, ModelGate] = {}
        self._repeated_before = calls_repeated()

    def gate(self, key: str, fixed: int | None, bounds: tuple[int, int] | None) -> ModelGate:
        """Give the gate of a model, made at its first call."""
        key = f"{key}#{fixed}"
        found = self._gates.get(key)
        if found is None:
            start, most = (fixed, fixed) if fixed is not None else bounds or (START_CONNECTIONS, MOST_CONNECTIONS)
            if fixed is None:
                start = max(1, start // self.workers)
            careful = fixed is None and bounds is None and not answers_here(key)
            rate = START_RATE / self.workers if careful else None
            found = self._gates[key] = ModelGate(Valve(start, most, rate), self._tell)
            if self.workers > 1:
                found.valve.share = 0
            self._tell()
        return found

    def claims(self) -> list[Claim]:
        """Tell what each gate could use, to whoever deals out shares."""
        return [
            Claim(
                key=key,
                total=gate.valve.most,
                granted=gate.valve.share if gate.valve.share is not None else gate.valve.limit,
                in_flight=gate.in_flight,
                waiting=gate.waiting,
                rate=gate.valve.pace.rate if gate.valve.pace is not None else None,
                refusals=gate.valve.refusals,
            )
            for key, gate in self._gates.items()
        ]

    def statistics(self) -> list[Claim]:
        """Tell the state of each gate."""
        return self.claims()

    def grant(self, grants: Mapping[str, Grant]) -> None:
        """Take shares."""
        for key, grant in grants.items():
            self._gates[key].grant(grant)

    @property
    def limit(self) -> int:
        """Connections admitted at once, over all models."""
        return sum(gate.limit for gate in self._gates.values())

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return sum(gate.in_flight for gate in self._gates.values())

    @property
    def retries(self) -> int:
        """Calls that providers refused so far, or left without an answer."""
        refusals = sum(gate.valve.refusals for gate in self._gates.values())
        return max(refusals, calls_repeated() - self._repeated_before)

    def units(self) -> int:
        """Units of work that keep the connections busy."""
        return units_for(max((gate.limit for gate in self._gates.values()), default=0))

    def _tell(self) -> None:
        if self.widened is not None:
            self.widened()


def _now() -> float:
    return asyncio.get_running_loop().time()
