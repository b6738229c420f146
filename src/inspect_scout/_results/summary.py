"""The summary of a scan, computed from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inspect_ai.model import ModelUsage

from .._support.shapes import is_mapping
from .._types import Error, ScannerSummary, Summary, ValidationEntry, ValidationMetrics, ValidationResults
from .counting import is_positive
from .tally import RowVerdict, ScannerTally


def summarize(tallies: Iterable[ScannerTally], complete: bool) -> Summary:
    """Put the counts of scanners together.

    Args:
        tallies: Counts of each scanner.
        complete: Whether the scan has nothing left to do.
    """
    return Summary(complete=complete, scanners={tally.scanner: _scanner(tally) for tally in tallies})


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


def validation_of(verdicts: Sequence[RowVerdict]) -> ValidationResults | None:
    """Count how results agree with labelled cases; None if none was compared."""
    if not verdicts:
        return None
    entries = [ValidationEntry(id=v.id, target=v.target, valid=v.valid) for v in verdicts]
    by_key: dict[str, ValidationMetrics] = {}
    single = ValidationMetrics()
    for verdict in verdicts:
        if verdict.target is None:
            continue
        if isinstance(verdict.valid, dict):
            for key, valid in verdict.valid.items():
                _count(by_key.setdefault(key, ValidationMetrics()), _target_of(verdict.target, key), valid)
        else:
            _count(single, verdict.target, verdict.valid)
    if not by_key:
        return ValidationResults(entries=entries, metrics=single)
    # Verdicts by key and plain ones do not add up to one number: those by key count.
    return ValidationResults(entries=entries, metrics=_total(by_key.values()), metrics_by_key=by_key)


def _scanner(tally: ScannerTally) -> ScannerSummary:
    return ScannerSummary(
        scans=tally.scans,
        results=tally.results,
        errors=tally.error_count,
        validation=validation_of(tally.verdicts),
        tokens=tally.tokens,
        model_usage={model: _usage(kinds) for model, kinds in tally.usage.items()},
    )


def _usage(kinds: Mapping[str, float]) -> ModelUsage:
    return ModelUsage.model_validate(
        {name: number for name, number in kinds.items() if name in ModelUsage.model_fields}
    )


def _target_of(target: Any, key: str) -> Any:
    return target.get(key) if is_mapping(target) else target


def _count(metrics: ValidationMetrics, target: Any, valid: bool) -> None:
    if is_positive(target):
        if valid:
            metrics.tp += 1
        else:
            metrics.fn += 1
    elif valid:
        metrics.tn += 1
    else:
        metrics.fp += 1


def _total(parts: Iterable[ValidationMetrics]) -> ValidationMetrics:
    total = ValidationMetrics()
    for part in parts:
        total.tp += part.tp
        total.fp += part.fp
        total.tn += part.tn
        total.fn += part.fn
    return total
