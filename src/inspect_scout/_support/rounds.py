"""Rounds of an event loop: whoever is about to hold it up waits for one of its own.

A loop runs all that is ready in one round, and only then looks for what else waits for it: Ctrl-C, timers, answers,
other programs' tasks. Work that never suspends makes a round as long as there are tasks that do it, so one piece of such
work is begun in each round, over all scans of the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from weakref import WeakKeyDictionary


class _Rounds:
    """Who waits for a round of a loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._dealing = False

    async def wait(self, loop: asyncio.AbstractEventLoop) -> None:
        turn = loop.create_future()
        self._waiting.append(turn)
        if not self._dealing:
            self._dealing = True
            loop.call_soon(self._deal, loop)
        await turn

    def _deal(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break
        self._dealing = bool(self._waiting)
        if self._dealing:
            loop.call_soon(self._deal, loop)


_of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Rounds] = WeakKeyDictionary()


async def own_round() -> None:
    """Wait until this task may hold up the event loop; one task does in each round."""
    loop = asyncio.get_running_loop()
    rounds = _of_loops.get(loop)
    if rounds is None:
        rounds = _of_loops[loop] = _Rounds()
    await rounds.wait(loop)
