"""What pairs of transcript and scanner amount to: counts that add up to those of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .._types import Agreement, ScannerState

if TYPE_CHECKING:
    from .pairs import PairRecord

_UNTOLD = "calls_without_usage"
"""Stands beside the kinds of tokens in what is recorded of a model."""


def counts_of_record(record: PairRecord) -> ScannerState:
    """Count a pair by what a journal says of it."""
    return counts_of_records([record])


def counts_of_records(records: Iterable[PairRecord]) -> ScannerState:
    """Count pairs of one scanner by what a journal says of them."""
    scans = rows = results = errors = tokens = incomplete = unseen = not_compared = 0
    usage: dict[str, dict[str, float]] = {}
    fingerprints: dict[str, int] = {}
    agreement = Agreement()
    for record in records:
        scans += 1
        rows += record.rows
        results += record.results
        errors += record.errors
        tokens += record.tokens
        incomplete += record.incomplete
        unseen += record.unseen
        not_compared += record.not_compared
        if record.usage:
            add_usage(usage, record.usage)
        if record.fingerprint is not None and record.rows:
            fingerprints[record.fingerprint] = fingerprints.get(record.fingerprint, 0) + record.rows
        if len(record.agreement) == 4:
            tp, fp, tn, fn = record.agreement
            agreement += Agreement(tp=tp, fp=fp, tn=tn, fn=fn, keyed=record.keyed)
    return ScannerState(
        scans=scans,
        rows=rows,
        results=results,
        errors=errors,
        tokens=tokens,
        incomplete=incomplete,
        unseen_citations=unseen,
        calls_without_usage=take_untold(usage),
        not_compared=not_compared,
        agreement=agreement,
        usage=usage,
        fingerprints=fingerprints,
    )


def add_usage(total: dict[str, dict[str, float]], usage: Mapping[str, Mapping[str, Any]]) -> None:
    """Add what was used, by model and kind, to a total."""
    for model, kinds in usage.items():
        into = total.setdefault(model, {})
        for kind, number in kinds.items():
            if isinstance(number, int | float):
                into[kind] = into.get(kind, 0) + number


def take_untold(usage: Mapping[str, dict[str, float]]) -> int:
    """Take the answers without usage out of what was used, and count them."""
    return sum(int(kinds.pop(_UNTOLD, 0)) for kinds in usage.values())


def agreement_of(verdicts: Iterable[tuple[Any, bool | Mapping[str, bool]]]) -> Agreement:
    """Count how results compare with their labelled cases (target, verdict)."""
    compared = list(verdicts)
    if not compared:
        return Agreement()
    from .._validation import Confusion

    confusion = Confusion()
    for target, valid in compared:
        confusion.add(target, valid)
    total = confusion.total
    return Agreement(tp=total.tp, fp=total.fp, tn=total.tn, fn=total.fn, keyed=bool(confusion.by_key))
