"""Counting agreement, and how numbers go together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._support.shapes import is_mapping
from .._types import ValidationMetrics, is_positive

Verdict = bool | Mapping[str, bool]

# By whether the target is positive, and whether it was met.
_COUNTS = {(True, True): "tp", (True, False): "fn", (False, True): "tn", (False, False): "fp"}


class Confusion:
    """Counts verdicts by whether their target is positive; those of targets with keys by key."""

    def __init__(self) -> None:
        self.single = ValidationMetrics()
        self.by_key: dict[str, ValidationMetrics] = {}

    def add(self, target: Any, valid: Verdict) -> None:
        """Count a verdict."""
        if isinstance(valid, bool):
            _count(self.single, target, valid)
        else:
            for key, met in valid.items():
                expected = target.get(key) if is_mapping(target) else target
                _count(self.by_key.setdefault(key, ValidationMetrics()), expected, met)

    @property
    def total(self) -> ValidationMetrics:
        """All verdicts; if some have keys, those without do not add up with them and are left out."""
        return added(self.by_key.values()) if self.by_key else self.single


def added(parts: Iterable[ValidationMetrics]) -> ValidationMetrics:
    """Add counts up."""
    total = ValidationMetrics()
    for part in parts:
        for name in _COUNTS.values():
            setattr(total, name, getattr(total, name) + getattr(part, name))
    return total


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Correlate two lists of numbers; None if there are fewer than three, or one of them does not vary."""
    if len(xs) < 3:
        return None
    mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    dx, dy = [x - mean_x for x in xs], [y - mean_y for y in ys]
    scale_x, scale_y = math.hypot(*dx), math.hypot(*dy)
    if len(set(xs)) == 1 or len(set(ys)) == 1 or not scale_x or not scale_y:
        return None
    found = math.fsum(x / scale_x * (y / scale_y) for x, y in zip(dx, dy))
    return max(-1.0, min(1.0, found)) if math.isfinite(found) else None


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Correlate the ranks of two lists of numbers (equal numbers share theirs)."""
    return pearson(_ranks(xs), _ranks(ys))


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _count(metrics: ValidationMetrics, target: Any, valid: bool) -> None:
    name = _COUNTS[is_positive(target), valid]
    setattr(metrics, name, getattr(metrics, name) + 1)
