"""The fork server: the program that worker processes are forked from.

Importing what a worker needs takes seconds of a processor. One process does it once, does nothing else, and forks a
worker whenever it is asked to: the first worker costs one import, those after it (and those that take the place of
dead ones) some milliseconds. It has no event loop, and has run no code of the user's when it forks.

    python -P -c BOOT DESCRIPTOR FOLDER

Over its socket it is first told where modules are, then given a socket for each worker; it answers with pairs of
numbers: (process, STARTED) and (process, wait status).
"""

from __future__ import annotations

import functools
import os
import pickle
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

from ..._support.gc_control import gc_paused

BOOT = (
    "import sys; sys.path.insert(0, sys.argv[2]); "
    "from inspect_scout._engine.workers.fork_server import main; main(int(sys.argv[1]))"
)
REPORT = struct.Struct("!qq")
STARTED = -1
START = struct.Struct("!d")


def main(descriptor: int) -> None:
    """Fork workers until the parent is gone. Only the parent gets Ctrl-C and SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    with control.makefile("rb", buffering=0) as file:
        (length,) = struct.unpack("!Q", _exactly(file, 8))
        sys.path[:] = pickle.loads(_exactly(file, length))  # noqa: S301 - comes from our own parent
    with gc_paused():  # a tenth of the import is walking what it makes
        from .channels import run_in_process  # and all that workers need, once for all of them

    def ended(_number: int, _frame: FrameType | None) -> None:
        _report_ended(control)

    signal.signal(signal.SIGCHLD, ended)
    while True:
        try:
            word, descriptors, _, _ = socket.recv_fds(control, START.size, 1)
        except ConnectionResetError:  # the parent left before the last ends were reported
            return
        if not word:
            return
        (end,) = descriptors
        child = os.fork()
        if child == 0:
            (started,) = START.unpack(word)
            _be_worker(control, functools.partial(run_in_process, socket.socket(fileno=end), started))
        os.close(end)
        control.sendall(REPORT.pack(child, STARTED))


def _exactly(file: Any, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = file.read(count - len(data))
        if not chunk:
            raise SystemExit
        data += chunk
    return data


def _report_ended(control: socket.socket) -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        try:
            control.sendall(REPORT.pack(child, status))
        except OSError:
            return  # the parent is gone


def _be_worker(control: socket.socket, work: Callable[[], None]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        work()
        code = 0
    except BaseException:  # the process ends below: whatever the work raised, nobody else would print it
        traceback.print_exc()
        raise
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
