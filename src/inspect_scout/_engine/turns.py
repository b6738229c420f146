"""Transcripts that are larger than a worker's share of memory: one at a time, over all workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Turns:
    """Lets one after the other begin, in the order of asking."""

    def __init__(self) -> None:
        self._asked: deque[tuple[object, Callable[[], object]]] = deque()

    @property
    def waiting(self) -> int:
        """Who has asked and not begun."""
        return max(0, len(self._asked) - 1)

    def ask(self, who: object, begin: Callable[[], object]) -> None:
        """Ask for a turn.

        Args:
            who: Who asks.
            begin: Called when the turn has come, perhaps at once.
        """
        self._asked.append((who, begin))
        if len(self._asked) == 1:
            begin()

    def end(self, who: object) -> None:
        """End the turn that somebody has, or take back the oldest asking of theirs."""
        place = next((i for i, (asker, _) in enumerate(self._asked) if asker == who), None)
        if place is not None:
            del self._asked[place]
            if place == 0 and self._asked:
                self._asked[0][1]()

    def leave(self, who: object) -> None:
        """Forget all that somebody has or waits for."""
        while any(asker == who for asker, _ in self._asked):
            self.end(who)
