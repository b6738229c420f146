"""Rates and their intervals, against known values and by what must hold of all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._statistics import Proportion

proportions = st.integers(1, 10_000).flatmap(lambda n: st.builds(Proportion, st.just(n), st.integers(0, n)))


@pytest.mark.parametrize(
    ("positive", "n", "level", "low", "high"),
    # As statsmodels' proportion_confint(method="wilson") gives them.
    [
        (8, 10, 0.95, 0.4901625, 0.9433178),
        (0, 5, 0.95, 0.0, 0.4344825),
        (5, 5, 0.95, 0.5655175, 1.0),
        (50, 100, 0.95, 0.4038315, 0.5961685),
    ],
)
def test_intervals_are_wilsons(positive: int, n: int, level: float, low: float, high: float) -> None:
    assert Proportion(n, positive).interval(level) == pytest.approx((low, high), abs=1e-6)


def test_intervals_are_those_of_95_percent_unless_asked() -> None:
    half = Proportion(100, 50)
    assert half.interval() == half.interval(0.95)
    low, high = half.interval(0.6826894921370859) or (0, 0)  # one standard deviation on both sides
    assert (low + high) / 2 == pytest.approx(0.5)
    assert high - low == pytest.approx(2 * 0.05 * (100 / 101) ** 0.5)


@given(proportions, st.floats(0.01, 0.99))
def test_intervals_hold_their_rate(proportion: Proportion, level: float) -> None:
    interval, rate = proportion.interval(level), proportion.rate
    assert interval is not None
    assert rate is not None
    assert 0 <= interval[0] <= rate <= interval[1] <= 1


@given(proportions)
def test_intervals_mirror_what_is_not_positive(proportion: Proportion) -> None:
    low, high = proportion.interval() or (0, 0)
    rest = Proportion(proportion.n, proportion.n - proportion.positive)
    assert rest.interval() == pytest.approx((1 - high, 1 - low))


@given(proportions)
def test_higher_levels_have_wider_intervals(proportion: Proportion) -> None:
    (low, high), (lower, higher) = (proportion.interval(level) or (0, 0) for level in (0.8, 0.99))
    assert lower <= low
    assert high <= higher
    assert (low, high) != (lower, higher)


def test_nothing_has_no_rate() -> None:
    assert Proportion(0, 0).rate is None
    assert Proportion(0, 0).interval() is None


@pytest.mark.parametrize(("n", "positive"), [(3, 4), (3, -1), (-1, 0)])
def test_impossible_counts_are_refused(n: int, positive: int) -> None:
    with pytest.raises(ValueError, match=f"positive={positive} is not a part of n={n}"):
        Proportion(n, positive)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_impossible_levels_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="is not a level of confidence"):
        Proportion(2, 1).interval(level)
