"""What a display can show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from .._types import ScanState
from .wording import Tone

DisplayType = Literal["rich", "plain", "log", "none"]


class Display(Protocol):
    """A way to show what happens. All text is made printable on its way out.

    What is shown while something runs goes to standard error: counts, a scan, and what is printed meanwhile. Results go to
    standard output: tables, outcomes, and what is printed otherwise.
    """

    def print(self, text: str = "", tone: Tone = "text") -> None:
        """Show a line of text.

        Args:
            text: The line.
            tone: How it is meant, for displays that have colours.
        """
        ...

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
        optional: Sequence[str] = (),
        tones: Sequence[Tone] = (),
    ) -> None:
        """Show a table; columns whose cells are all numbers are right aligned.

        Args:
            title: Line above the table ("": none).
            headers: Column names.
            rows: Cells; each is shown on one line, shortened where the terminal is too narrow.
            footer: Last row ("Total", ...).
            whole: Headers of the columns whose cells are never shortened.
            optional: Headers of columns that are left out where the terminal is too narrow for all, the last one first.
            tones: How each row is meant, for displays that have colours (none: all as text).
        """
        ...

    def counting(self, caption: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Show how far a count has come: the block gets a function of (done, total)."""
        ...

    def scan(self, state: ScanState) -> AbstractContextManager[Callable[[ScanState], None]]:
        """Show a scan that is about to run: the block gets a function that is told how it stands, as often as it changes."""
        ...

    def outcome(self, state: ScanState) -> None:
        """Show how a scan stands, and the commands that lead on."""
        ...
