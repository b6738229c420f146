"""How a scan stands, for all who listen: the engine emits events, they are folded here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal, TypeAlias

from ..._types import Ended, ScanEvent, ScanState, StateFold

TELL_SECONDS = 0.1
"""Listeners are told no more often: to tell of each pair would cost more than many a scanner."""

Listener: TypeAlias = Callable[[ScanState], object]
"""Is told how a scan stands, about ten times a second and at its end; from any thread."""


class Feed:
    """Folds the events of a scan, and tells listeners how it stands.

    Args:
        listeners: Who wants to know.
    """

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners
        self._fold = StateFold()
        self._told = 0.0
        # A thread of its own tells of an event loop that is blocked, and looks on while events come.
        self._lock = threading.Lock()

    def emit(self, event: ScanEvent) -> None:
        """Take note of an event."""
        with self._lock:
            self._fold.add(event)
        self.show()

    def state(self) -> ScanState:
        """Make the state as it is now."""
        with self._lock:
            return self._fold.state()

    def end(self, phase: Literal["complete", "errors", "interrupted"]) -> None:
        """Take note of the end, and tell it in any case."""
        self._told = 0.0
        self.emit(Ended(at=time.time(), phase=phase))

    def show(self) -> None:
        """Tell listeners the newest state, if they were not told a moment ago."""
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            state = self.state()
            for listener in self._listeners:
                listener(state)
