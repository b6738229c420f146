"""One limit, several workers: who may have how many connections to a model, and how many calls a second.

The parent deals the limit out in shares, by demand, about once a second; a call of a model sends no message. A share is
raised only by what others have really given back, so that all together never exceed the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._types import HeldBack

_NOTABLE = 0.1
_DEALS_PER_TURN = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker says of its gate to a model.

    Args:
        key: The model.
        total: Connections that all workers may have together.
        granted: Connections that it may use.
        in_flight: Calls under way.
        waiting: Calls that wait.
        rate: Calls a second that it starts at most (None: as many as it likes).
        refusals: Calls that the provider refused so far.
        held_seconds: Seconds until the next call is sent, where calls wait because the provider refused some.
    """

    key: str
    total: int
    granted: int
    in_flight: int = 0
    waiting: int = 0
    rate: float | None = None
    refusals: int = 0
    held_seconds: float | None = None

    @property
    def wants(self) -> int:
        """Connections that it could use."""
        return self.in_flight + self.waiting


def held_back(claims: Iterable[Claim]) -> HeldBack | None:
    """Add up what holds calls back, over gates; None if nothing does."""
    held = [(claim.rate, claim.held_seconds) for claim in claims]
    rates = [(rate, seconds) for rate, seconds in held if rate is not None and seconds is not None]
    if not rates:
        return None
    return HeldBack(rate=sum(rate for rate, _ in rates), seconds=min(seconds for _, seconds in rates))


@dataclass(frozen=True, slots=True)
class Grant:
    """What a worker may use: connections, and calls a second (None: as it was)."""

    connections: int
    rate: float | None = None


def deal(total: int, wants: Sequence[int], turn: int = 0) -> list[int]:
    """Deal a limit out by demand.

    Who wants less than an even share gets what it wants, and the rest is even among the others; what nobody wants is
    spread evenly, so that new demand need not wait for the next deal.

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


def safe(total: int, targets: Sequence[int], held: Sequence[int]) -> list[int]:
    """Move towards targets without ever exceeding the limit.

    Args:
        total: The limit.
        targets: What each is to have in the end.
        held: What each may be using at this moment.
    """
    free = max(0, total - sum(held))
    granted: list[int] = []
    for target, used in zip(targets, held, strict=True):
        raised = min(max(0, target - used), free)
        free -= raised
        granted.append(target if target <= used else used + raised)
    return granted


def deal_rates(rates: Sequence[float | None], wants: Sequence[int]) -> list[float | None]:
    """Deal what a provider takes in a second out by demand, among those that it has slowed down."""
    slowed = [i for i, rate in enumerate(rates) if rate is not None]
    weights = {i: max(1, wants[i]) for i in slowed}
    total = sum(rate for rate in rates if rate is not None)
    return [total * weights[i] / sum(weights.values()) if i in weights else None for i in range(len(rates))]


class Shares:
    """Shares of all limits, over the workers of a scan."""

    def __init__(self) -> None:
        self._claims: dict[str, dict[str, Claim]] = {}
        self._granted: dict[tuple[str, str], int] = {}
        self._turn = 0

    def report(self, worker: str, claims: Sequence[Claim]) -> None:
        """Take note of what a worker says."""
        for claim in claims:
            self._claims.setdefault(claim.key, {})[worker] = claim
            self._granted.setdefault((claim.key, worker), claim.granted)

    def leave(self, worker: str) -> None:
        """Take back the shares of a worker that is gone."""
        for key, claims in self._claims.items():
            claims.pop(worker, None)
            self._granted.pop((key, worker), None)

    def redeal(self) -> Mapping[str, Mapping[str, Grant]]:
        """Deal anew; gives what has changed: worker -> model -> grant."""
        changes: dict[str, dict[str, Grant]] = {}
        self._turn += 1
        for key, claims in self._claims.items():
            if claims:
                self._redeal(key, claims, changes)
        return changes

    def _redeal(self, key: str, claims: Mapping[str, Claim], changes: dict[str, dict[str, Grant]]) -> None:
        workers, told = list(claims), list(claims.values())
        total, wants = min(c.total for c in told), [c.wants for c in told]
        # Until a worker has confirmed a lower grant it may be using the one before.
        held = [max(c.granted, c.in_flight, self._granted[key, w]) for w, c in claims.items()]
        # What a worker says may be older than the last word to it. Until it has confirmed that one it gets no other:
        # whoever is first given more and then less could use the more when the less is taken for granted.
        heard = [c.granted == self._granted[key, w] for w, c in claims.items()]
        # A turn lasts some deals: a share has to be given back before another worker can have it.
        turn = self._turn // (_DEALS_PER_TURN * len(workers)) if total < len(workers) else 0
        targets = [
            target if settled else self._granted[key, worker]
            for worker, target, settled in zip(workers, deal(total, wants, turn), heard, strict=True)
        ]
        grants = [
            granted if settled else target
            for granted, target, settled in zip(safe(total, targets, held), targets, heard, strict=True)
        ]
        rates = deal_rates([c.rate for c in told], wants)
        for worker, claim, granted, rate in zip(workers, told, grants, rates, strict=True):
            moved = rate is not None and claim.rate is not None and abs(rate - claim.rate) > _NOTABLE * claim.rate
            if granted != self._granted[key, worker] or moved:
                self._granted[key, worker] = granted
                changes.setdefault(worker, {})[key] = Grant(granted, rate if moved else None)
