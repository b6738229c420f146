"""Counts of a running scan: right after every pair, and told as they were at that moment."""

from __future__ import annotations

from inspect_scout._engine import Progress, Tally
from inspect_scout._types import ResultReport, ResultValidation, ScannerCounts, ValidationMetrics
from support.scans import failed_report, make_report


class Listening:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Progress] = []

    def update(self, progress: Progress) -> None:
        self.told.append(progress)


def compared(valid: bool) -> ResultReport:
    return make_report(True, validation=ResultValidation(target=valid, valid=valid))


def test_each_pair_is_told_with_the_counts_of_all_scanners() -> None:
    sink = Listening()
    tally = Tally(["a", "b", "c"], total=10, skipped=2, sink=sink)
    tally.recorded("a", [make_report(True), make_report(False)])
    tally.recorded("b", [failed_report()])
    tally.recorded("a", [])
    assert [told.completed for told in sink.told] == [3, 4, 5]
    assert [told.scanners["a"].scans for told in sink.told] == [1, 1, 2]
    assert [told.scanners["b"].errors for told in sink.told] == [0, 1, 1]
    assert sink.told[-1].scanners == tally.counts()
    assert list(tally.counts()) == ["a", "b", "c"]
    assert (tally.counts()["a"].rows, tally.counts()["a"].results, tally.errors) == (2, 1, 1)


def test_counts_of_workers_replace_what_they_said_before() -> None:
    sink = Listening()
    tally = Tally(["a", "b"], total=10, skipped=0, sink=sink)
    tally.recorded("a", [make_report(True)])
    tally.recorded_elsewhere("one", {"a": ScannerCounts(scans=2, results=1)})
    tally.recorded_elsewhere("two", {"a": ScannerCounts(scans=1), "b": ScannerCounts(scans=3, errors=2)})
    tally.recorded_elsewhere("one", {"a": ScannerCounts(scans=4, results=3)})
    assert [told.completed for told in sink.told] == [1, 3, 7, 9]
    assert (tally.counts()["a"].scans, tally.counts()["a"].results) == (6, 4)
    assert (tally.counts()["b"].scans, tally.errors) == (3, 2)


def test_agreement_counts_what_all_have_compared() -> None:
    tally = Tally(["a", "b"], total=10, skipped=0, sink=Listening())
    assert tally.counts()["a"].agreement is None
    tally.recorded("a", [compared(True)])
    mine = tally.counts()["a"].agreement
    assert mine is not None
    tally.recorded_elsewhere("one", {"a": ScannerCounts(scans=1)}, {"a": ValidationMetrics(fp=1)})
    theirs = tally.counts()["a"].agreement
    assert theirs is not None
    assert theirs < mine
    assert tally.counts()["b"].agreement is None
