"""No display."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from .._types import ScanState
from .contract import Display


class SilentDisplay(Display):
    """Shows nothing, as the contract does by itself."""

    def counting(self, caption: str) -> AbstractContextManager[Callable[[int, int], None]]:  # noqa: ARG002
        """Count without showing it."""
        return nullcontext(lambda _done, _total: None)

    def scan(self, state: ScanState) -> AbstractContextManager[Callable[[ScanState], None]]:  # noqa: ARG002
        """Scan without showing it."""
        return nullcontext(ignore_state)


def ignore_state(state: ScanState) -> None:
    """Take note of nothing."""
