"""Worker processes of this machine.

They are born from a new interpreter, so they inherit no thread and no lock, and a program needs no
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

from .._support.errors import WorkerError
from .messages import Down, Up
from .nursery import BOOT, BORN, REPORT, START
from .stream import Stream

_ROOT = str(Path(__file__).parents[2])
_END_SECONDS = 5.0
_ADVICE = "Use max_processes=1 to scan in this process."


class ProcessLink:
    """A worker process, as its parent sees it.

    Args:
        stream: Leads to it.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.pid: int | None = None
        """Number of the process (None: it is not born yet)."""
        self.status: int | None = None
        """How it ended, as `os.waitpid` says."""
        self._over = asyncio.Event()

    def send(self, message: Down) -> None:
        """Send a message; never waits."""
        self._stream.send(message)

    async def receive(self) -> Up | None:
        """Wait for the next message; None: the process is gone."""
        message: Up | None = await self._stream.receive()
        return message

    def end_with(self, status: int | None) -> None:
        """Take note of the end of the process (None: nobody knows how)."""
        self.status = status
        self._over.set()

    def kill(self) -> None:
        """End the process at once; one that is not born yet ends when it finds nobody at its socket."""
        if self.pid is not None and not self._over.is_set():
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    async def ended(self) -> str:
        """Tell how the process, which is gone or about to be, has ended."""
        try:
            await asyncio.wait_for(self._over.wait(), _END_SECONDS)
        except TimeoutError:
            self.kill()
        if self.status is None:
            return "an end that nobody saw"
        code = os.waitstatus_to_exitcode(self.status)
        if code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    async def release(self) -> None:
        """Let a process go that has said its last word, or was ended."""
        await self._stream.aclose()


class ProcessLauncher:
    """Starts worker processes."""

    def __init__(self) -> None:
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._reports: asyncio.Task[None] | None = None
        self._unborn: deque[ProcessLink] = deque()
        self._alive: dict[int, ProcessLink] = {}

    async def launch(self) -> ProcessLink:
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
        link = ProcessLink(await Stream.over(ours))
        self._unborn.append(link)
        return link

    async def aclose(self) -> None:
        """Start no more; workers that are left end because nobody is at their sockets."""
        if self._reports is not None:
            self._reports.cancel()
            await asyncio.gather(self._reports, return_exceptions=True)
        self._close()

    def _open(self) -> socket.socket:
        """Start the process that workers are born from."""
        control, theirs = socket.socketpair()
        with theirs:
            self._nursery = subprocess.Popen(  # noqa: S603 - our own interpreter and program
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
        """Hear of births and deaths."""
        loop, heard = asyncio.get_running_loop(), b""
        while data := await loop.sock_recv(control, 4096):
            heard += data
            while len(heard) >= REPORT.size:
                self._note(*REPORT.unpack(heard[: REPORT.size]))
                heard = heard[REPORT.size :]
        self._close()  # it died: workers go on, and the next launch starts another one

    def _note(self, pid: int, status: int) -> None:
        if status == BORN:
            link = self._unborn.popleft()
            link.pid = pid
            self._alive[pid] = link
        elif (gone := self._alive.pop(pid, None)) is not None:
            gone.end_with(status)

    def _close(self) -> None:
        for link in (*self._unborn, *self._alive.values()):
            link.end_with(None)
        self._unborn.clear()
        self._alive.clear()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._nursery is not None:
            threading.Thread(target=_reaped, args=(self._nursery,), name="scout-reaper", daemon=True).start()
            self._nursery = None


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
