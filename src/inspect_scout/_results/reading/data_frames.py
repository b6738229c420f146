"""Results as pandas data frames, loaded when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..._support.errors import ConfigError
from ..._support.loops import RunCoroutine
from ..._support.storage import Storage
from ..._types import Status
from ..journal.index import UnknownScannerError
from .inputs import ReadOrigin, read_from_source
from .results_query import ResultsQuery, ResultsTable
from .row_view import RowMode, columns_to_exclude
from .typed_table import TypedTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(repr=False)
class ScanResultsDF(Status):
    """State of a scan, and its results as data frames.

    Args:
        scanners: Data frame of each scanner that has results; read again at each access.
    """

    scanners: Mapping[str, pd.DataFrame] = field(default_factory=dict[str, "pd.DataFrame"])


class ScannerFrames(Mapping[str, "pd.DataFrame"]):
    """Data frames by scanner, each read when it is asked for.

    Args:
        table: The results.
        query: Which columns to read.
        scanners: Keys of the scanners.
    """

    def __init__(self, table: ResultsTable, query: ResultsQuery, scanners: Sequence[str]) -> None:
        self._table = table
        self._query = query
        self._scanners = tuple(scanners)

    def __getitem__(self, scanner: str) -> pd.DataFrame:
        if scanner not in self._scanners:
            raise UnknownScannerError(scanner, self._scanners)
        table: TypedTable = self._table.run(lambda: self._table.typed_table(scanner, self._query))
        return table.frame()

    def __contains__(self, scanner: object) -> bool:
        return scanner in self._scanners

    def __iter__(self) -> Iterator[str]:
        return iter(self._scanners)

    def __len__(self) -> int:
        return len(self._scanners)

    def __repr__(self) -> str:
        return f"ScannerFrames({', '.join(self._scanners)})"


async def results_df(
    location: str,
    *,
    scanner: str | None = None,
    rows: RowMode = "results",
    exclude_columns: Sequence[str] | None = None,
    run: RunCoroutine,
    read: ReadOrigin = read_from_source,
    storage: Storage | None = None,
) -> ScanResultsDF:
    """Read results as data frames.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of one scanner (None: all that have results).
        rows: "results": one row for each result, resultsets expanded; "transcripts": one row for each invocation.
        exclude_columns: Columns left out (None: the heavy ones; []: none).
        run: Runs coroutines for code that cannot await.
        read: Reads inputs that are only referred to.
        storage: Where the scan is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
        UnknownScannerError: The scan has no such scanner.
    """
    table = ResultsTable.open(location, run, rows=rows, read=read, storage=storage)
    query = ResultsQuery(exclude=exclude_columns)
    status, known = await table.status()
    if scanner is not None:
        if scanner not in known and scanner not in status.spec.scanners:
            raise UnknownScannerError(scanner, {*known, *status.spec.scanners})
        known = [scanner]
    return ScanResultsDF(
        status.complete, status.spec, status.location, status.summary, status.errors, ScannerFrames(table, query, known)
    )


async def results_batches(
    location: str,
    scanner: str,
    *,
    batch_size: int = 1024,
    exclude_columns: Sequence[str] | None = None,
    rows: RowMode = "results",
    run: RunCoroutine,
    read: ReadOrigin = read_from_source,
    storage: Storage | None = None,
) -> AsyncIterator[pd.DataFrame]:
    """Read the results of a scanner in data frames of limited size, whose columns and types are all alike.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of the scanner.
        batch_size: Rows in a frame at most, results of resultsets included.
        exclude_columns: Columns left out (None: the heavy ones; []: none).
        rows: As for `results_df`.
        run: Runs coroutines for code that cannot await.
        read: Reads inputs that are only referred to.
        storage: Where the scan is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
        UnknownScannerError: The scan has no such scanner.
    """
    if batch_size < 1:
        raise ConfigError(f"batch_size={batch_size} is too small; use 1 or more.")
    import asyncio

    table = ResultsTable.open(location, run, rows=rows, read=read, storage=storage)
    left_out = columns_to_exclude(exclude_columns)
    view = await table.row_view(scanner)
    frames = (part.frame() for part in view.batches(view.source.visible(left_out), batch_size))
    while True:
        # Reading and converting take a while: other tasks of this loop go on meanwhile.
        frame = await asyncio.to_thread(next, frames, None)
        if frame is None:
            return
        yield frame
