"""Rates, and how sure one can be of them."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many of some things are positive.

    Args:
        n: How many things there are.
        positive: How many of them are positive.

    Raises:
        ValueError: There are more positive ones than things, or fewer than none.
    """

    n: int
    positive: int

    def __post_init__(self) -> None:
        if not 0 <= self.positive <= self.n:
            raise ValueError(f"positive={self.positive} is not a part of n={self.n}; use 0 to n.")

    @property
    def rate(self) -> float | None:
        """The share of the positive ones, 0 to 1; None of nothing."""
        return self.positive / self.n if self.n else None

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Give the interval in which the true rate likely is (Wilson's); None of nothing.

        Args:
            level: How likely, 0 to 1.

        Raises:
            ValueError: The level is not between 0 and 1.
        """
        z2 = normal_quantile(level) ** 2
        if not self.n:
            return None
        n, share = self.n, self.positive / self.n
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = math.sqrt(z2) / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        # At the ends rounding must not leave the share outside of its interval.
        return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


@functools.cache
def normal_quantile(level: float) -> float:
    """How many standard deviations on both sides of the mean hold this share of a normal distribution."""
    from statistics import NormalDist  # here: it costs commands that only look 10 ms

    if not 0 < level < 1:
        raise ValueError(f"level={level!r} is not a level of confidence; use a number between 0 and 1, such as 0.95.")
    return NormalDist().inv_cdf((1 + level) / 2)
