"""Laws of the state of a scan: any order of events gives the same state, and a state survives JSON."""

from __future__ import annotations

from random import Random
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._types import (
    ConfusionCounts,
    Ended,
    HeldBack,
    LongestRunning,
    PairRecorded,
    PairsReused,
    Planned,
    Problem,
    ScanEvent,
    ScanFacts,
    ScannerState,
    ScanState,
    UnitStarted,
    WorkerJoined,
    WorkerLost,
    WorkerReported,
    WorkerState,
    fold,
)

TIMES = st.integers(1, 50).map(float)
NAMES = st.sampled_from(["a", "b", "c"])
COUNT = st.integers(0, 5)
PLANNED = Planned(
    at=1.0, facts=ScanFacts(scan_id="i", name="n", location="/s", transcripts=3, scanners=("b", "a")), due=9, skipped=2
)
COUNTS = st.builds(
    ScannerState,
    scans=COUNT,
    rows=COUNT,
    results=COUNT,
    errors=COUNT,
    tokens=COUNT,
    agreement=st.builds(ConfusionCounts, tp=COUNT, fp=COUNT, tn=COUNT, fn=COUNT),
    usage=st.dictionaries(NAMES, st.dictionaries(NAMES, COUNT)),
    fingerprints=st.dictionaries(NAMES, COUNT),
)
PHASES: st.SearchStrategy[Literal["complete", "errors", "interrupted"]] = st.sampled_from(
    ["complete", "errors", "interrupted"]
)
EVENTS = st.lists(
    st.one_of(
        st.builds(UnitStarted, at=TIMES, units=COUNT),
        st.builds(PairRecorded, at=TIMES, scanner=NAMES, counts=COUNTS),
        st.builds(PairsReused, at=TIMES, pairs=COUNT),
        st.builds(WorkerJoined, at=TIMES, worker=NAMES),
        st.builds(WorkerLost, at=TIMES, worker=NAMES, died=st.booleans()),
        st.builds(Problem, at=TIMES, message=NAMES),
    ),
    max_size=12,
)
REPORTS = st.lists(st.tuples(NAMES, COUNT), max_size=6)


def happened(events: list[ScanEvent], reports: list[tuple[str, int]], ended: Ended | None) -> list[ScanEvent]:
    """Put a run together; no worker says two things at one time."""
    said = [WorkerReported(worker=w, state=WorkerState(at=2.0 + i, reading=n)) for i, (w, n) in enumerate(reports)]
    return [PLANNED, *events, *said, *([ended] if ended is not None else [])]


@given(EVENTS, REPORTS, st.none() | st.builds(Ended, at=TIMES, phase=PHASES), st.randoms(use_true_random=False))
def test_any_order_of_events_gives_the_same_state(
    events: list[ScanEvent], reports: list[tuple[str, int]], ended: Ended | None, random: Random
) -> None:
    run = happened(events, reports, ended)
    shuffled = random.sample(run, len(run))
    assert fold(shuffled) == fold(run)


@given(EVENTS, REPORTS, st.none() | st.builds(Ended, at=TIMES, phase=PHASES))
def test_a_state_survives_json(events: list[ScanEvent], reports: list[tuple[str, int]], ended: Ended | None) -> None:
    state = fold(happened(events, reports, ended))
    assert msgspec.json.decode(msgspec.json.encode(state), type=ScanState) == state


@given(EVENTS)
def test_an_event_survives_json(events: list[ScanEvent]) -> None:
    assert msgspec.json.decode(msgspec.json.encode(events), type=list[ScanEvent]) == events


@given(COUNTS, COUNTS, COUNTS)
def test_counts_are_added_in_any_grouping(one: ScannerState, two: ScannerState, three: ScannerState) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + ScannerState() == one


def test_events_without_a_plan_are_refused() -> None:
    with pytest.raises(ValueError, match="Planned"):
        fold([UnitStarted(at=1.0)])


def test_a_scan_runs_from_the_first_unit_on_until_it_has_ended() -> None:
    assert fold([PLANNED]).phase == "planned"
    assert fold([PLANNED, UnitStarted(at=2.0)]).phase == "running"
    assert fold([Ended(at=3.0, phase="errors"), UnitStarted(at=2.0), PLANNED]).phase == "errors"


def test_pairs_of_earlier_runs_are_done() -> None:
    state = fold([PLANNED, PairRecorded(at=3.0, scanner="a", counts=ScannerState(scans=4, errors=1))])
    assert (state.recorded, state.done, state.due, state.error_count) == (4, 6, 9, 1)
    assert state.throughput == 2.0


def test_declared_scanners_come_first_and_in_their_order() -> None:
    extra = PairRecorded(at=2.0, scanner="z", counts=ScannerState(scans=1))
    assert list(fold([extra, PLANNED]).scanners) == ["b", "a", "z"]


def test_a_report_from_before_a_loss_is_not_one_of_the_successor() -> None:
    events: list[ScanEvent] = [
        PLANNED,
        WorkerJoined(at=1.0, worker="w"),
        WorkerReported(worker="w", state=WorkerState(at=2.0, reading=7)),
        WorkerLost(at=3.0, worker="w", died=True),
    ]
    assert fold(events).workers == {}
    assert fold([*events, WorkerJoined(at=4.0, worker="w")]).workers == {"w": WorkerState(at=4.0)}


def test_workers_are_added_up() -> None:
    here = WorkerState(
        at=5.0,
        slots=4,
        reading=1,
        scanning=2,
        calls=3,
        connections=9,
        trouble="down",
        held_back=HeldBack(rate=2.0, seconds=7.0),
        longest=LongestRunning(transcript="t1", scanner="a", seconds=3.0),
    )
    there = WorkerState(
        at=3.0,
        slots=2,
        scanning=1,
        held_back=HeldBack(rate=0.5, seconds=4.0),
        longest=LongestRunning(transcript="t2", scanner="b", seconds=2.0),
    )
    joined = [WorkerJoined(at=1.0, worker=name) for name in "ht"]
    said = [WorkerReported(worker="h", state=here), WorkerReported(worker="t", state=there)]
    doing = fold([PLANNED, *joined, *said, UnitStarted(at=6.0)]).doing
    assert (doing.slots, doing.reading, doing.scanning, doing.idle) == (6, 1, 3, 2)
    assert (doing.calls, doing.connections, doing.trouble) == (3, 9, "down")
    assert doing.held_back == HeldBack(rate=2.5, seconds=4.0)
    # Whoever said it three seconds ago has been at work three seconds longer.
    assert doing.longest == LongestRunning(transcript="t2", scanner="b", seconds=5.0)


def test_calls_that_workers_repeated_stay_counted_when_they_are_gone() -> None:
    events: list[ScanEvent] = [
        PLANNED,
        WorkerJoined(at=1.0, worker="w"),
        WorkerReported(worker="w", state=WorkerState(at=2.0, retries=3)),
        WorkerReported(worker="w", state=WorkerState(at=3.0, retries=4)),
        WorkerLost(at=4.0, worker="w"),
    ]
    assert (fold(events).retries, fold(events).workers) == (4, {})
