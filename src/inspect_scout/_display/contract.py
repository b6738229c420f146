"""What a display can show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .._engine import ProgressSink
from .._types import ScannerCounts

DisplayType = Literal["rich", "plain", "log", "none"]


@dataclass(frozen=True, slots=True)
class ScanTitle:
    """What is about to be scanned.

    Args:
        name: Job file or name of the scan.
        transcripts: Number of transcripts.
        config: Options worth showing, as key and value.
        location: Directory of the scan.
        total: Pairs of transcript and scanner.
        skipped: Pairs recorded by earlier runs.
    """

    name: str
    transcripts: int
    config: Mapping[str, object]
    location: str
    total: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """How a scan stands; built from light data, so that `scout scan status` needs no heavy library.

    Args:
        state: complete; errors (finished, some scanners failed); interrupted (not finished); running.
        title: What was scanned.
        scanners: Counts by scanner.
        model_usage: Tokens by model: name -> counts by kind.
        error_count: Scanner errors.
        errors: What went wrong ("scanner: KeyError: 'foo' (scan.py:12)") and how often, by cause.
        unread: Why logs were not read, without which the scan is not complete.
        accepted: Why logs were not read, without which it was declared complete.
        versions: Rows by fingerprint, of scanners that have rows of more than one version.
    """

    state: Literal["complete", "errors", "interrupted", "running"]
    title: ScanTitle
    scanners: Mapping[str, ScannerCounts]
    model_usage: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    error_count: int = 0
    errors: Mapping[str, int] = field(default_factory=dict[str, int])
    unread: Sequence[str] = ()
    accepted: Sequence[str] = ()
    versions: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])


class Display(Protocol):
    """A way to show what happens. All text is made printable on its way out."""

    def print(self, text: str = "") -> None:
        """Show a line of text."""
        ...

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
    ) -> None:
        """Show a table; columns whose cells are all numbers are right aligned.

        Args:
            title: Line above the table ("": none).
            headers: Column names.
            rows: Cells; each is shown on one line, shortened where the terminal is too narrow.
            footer: Last row ("Total", ...).
            whole: Headers of the columns whose cells are never shortened.
        """
        ...

    def counting(self, caption: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Show how far a count has come: the block gets a function of (done, total)."""
        ...

    def scan(self, title: ScanTitle) -> AbstractContextManager[ProgressSink]:
        """Show a scan while it runs."""
        ...

    def outcome(self, outcome: ScanOutcome) -> None:
        """Show how a scan stands, and the commands that lead on."""
        ...
