"""Results as pandas data frames, loaded when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._support.errors import ConfigError, LocationError
from .._support.storage import Storage, run_blocking, storage_for
from .._types import ScanSpec, Status
from .blocking import wait
from .cast import TypedTable
from .catalog import load_catalog
from .inputs import ReadOrigin, once_a_log, read_from_source
from .source import ScannerRows, UnknownScannerError
from .store import ScanStore, transcript_order
from .view import Choose, Rows, RowView, check_rows, excluded

if TYPE_CHECKING:
    import pandas as pd

_ATTEMPTS = 3


@dataclass
class ScanResultsDF(Status):
    """State of a scan, and its results as data frames.

    Args:
        scanners: Data frame of each scanner that has results; read anew at each access.
    """

    scanners: Mapping[str, pd.DataFrame] = field(default_factory=dict[str, "pd.DataFrame"])


@dataclass(frozen=True, slots=True)
class Reader:
    """What a caller wants to read of a scan.

    Args:
        location: Directory of the scan.
        storage: Where it is.
        spec: What defines the scan.
        exclude_columns: Columns to leave out.
        expands: Whether resultsets become one row for each result.
        read: Reads inputs that are only referred to.
    """

    location: str
    storage: Storage
    spec: ScanSpec
    exclude_columns: Sequence[str] | None = None
    expands: bool = True
    read: ReadOrigin = read_from_source

    async def rows(self, scanner: str) -> ScannerRows:
        """Find the rows of a scanner as they are now."""
        catalog = await load_catalog(self.storage, self.location)
        order = transcript_order(self.spec)
        return await run_blocking(self.location, lambda: ScannerRows(catalog, scanner, order, self.spec.scanners))

    async def view(self, scanner: str) -> RowView:
        """Find what the caller wants of the rows of a scanner."""
        return RowView(await self.rows(scanner), self.exclude_columns, expands=self.expands, read=self.read)

    def table(self, scanner: str, choose: Choose | None = None) -> TypedTable:
        """Read the results of a scanner, all or those that are chosen."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return wait(lambda: self.view(scanner)).table(choose)
            except UnknownScannerError:
                raise
            except LocationError:
                continue  # the journal was merged while it was read
        return wait(lambda: self.view(scanner)).table(choose)

    def frame(self, scanner: str) -> pd.DataFrame:
        """Read the results of a scanner as a data frame."""
        return self.table(scanner).frame()


class ScannerFrames(Mapping[str, "pd.DataFrame"]):
    """Data frames by scanner, each read when it is asked for.

    Args:
        reader: What to read.
        scanners: Keys of the scanners.
    """

    def __init__(self, reader: Reader, scanners: Sequence[str]) -> None:
        self._reader = reader
        self._scanners = tuple(scanners)

    def __getitem__(self, scanner: str) -> pd.DataFrame:
        if scanner not in self._scanners:
            raise UnknownScannerError(scanner, self._scanners)
        return self._reader.frame(scanner)

    def __contains__(self, scanner: object) -> bool:
        return scanner in self._scanners

    def __iter__(self) -> Iterator[str]:
        return iter(self._scanners)

    def __len__(self) -> int:
        return len(self._scanners)

    def __repr__(self) -> str:
        return f"ScannerFrames({', '.join(self._scanners)})"


async def open_reader(
    location: str,
    *,
    rows: Rows = "results",
    exclude_columns: Sequence[str] | None = None,
    read: ReadOrigin = read_from_source,
    storage: Storage | None = None,
) -> Reader:
    """Prepare to read results of a scan; see `results_df` for the parameters."""
    expands = check_rows(rows)
    excluded(exclude_columns)
    where = storage if storage is not None else storage_for(location)
    store = await ScanStore.open(location, where)
    return Reader(store.location, where, await store.spec(), exclude_columns, expands, once_a_log(read))


async def results_df(
    location: str,
    *,
    scanner: str | None = None,
    rows: Rows = "results",
    exclude_columns: Sequence[str] | None = None,
    read: ReadOrigin = read_from_source,
    storage: Storage | None = None,
) -> ScanResultsDF:
    """Read results as data frames.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of one scanner (None: all that have results).
        rows: "results": one row for each result, resultsets expanded; "transcripts": one row for each invocation.
        exclude_columns: Columns left out (None: the heavy ones; []: none).
        read: Reads inputs that are only referred to.
        storage: Where the scan is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
        UnknownScannerError: The scan has no such scanner.
    """
    reader = await open_reader(location, rows=rows, exclude_columns=exclude_columns, read=read, storage=storage)
    status = await ScanStore(reader.location, reader.storage).status()
    known = (await load_catalog(reader.storage, reader.location)).scanners()
    if scanner is not None:
        if scanner not in known and scanner not in status.spec.scanners:
            raise UnknownScannerError(scanner, {*known, *status.spec.scanners})
        known = [scanner]
    return ScanResultsDF(
        status.complete, status.spec, status.location, status.summary, status.errors, ScannerFrames(reader, known)
    )


async def results_batches(
    location: str,
    scanner: str,
    *,
    batch_size: int = 1024,
    exclude_columns: Sequence[str] | None = None,
    rows: Rows = "results",
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
        read: Reads inputs that are only referred to.
        storage: Where the scan is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
        UnknownScannerError: The scan has no such scanner.
    """
    if batch_size < 1:
        raise ConfigError(f"batch_size={batch_size} is too small; use 1 or more.")
    import asyncio

    reader = await open_reader(location, rows=rows, exclude_columns=exclude_columns, read=read, storage=storage)
    frames = _frames(await reader.view(scanner), batch_size)
    while True:
        # Reading and converting take a while: other tasks of this loop go on meanwhile.
        frame = await asyncio.to_thread(next, frames, None)
        if frame is None:
            return
        yield frame


def _frames(view: RowView, size: int) -> Iterator[pd.DataFrame]:
    for table in view.batches(size):
        yield table.frame()
