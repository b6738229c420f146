"""Agreement of two judges, against known values and by what must hold of all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._statistics import PairedCounts, mcnemar_p

tables = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), st.integers(0, 200))


def two_by_two(both: int, only_first: int, only_second: int, neither: int) -> PairedCounts[bool]:
    return PairedCounts(
        {(True, True): both, (True, False): only_first, (False, True): only_second, (False, False): neither}
    )


@pytest.mark.parametrize(
    ("cells", "kappa"),
    # The example of two readers of 50 grant applications, and two of equal agreement that chance explains differently.
    [((20, 5, 10, 15), 0.4), ((45, 15, 25, 15), 0.1304), ((25, 35, 5, 35), 0.2593)],
)
def test_kappa_is_cohens(cells: tuple[int, int, int, int], kappa: float) -> None:
    assert two_by_two(*cells).kappa == pytest.approx(kappa, abs=1e-4)


def test_the_interval_is_that_of_large_samples() -> None:
    # The formula by hand: agreement is 0.7, by chance 0.5; shares of yes are 0.5 and 0.6.
    table = two_by_two(20, 5, 10, 15)
    diagonal = 0.4 * (1 - 1.1 * 0.6) ** 2 + 0.3 * (1 - 0.9 * 0.6) ** 2
    off = 0.6**2 * (0.1 * (0.6 + 0.5) ** 2 + 0.2 * (0.4 + 0.5) ** 2)
    error = math.sqrt((diagonal + off - (0.4 - 0.5 * 0.6) ** 2) / (50 * 0.5**2))
    assert table.kappa_interval() == pytest.approx((0.4 - 1.959964 * error, 0.4 + 1.959964 * error), abs=1e-6)


def test_few_things_leave_much_open_also_without_disagreement() -> None:
    small, large = two_by_two(2, 0, 0, 3).kappa_interval(), two_by_two(200, 0, 0, 300).kappa_interval()
    assert small is not None
    assert large is not None
    assert small[1] == large[1] == 1
    assert small[0] < 0.2
    assert large[0] > 0.98


def test_one_class_alone_has_no_kappa() -> None:
    assert PairedCounts({("a", "a"): 7}).kappa is None
    assert PairedCounts({("a", "a"): 7}).kappa_interval() is None
    assert PairedCounts({}).kappa is None
    assert PairedCounts({}).agreeing.rate is None
    assert PairedCounts({("a", "b"): 7}).kappa == 0


def test_pairs_are_counted() -> None:
    table = PairedCounts[str].of_pairs([("a", "a"), ("a", "b"), ("a", "a")])
    assert (table.n, table.agreeing.positive) == (3, 2)


@given(tables)
def test_kappa_stays_within_its_interval_and_bounds(counts: dict[tuple[str, str], int]) -> None:
    table = PairedCounts(counts)
    kappa, interval = table.kappa, table.kappa_interval()
    assert (kappa is None) == (interval is None)
    if kappa is not None and interval is not None:
        assert -1 - 1e-9 <= kappa <= 1 + 1e-9
        assert interval[0] <= kappa + 1e-9
        assert kappa - 1e-9 <= interval[1]
        assert interval[1] > interval[0]


@given(tables)
def test_neither_judge_comes_first(counts: dict[tuple[str, str], int]) -> None:
    swapped = PairedCounts({(other, one): count for (one, other), count in counts.items()})
    assert swapped.kappa == pytest.approx(PairedCounts(counts).kappa)
    assert swapped.kappa_interval() == pytest.approx(PairedCounts(counts).kappa_interval())


@given(tables, st.sampled_from("abc"))
def test_names_of_classes_do_not_matter(counts: dict[tuple[str, str], int], name: str) -> None:
    renamed = PairedCounts({(one.replace(name, "x"), two.replace(name, "x")): n for (one, two), n in counts.items()})
    assert renamed.kappa == pytest.approx(PairedCounts(counts).kappa)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 0, 1), (5, 5, 1), (0, 5, 2 / 32), (1, 8, 20 / 512), (10, 2, 158 / 4096), (0, 2000, 0)],
)
def test_mcnemar_is_exact(first: int, second: int, p: float) -> None:
    assert mcnemar_p(first, second) == pytest.approx(p)
    assert mcnemar_p(second, first) == mcnemar_p(first, second)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_twice_the_smaller_tail(first: int, second: int) -> None:
    n = first + second
    tail = sum(math.comb(n, k) for k in range(min(first, second) + 1)) / 2**n
    assert mcnemar_p(first, second) == pytest.approx(min(1.0, 2 * tail))


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="use 0 or more"):
        mcnemar_p(-1, 2)
    with pytest.raises(ValueError, match="use 0 or more"):
        PairedCounts({("a", "b"): -1})
