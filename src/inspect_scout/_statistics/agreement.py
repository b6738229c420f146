"""How far two judges agree who judged the same things: a scanner and a person, or two scans."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .proportions import Proportion, normal_quantile

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PairedCounts(Generic[T]):
    """How often two judges gave which classes to the same things.

    Args:
        counts: (Class that the first judge gave, class that the second one gave) -> things.

    Raises:
        ValueError: A count is negative.
    """

    counts: Mapping[tuple[T, T], int]

    def __post_init__(self) -> None:
        for pair, count in self.counts.items():
            if count < 0:
                raise ValueError(f"The count of {pair!r} is {count}; use 0 or more.")

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[T, T]]) -> PairedCounts[T]:
        """Count pairs of classes, one for each thing."""
        return cls(Counter(pairs))

    @property
    def n(self) -> int:
        """How many things both have judged."""
        return sum(self.counts.values())

    @property
    def agreeing(self) -> Proportion:
        """To how many of them both gave the same class."""
        return Proportion(self.n, sum(count for (first, second), count in self.counts.items() if first == second))

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (Cohen's kappa): 1 always, 0 as by chance, below 0 less than that.

        None where chance alone explains everything: of nothing, and where both gave one and the same class to all.
        """
        chance, observed = self._by_chance(), self.agreeing.rate
        if observed is None or chance is None or chance == 1:
            return None
        return (observed - chance) / (1 - chance)

    def kappa_interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Give the interval in which the true kappa likely is; None where there is no kappa.

        The standard error is that of Fleiss, Cohen and Everitt (1969) for large samples. Without any disagreement, or
        any agreement, it would be 0 however few things there are; then the interval is that of the observed agreement
        (Wilson's), in units of kappa.

        Args:
            level: How likely, 0 to 1.

        Raises:
            ValueError: The level is not between 0 and 1.
        """
        deviations, kappa, chance = normal_quantile(level), self.kappa, self._by_chance()
        observed = self.agreeing.interval(level)
        if kappa is None or chance is None or observed is None:
            return None
        error = math.sqrt(self._kappa_variance(kappa, chance))
        if error < 1e-9:
            low, high = ((end - chance) / (1 - chance) for end in observed)
        else:
            low, high = kappa - deviations * error, kappa + deviations * error
        return max(-1.0, min(low, kappa)), min(1.0, max(high, kappa))

    def _shares(self) -> tuple[dict[T, float], dict[T, float]]:
        """Share of each class among what each of the two gave."""
        first: Counter[T] = Counter()
        second: Counter[T] = Counter()
        for (one, other), count in self.counts.items():
            first[one] += count
            second[other] += count
        n = self.n
        return {name: count / n for name, count in first.items()}, {name: count / n for name, count in second.items()}

    def _by_chance(self) -> float | None:
        """Agreement of two judges who give classes as often as these do, but at random."""
        if not self.n:
            return None
        first, second = self._shares()
        if len(first) == 1 and first.keys() == second.keys():
            return 1.0  # exactly, whatever rounding makes of it
        return math.fsum(share * second.get(name, 0.0) for name, share in first.items())

    def _kappa_variance(self, kappa: float, chance: float) -> float:
        n = self.n
        first, second = self._shares()
        terms: list[float] = []
        for (one, other), count in self.counts.items():
            expected = (second.get(one, 0.0) + first.get(other, 0.0)) * (1 - kappa)
            terms.append(count / n * (float(one == other) - expected) ** 2)
        found = math.fsum(terms) - (kappa - chance * (1 - kappa)) ** 2
        return max(0.0, found) / (n * (1 - chance) ** 2)


def mcnemar_p(only_first: int, only_second: int) -> float:
    """Test whether two judges find something equally often (McNemar's exact test).

    Args:
        only_first: Things in which only the first found something.
        only_second: Things in which only the second did.

    Returns:
        How likely a difference at least as large is by chance (two-sided p); 1 without any such things.

    Raises:
        ValueError: A count is negative.
    """
    if only_first < 0 or only_second < 0:
        raise ValueError(f"The counts {only_first} and {only_second} are not counts; use 0 or more.")
    n, fewer = only_first + only_second, min(only_first, only_second)
    ways = term = 1
    for k in range(1, fewer + 1):
        term = term * (n - k + 1) // k
        ways += term
    return min(1.0, 2 * ways / 2**n) if n else 1.0
