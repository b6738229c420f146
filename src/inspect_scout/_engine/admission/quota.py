"""Quotas: one limit, several workers. Who may have how much of it: connections to a model, calls a second, money.

The parent allocates the limit in quotas, by demand, about once a second; a call of a model sends no message. A quota is
raised only by what others have really given back, so that all together never exceed the limit. What is used up for good (money)
counts as in use for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..._types import HeldBack

_NOTABLE = 0.1
_ALLOCATIONS_PER_TURN = 3


@dataclass(frozen=True, slots=True)
class Demand:
    """What a worker reports of a limit.

    Args:
        key: The limit: a model.
        total: What all workers may use together (connections).
        granted: What it may use.
        in_use: What it uses (calls under way).
        waiting: What it could use besides (calls that wait).
        rate: Calls a second that it starts at most (None: as many as it likes).
        refusals: Calls that the provider refused so far.
        held_seconds: Seconds until the next call is sent, where calls wait because the provider refused some.
    """

    key: str
    total: int
    granted: int
    in_use: int = 0
    waiting: int = 0
    rate: float | None = None
    refusals: int = 0
    throttled_seconds: float | None = None

    @property
    def wants(self) -> int:
        """What it could use."""
        return self.in_use + self.waiting


def held_back(demands: Iterable[Demand]) -> HeldBack | None:
    """Add up what holds calls back, over limits; None if nothing does."""
    throttled = [(demand.rate, demand.throttled_seconds) for demand in demands]
    rates = [(rate, seconds) for rate, seconds in throttled if rate is not None and seconds is not None]
    if not rates:
        return None
    return HeldBack(rate=sum(rate for rate, _ in rates), seconds=min(seconds for _, seconds in rates))


@dataclass(frozen=True, slots=True)
class Quota:
    """What a worker may use at once (connections), and in a second (calls; None: as it was)."""

    amount: int
    rate: float | None = None


def allocate(total: int, wants: Sequence[int], turn: int = 0) -> list[int]:
    """Divide a limit by demand.

    Who wants less than an even share gets what it wants, and the rest is even among the others; what nobody wants is
    spread evenly, so that new demand need not wait for the next allocation.

    Args:
        total: The limit.
        wants: What each could use.
        turn: Who comes first where the limit is too small for all, and for what does not divide.
    """
    shares = [0] * len(wants)
    left, order = total, [(i + turn) % len(wants) for i in range(len(wants))]
    hungry = [i for i in order if wants[i] > 0]
    while left and hungry:
        each = max(1, left // len(hungry))
        for i in list(hungry):
            given = min(each, wants[i] - shares[i], left)
            shares[i] += given
            left -= given
            if shares[i] == wants[i]:
                hungry.remove(i)
    for place, i in enumerate(order):
        shares[i] += left // len(wants) + (place < left % len(wants))
    return shares


def clamp(total: int, targets: Sequence[int], in_use: Sequence[int]) -> list[int]:
    """Move towards targets without ever exceeding the limit.

    Args:
        total: The limit.
        targets: What each is to have in the end.
        in_use: What each may be using at this moment.
    """
    free = max(0, total - sum(in_use))
    granted: list[int] = []
    for target, used in zip(targets, in_use, strict=True):
        raised = min(max(0, target - used), free)
        free -= raised
        granted.append(target if target <= used else used + raised)
    return granted


def allocate_rates(rates: Sequence[float | None], wants: Sequence[int]) -> list[float | None]:
    """Divide what a provider takes in a second by demand, among those that it has slowed down."""
    slowed = [i for i, rate in enumerate(rates) if rate is not None]
    weights = {i: max(1, wants[i]) for i in slowed}
    total = sum(rate for rate in rates if rate is not None)
    return [total * weights[i] / sum(weights.values()) if i in weights else None for i in range(len(rates))]


class QuotaAllocator:
    """Allocates all limits over the workers of a scan."""

    def __init__(self) -> None:
        self._demands: dict[str, dict[str, Demand]] = {}
        self._granted: dict[tuple[str, str], int] = {}
        self._turn = 0

    def report(self, worker: str, demands: Sequence[Demand]) -> None:
        """Take note of what a worker reports."""
        for demand in demands:
            self._demands.setdefault(demand.key, {})[worker] = demand
            self._granted.setdefault((demand.key, worker), demand.granted)

    def leave(self, worker: str) -> None:
        """Take back the quotas of a worker that is gone."""
        for key, demands in self._demands.items():
            demands.pop(worker, None)
            self._granted.pop((key, worker), None)

    def reallocate(self) -> Mapping[str, Mapping[str, Quota]]:
        """Allocate by what was reported last; gives what has changed: worker -> key of the limit -> quota."""
        changes: dict[str, dict[str, Quota]] = {}
        self._turn += 1
        for key, demands in self._demands.items():
            if demands:
                self._reallocate(key, demands, changes)
        return changes

    def _reallocate(self, key: str, demands: Mapping[str, Demand], changes: dict[str, dict[str, Quota]]) -> None:
        workers, told = list(demands), list(demands.values())
        total, wants = min(d.total for d in told), [d.wants for d in told]
        # Until a worker has confirmed a lower quota it may be using the one before.
        reserved = [max(d.granted, d.in_use, self._granted[key, w]) for w, d in demands.items()]
        # What a worker reports may be older than what was sent to it last. Until it has confirmed that one it gets no other:
        # whoever is first given more and then less could use the more when the less is taken for granted.
        up_to_date = [d.granted == self._granted[key, w] for w, d in demands.items()]
        # A turn lasts some allocations: a quota has to be given back before another worker can have it.
        turn = self._turn // (_ALLOCATIONS_PER_TURN * len(workers)) if total < len(workers) else 0
        targets = [
            target if confirmed else self._granted[key, worker]
            for worker, target, confirmed in zip(workers, allocate(total, wants, turn), up_to_date, strict=True)
        ]
        quotas = [
            granted if confirmed else target
            for granted, target, confirmed in zip(clamp(total, targets, reserved), targets, up_to_date, strict=True)
        ]
        rates = allocate_rates([d.rate for d in told], wants)
        for worker, demand, granted, rate in zip(workers, told, quotas, rates, strict=True):
            moved = rate is not None and demand.rate is not None and abs(rate - demand.rate) > _NOTABLE * demand.rate
            if granted != self._granted[key, worker] or moved:
                self._granted[key, worker] = granted
                changes.setdefault(worker, {})[key] = Quota(granted, rate if moved else None)
