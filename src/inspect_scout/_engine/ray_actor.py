"""A worker on a Ray cluster: an actor that runs the same station as a process does.

The station has a thread and an event loop of its own: a scanner that holds up its loop does not keep the actor from saying so.

Messages travel in batches: the parent delivers its own, numbered because Ray does not promise to keep their order, and
collects what the worker has to say with one call that waits until there is something.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from .messages import Down, Up
from .station import serve


class StationActor:
    """A worker; Ray makes an actor of it.

    Args:
        started: When the parent asked for it (`time.time()`).
    """

    def __init__(self, started: float) -> None:
        self._started = started
        self._early: dict[int, bytes] = {}
        self._next = 0
        self._down: asyncio.Queue[Down | None] = asyncio.Queue()
        self._up: deque[bytes] = deque()
        self._said = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        """The actor's own loop, which delivers and collects."""
        self._station = asyncio.new_event_loop()
        self._over = False

    async def deliver(self, number: int, message: bytes) -> None:
        """Take a message of the parent."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._serve, name="scout-station", daemon=True).start()
        self._early[number] = message
        while self._next in self._early:
            told = pickle.loads(self._early.pop(self._next))  # noqa: S301 - comes from our own parent
            self._station.call_soon_threadsafe(self._down.put_nowait, told)
            self._next += 1

    async def collect(self) -> Sequence[bytes]:
        """Wait until the worker has something to say; nothing: it has said its last word."""
        while not self._up and not self._over:
            self._said.clear()
            await self._said.wait()
        return [self._up.popleft() for _ in range(len(self._up))]

    def send(self, message: Up) -> None:
        """Keep a message until the parent collects it."""
        self._up.append(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
        self._wake()

    def send_beside(self, message: Up) -> None:
        """Keep a message from another thread than that of the station."""
        self.send(message)

    async def receive(self) -> Down | None:
        """Wait for the next message of the parent."""
        return await self._down.get()

    def _serve(self) -> None:
        try:
            self._station.run_until_complete(serve(self, self._started))
        finally:
            self._over = True
            self._wake()

    def _wake(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._said.set)


def read(message: bytes) -> Any:
    """Read a message that an actor has sent."""
    return pickle.loads(message)  # noqa: S301 - comes from our own actor
