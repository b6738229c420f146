"""Quotas of a limit: decisions as tables, and that all together never exceed it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._engine.admission.quota import Demand, QuotaAllocator, allocate, allocate_rates, clamp


@pytest.mark.parametrize(
    ("total", "wants", "turn", "shares"),
    [
        (10, [10, 10], 0, [5, 5]),
        (10, [2, 10], 0, [2, 8]),
        (10, [1, 1], 0, [5, 5]),
        (10, [0, 0], 0, [5, 5]),
        (10, [0, 30], 0, [0, 10]),
        (11, [20, 20], 0, [6, 5]),
        (11, [20, 20], 1, [5, 6]),
        (100, [10, 20, 200], 0, [10, 20, 70]),
        (1, [5, 5], 0, [1, 0]),
        (1, [5, 5], 1, [0, 1]),
        (7, [3], 0, [7]),
    ],
)
def test_a_limit_is_divided_by_demand(total: int, wants: list[int], turn: int, shares: list[int]) -> None:
    assert allocate(total, wants, turn) == shares


@pytest.mark.parametrize(
    ("total", "targets", "held", "granted"),
    [
        (10, [5, 5], [0, 0], [5, 5]),
        (10, [5, 5], [10, 0], [5, 0]),
        (10, [5, 5], [8, 0], [5, 2]),
        (10, [5, 5], [5, 5], [5, 5]),
        (1, [0, 1], [1, 0], [0, 0]),
        (1, [0, 1], [0, 0], [0, 1]),
    ],
)
def test_a_share_rises_only_by_what_others_gave_back(
    total: int, targets: list[int], held: list[int], granted: list[int]
) -> None:
    assert clamp(total, targets, held) == granted


@pytest.mark.parametrize(
    ("rates", "wants", "dealt"),
    [
        ([10.0, 30.0], [1, 1], [20.0, 20.0]),
        ([10.0, 30.0], [3, 1], [30.0, 10.0]),
        ([None, 30.0], [3, 1], [None, 30.0]),
        ([None, None], [3, 1], [None, None]),
        ([10.0, 10.0], [0, 0], [10.0, 10.0]),
    ],
)
def test_the_pace_is_dealt_among_those_that_were_slowed_down(
    rates: Sequence[float | None], wants: list[int], dealt: list[float | None]
) -> None:
    assert allocate_rates(rates, wants) == dealt


class SimulatedWorker:
    """A worker that applies grants late, and is heard late, as messages arrive late."""

    def __init__(self, total: int) -> None:
        self.total, self.granted, self.in_use, self.waiting = total, 0, 0, 0
        self.mail: list[int] = []
        self.sent: list[Demand] = []

    def demands(self) -> Demand:
        return Demand("m", self.total, self.granted, self.in_use, self.waiting)

    def read_mail(self) -> None:
        if self.mail:
            self.granted = self.mail.pop(0)
            self.sent.append(self.demands())

    def start_calls(self) -> None:
        while self.waiting and self.in_use < self.granted:
            self.waiting -= 1
            self.in_use += 1


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "end", "mail", "say", "hear", "die"]), st.integers(0, 2)), max_size=120
)


@given(st.integers(1, 9), STEPS)
def test_all_together_never_exceed_the_limit(total: int, steps: list[tuple[str, int]]) -> None:
    shares, workers = QuotaAllocator(), {f"w{n}": SimulatedWorker(total) for n in range(3)}
    for step, number in steps:
        name = f"w{number}"
        worker = workers[name]
        if step == "ask":
            worker.waiting += 3
        elif step == "end":
            worker.in_use = max(0, worker.in_use - 1)
        elif step == "mail":
            worker.read_mail()
        elif step == "die":
            shares.leave(name)
            workers[name] = SimulatedWorker(total)
        elif step == "say":
            worker.sent.append(worker.demands())
        elif worker.sent:
            shares.report(name, [worker.sent.pop(0)])
            for other, grants in shares.reallocate().items():
                workers[other].mail.append(grants["m"].amount)
        worker = workers[name]
        worker.start_calls()
        assert sum(w.in_use for w in workers.values()) <= total


def test_a_share_that_is_raised_and_lowered_at_once_is_not_dealt_twice() -> None:
    shares = QuotaAllocator()
    shares.report("a", [Demand("m", 2, 0, waiting=1)])
    assert shares.reallocate()["a"]["m"].amount == 2  # on its way to the worker
    shares.report("b", [Demand("m", 2, 0, waiting=1)])
    shares.reallocate()
    shares.report("a", [Demand("m", 2, 0, waiting=1)])  # said before that arrived
    assert "b" not in shares.reallocate()
    shares.report("a", [Demand("m", 2, 2, in_use=2)])
    assert {w: g["m"].amount for w, g in shares.reallocate().items()} == {"a": 1}
    shares.report("a", [Demand("m", 2, 1, in_use=1)])
    assert shares.reallocate()["b"]["m"].amount == 1


def test_the_share_of_a_dead_worker_returns() -> None:
    shares = QuotaAllocator()
    for name in ("a", "b"):
        shares.report(name, [Demand("m", 10, 0, waiting=20)])
    first = shares.reallocate()
    assert {w: g["m"].amount for w, g in first.items()} == {"a": 5, "b": 5}
    for name in ("a", "b"):
        shares.report(name, [Demand("m", 10, 5, in_use=5, waiting=15)])
    shares.leave("a")
    assert shares.reallocate()["b"]["m"].amount == 10


def test_a_worker_that_waits_gets_its_turn_where_there_is_one_connection() -> None:
    shares, granted, had = QuotaAllocator(), {"a": 0, "b": 0}, set[str]()
    for _ in range(10):
        for name in ("a", "b"):
            shares.report(name, [Demand("m", 1, granted[name], waiting=5)])
            for other, grants in shares.reallocate().items():
                granted[other] = grants["m"].amount
            assert sum(granted.values()) <= 1
            had |= {n for n, g in granted.items() if g}
    assert had == {"a", "b"}
