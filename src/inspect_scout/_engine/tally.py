"""Counting while a scan runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .._results import count_results
from .._types import ResultReport, ScannerCounts
from .._validation import Confusion
from .governor import Governor
from .progress import Progress, ProgressSink


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
        self._progress = Progress(total=total, completed=skipped, skipped=skipped)
        self._sink = sink
        self.errors = 0
        self.parsing = 0
        self.scanning = 0
        self.workers = 0
        self.governor: Governor | None = None

    def recorded(self, scanner: str, reports: Sequence[ResultReport]) -> None:
        """Count a pair whose reports were handed to the journal."""
        counts = self._counts[scanner]
        errors = sum(report.error is not None for report in reports)
        self.errors += errors
        agreement = self._agreement[scanner]
        for report in reports:
            if report.validation is not None and report.validation.valid is not None:
                agreement.add(report.validation.target, report.validation.valid)
        self._counts[scanner] = ScannerCounts(
            scans=counts.scans + 1,
            results=counts.results + sum(count_results(report.result) for report in reports),
            errors=counts.errors + errors,
            tokens=counts.tokens + sum(u.total_tokens for r in reports for u in r.model_usage.values()),
            agreement=agreement.total.agreement,
        )
        self._progress = replace(self._progress, completed=self._progress.completed + 1)
        self.show()

    def show(self) -> None:
        """Tell the sink the newest state."""
        idle = max(0, self.workers - self.parsing - self.scanning)
        models = self.governor
        self._sink.update(
            replace(
                self._progress,
                parsing=self.parsing,
                scanning=self.scanning,
                idle=idle,
                scanners=self._counts,
                calls=models.in_flight if models is not None else 0,
                connections=models.limit if models is not None else 0,
                retries=models.refusals if models is not None else 0,
            )
        )
