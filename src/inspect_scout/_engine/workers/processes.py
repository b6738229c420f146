"""Worker processes of this machine.

They are forked from a new interpreter (the fork server), so they inherit no thread and no lock, and a program needs no
`if __name__ == "__main__"`: its functions travel by value. What is said to a worker goes through a socket that nobody
else has, never to disk.
"""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

from ..._support.errors import WorkerError
from .channels import SocketChannel
from .fork_server import BOOT, REPORT, START, STARTED
from .protocol import ToParent, ToWorker

_ROOT = str(Path(__file__).parents[3])
_END_SECONDS = 5.0
_ADVICE = "Use max_processes=1 to scan in this process."


class ProcessChannel:
    """Leads to a worker process.

    Args:
        end: Our end of the sockets.
    """

    def __init__(self, end: SocketChannel) -> None:
        self._socket = end
        self._pid: int | None = None
        self._status: int | None = None
        self._over = asyncio.Event()

    def send(self, message: ToWorker) -> None:
        """Send a message; never waits."""
        self._socket.send(message)

    async def receive(self) -> ToParent | None:
        """Wait for the next message; None: the process is gone."""
        message: ToParent | None = await self._socket.receive()
        return message

    def started(self, pid: int) -> None:
        """Take note of the number of the process."""
        self._pid = pid

    def end_with(self, status: int | None) -> None:
        """Take note of the end of the process, as `os.waitpid` says it (None: nobody knows how)."""
        self._status = status
        self._over.set()

    def kill(self) -> None:
        """End the process at once; one that has not started yet ends when it finds nobody at its socket."""
        if self._pid is not None and not self._over.is_set():
            try:
                os.kill(self._pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    async def ended(self) -> str:
        """Tell how the process, which is gone or about to be, has ended."""
        try:
            await asyncio.wait_for(self._over.wait(), _END_SECONDS)
        except TimeoutError:
            self.kill()
        if self._status is None:
            return "an end that nobody saw"
        code = os.waitstatus_to_exitcode(self._status)
        if code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    async def release(self) -> None:
        """Let a process go that has said its last word, or was ended."""
        await self._socket.aclose()


class ProcessBackend:
    """Starts worker processes."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._reports: asyncio.Task[None] | None = None
        self._pending: deque[ProcessChannel] = deque()
        self._alive: dict[int, ProcessChannel] = {}

    async def start(self) -> ProcessChannel:
        """Start a worker process.

        Raises:
            WorkerError: The system does not let us.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                control = self._control or self._open()
                socket.send_fds(control, [START.pack(time.time())], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise WorkerError(f"No worker process can be started: {error}. {_ADVICE}") from error
        channel = ProcessChannel(await SocketChannel.connect(ours))
        self._pending.append(channel)
        return channel

    async def aclose(self) -> None:
        """Start no more; workers that are left end because nobody is at their sockets."""
        if self._reports is not None:
            self._reports.cancel()
            await asyncio.gather(self._reports, return_exceptions=True)
        self._close()

    def _open(self) -> socket.socket:
        """Start the fork server."""
        control, theirs = socket.socketpair()
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603 - our own interpreter and program
                [sys.executable, "-P", "-c", BOOT, str(theirs.fileno()), _ROOT],
                stdin=subprocess.DEVNULL,
                stdout=_output(),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C in a terminal is for the parent
            )
        path = pickle.dumps(sys.path)
        try:
            control.sendall(struct.pack("!Q", len(path)) + path)
        except OSError:  # it has ended already
            control.close()
            raise
        control.setblocking(False)
        self._control = control
        self._reports = asyncio.create_task(self._listen(control))
        return control

    async def _listen(self, control: socket.socket) -> None:
        """Read which workers have started and ended."""
        loop, received = asyncio.get_running_loop(), b""
        while data := await loop.sock_recv(control, 4096):
            received += data
            while len(received) >= REPORT.size:
                self._note(*REPORT.unpack(received[: REPORT.size]))
                received = received[REPORT.size :]
        self._close()  # it died: workers go on, and the next start makes another one

    def _note(self, pid: int, status: int) -> None:
        if status == STARTED:
            channel = self._pending.popleft()
            channel.started(pid)
            self._alive[pid] = channel
        elif (gone := self._alive.pop(pid, None)) is not None:
            gone.end_with(status)

    def _close(self) -> None:
        for channel in (*self._pending, *self._alive.values()):
            channel.end_with(None)
        self._pending.clear()
        self._alive.clear()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            threading.Thread(target=_reaped, args=(self._server,), name="scout-reaper", daemon=True).start()
            self._server = None


def _output() -> int | None:
    """Where workers print: where this process does."""
    try:
        return sys.stdout.fileno()
    except (OSError, ValueError, AttributeError, io.UnsupportedOperation):
        return None


def _reaped(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
