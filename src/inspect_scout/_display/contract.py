"""What a display can show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from .._types import ScanState

DisplayType = Literal["rich", "plain", "log", "none"]


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

    def scan(self, state: ScanState) -> AbstractContextManager[Callable[[ScanState], None]]:
        """Show a scan that is about to run: the block gets a function that is told how it stands, as often as it changes."""
        ...

    def outcome(self, state: ScanState) -> None:
        """Show how a scan stands, and the commands that lead on."""
        ...
