"""Entry point for inspect_ai: makes the scanners of this package known by name ("inspect_scout/grep_scanner")."""

from ._scanners import grep_scanner, llm_scanner

__all__ = ["grep_scanner", "llm_scanner"]
