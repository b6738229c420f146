"""Listening to a running scan: nobody is told of each pair, everybody of the end."""

from __future__ import annotations

from inspect_scout._engine import Feed
from inspect_scout._types import (
    PairRecorded,
    Planned,
    ScanFacts,
    ScannerState,
    ScanState,
)

PLANNED = Planned(at=1.0, facts=ScanFacts(scan_id="i", name="n", location="/s", scanners=("a", "b")), due=9, skipped=2)


def pair(scanner: str = "a") -> PairRecorded:
    return PairRecorded(at=2.0, scanner=scanner, counts=ScannerState(scans=1, rows=1))


def test_listeners_are_told_some_times_a_second_and_of_the_end() -> None:
    one, other = list[ScanState](), list[ScanState]()
    feed = Feed(one.append, other.append)
    feed.emit(PLANNED)
    for _ in range(1000):
        feed.emit(pair())
    feed.end("complete")
    assert 2 <= len(one) < 200
    assert one == other
    assert (one[0].phase, one[-1].phase, one[-1].done) == ("planned", "complete", 1002)


def test_the_state_is_that_of_all_events_although_nobody_was_told() -> None:
    feed = Feed()
    for event in (PLANNED, pair(), pair("b"), pair()):
        feed.emit(event)
    assert {key: counts.scans for key, counts in feed.state().scanners.items()} == {"a": 2, "b": 1}
