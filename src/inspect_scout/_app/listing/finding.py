"""Finding a text in all results of a scanner, told as it is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from ..._query import condition_from_sql
from ..._results import ResultsQuery, ResultsTable, TextHit
from ..._transcripts import TextMatcher
from ..bridge import run_sync
from .results import ResultsRequest, order_terms


@dataclass(frozen=True, slots=True)
class FindProgress:
    """How far the search has come.

    Args:
        rows: Rows that were looked at.
        hits: Cells that have the text, also those that were not told.
        done: Whether all rows were looked at.
    """

    rows: int
    hits: int
    done: bool = False


@dataclass(slots=True)
class _Search:
    """A search that goes on in a thread, and what it has told so far."""

    limit: int
    loop: asyncio.AbstractEventLoop
    told: asyncio.Queue[TextHit | FindProgress] = field(default_factory=asyncio.Queue[TextHit | FindProgress])
    rows: int = 0
    hits: int = 0
    wanted: bool = True

    def report(self, rows: int, hits: Sequence[TextHit]) -> bool:
        """Take note of some rows; in the thread of the search."""
        shown = hits[: max(0, self.limit - self.hits)]
        self.rows, self.hits = self.rows + rows, self.hits + len(hits)
        told: list[TextHit | FindProgress] = [*shown, FindProgress(self.rows, self.hits)]
        if self.wanted:
            self.loop.call_soon_threadsafe(self._tell, told)
        return self.wanted

    def _tell(self, items: Sequence[TextHit | FindProgress]) -> None:
        for item in items:
            self.told.put_nowait(item)


async def find_in_results(
    location: str, scanner: str, matcher: TextMatcher, asked: ResultsRequest
) -> AsyncGenerator[TextHit | FindProgress]:
    """Look for a text in the results of a scanner; ends its work when nobody takes what it gives any more.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        matcher: What is sought.
        asked: Which results, in which order; `columns`: where (none: where people write); `limit`: cells that are told.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or its results no such column.
        ConfigError: The condition cannot be used.
    """
    query = ResultsQuery(
        where=condition_from_sql(asked.where) if asked.where else None,
        columns=asked.columns or None,
        order_by=order_terms(asked.order_by),
        positive=asked.positive,
    )
    search = _Search(asked.limit, asyncio.get_running_loop())
    table = ResultsTable.open(location, run_sync, rows=asked.rows)
    task = asyncio.create_task(table.search(scanner, query, matcher, search.report))
    task.add_done_callback(lambda _: search.told.put_nowait(FindProgress(search.rows, search.hits, done=True)))
    try:
        while True:
            item = await search.told.get()
            if isinstance(item, FindProgress) and item.done:
                await task
                yield item
                return
            yield item
    finally:
        search.wanted = False
        await asyncio.gather(task, return_exceptions=True)
