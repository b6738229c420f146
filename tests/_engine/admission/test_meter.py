"""What workers read at their meters, added up by the parent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._engine.admission.meter import CallTotals, MeterReading


def reading(under_way: int, settled: int, tokens: int) -> MeterReading:
    return MeterReading(settled + under_way, settled, 0, tokens)


READINGS = st.builds(reading, st.integers(0, 9), st.integers(0, 9), st.integers(0, 999))
STEPS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.one_of(READINGS, st.none())))


@given(STEPS)
def test_calls_of_workers_that_are_gone_are_settled_once(steps: list[tuple[str, MeterReading | None]]) -> None:
    ledger, there, gone = CallTotals(), dict[str, MeterReading](), MeterReading()
    for worker, reading in steps:
        if reading is not None:
            ledger.report(worker, reading)
            there[worker] = reading
        else:
            ledger.leave(worker)
            ledger.leave(worker)  # nothing is there that could be settled again
            last = there.pop(worker, MeterReading())
            gone += MeterReading(last.acquired, last.acquired, last.cached, last.tokens)
    assert ledger.total == sum(there.values(), start=gone)
    for worker in list(there):
        ledger.leave(worker)
    assert ledger.total.acquired == ledger.total.settled
