"""No display."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager

from .._types import ScanState


class SilentDisplay:
    """Shows nothing."""

    def print(self, text: str = "") -> None:
        """Show nothing."""

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
    ) -> None:
        """Show nothing."""

    @contextmanager
    def counting(self, caption: str) -> Generator[Callable[[int, int], None]]:  # noqa: ARG002 - part of the contract
        """Count without showing it."""
        yield _ignore_count

    @contextmanager
    def scan(self, state: ScanState) -> Generator[Callable[[ScanState], None]]:  # noqa: ARG002 - part of the contract
        """Scan without showing it."""
        yield ignore_state

    def outcome(self, state: ScanState) -> None:
        """Show nothing."""


def ignore_state(state: ScanState) -> None:
    """Take note of nothing."""


def _ignore_count(done: int, total: int) -> None:
    pass
