"""Which port is listened on: one that is free, or that of an earlier server of this user, which is then ended."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from ..._support.errors import ConfigError, StorageError
from ..._support.storage import process_exists
from ..._support.storage.processes import machine_id, process_start

TRIES = 50
"""Ports that are tried, one after the other."""

END_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_BACKLOG = 2048


class ServerRecord(msgspec.Struct, frozen=True):
    """The process that listens on a port.

    Args:
        pid: Number of the process.
        started: When the process started, as the system counts; a later process with the same number differs.
        machine: Tells machines apart, and containers, each of which numbers its processes from 1.
    """

    pid: int
    started: str
    machine: str

    @classmethod
    def of(cls, pid: int) -> ServerRecord:
        """Describe a process of this machine."""
        return cls(pid, process_start(pid), machine_id())

    @property
    def is_proved(self) -> bool:
        """Whether this very process is still there, as far as the system tells; a number alone proves nothing."""
        return (
            self.pid > 0
            and bool(self.started and self.machine)
            and self.machine == machine_id()
            and bool(process_exists(self.pid))
            and process_start(self.pid) == self.started
        )


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that listens.

    Args:
        socket: The socket.
        port: Its port.
        notes: What is worth telling: that an earlier server was ended, or that another port was taken.
    """

    socket: socket.socket
    port: int
    notes: tuple[str, ...] = ()


def ports_folder() -> Path:
    """Folder of the files that say which process listens on a port."""
    return platformdirs.user_data_path("inspect_scout") / "view" / "ports"


def listen(
    host: str,
    port: int,
    folder: Path | None = None,
    end: Callable[[int], None] | None = None,
    seconds: float = END_SECONDS,
) -> Listening:
    """Listen on a port: it is free, or an earlier server of this user has it and is ended, else the next free one.

    Args:
        host: Address to listen on.
        port: The port (0: any).
        folder: Where it is noted which process listens (None: among the data of this user).
        end: Asks a process to end (None: by a signal).
        seconds: How long an earlier server has to give the port back.

    Raises:
        ConfigError: This machine has no such address.
        StorageError: No port is free.
    """
    folder = folder or ports_folder()
    notes: list[str] = []
    for each in range(port, min(port + TRIES, 65536) if port else 1):
        found = _bind(host, each)
        if found is None and each == port and (earlier := _earlier_server(folder, port)) is not None:
            (end or ask_to_end)(earlier)
            found = _bind_within(host, each, seconds)
            notes += [f"The server that had port {port} was ended."] if found is not None else []
        if found is not None:
            taken: int = found.getsockname()[1]
            if port not in (0, taken):
                notes.append(f"Port {port} is in use by another program; this is port {taken}.")
            return Listening(found, taken, tuple(notes))
    raise StorageError(f"All ports from {port} to {min(port + TRIES, 65536) - 1} are in use: use another --port.")


@contextlib.contextmanager
def noted(port: int, folder: Path | None = None) -> Generator[None]:
    """Note that this process listens on a port, for the block.

    Args:
        port: The port.
        folder: Where that is noted (None: among the data of this user).
    """
    path = _record_path(folder or ports_folder(), port)
    text = msgspec.json.encode(ServerRecord.of(os.getpid()))
    with contextlib.suppress(OSError):  # a home that cannot be written to: nobody will take this port over
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if path.read_bytes() == text:
                path.unlink()


def ask_to_end(pid: int) -> None:
    """Ask a process to end."""
    with contextlib.suppress(OSError):  # it has ended meanwhile, or is not ours to end
        os.kill(pid, signal.SIGTERM)


def _earlier_server(folder: Path, port: int) -> int | None:
    """Give the number of the process that serves on a port, if it is proved that it does."""
    try:
        record = msgspec.json.decode(_record_path(folder, port).read_bytes(), type=ServerRecord)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return record.pid if record.pid != os.getpid() and record.is_proved else None


def _bind_within(host: str, port: int, seconds: float) -> socket.socket | None:
    """Listen on a port that is being given back; None if it is not."""
    until = time.monotonic() + seconds
    while (found := _bind(host, port)) is None and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    return found


def _record_path(folder: Path, port: int) -> Path:
    return folder / f"{port}.json"


def _bind(host: str, port: int) -> socket.socket | None:
    """Listen on a port; None if it is in use."""
    name = host.strip("[]")
    try:
        # Of a name with several addresses (localhost) the IPv4 one, which every browser tries.
        found = sorted(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))
    except (OSError, UnicodeError):
        raise ConfigError(f"{host!r} is not an address of this machine. Use for example --host 127.0.0.1.") from None
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise ConfigError(
            f"{host!r} is not an address of this machine ({error.strerror}). Use for example --host 127.0.0.1."
        ) from error
    return listening
