"""What carries messages between a worker and its parent: a pair of sockets, or two queues of one event loop."""

from __future__ import annotations

import asyncio
import pickle
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

from ..._inspect.outcomes import CallListener
from ..._support.causes.describing import describe
from .host import run_host, run_remote
from .protocol import Down, Start, Up, pass_on
from .setup import WorkerSetup

_LENGTH = struct.Struct("!Q")


class SocketChannel:
    """One end of a connection between a worker and its parent.

    Args:
        reader: What the other end says.
        writer: What this end says.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sending = threading.Lock()

    @classmethod
    async def over(cls, end: socket.socket) -> SocketChannel:
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

    async def listen(self, hear: Callable[[Down | None], None]) -> None:
        """Let a function hear all messages to come."""
        await pass_on(self.receive, hear)

    async def aclose(self) -> None:
        """Send what waits, and close."""
        try:
            await self._writer.drain()
            self._writer.close()
            await self._writer.wait_closed()
        except OSError:
            pass  # the other end is gone


def run_in_process(end: socket.socket, started: float) -> None:
    """Be a worker for whoever has the other end of a socket: all that a worker process does.

    Args:
        end: Leads to the parent.
        started: When the parent asked for this worker (`time.time()`).
    """

    async def work() -> None:
        channel = await SocketChannel.over(end)
        await run_remote(channel, started)
        await channel.aclose()

    # The loop is not closed: it would wait for tasks that a scanner has left behind, and the process ends right now.
    asyncio.Runner().run(work())


class LocalChannel:
    """Leads to a worker that runs on this event loop, and hears at once what is sent to it.

    Args:
        setup: What it runs.
        memory: Tells the bytes of transcripts that may be in work at once.
        calls: Hears what becomes of calls to models.
        beside: Hears what is said while the event loop is held up; from another thread.
    """

    def __init__(
        self,
        setup: WorkerSetup,
        memory: Callable[[], int],
        calls: CallListener,
        beside: Callable[[Up], None],
    ) -> None:
        self._end = _LocalEnd(beside)
        self._task = asyncio.create_task(_run_local(self._end, setup, memory, calls))
        self._task.add_done_callback(lambda _: self._end.up.put_nowait(None))

    def send(self, message: Down) -> None:
        """Send a message."""
        self._end.hear(message)

    async def receive(self) -> Up | None:
        """Wait for the next message; None: the worker is gone."""
        return await self._end.up.get()

    def kill(self) -> None:
        """End the worker as soon as the event loop has its turn."""
        self._task.cancel()

    async def ended(self) -> str:
        """Tell how the worker has ended."""
        (how,) = await asyncio.gather(self._task, return_exceptions=True)
        return describe(how) if isinstance(how, BaseException) else "its last message"

    async def release(self) -> None:
        """Wait until the worker has ended."""
        await asyncio.wait([self._task])


class _LocalEnd:
    """The worker's end of a `LocalChannel`."""

    def __init__(self, beside: Callable[[Up], None]) -> None:
        self.up: asyncio.Queue[Up | None] = asyncio.Queue()
        self._early: asyncio.Queue[Down] = asyncio.Queue()
        self._beside = beside
        self._listener: Callable[[Down | None], None] | None = None

    def hear(self, message: Down) -> None:
        if self._listener is None:
            self._early.put_nowait(message)
        else:
            self._listener(message)

    def send(self, message: Up) -> None:
        self.up.put_nowait(message)

    def send_beside(self, message: Up) -> None:
        self._beside(message)

    async def receive(self) -> Down | None:
        return await self._early.get()

    async def listen(self, hear: Callable[[Down | None], None]) -> None:
        while not self._early.empty():
            hear(self._early.get_nowait())
        self._listener = hear
        await asyncio.get_running_loop().create_future()


async def _run_local(parent: _LocalEnd, setup: WorkerSetup, memory: Callable[[], int], calls: CallListener) -> None:
    start = await parent.receive()
    if isinstance(start, Start):
        await run_host(parent, setup, start, memory, calls)
