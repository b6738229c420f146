"""Recording in a worker: which units are durable, and what they amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._results import Journal
from .._types import ResultReport, ScannerState, TranscriptInfo
from .messages import Recorded


class SettlingRecorder:
    """Writes pairs to a journal and tells which units are through and durable.

    Args:
        journal: Where rows go.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open: dict[str, dict[str, ScannerState]] = {}
        self._through: list[tuple[int | None, Mapping[str, ScannerState]]] = []

    async def record(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> None:
        """Record a pair: all its rows, or the fact that it has none."""
        counts = await self._journal.append(info, scanner, reports)
        self._open.setdefault(info.transcript_id, {})[scanner] = counts

    def finished(self, ticket: int, info: TranscriptInfo) -> None:
        """Note that all pairs of a unit were handed over."""
        self._through.append((ticket, self._open.pop(info.transcript_id, {})))

    async def settle(self, *, last: bool = False) -> Recorded:
        """Write what waits; tells what has become durable by it.

        Args:
            last: Whether to tell of units that were broken off, too: nobody will look for what was recorded of them.
        """
        if last:
            self._through += [(None, counts) for counts in self._open.values()]
            self._open.clear()
        through, self._through = self._through, []
        try:
            await self._journal.flush()
        except BaseException:
            self._through[:0] = through
            raise
        total: dict[str, ScannerState] = {}
        for _, counts in through:
            for scanner, more in counts.items():
                total[scanner] = total[scanner] + more if scanner in total else more
        return Recorded([ticket for ticket, _ in through if ticket is not None], total)
