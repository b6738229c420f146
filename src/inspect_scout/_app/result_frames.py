"""Results as data frames and Arrow tables. Apart from `results.py`, for they need libraries that take time to load."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

from .._results import RowMode, ScanResultsArrow, ScanResultsDF
from .._results import results_arrow as _results_arrow
from .._results import results_batches as _results_batches
from .._results import results_df as _results_df
from .._support.loops import asyncio_only
from .._support.storage import normalize
from .._types import ScanLocation, location_text
from .bridge import described_as, in_sync_items, run_sync

if TYPE_CHECKING:
    import pandas as pd


def scan_results_df(
    scan_location: ScanLocation,
    *,
    scanner: str | None = None,
    rows: RowMode = "results",
    exclude_columns: Sequence[str] | None = None,
    parse_json: bool = False,
) -> ScanResultsDF:
    """Read results as data frames, one for each scanner, each loaded when it is asked for.

    Args:
        scan_location: Where the scan is (finished, interrupted or running): its directory, as a path or URL, or its
            `Status`.
        scanner: Key of one scanner (default: all).
        rows: `results`: one row for each result, resultsets expanded; `transcripts`: one row for each invocation.
        exclude_columns: Columns left out (default: `input`, `input_data`, `scan_events`; `[]` for none).
        parse_json: Put Python lists and mappings in the place of JSON text (`metadata`, `message_references`, ...; `value`
            where it is a list or an object).

    Returns:
        The `Status` of the scan, with `scanners` (frames by key), `wide()` (a row for each transcript, a column for each
        scanner) and `long()` (all scanners under one another).

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner; close matches are named.

    Example:
        ```python
        results = scan_results_df("scans/scan_id=...")
        print(results.wide().head())
        ```
    """
    return run_sync(
        lambda: scan_results_df_async(
            scan_location, scanner=scanner, rows=rows, exclude_columns=exclude_columns, parse_json=parse_json
        )
    )


@described_as(scan_results_df)
@asyncio_only
async def scan_results_df_async(
    scan_location: ScanLocation,
    *,
    scanner: str | None = None,
    rows: RowMode = "results",
    exclude_columns: Sequence[str] | None = None,
    parse_json: bool = False,
) -> ScanResultsDF:
    """Read results as data frames, as `scan_results_df` does."""
    location, run = location_text(scan_location), run_sync
    return await _results_df(
        location, scanner=scanner, rows=rows, exclude_columns=exclude_columns, parse_json=parse_json, run=run
    )


def scan_results_arrow(scan_location: ScanLocation) -> ScanResultsArrow:
    """Read results as Arrow record batches.

    Args:
        scan_location: Where the scan is (finished, interrupted or running): its directory, as a path or URL, or its
            `Status`.

    Raises:
        LocationError: There is no scan.

    Example:
        ```python
        results = scan_results_arrow("scans/scan_id=...")
        with results.reader("refusals") as reader:
            table = reader.read_all()
        ```
    """
    return run_sync(lambda: scan_results_arrow_async(scan_location))


@described_as(scan_results_arrow)
@asyncio_only
async def scan_results_arrow_async(scan_location: ScanLocation) -> ScanResultsArrow:
    """Read results as Arrow record batches, as `scan_results_arrow` does."""
    return await _results_arrow(location_text(scan_location), run=run_sync)


def scan_results_batches(
    scan_location: ScanLocation,
    scanner: str,
    *,
    batch_size: int = 1024,
    exclude_columns: Sequence[str] | None = None,
    rows: RowMode = "results",
) -> Iterator[pd.DataFrame]:
    """Read the results of a scanner in batches, so that no large table is held in memory.

    Args:
        scan_location: Where the scan is (finished, interrupted or running): its directory, as a path or URL, or its
            `Status`.
        scanner: Key of the scanner.
        batch_size: Rows in a frame at most, results of resultsets included.
        exclude_columns: Columns left out (default: `input`, `input_data`, `scan_events`; `[]` for none).
        rows: `results` or `transcripts`, as for `scan_results_df`.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner; close matches are named.
        ConfigError: The size of batches is below 1.

    Example:
        ```python
        for frame in scan_results_batches("scans/scan_id=...", "refusals", batch_size=10_000):
            print(frame["value"].sum())
        ```
    """
    return in_sync_items(scan_results_batches_async)(
        scan_location, scanner, batch_size=batch_size, exclude_columns=exclude_columns, rows=rows
    )


@described_as(scan_results_batches)
def scan_results_batches_async(
    scan_location: ScanLocation,
    scanner: str,
    *,
    batch_size: int = 1024,
    exclude_columns: Sequence[str] | None = None,
    rows: RowMode = "results",
) -> AsyncIterator[pd.DataFrame]:
    """Read the results of a scanner in batches, as `scan_results_batches` does."""
    # Nothing is read before the first batch is asked for; the location is taken now.
    return asyncio_only(_results_batches)(
        normalize(location_text(scan_location)),
        scanner,
        batch_size=batch_size,
        exclude_columns=exclude_columns,
        rows=rows,
        run=run_sync,
    )
