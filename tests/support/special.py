"""Things in a folder that are not files: opening them would wait for ever, or lead nowhere."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path


def fifo(path: Path) -> None:
    """Make a named pipe that nobody writes to."""
    os.mkfifo(path)


def sock(path: Path) -> None:
    """Make a socket; its name may be longer than a socket's address, so it is made elsewhere and moved."""
    short = Path("/tmp") / f"scout-test-{os.getpid()}.sock"
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(short))
    short.rename(path) if os.stat(short).st_dev == os.stat(path.parent).st_dev else os.mknod(
        path, stat.S_IFSOCK | 0o600
    )
    short.unlink(missing_ok=True)


def device(path: Path) -> None:
    """Make a link to a device that never ends."""
    path.symlink_to("/dev/zero")


def to_itself(path: Path) -> None:
    """Make a link that leads back to itself."""
    path.symlink_to(path.name)


def to_nothing(path: Path) -> None:
    """Make a link to what is not there."""
    path.symlink_to("gone")


def to_a_pipe(path: Path) -> None:
    """Make a link to a named pipe that has another name."""
    os.mkfifo(path.parent / f".{path.name}.pipe")
    path.symlink_to(f".{path.name}.pipe")


def empty_folder(path: Path) -> None:
    """Make a folder of the name of a file."""
    path.mkdir()


SPECIAL: dict[str, Callable[[Path], None]] = {
    "named pipe": fifo,
    "socket": sock,
    "device": device,
    "leads back to itself": to_itself,
    "link to 'gone'": to_nothing,
    "named pipe ": to_a_pipe,
    "empty folder": empty_folder,
}
"""What can be there, by what is said of it."""

FOLDER = "empty folder"
