"""Pairs of transcript and scanner that are under way in a process, and which of them are worth waiting for at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class _OpenPair:
    pairs: OpenPairs
    calls: int = 0
    """Calls of models that it has begun."""
    waiting: int = 0
    """Calls that wait for a connection."""


_current: ContextVar[_OpenPair | None] = ContextVar("scout_pair", default=None)


@dataclass(slots=True)
class OpenPairs:
    """The pairs under way.

    Args:
        closed: Whether nothing new is begun: no pair, and no first call of a pair.
    """

    closed: bool = False
    _ended: Callable[[], None] | None = None
    _open: set[_OpenPair] = field(default_factory=set[_OpenPair])

    def __len__(self) -> int:
        return len(self._open)

    @property
    def due(self) -> int:
        """Pairs that may soon end: all but those whose first call has not begun, where a connection is missing."""
        return sum(pair.calls > 0 or not pair.waiting for pair in self._open)

    def close(self, ended: Callable[[], None]) -> None:
        """Begin nothing new.

        Args:
            ended: Called when no pair is left that is worth waiting for.
        """
        self.closed, self._ended = True, ended
        self._check_ended()

    @contextmanager
    def track(self) -> Generator[None]:
        """Count a pair while the block runs it and records what it said."""
        pair = _OpenPair(self)
        self._open.add(pair)
        token = _current.set(pair)
        try:
            yield
        finally:
            _current.reset(token)
            self._open.discard(pair)
            if self.closed:
                self._check_ended()

    def is_too_late(self, pair: _OpenPair) -> bool:
        """Tell whether a pair that has a call to make comes too late with its first one."""
        late = self.closed and not pair.calls
        if late:
            self._check_ended()
        return late

    def _check_ended(self) -> None:
        if self._ended is not None and not self.due:
            self._ended()


async def acquire_for_pair(acquire: Callable[[], Awaitable[None]], release: Callable[[], None]) -> None:
    """Wait for a connection on behalf of the pair that is at work.

    Once nothing new is begun, the first call of a pair waits for ever (it is cancelled with all that is left). Others may
    begin: without its second call a pair that has made one would have made it in vain.

    Args:
        acquire: Waits for a connection.
        release: Gives it back.
    """
    pair = _current.get()
    if pair is None:
        await acquire()
        return
    pair.waiting += 1
    try:
        if not pair.pairs.is_too_late(pair):
            await acquire()
            if not pair.pairs.is_too_late(pair):
                pair.calls += 1
                return
            release()
        await asyncio.get_running_loop().create_future()
    finally:
        pair.waiting -= 1
