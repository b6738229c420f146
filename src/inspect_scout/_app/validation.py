"""Reports on how far scanners agree with their labelled cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from .._results import UnknownScannerError, read_comparisons
from .._support.errors import ConfigError
from .._support.loops import asyncio_only
from .._types import ScanLocation, location_text
from .._validation import GroupBy, ScannerReport, agreement_record, recorded_cases, scanner_report
from .bridge import in_sync

if TYPE_CHECKING:
    import pandas as pd


async def validation_reports(
    location: str, scanner: str | None = None, by: GroupBy | None = None
) -> list[ScannerReport]:
    """Report on the scanners of a scan that have labelled cases.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of one scanner (None: all that have cases).
        by: Groups besides all cases: `split`, `task` or `model` (None: none).

    Raises:
        LocationError: There is no scan.
        ConfigError: There is no such group.
        UnknownNameError: The scan has no such scanner, or it has no cases.
    """
    if by is not None and by not in get_args(GroupBy):
        raise ConfigError(f"by={by!r} is not a group; use one of {', '.join(get_args(GroupBy))}.")
    spec, rows = await read_comparisons(location)
    sets = spec.validation or {}
    if scanner is not None and scanner not in sets:
        raise UnknownScannerError(scanner, sets)
    chosen = [key for key in rows if key in sets] if scanner is None else [scanner]
    return [scanner_report(key, recorded_cases(sets[key]), rows.get(key, []), by) for key in chosen]


@asyncio_only
async def validation_results_df_async(
    scan_location: ScanLocation, *, scanner: str | None = None, by: GroupBy | None = None
) -> pd.DataFrame:
    """Tell how far scanners agree with their labelled cases.

    Args:
        scan_location: Where the scan is (finished, interrupted or running): its directory, as a path or URL, or its
            `Status`.
        scanner: Key of one scanner (default: all that have cases).
        by: A row for each `split`, `task` or `model` besides that for all cases (default: none).

    Returns:
        A row for each scanner, group and key of targets (or label); rates with the ends of their 95 % interval.

    Raises:
        LocationError: There is no scan.
        ConfigError: There is no such group.
        UnknownNameError: The scan has no such scanner, or it has no cases.

    Example:
        ```python
        agreement = validation_results_df("scans/scan_id=...", by="model")
        print(agreement[["scanner", "group", "recall", "precision"]])
        ```
    """
    import pandas as pd

    reports = await validation_reports(location_text(scan_location), scanner, by)
    empty = scanner_report("", [], []).rows
    records = [agreement_record(row) for report in reports for row in report.rows]
    # Without a row there are columns all the same.
    return pd.DataFrame(records, columns=list(agreement_record(empty[0])))


validation_results_df = in_sync(validation_results_df_async)
