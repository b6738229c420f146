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
    """

    scans: int = 0
    results: int = 0
    errors: int = 0
    tokens: int = 0
    agreement: float | None = None
