"""The summary of a scan, computed from its rows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from inspect_ai.model import ModelUsage

from .._types import Error, ScannerSummary, Summary, ValidationEntry, ValidationResults
from .._validation import Confusion
from .files import StoredScanner, StoredSummary, read_leniently
from .tally import RowVerdict, ScannerTally

logger = logging.getLogger(__name__)


def summarize(tallies: Iterable[ScannerTally], complete: bool) -> Summary:
    """Put the counts of scanners together.

    Args:
        tallies: Counts of each scanner.
        complete: Whether the scan has nothing left to do.
    """
    return Summary(complete=complete, scanners={tally.scanner: _scanner(tally) for tally in tallies})


def restored(stored: StoredSummary) -> Summary:
    """Make a summary of what a file says readably."""
    return Summary(
        complete=bool(stored.complete), scanners={key: _restored(part) for key, part in stored.scanners.items()}
    )


def errors_of(tallies: Iterable[ScannerTally]) -> list[Error]:
    """List the errors of scanners."""
    return [
        Error(
            transcript_id=error.transcript_id,
            scanner=error.scanner,
            error=error.error,
            traceback=error.traceback,
            refusal=error.refusal,
        )
        for tally in tallies
        for error in tally.errors
    ]


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


def _scanner(tally: ScannerTally) -> ScannerSummary:
    return ScannerSummary(
        scans=tally.scans,
        results=tally.results,
        errors=tally.error_count,
        validation=validation_of(tally.verdicts, tally.not_compared),
        tokens=tally.tokens,
        model_usage={model: _usage(kinds) for model, kinds in tally.usage.items()},
        fingerprints=tally.fingerprints,
        incomplete=tally.incomplete,
        unseen_citations=tally.unseen_citations,
        calls_without_usage=tally.calls_without_usage,
    )


def _restored(part: StoredScanner) -> ScannerSummary:
    readable = {
        "scans": part.scans,
        "results": part.results,
        "errors": part.errors,
        "tokens": part.tokens,
        "model_usage": {model: _usage(kinds) for model, kinds in part.model_usage.items()},
        "fingerprints": dict(part.fingerprints),
        "incomplete": part.incomplete,
        "unseen_citations": part.unseen_citations,
        "calls_without_usage": part.calls_without_usage,
    }
    summary, dropped = read_leniently(ScannerSummary, {**part.fields, **readable})
    if dropped:
        logger.warning("Parts of a summary cannot be read and are left out: %s", ", ".join(dropped))
    return summary


def _usage(kinds: Mapping[str, float]) -> ModelUsage:
    usage, _ = read_leniently(ModelUsage, {name: n for name, n in kinds.items() if name in ModelUsage.model_fields})
    return usage
