"""No display."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from .._types import ScanState


class SilentDisplay:
    """Shows nothing."""

    def ignore(self, *_: object, **__: object) -> None:
        """Show nothing."""

    print = table = outcome = ignore

    def counting(self, caption: str) -> AbstractContextManager[Callable[[int, int], None]]:  # noqa: ARG002
        """Count without showing it."""
        return nullcontext(self.ignore)

    def scan(self, state: ScanState) -> AbstractContextManager[Callable[[ScanState], None]]:  # noqa: ARG002
        """Scan without showing it."""
        return nullcontext(self.ignore)
