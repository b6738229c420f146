"""A worker on a Ray cluster: an actor that runs the same station as a process does.

Messages travel in batches: the parent delivers its own, numbered because Ray does not promise to keep their order, and
collects what the worker has to say with one call that waits until there is something.
"""

from __future__ import annotations

import asyncio
import pickle
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
        self._up: list[bytes] = []
        self._said = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._over = False

    async def deliver(self, number: int, message: bytes) -> None:
        """Take a message of the parent."""
        if self._task is None:
            self._task = asyncio.create_task(self._serve())
        self._early[number] = message
        while self._next in self._early:
            self._down.put_nowait(pickle.loads(self._early.pop(self._next)))  # noqa: S301 - comes from our own parent
            self._next += 1

    async def collect(self) -> Sequence[bytes]:
        """Wait until the worker has something to say; nothing: it has said its last word."""
        while not self._up and not self._over:
            self._said.clear()
            await self._said.wait()
        said, self._up = self._up, []
        return said

    def send(self, message: Up) -> None:
        """Keep a message until the parent collects it."""
        self._up.append(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
        self._said.set()

    async def receive(self) -> Down | None:
        """Wait for the next message of the parent."""
        return await self._down.get()

    async def _serve(self) -> None:
        try:
            await serve(self, self._started)
        finally:
            self._over = True
            self._said.set()


def read(message: bytes) -> Any:
    """Read a message that an actor has sent."""
    return pickle.loads(message)  # noqa: S301 - comes from our own actor
