"""Adding up counts of scanners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._inspect.metering import calls_without_usage
from .._results import count_results
from .._types import ResultReport, ScannerCounts, unseen_citations
from .._validation import Confusion


def counts_of(reports: Sequence[ResultReport]) -> ScannerCounts:
    """Count a pair by its reports."""
    return ScannerCounts(
        scans=1,
        results=sum(count_results(report.result) for report in reports),
        errors=sum(report.error is not None for report in reports),
        tokens=sum(u.total_tokens for r in reports for u in r.model_usage.values()),
        rows=len(reports),
        incomplete=sum(report.incomplete > 0 for report in reports),
        unseen_citations=sum(bool(unseen_citations(report.result)) for report in reports),
        calls_without_usage=sum(calls_without_usage(u) for r in reports for u in r.model_usage.values()),
    )


def plus(one: ScannerCounts, other: ScannerCounts) -> ScannerCounts:
    """Add two counts."""
    return ScannerCounts(
        scans=one.scans + other.scans,
        results=one.results + other.results,
        errors=one.errors + other.errors,
        tokens=one.tokens + other.tokens,
        rows=one.rows + other.rows,
        incomplete=one.incomplete + other.incomplete,
        unseen_citations=one.unseen_citations + other.unseen_citations,
        calls_without_usage=one.calls_without_usage + other.calls_without_usage,
    )


def added(into: dict[str, ScannerCounts], counts: Mapping[str, ScannerCounts]) -> None:
    """Add counts by scanner to others."""
    for scanner, more in counts.items():
        into[scanner] = plus(into.get(scanner, ScannerCounts()), more)


def scans_in(counts: Mapping[str, ScannerCounts]) -> int:
    """Count the pairs."""
    return sum(one.scans for one in counts.values())


def compare(agreement: Confusion, reports: Sequence[ResultReport]) -> None:
    """Count the verdicts on results that have labelled cases."""
    for report in reports:
        if report.validation is not None and report.validation.valid is not None:
            agreement.add(report.validation.target, report.validation.valid)
