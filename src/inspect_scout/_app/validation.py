"""Reports on how far scanners agree with their labelled cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

from .._plan import cases_by_scanner
from .._results import UnknownScannerError, read_comparisons, read_recorded_results, save_validation
from .._scanners import recorded_values
from .._support.errors import ConfigError
from .._support.loops import asyncio_only
from .._types import ScanLocation, ScanSpec, location_text
from .._validation import (
    Comparison,
    GroupBy,
    ScannerReport,
    agreement_record,
    compare_recorded,
    of_splits,
    recorded_cases,
    scanner_report,
    verdict_record,
    with_ids,
)
from .bridge import described_as, run_sync

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from .._types import ValidationCase, ValidationSet
    from .._validation import CasesFile

    Cases = str | Path | ValidationSet | CasesFile
    CasesGiven = Cases | Mapping[str, Cases]
    Compared = Mapping[str, tuple[Sequence[ValidationCase], Sequence[Comparison]]]


async def validation_reports(
    location: str, scanner: str | None = None, by: GroupBy | None = None, validation: CasesGiven | None = None
) -> list[ScannerReport]:
    """Report on the scanners of a scan that have labelled cases.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of one scanner (None: all that have cases).
        by: Groups besides all cases: `split`, `task` or `model` (None: none).
        validation: Cases to compare the recorded results with (None: take what was compared when they were scanned).

    Raises:
        LocationError: There is no scan, or no file of cases.
        ConfigError: There is no such group, or the cases cannot be used.
        UnknownNameError: The scan has no such scanner, or it has no cases.
    """
    if by is not None and by not in get_args(GroupBy):
        raise ConfigError(f"by={by!r} is not a group; use one of {', '.join(get_args(GroupBy))}.")
    spec, found = await (_as_scanned(location) if validation is None else _compared_now(location, scanner, validation))
    if scanner is not None and scanner not in found:
        raise UnknownScannerError(scanner, found)
    ids = None if spec.transcripts is None else spec.transcripts.transcript_ids
    chosen = found if scanner is None else {scanner: found[scanner]}
    return [scanner_report(key, cases, rows, by, ids) for key, (cases, rows) in chosen.items()]


async def _as_scanned(location: str) -> tuple[ScanSpec, Compared]:
    spec, rows = await read_comparisons(location)
    sets = spec.validation or {}
    keys = [*(key for key in rows if key in sets), *(key for key in sets if key not in rows)]
    return spec, {key: (recorded_cases(sets[key]), rows.get(key, [])) for key in keys}


async def _compared_now(location: str, scanner: str | None, validation: CasesGiven) -> tuple[ScanSpec, Compared]:
    spec, rows = await read_recorded_results(location)
    if scanner is not None and scanner not in rows:
        raise UnknownScannerError(scanner, rows)
    # A file without a scanner is for the only one, or for the one that was asked for.
    sets = cases_by_scanner(validation, list(rows) if scanner is None or isinstance(validation, Mapping) else [scanner])
    transcripts = {row.transcript[0]: row.transcript for listed in rows.values() for row in listed}.values()
    found: dict[str, tuple[Sequence[ValidationCase], Sequence[Comparison]]] = {}
    for key, given in sets.items():
        cases = given.model_copy(update={"cases": with_ids(of_splits(given.cases, given.split), transcripts)})
        recorded = spec.scanners.get(key)
        asked = None if recorded is None or recorded.asked is None else recorded.asked.answer
        found[key] = (cases.cases, await compare_recorded(cases, rows[key], recorded_values(asked)))
    return spec, found


async def save_reports(location: str, reports: Sequence[ScannerReport]) -> str:
    """Keep reports, with every verdict, as a file in the directory of the scan; returns its path.

    Recorded rows stay as they are.

    Raises:
        LocationError: There is no scan.
        StorageError: The file cannot be written.
    """
    written = [{**report_json(each), "verdicts": list(map(verdict_record, each.verdicts))} for each in reports]
    return await save_validation(location, {"created": datetime.now(UTC).isoformat(), "reports": written})


def report_json(report: ScannerReport) -> dict[str, object]:
    """Write a report as programs read it."""
    return {
        "scanner": report.scanner,
        "rows": [agreement_record(row) for row in report.rows],
        "unlisted_labels": dict(report.unlisted),
        "problems": dict(report.problems),
        "failed": list(report.failed),
        "missing": list(report.missing),
        "confusion": {expected: dict(given) for expected, given in report.confusion.items()},
        "unmatched": list(report.unmatched),
        "disagreements": list(map(verdict_record, report.disagreements)),
    }


def validation_results_df(
    scan_location: ScanLocation,
    *,
    scanner: str | None = None,
    by: GroupBy | None = None,
    validation: CasesGiven | None = None,
) -> pd.DataFrame:
    """Tell how far scanners agree with their labelled cases.

    Args:
        scan_location: Where the scan is (finished, interrupted or running): its directory, as a path or URL, or its
            `Status`.
        scanner: Key of one scanner (default: all that have cases).
        by: A row for each `split`, `task` or `model` besides that for all cases (default: none).
        validation: Cases to compare the recorded results with, nothing being judged again: a file or `validation_set`
            (for `scanner`, or the only one), or a mapping from scanners to these. Default: the comparison that was made
            when they were scanned.

    Returns:
        A row for each scanner, group and key of targets (or label); rates and kappa with the ends of their 95 % interval.

    Raises:
        LocationError: There is no scan, or no file of cases.
        ConfigError: There is no such group, or the cases cannot be used.
        UnknownNameError: The scan has no such scanner, or it has no cases.

    Example:
        ```python
        agreement = validation_results_df("scans/scan_id=...", by="model")
        print(agreement[["scanner", "group", "recall", "precision"]])
        ```
    """
    return run_sync(lambda: validation_results_df_async(scan_location, scanner=scanner, by=by, validation=validation))


@described_as(validation_results_df)
@asyncio_only
async def validation_results_df_async(
    scan_location: ScanLocation,
    *,
    scanner: str | None = None,
    by: GroupBy | None = None,
    validation: CasesGiven | None = None,
) -> pd.DataFrame:
    """Tell how far scanners agree with their labelled cases, as `validation_results_df` does."""
    import pandas as pd

    reports = await validation_reports(location_text(scan_location), scanner, by, validation)
    empty = scanner_report("", [], []).rows
    records = [agreement_record(row) for report in reports for row in report.rows]
    # Without a row there are columns all the same.
    return pd.DataFrame(records, columns=list(agreement_record(empty[0])))
