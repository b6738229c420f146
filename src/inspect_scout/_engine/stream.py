"""Messages over a pair of sockets."""

from __future__ import annotations

import asyncio
import pickle
import socket
import struct
import threading
from typing import Any

_LENGTH = struct.Struct("!Q")


class Stream:
    """One end of a connection between a worker and its parent.

    Args:
        reader: What the other end says.
        writer: What this end says.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sending = threading.Lock()

    @classmethod
    async def over(cls, end: socket.socket) -> Stream:
        """Talk over a connected socket."""
        return cls(*await asyncio.open_connection(sock=end))

    def send(self, message: object) -> None:
        """Send a message; never waits, and says nothing if the other end is gone."""
        if not self._writer.is_closing():
            data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
            with self._sending:
                self._writer.write(_LENGTH.pack(len(data)) + data)

    def send_beside(self, message: object) -> None:
        """Send a message from another thread, while the one of the event loop is held up; it may be left out."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        with self._sending:
            # With nothing waiting, a transport writes to its socket at once; else it would need the loop.
            if not self._writer.is_closing() and not self._writer.transport.get_write_buffer_size():
                self._writer.write(_LENGTH.pack(len(data)) + data)

    async def receive(self) -> Any:
        """Wait for the next message; None: the other end is gone."""
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            data = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            return None
        return pickle.loads(data)  # noqa: S301 - comes from our own other end, through a pipe that nobody else has

    async def aclose(self) -> None:
        """Send what waits, and close."""
        try:
            await self._writer.drain()
            self._writer.close()
            await self._writer.wait_closed()
        except OSError:
            pass  # the other end is gone
