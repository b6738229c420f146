"""Files that are files: opening anything else may wait for ever, or do something."""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from .confinement import refuse_way_out_of

_KINDS = {
    stat.S_IFIFO: "a named pipe (FIFO)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_warned: set[str] = set()
logger = logging.getLogger(__name__)

NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM})
"""What is said of links that lead nowhere or into a circle, and of what this user may not see."""


class IrregularFileError(OSError):
    """Something else than a regular file was to be read."""


@dataclass(frozen=True, slots=True)
class Irregular:
    """Something in a folder that cannot be read as a file.

    Args:
        path: Where it is.
        what: What is the matter with it, in words ("is a socket").
    """

    path: str
    what: str


def irregular_kind(mode: int) -> str | None:
    """Say what a thing in the file system is, if it is neither a file nor a folder ("a socket")."""
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else _KINDS.get(stat.S_IFMT(mode), "not a file")


def check_regular(path: str, state: os.stat_result) -> None:
    """Refuse what is neither a file nor a folder.

    Raises:
        IrregularFileError: It is something else.
    """
    if stat.S_ISREG(state.st_mode):  # nearly always: a list of scans asks this four times of each
        return
    kind = irregular_kind(state.st_mode)
    if kind is not None:
        raise IrregularFileError(errno.EINVAL, f"it is {kind}, and only regular files are read", path)


def open_regular(path: str | os.PathLike[str], *, buffered: bool = True) -> BinaryIO:
    """Open a file for reading, if it is one (or a link to one).

    Raises:
        IrregularFileError: It is a named pipe, a socket or a device.
        WayOutError: It is not in the places that this task is held to.
        OSError: It cannot be opened.
    """
    name = os.fspath(path)
    # Looked at first, because opening a device may do something, and a pipe's other end notices.
    check_regular(name, os.stat(name))
    file: BinaryIO = open(name, "rb", -1 if buffered else 0, opener=_without_waiting)  # noqa: SIM115 - given away
    try:
        check_regular(name, os.fstat(file.fileno()))  # it may have been exchanged meanwhile
        refuse_way_out_of(file.fileno(), name)
    except BaseException:  # an error of the two, or Ctrl-C meanwhile; raised again
        file.close()
        raise
    return file


def irregular_below(folder: str, wanted: Callable[[str], bool], *, deep: bool = True) -> list[Irregular]:
    """List what cannot be read in a folder and below it, sorted by path.

    Args:
        folder: Path of the folder.
        wanted: Tells by a name whether a file of that name would be read.
        deep: Whether the folders in it are looked at as well; then links without a suffix count that lead nowhere, because
            they may have been such folders.
    """
    return sorted(_below(folder, wanted, () if deep else None), key=lambda found: found.path)


def describe_skipped(found: Sequence[Irregular]) -> str | None:
    """Say in one sentence what was passed over; None if nothing was."""
    if not found:
        return None
    path, what = found[0].path, found[0].what
    if len(found) == 1:
        return f"Skipped, because only regular files are read: {path!r} {what}."
    return f"Skipped {len(found)} that are not regular files, the only ones that are read; the first, {path!r}, {what}."


def warn_of_skipped(folder: str, wanted: Callable[[str], bool], *, deep: bool = True) -> None:
    """Warn of what was passed over in a folder, once in this process.

    Args:
        folder: Path of the folder.
        wanted: As `irregular_below` takes it.
        deep: Whether what lies below the folders in it was read as well.
    """
    notice = describe_skipped(irregular_below(folder, wanted, deep=deep))
    if notice is not None and notice not in _warned:
        _warned.add(notice)
        logger.warning("%s", notice)


def leads_nowhere(path: str) -> str | None:
    """Say of a link that leads to nothing, or into a circle, what is the matter with it; None for all else."""
    if not os.path.islink(path) or os.path.exists(path):
        return None
    try:
        os.stat(path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "is a link that leads back to itself"
    return f"is a link to {os.readlink(path)!r}, which is not there"


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _below(
    folder: str, wanted: Callable[[str], bool], above: tuple[tuple[int, int], ...] | None
) -> Iterator[Irregular]:
    try:
        state = os.stat(folder)
        with os.scandir(folder) as found:
            items = list(found)
    except OSError as error:
        if above and error.errno in {errno.EACCES, errno.EPERM}:
            yield Irregular(folder, "is a folder that this user may not read")
        return
    here = (state.st_dev, state.st_ino)
    if here in (above or ()):
        return
    for item in items:
        if item.is_symlink() and (nowhere := leads_nowhere(item.path)) is not None:
            if wanted(item.name) or (above is not None and not os.path.splitext(item.name)[1]):
                yield Irregular(item.path, nowhere)
        elif item.is_dir():
            if above is not None:
                yield from _folder(item, wanted, (*above, here))
        elif wanted(item.name) and not item.is_file():
            kind = _kind_at(item.path)
            if kind is not None:
                yield Irregular(item.path, f"is {kind}")


def _folder(
    item: os.DirEntry[str], wanted: Callable[[str], bool], above: tuple[tuple[int, int], ...]
) -> Iterator[Irregular]:
    yield from _below(item.path, wanted, above)
    if wanted(item.name) and _is_empty(item.path):
        yield Irregular(item.path, "is an empty folder")


def _is_empty(folder: str) -> bool:
    try:
        return not os.listdir(folder)
    except OSError:
        return False


def _kind_at(path: str) -> str | None:
    try:
        return irregular_kind(os.stat(path).st_mode)
    except OSError:
        return None
