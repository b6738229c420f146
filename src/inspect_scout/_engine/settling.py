"""Recording in a worker: which units are durable, and what they counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._results import Journal
from .._types import ResultReport, ScannerCounts, TranscriptInfo
from .._validation import Confusion
from .counts import added, compare, counts_of
from .messages import Recorded


class SettlingRecorder:
    """Writes pairs to a journal and tells which units are through and durable.

    Args:
        journal: Where rows go.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open: dict[str, dict[str, ScannerCounts]] = {}
        self._through: list[tuple[int, Mapping[str, ScannerCounts]]] = []
        self._counts: dict[str, ScannerCounts] = {}
        self._agreement: dict[str, Confusion] = {}

    async def record(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> None:
        """Record a pair: all its rows, or the fact that it has none."""
        await self._journal.append(info, scanner, reports)
        self._open.setdefault(info.transcript_id, {})[scanner] = counts_of(reports)
        compare(self._agreement.setdefault(scanner, Confusion()), reports)

    def finished(self, ticket: int, info: TranscriptInfo) -> None:
        """Note that all pairs of a unit were handed over."""
        self._through.append((ticket, self._open.pop(info.transcript_id, {})))

    async def settle(self) -> Recorded:
        """Write what waits; tells which units have become durable by it, and the counts of all that are."""
        through, self._through = self._through, []
        try:
            await self._journal.flush()
        except BaseException:
            self._through[:0] = through
            raise
        for _, counts in through:
            added(self._counts, counts)
        compared = {scanner: verdicts.total for scanner, verdicts in self._agreement.items()}
        return Recorded([ticket for ticket, _ in through], dict(self._counts), compared)
