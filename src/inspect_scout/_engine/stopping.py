"""Asking a job to start nothing new, and to end when what is under way has ended."""

from __future__ import annotations

from collections.abc import Callable


class Stopping:
    """Whether a job was asked to, and who has to know."""

    def __init__(self) -> None:
        self.asked = False
        self._listeners: list[Callable[[], None]] = []

    def ask(self) -> None:
        """Ask it, once."""
        if not self.asked:
            self.asked = True
            for listener in self._listeners:
                listener()

    def tell(self, listener: Callable[[], None]) -> None:
        """Call somebody when it is asked, or now if it was already."""
        self._listeners.append(listener)
        if self.asked:
            listener()
