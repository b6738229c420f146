"""A worker process, from its birth to its end."""

from __future__ import annotations

import asyncio
import socket

from .station import serve
from .stream import Stream


def work(end: socket.socket, started: float) -> None:
    """Be a worker for whoever has the other end of a socket.

    Args:
        end: Leads to the parent.
        started: When the parent asked for this worker (`time.time()`).
    """
    # The loop is not closed: it would wait for tasks that a scanner has left behind, and the process ends right now.
    asyncio.Runner().run(_serve(end, started))


async def _serve(end: socket.socket, started: float) -> None:
    stream = await Stream.over(end)
    await serve(stream, started)
    await stream.aclose()
