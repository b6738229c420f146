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
from .protocol import Start, ToParent, ToWorker, relay
from .setup import WorkerSetup

_LENGTH = struct.Struct("!Q")


class SocketChannel:
    """One end of a connection between a worker and its parent.

    Args:
        reader: Brings what the other end sends.
        writer: Takes what this end sends.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sending = threading.Lock()

    @classmethod
    async def connect(cls, end: socket.socket) -> SocketChannel:
        """Talk over a connected socket."""
        return cls(*await asyncio.open_connection(sock=end))

    def send(self, message: object) -> None:
        """Send a message; never waits; does nothing if the other end is gone."""
        if not self._writer.is_closing():
            data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
            with self._sending:
                self._writer.write(_LENGTH.pack(len(data)) + data)

    def send_from_thread(self, message: object) -> None:
        """Send a message from another thread, while that of the event loop is blocked; it may be left out."""
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

    async def listen(self, handle: Callable[[ToWorker | None], None]) -> None:
        """Let a function handle all messages to come."""
        await relay(self.receive, handle)

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
        channel = await SocketChannel.connect(end)
        await run_remote(channel, started)
        await channel.aclose()

    # The loop is not closed: it would wait for tasks that a scanner has left behind, and the process ends right now.
    asyncio.Runner().run(work())


class LocalChannel:
    """Leads to a worker that runs on this event loop, and handles at once what is sent to it.

    Args:
        setup: What it runs.
        memory: Tells the bytes of transcripts that may be in work at once.
        calls: Is told what becomes of calls to models.
        from_thread: Handles what is sent while the event loop is blocked; called from another thread.
    """

    def __init__(
        self,
        setup: WorkerSetup,
        memory: Callable[[], int],
        calls: CallListener,
        from_thread: Callable[[ToParent], None],
    ) -> None:
        self._end = _LocalParent(from_thread)
        self._task = asyncio.create_task(_run_local(self._end, setup, memory, calls))
        self._task.add_done_callback(lambda _: self._end.up.put_nowait(None))

    def send(self, message: ToWorker) -> None:
        """Send a message."""
        self._end.handle(message)

    async def receive(self) -> ToParent | None:
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


class _LocalParent:
    """The worker's end of a `LocalChannel`."""

    def __init__(self, from_thread: Callable[[ToParent], None]) -> None:
        self.up: asyncio.Queue[ToParent | None] = asyncio.Queue()
        self._early: asyncio.Queue[ToWorker] = asyncio.Queue()
        self._from_thread = from_thread
        self._listener: Callable[[ToWorker | None], None] | None = None

    def handle(self, message: ToWorker) -> None:
        if self._listener is None:
            self._early.put_nowait(message)
        else:
            self._listener(message)

    def send(self, message: ToParent) -> None:
        self.up.put_nowait(message)

    def send_from_thread(self, message: ToParent) -> None:
        self._from_thread(message)

    async def receive(self) -> ToWorker | None:
        return await self._early.get()

    async def listen(self, handle: Callable[[ToWorker | None], None]) -> None:
        while not self._early.empty():
            handle(self._early.get_nowait())
        self._listener = handle
        await asyncio.get_running_loop().create_future()


async def _run_local(parent: _LocalParent, setup: WorkerSetup, memory: Callable[[], int], calls: CallListener) -> None:
    start = await parent.receive()
    if isinstance(start, Start):
        await run_host(parent, setup, start, memory, calls)
