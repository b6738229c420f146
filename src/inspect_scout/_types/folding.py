"""The state of a scan, made of its events."""

from __future__ import annotations

from collections.abc import Iterable

from .state import (
    Ended,
    PairRecorded,
    PairsReused,
    Phase,
    Planned,
    Problem,
    ScanEvent,
    ScannerState,
    ScanState,
    UnitStarted,
    WorkerJoined,
    WorkerLost,
    WorkerReported,
    WorkerState,
)


class StateFold:
    """Makes the state of a scan of events: `fold` for those that come one after the other."""

    def __init__(self) -> None:
        self._planned: Planned | None = None
        self._ended: Ended | None = None
        self._updated = 0.0
        self._units = self._died = self._reused = 0
        self._scanners: dict[str, ScannerState] = {}
        self._reports: dict[str, WorkerState] = {}
        self._lost: dict[str, float] = {}
        self._joined: dict[str, float] = {}
        self._problems: dict[str, int] = {}

    def add(self, event: ScanEvent) -> None:
        """Add an event."""
        self._updated = max(self._updated, event.state.at if isinstance(event, WorkerReported) else event.at)
        match event:
            case PairRecorded(scanner=scanner):
                known = self._scanners.get(scanner)
                self._scanners[scanner] = event.counts if known is None else known + event.counts
            case PairsReused():
                self._reused += event.pairs
            case UnitStarted():
                self._units += event.units
            case WorkerReported(worker=worker):
                last = self._reports.get(worker)
                if last is None or last.at <= event.state.at:
                    self._reports[worker] = event.state
            case WorkerJoined(worker=worker):
                self._joined[worker] = max(event.at, self._joined.get(worker, 0.0))
            case WorkerLost(worker=worker):
                self._lost[worker] = max(event.at, self._lost.get(worker, 0.0))
                self._died += event.died
            case Problem(message=message):
                self._problems[message] = self._problems.get(message, 0) + 1
            case Planned():
                self._planned = event
            case Ended():
                self._ended = event

    def state(self) -> ScanState:
        """Give the state after the events so far.

        Raises:
            ValueError: None of them says what the scan is.
        """
        if self._planned is None:
            raise ValueError("These events do not say which scan they are about: `Planned` is missing.")
        planned = self._planned
        nothing = ScannerState()
        counted = {key: self._scanners.get(key, nothing) for key in planned.facts.scanners}
        return ScanState(
            facts=planned.facts,
            phase=self._phase(),
            due=planned.due,
            skipped=planned.skipped,
            started_units=self._units,
            reused=self._reused,
            scanners={**counted, **{key: self._scanners[key] for key in sorted(self._scanners) if key not in counted}},
            workers=self._workers(),
            workers_lost=self._died,
            problems=dict(sorted(self._problems.items())),
            retries=sum(report.retries for report in self._reports.values()),
            started=planned.at,
            updated=self._updated,
        )

    def _phase(self) -> Phase:
        if self._ended is not None:
            return self._ended.phase
        return "running" if self._units or self._scanners or self._joined else "planned"

    def _workers(self) -> dict[str, WorkerState]:
        """What those say that are at work: a report from before a worker was lost is not one of its successor."""
        at_work = {name: at for name, at in self._joined.items() if at > self._lost.get(name, -1.0)}
        reports = {name: self._reports.get(name, WorkerState(at=at)) for name, at in sorted(at_work.items())}
        return {n: last if last.at >= at_work[n] else WorkerState(at=at_work[n]) for n, last in reports.items()}


def fold(events: Iterable[ScanEvent]) -> ScanState:
    """Make the state of a scan of its events, in whatever order they come.

    Raises:
        ValueError: None of them says what the scan is.
    """
    made = StateFold()
    for event in events:
        made.add(event)
    return made.state()
