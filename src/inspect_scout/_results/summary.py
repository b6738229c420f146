"""The summary of a scan, computed from its rows."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import ModelUsage

from .._types import ScannerState, ScannerSummary, Summary, ValidationEntry, ValidationResults
from .._validation import Confusion
from .files.lenient import read_leniently
from .tally import RowVerdict, Tally

logger = logging.getLogger(__name__)


def summary_of(
    scanners: Mapping[str, ScannerState],
    complete: bool,
    tallies: Mapping[str, Tally],
    fields: Mapping[str, Mapping[str, Any]],
) -> Summary:
    """Make the public counts of a scan.

    Args:
        scanners: Counts of each scanner.
        complete: Whether the scan has nothing left to do.
        tallies: What was read of the rows of scanners.
        fields: What a summary file says of scanners: their metrics, and their labelled cases where no rows were read.
    """
    return Summary(
        complete=complete,
        scanners={key: _scanner(counts, tallies.get(key), fields.get(key, {})) for key, counts in scanners.items()},
    )


def validation_of(verdicts: Sequence[RowVerdict], not_compared: int = 0) -> ValidationResults | None:
    """Count how results agree with labelled cases; None if none was compared.

    Args:
        verdicts: Rows that were compared.
        not_compared: Rows whose comparison failed.
    """
    if not verdicts and not not_compared:
        return None
    entries = [ValidationEntry(id=v.id, target=v.target, valid=v.valid) for v in verdicts]
    confusion = Confusion()
    for verdict in verdicts:
        if verdict.known:
            confusion.add(verdict.target, verdict.valid)
    return ValidationResults(
        entries=entries,
        metrics=confusion.total,
        metrics_by_key=confusion.by_key or None,
        not_compared=not_compared,
    )


def _scanner(counts: ScannerState, tally: Tally | None, fields: Mapping[str, Any]) -> ScannerSummary:
    readable = {
        "scans": counts.scans,
        "results": counts.results,
        "errors": counts.errors,
        "tokens": counts.tokens,
        "model_usage": {model: _usage(kinds) for model, kinds in counts.usage.items()},
        "fingerprints": dict(counts.fingerprints),
        "incomplete": counts.incomplete,
        "unseen_citations": counts.unseen_citations,
        "calls_without_usage": counts.calls_without_usage,
    }
    summary, dropped = read_leniently(ScannerSummary, {**fields, **readable})
    if dropped:
        logger.warning("Parts of a summary cannot be read and are left out: %s", ", ".join(dropped))
    if tally is not None:
        summary.validation = validation_of(tally.verdicts, counts.not_compared) or summary.validation
    return summary


def _usage(kinds: Mapping[str, float]) -> ModelUsage:
    usage, _ = read_leniently(ModelUsage, {name: n for name, n in kinds.items() if name in ModelUsage.model_fields})
    return usage
