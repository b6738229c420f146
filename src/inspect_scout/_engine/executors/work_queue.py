"""Which units are to be done, who has which, and what becomes of those whose worker died."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from ..._plan import Unit

MAX_UNIT_RETRIES = 2
"""How often a unit is tried again whose worker died."""

FAILED_UNITS = "failed"
"""Holds the units that are not tried again, until their errors are recorded."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A unit that is handed out, or waits to be.

    Args:
        ticket: Number by which the holder reports it.
        unit: The transcript and the scanners due on it.
        deaths: Workers that died while they had it.
    """

    ticket: int
    unit: Unit
    deaths: int = 0


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """Where the units of a scan are.

    Args:
        total: All units of this run.
        left: Units that nobody has.
        leased: Units that are handed out.
    """

    total: int
    left: int
    leased: int


def batch_size(left: int, holders: int, capacity: int) -> int:
    """Count the units to hand out at once: fewer towards the end, so that the last ones are spread.

    Args:
        left: Units that nobody has.
        holders: Who asks for units.
        capacity: Units that the one who asks can take.
    """
    return max(0, min(capacity, left, max(1, left // (2 * max(1, holders)))))


class WorkQueue:
    """Hands out units, each to one holder at a time.

    A unit whose holder died is handed out again. The last time it gets a holder for itself, so that what it
    does to others no longer counts against them: only units that end workers by themselves are given up.

    Args:
        units: The units, in the order of handing out.
        retries: How often a unit is tried again.
    """

    def __init__(self, units: Sequence[Unit], retries: int = MAX_UNIT_RETRIES) -> None:
        self._units = units
        self.closed = False
        """Whether nothing more is handed out."""
        self._retries = retries
        self._next = 0
        self._again: deque[Lease] = deque()
        self._leases: dict[object, dict[int, Lease]] = {}
        self._all_done = asyncio.Event()

    @property
    def fresh(self) -> int:
        """Units that nobody has had yet."""
        return len(self._units) - self._next

    @property
    def left(self) -> int:
        """Units that nobody has."""
        return self.fresh + len(self._again)

    @property
    def leased(self) -> int:
        """Units that are handed out."""
        return sum(map(len, self._leases.values()))

    @property
    def done(self) -> bool:
        """Whether nothing is left and nothing is handed out."""
        return self.left == 0 and self.leased == 0

    def statistics(self) -> QueueStatistics:
        """Count units by where they are."""
        return QueueStatistics(len(self._units), self.left, self.leased)

    def of(self, holder: object) -> int:
        """Count the units that a holder has."""
        return len(self._leases.get(holder, ()))

    def leases(self, holder: object) -> list[Lease]:
        """List the units that a holder has."""
        return list(self._leases.get(holder, {}).values())

    def take(self, holder: object, count: int, fresh_only: bool = False) -> list[Lease]:
        """Hand out up to `count` units; none while the holder has one that needs it for itself.

        Args:
            holder: Who takes them.
            count: How many at most.
            fresh_only: Whether only units are taken that nobody has had yet: those that others have may have ended them.
        """
        leased = self._leases.setdefault(holder, {})
        taken: list[Lease] = []
        while len(taken) < count and not any(self._is_last_try(lease) for lease in leased.values()):
            if self._again and not fresh_only:
                if self._is_last_try(self._again[0]) and leased:
                    break
                lease = self._again.popleft()
            elif self._next < len(self._units):
                lease = Lease(self._next, self._units[self._next])
                self._next += 1
            else:
                break
            leased[lease.ticket] = lease
            taken.append(lease)
        return taken

    def close(self) -> None:
        """Hand out nothing more: what nobody has is not done in this run."""
        self.closed = True
        self._next = len(self._units)
        self._again.clear()
        self._note_end()

    def give_back(self, holder: object) -> None:
        """Note that somebody has ended before its units were done, after `close`."""
        self._leases.pop(holder, None)
        self._note_end()

    def finish(self, holder: object, tickets: Iterable[int]) -> list[Lease]:
        """Take note of units that are done and recorded for good; gives those that the holder had."""
        leased = self._leases.get(holder, {})
        done = [lease for ticket in tickets if (lease := leased.pop(ticket, None)) is not None]
        self._note_end()
        return done

    def requeue(
        self, holder: object, recorded: Container[tuple[int, str]] = (), blameless: bool = False
    ) -> list[Lease]:
        """Take back what a holder that died had.

        Args:
            holder: Who died.
            recorded: Pairs of position and scanner that it recorded all the same.
            blameless: Whether its end has nothing to do with these units.

        Returns:
            Units that have now cost too many workers: `FAILED_UNITS` holds them until it has finished them.
        """
        given_up: list[Lease] = []
        for lease in self._leases.pop(holder, {}).values():
            unit = lease.unit
            due = tuple(key for key in unit.scanners if (unit.position, key) not in recorded)
            if not due:
                continue
            again = replace(lease, unit=Unit(unit.position, due), deaths=lease.deaths + (not blameless))
            (given_up if again.deaths > self._retries else self._again).append(again)
        self._leases.setdefault(FAILED_UNITS, {}).update((lease.ticket, lease) for lease in given_up)
        self._note_end()
        return given_up

    async def wait_done(self) -> None:
        """Wait until all units are done, or given up."""
        self._note_end()
        await self._all_done.wait()

    def _note_end(self) -> None:
        if self.done:
            self._all_done.set()

    def _is_last_try(self, lease: Lease) -> bool:
        return lease.deaths > 0 and lease.deaths >= self._retries
