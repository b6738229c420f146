"""Counts of a scanner, light enough for commands that load nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScannerCounts:
    """Counts of one scanner.

    Args:
        scans: Transcripts recorded.
        results: Positive results.
        errors: Failed invocations.
        tokens: Tokens used.
        agreement: Balanced accuracy over its labelled cases, or where that is not defined, the share of cases whose
            target was met (None: nothing was compared, or nobody counted it).
        rows: Invocations, failed ones included.
        incomplete: Invocations whose input held messages or events that could not be read whole.
        unseen_citations: Invocations whose result cites messages that were not shown.
        calls_without_usage: Answers of models that told no tokens, or none that can be believed.
    """

    scans: int = 0
    results: int = 0
    errors: int = 0
    tokens: int = 0
    agreement: float | None = None
    rows: int = 0
    incomplete: int = 0
    unseen_citations: int = 0
    calls_without_usage: int = 0
