"""Counts of a scanner, light enough for commands that load nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScannerCounts:
    """Counts of one scanner: transcripts recorded, positive results, failed invocations, tokens."""

    scans: int = 0
    results: int = 0
    errors: int = 0
    tokens: int = 0
