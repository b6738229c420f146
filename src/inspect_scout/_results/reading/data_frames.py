"""Results as pandas data frames, loaded when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..._support.errors import ConfigError
from ..._support.loops import RunCoroutine
from ..._support.storage import Storage
from ..._types import Status
from ..journal.index import UnknownScannerError
from ..rows.schema import result_columns_first
from .frame_shapes import long_frame, wide_frame
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

    Example:
        ```python
        results = scan_results_df("scans/scan_id=...")
        results.scanners["refusals"].query("value").head()
        results.wide().groupby("transcript_model")["refusals"].mean()
        ```
    """

    scanners: Mapping[str, pd.DataFrame] = field(default_factory=dict[str, "pd.DataFrame"])

    def long(self) -> pd.DataFrame:
        """Put the results of all scanners under one another, what they say first.

        Returns:
            A row for each result, as in the frames of `scanners`, with `scanner_key` in front. `timestamp` and
            `transcript_date` are times in UTC (NaT where there is none); `value` holds Python values where the types of
            scanners differ.

        Example:
            ```python
            found = scan_results_df("scans/scan_id=...").long()
            found.groupby(["scanner_key", "label"]).size()
            ```
        """
        return long_frame(dict(self.scanners))

    def wide(self, column: str = "value") -> pd.DataFrame:
        """Put the results of all scanners beside one another: a row for each transcript, a column for each scanner.

        Args:
            column: What cells hold: `value`, or `explanation`, `answer`, `label`, `scan_error`, `scan_total_tokens`, ...

        Returns:
            A frame with `transcript_id` as index, a column for each scanner, and behind them what is known of the transcript
            (`transcript_model`, `transcript_score`, ...). A cell is missing where the scanner failed or was not run. If a
            scanner gave several results for some transcript (a list, or one for each message), all its cells are lists.

        Raises:
            UnknownNameError: Results have no such column; close matches are named.
            ConfigError: The results were not opened by `scan_results_df`.

        Example:
            ```python
            table = scan_results_df("scans/scan_id=...").wide()
            table.groupby("transcript_model")["refusals"].mean()
            ```
        """
        if not isinstance(self.scanners, ScannerFrames):
            raise ConfigError("These results were not opened by scan_results_df(); call it to read rows.")
        frames = {scanner: self.scanners.invocations(scanner) for scanner in self.scanners}
        known = self.spec.transcripts
        return wide_frame(frames, column, known.transcript_ids if known is not None else ())


class ScannerFrames(Mapping[str, "pd.DataFrame"]):
    """Data frames by scanner, each read when it is asked for.

    Args:
        table: The results.
        query: Which columns to read.
        scanners: Keys of the scanners.
        parse_json: Whether JSON columns hold lists and mappings instead of text.
    """

    def __init__(
        self, table: ResultsTable, query: ResultsQuery, scanners: Sequence[str], *, parse_json: bool = False
    ) -> None:
        self._table = table
        self._query = query
        self._scanners = tuple(scanners)
        self._parse_json = parse_json

    def __getitem__(self, scanner: str) -> pd.DataFrame:
        if scanner not in self._scanners:
            raise UnknownScannerError(scanner, self._scanners)
        return self._frame(self._table, scanner, self._query)

    def invocations(self, scanner: str) -> pd.DataFrame:
        """Read a row for each invocation of a scanner, without the heavy columns; lists of results stay in one."""
        return self._frame(replace(self._table, rows="transcripts"), scanner, ResultsQuery())

    def _frame(self, table: ResultsTable, scanner: str, query: ResultsQuery) -> pd.DataFrame:
        found: TypedTable = table.run(lambda: table.typed_table(scanner, query))
        return found.frame(parse_json=self._parse_json)

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
    parse_json: bool = False,
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
        parse_json: Whether JSON columns hold lists and mappings instead of text.
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
    frames = ScannerFrames(table, query, known, parse_json=parse_json)
    return ScanResultsDF(status.complete, status.spec, status.location, status.summary, status.errors, frames)


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
    shown = result_columns_first(view.source.visible(left_out))
    frames = (part.frame() for part in view.batches(shown, batch_size))
    while True:
        # Reading and converting take a while: other tasks of this loop go on meanwhile.
        frame = await asyncio.to_thread(next, frames, None)
        if frame is None:
            return
        yield frame
