"""Counting while a scan runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .._types import ResultReport, ScannerCounts, ValidationMetrics
from .._validation import Confusion
from .._validation import added as add_verdicts
from .activity import Activity
from .calls import Calls
from .counts import added, compare, counts_of, plus
from .governor import Governor
from .progress import LongestRunning, Progress, ProgressSink, longest_of
from .shares import HeldBack, held_back


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the workers in other processes are doing, all together.

    Args:
        parsing: Transcripts being read.
        scanning: Scanners at work.
        tasks: Units that may be in work at once.
        memory_bytes: Resident memory, that of this process included.
        processes: Processes at work, this one included if it scans.
        models: Model calls under way, connections granted, calls refused (those of this process included).
        due: Pairs of transcript and scanner under way that are worth waiting for at the end.
        longest: The scanner that has been at work longest.
        held_back: Model calls that wait because providers refused some.
    """

    parsing: int = 0
    scanning: int = 0
    tasks: int = 0
    memory_bytes: int = 0
    processes: int = 0
    models: tuple[int, int, int] = (0, 0, 0)
    due: int = 0
    longest: LongestRunning | None = None
    held_back: HeldBack | None = None


class Tally:
    """Counts of a running scan, told to a sink whenever they change.

    Args:
        scanners: Keys of the scanners.
        total: Pairs of transcript and scanner, those of earlier runs included.
        skipped: Pairs of earlier runs.
        sink: Who wants to know.
    """

    def __init__(self, scanners: Iterable[str], total: int, skipped: int, sink: ProgressSink) -> None:
        self._counts = dict.fromkeys(scanners, ScannerCounts())
        self._agreement = {scanner: Confusion() for scanner in self._counts}
        self._of_workers: dict[object, Mapping[str, ScannerCounts]] = {}
        self._compared: dict[object, Mapping[str, ValidationMetrics]] = {}
        # Kept up to date for the scanners that have news: to add up all of them for each pair is too much for hundreds.
        self._totals = dict(self._counts)
        self._scans = 0
        self._progress = Progress(total=total, completed=skipped, skipped=skipped)
        self._sink = sink
        self.activity = Activity()
        self.tasks = 0
        self.elsewhere = Elsewhere()
        self.governor: Governor | None = None
        self.calls: Calls | None = None

    @property
    def errors(self) -> int:
        """Invocations that failed in this run."""
        return sum(counts.errors for counts in self._totals.values())

    @property
    def due(self) -> int:
        """Pairs under way that are worth waiting for at the end."""
        return self.activity.pairs.due + self.elsewhere.due

    def counts(self) -> dict[str, ScannerCounts]:
        """Count what this process and the workers recorded, by scanner."""
        return dict(self._totals)

    def _add_up(self, scanners: Iterable[str]) -> None:
        """Bring the totals of some scanners up to date."""
        for scanner in scanners:
            total = self._counts.get(scanner, ScannerCounts())
            for of_worker in self._of_workers.values():
                if scanner in of_worker:
                    total = plus(total, of_worker[scanner])
            self._scans += total.scans - self._totals.get(scanner, ScannerCounts()).scans
            self._totals[scanner] = replace(total, agreement=self._agreed(scanner))

    def _agreed(self, scanner: str) -> float | None:
        elsewhere = [compared[scanner] for compared in self._compared.values() if scanner in compared]
        return add_verdicts([self._agreement[scanner].total, *elsewhere]).agreement

    def recorded(self, scanner: str, reports: Sequence[ResultReport]) -> None:
        """Count a pair whose reports were handed to the journal."""
        added(self._counts, {scanner: counts_of(reports)})
        compare(self._agreement[scanner], reports)
        self._add_up([scanner])
        self.show()

    def recorded_elsewhere(
        self,
        worker: object,
        counts: Mapping[str, ScannerCounts],
        compared: Mapping[str, ValidationMetrics] | None = None,
    ) -> None:
        """Take note of all that a worker has recorded so far.

        Args:
            worker: The worker.
            counts: Counts by scanner.
            compared: Verdicts on results that have labelled cases, by scanner (None: as before).
        """
        self._of_workers[worker] = counts
        if compared is not None:
            self._compared[worker] = compared
        self._add_up(counts)
        self.show()

    def show(self) -> None:
        """Tell the sink the newest state."""
        self._sink.update(self.progress())

    def progress(self) -> Progress:
        """Describe the newest state."""
        here, there = self.activity, self.elsewhere
        calls, connections, retries = self._models()
        parsing, scanning = here.parsing + there.parsing, here.scanning + there.scanning
        return replace(
            self._progress,
            completed=self._progress.skipped + self._scans,
            parsing=parsing,
            scanning=scanning,
            idle=max(0, self.tasks + there.tasks - parsing - scanning),
            scanners=self.counts(),
            process_count=max(1, there.processes),
            memory_bytes=there.memory_bytes or None,
            calls=calls,
            connections=connections,
            retries=retries,
            trouble=self.calls.trouble() if self.calls is not None else None,
            longest=longest_of([here.longest(), there.longest]),
            held_back=there.held_back or (held_back(self.governor.claims()) if self.governor is not None else None),
        )

    def _models(self) -> tuple[int, int, int]:
        models = self.governor
        if any(self.elsewhere.models) or models is None:
            return self.elsewhere.models
        return models.in_flight, models.limit, models.retries
