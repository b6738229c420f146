"""The governor: one admission point for each model that a scan calls.

A gate limits how many calls are under way at once (connections), and, once the provider has refused calls, how many
are sent in a second (pace). Connections are fixed when the user fixed them; otherwise they begin at 25 and grow while all
of them are in use, and the first calls are spread over some seconds. Decisions stand in `Valve`; `ModelGate` lets tasks
wait for it, those with a new call and those that are to send one again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .._inspect.connections import answers_here, calls_repeated
from .pairs import call_of_pair
from .shares import Claim, Grant
from .valve import START_RATE, Valve

START_CONNECTIONS = 25
MOST_CONNECTIONS = 200
CONNECTIONS_PER_SPARE_UNIT = 4
"""One more unit in work for each four connections: while some units read or record, others keep connections busy."""

_PROBE_SECONDS = 10.0
"""Time after which one call is sent again early where all that are under way wait for their next attempt."""


@dataclass(eq=False, slots=True)
class _Resting:
    """A call that is to be sent again.

    Args:
        due: When, if nothing is heard of the provider until then.
        turn: Ends the wait.
    """

    due: float
    turn: asyncio.Future[None]


class ModelGate:
    """A valve that tasks wait at: calls to be sent again before new ones, first come, first served.

    Args:
        valve: The decisions.
        widened: Called when connections have grown.
    """

    def __init__(self, valve: Valve, widened: Callable[[], None]) -> None:
        self.valve = valve
        self._widened = widened
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._resting: list[_Resting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    @property
    def limit(self) -> int:
        """Connections admitted at once."""
        return self.valve.open

    @property
    def waiting(self) -> int:
        """Calls that wait to start."""
        return len(self._waiting)

    @property
    def held_seconds(self) -> float | None:
        """Seconds until the next call is sent, where calls wait because the provider refused some (None: none does)."""
        refused = self.valve.pace is not None and self._timer is not None
        return max(0.0, self._timer_at - _now()) if refused and (self._waiting or self._resting) else None

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
        await call_of_pair(self._acquire, self.release)

    async def _acquire(self) -> None:
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

    async def rest(self, seconds: float) -> None:
        """Wait until a call may be sent again: after some seconds, or soon after the provider has accepted another one.

        Args:
            seconds: How long at most; the provider's pace may add to it.
        """
        resting = _Resting(_now() + seconds, asyncio.get_running_loop().create_future())
        self._resting.append(resting)
        if len(self._resting) >= self.valve.in_flight:  # nobody is under way who could tell that the provider is back
            first = min(self._resting, key=_due)
            first.due = min(first.due, _now() + _PROBE_SECONDS)
        self._admit()
        try:
            await resting.turn
        finally:
            if resting in self._resting:
                self._resting.remove(resting)

    def release(self) -> None:
        """End a call."""
        self.valve.end()
        self._admit()

    def accepted(self) -> None:
        """Take note of an answer: whoever waits to send again need not wait longer."""
        now = _now()
        self.valve.accepted(now)
        for resting in self._resting:
            resting.due = min(resting.due, now)
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
        self._admit()

    def sent_again(self) -> None:
        """Take note of a call that a client sent again of its own accord, which leaves less room for others."""
        self.valve.sent(_now())

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
        first = min(self._resting, key=_due, default=None)
        rests = first.due - now if first is not None else None
        if first is not None and first.due <= now:
            delay = self.valve.delay(now, again=True)
            if delay == 0:
                self._resting.remove(first)
                if not first.turn.done():
                    self.valve.sent(now)
                    first.turn.set_result(None)
            return delay
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        delay = self.valve.delay(now) if self._waiting else None
        if delay == 0:
            self.valve.start(now)
            self._waiting.popleft().set_result(None)
            return 0
        known = [seconds for seconds in (rests, delay) if seconds is not None]
        return min(known, default=None)


def _due(resting: _Resting) -> float:
    return resting.due


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
                held_seconds=gate.held_seconds,
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
