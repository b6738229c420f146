"""Files of this machine, by plain calls of the operating system."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import time
import zlib
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from ..confinement import WayOutError, leads_out, refuse_way_out
from ..errors import LocationError, StorageError
from ..regular import NOWHERE, IrregularFileError, check_regular, irregular_kind, open_regular
from .contract import Entry
from .locations import join, local_path
from .processes import process_exists
from .remote_failures import changed_error, missing_error

_ADVICE = {
    errno.EACCES: "Check the permissions of the file and of its folder, or choose another location.",
    errno.EPERM: "Check the permissions of the file and of its folder, or choose another location.",
    errno.EROFS: "The file system is read-only: choose another location.",
    errno.ENOSPC: "The disk is full: free some space and run the command again.",
    errno.EDQUOT: "The disk quota is used up: free some space and run the command again.",
    errno.EISDIR: "It is a folder: name a file.",
    errno.ENOTDIR: "A part of the path is a file, not a folder: choose another location.",
    errno.ELOOP: "It is a link that leads back to itself: repair the link, or name a file.",
    errno.ENAMETOOLONG: "The name is too long for this file system: choose a shorter one.",
    errno.EMFILE: "Too many files are open: raise the limit (`ulimit -n`) or run fewer things at once.",
}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
_counter = itertools.count()
_ABANDONED_SECONDS = 24 * 3600


def host_name() -> str:
    """Name of this machine."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    import socket

    return socket.gethostname()


_HOST = f"{zlib.crc32(host_name().encode()):08x}"


class _translated:  # noqa: N801 - used as the function that it was: as a generator it took a fifth of reading a small file
    """Names what could not be done with a file.

    Args:
        doing: What is done.
        path: The file.
    """

    __slots__ = ("_doing", "_path")

    def __init__(self, doing: str, path: str) -> None:
        self._doing, self._path = doing, path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Say what failed."""
        if isinstance(error, OSError):
            raise _translate(self._doing, self._path, error) from error
        if isinstance(error, ValueError):  # a NUL byte in the path
            raise StorageError(f"Cannot {self._doing} {self._path!r}: {error}. Choose another name.") from error


def _translate(doing: str, path: str, error: OSError) -> Exception:
    reason = error.strerror or str(error)
    if isinstance(error, WayOutError):
        return LocationError(f"Cannot {doing} {path!r}: {reason}. Name a file that is in it.")
    if error.errno == errno.ENOENT:
        return missing_error(doing, path)
    if isinstance(error, IrregularFileError):
        return StorageError(f"Cannot {doing} {path!r}: {reason}. Name a file, or a link to one.")
    advice = _ADVICE.get(error.errno or 0, "Check the location and the state of the disk, then try again.")
    return StorageError(f"Cannot {doing} {path!r}: {reason}. {advice}")


def is_temporary(name: str) -> bool:
    """Tell whether a file name is that of a file being written (or left behind by a killed writer)."""
    return name.startswith(".") and name.endswith(".tmp")


class LocalStorage:
    """Files of this machine (plain paths and `file://`).

    Args:
        durable: Whether a written file survives a loss of power as soon as the call returns (costs a sync of the disk).
    """

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        with _translated("read", path), open_regular(local_path(path), buffered=False) as file:
            return file.read()

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        with _translated("read", path), open_regular(local_path(path), buffered=False) as file:
            file.seek(start)
            return _read_fully(file, length)

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically, making folders as needed."""
        with self.open_write(path) as file:
            file.write(data)

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does."""
        target = local_path(path)
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        taken = False
        with _translated("write", path):
            _refuse_folder_outside(target)
            temporary = self._write_beside(target, data)
            try:
                os.link(temporary, target)
            except FileExistsError:
                taken = True
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                taken = not _create_exclusively(target, data)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
        if taken:  # outside of the block, which would take it for a failure
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        found: list[Entry] = []
        with _translated("list", prefix):
            if not leads_out(local_path(prefix)):
                _collect(local_path(prefix), prefix, recursive, found, ())
        return sorted(found, key=lambda entry: entry.path)

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        with _translated("read", path):
            try:
                state = os.stat(local_path(path))
            except (FileNotFoundError, NotADirectoryError):
                return None
            if os.path.islink(local_path(path)) and leads_out(local_path(path)):
                return None
            check_regular(path, state)
        return None if stat.S_ISDIR(state.st_mode) else _entry(path, state)

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is not an error."""
        with _translated("delete", path):
            _refuse_folder_outside(local_path(path))
            with contextlib.suppress(FileNotFoundError):
                os.unlink(local_path(path))

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is not an error."""
        import shutil  # loads compression libraries that reading needs not

        # Another process may be deleting the same folder: what is gone already is not a failure.
        for _ in range(3):
            with _translated("delete", prefix):
                _refuse_folder_outside(local_path(prefix))
                try:
                    shutil.rmtree(local_path(prefix))
                except FileNotFoundError:
                    if not os.path.lexists(local_path(prefix)):
                        return
                else:
                    return

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        with _translated("read", path):
            file = open_regular(local_path(path))
        if entry is not None and _entry(path, os.fstat(file.fileno())).etag != entry.etag:
            file.close()
            raise changed_error(path)
        return file

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        return self._replacing(path)

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        with _translated("list", prefix):
            if leads_out(local_path(prefix)):
                return []
            try:
                with os.scandir(local_path(prefix) or ".") as items:
                    names = [item.name for item in items if _leads_down(item)]
            except (FileNotFoundError, NotADirectoryError):
                return []
        above = join(prefix, "_").removesuffix("_")  # once: a folder has no names that lead out of it
        return [above + name for name in sorted(names)]

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind in a folder (not below it)."""
        with _translated("list", prefix):
            try:
                with os.scandir(local_path(prefix) or ".") as items:
                    left = [item.path for item in items if is_temporary(item.name) and _is_abandoned(item)]
            except (FileNotFoundError, NotADirectoryError):
                return
        for path in left:
            with contextlib.suppress(OSError):
                os.unlink(path)

    @contextlib.contextmanager
    def _replacing(self, path: str) -> Generator[BinaryIO]:
        target = local_path(path)
        with _translated("write", path):
            _refuse_folder_outside(target)
            temporary, file = _open_beside(target)
        try:
            with file:
                yield file
                with _translated("write", path):
                    self._flush(file)
            with _translated("write", path):
                os.replace(temporary, target)
        except BaseException as error:  # the caller's writing may raise anything, or be cancelled; raised again
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            if isinstance(error, OSError) and not isinstance(error, LocationError | StorageError) and error.errno:
                # Writing to the open file failed (a full disk, mostly).
                raise _translate("write", path, error) from error
            raise

    def _write_beside(self, target: str, data: bytes) -> str:
        temporary, file = _open_beside(target)
        with file:
            file.write(data)
            self._flush(file)
        return temporary

    def _flush(self, file: BinaryIO) -> None:
        file.flush()
        if self._durable:
            os.fsync(file.fileno())


def _refuse_folder_outside(path: str) -> None:
    """Refuse to change what is in a folder that this task is not held to; a link itself may be changed."""
    refuse_way_out(os.path.dirname(path) or ".")


def _open_beside(target: str) -> tuple[str, BinaryIO]:
    folder = os.path.dirname(target)
    # The name says nothing of the target: a long target name must not make one that is too long.
    temporary = os.path.join(folder, f".{_HOST}-{os.getpid():x}-{next(_counter):x}-{os.urandom(4).hex()}.tmp")
    try:
        return temporary, open(temporary, "xb")
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        return temporary, open(temporary, "xb")


def _is_abandoned(item: os.DirEntry[str]) -> bool:
    """Tell whether the writer of a temporary file is gone: a dead process of this machine, or one of long ago."""
    try:
        old = time.time() - item.stat(follow_symlinks=False).st_mtime > _ABANDONED_SECONDS
    except OSError:
        return False
    host, _, rest = item.name[1:].partition("-")
    if old or host != _HOST:
        return old
    try:
        return process_exists(int(rest.partition("-")[0], 16)) is False
    except ValueError:
        return False


def _create_exclusively(target: str, data: bytes) -> bool:
    try:
        file = open(target, "xb")
    except FileExistsError:
        return False
    with file:
        file.write(data)
    return True


def _read_fully(file: BinaryIO, length: int) -> bytes:
    pieces: list[bytes] = []
    while length > 0:
        piece = file.read(length)
        if not piece:
            break
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _entry(path: str, state: os.stat_result) -> Entry:
    return Entry(path, state.st_size, f"{state.st_mtime_ns:x}-{state.st_size:x}", state.st_mtime)


def _collect(folder: str, shown: str, recursive: bool, found: list[Entry], above: tuple[tuple[int, int], ...]) -> None:
    try:
        state = os.stat(folder or ".")
        items = list(os.scandir(folder or "."))
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError:
        if not above:
            raise
        return
    here = (state.st_dev, state.st_ino)
    if here in above:  # a link to a folder above: following it would never end
        return
    for item in items:
        if is_temporary(item.name) or (item.is_symlink() and leads_out(item.path)):
            continue
        path = join(shown, item.name)
        try:
            if not item.is_dir():
                state = item.stat()
                if irregular_kind(state.st_mode) is None:
                    found.append(_entry(path, state))
            elif recursive:
                _collect(str(Path(item.path)), path, recursive, found, (*above, here))
        except OSError as error:
            if error.errno not in NOWHERE:
                raise
            # Deleted since, or a link that leads nowhere: no file.


def _leads_down(item: os.DirEntry[str]) -> bool:
    """Tell whether something is a folder, and no link to one that it is in itself: following that would never end."""
    try:
        if not item.is_dir() or not item.is_symlink():
            return item.is_dir()
        if leads_out(item.path):
            return False
        target = item.stat()
    except OSError as error:
        if error.errno not in NOWHERE:
            raise
        return False
    above = Path(os.path.abspath(item.path)).parents
    return not any(os.path.samestat(target, os.stat(folder)) for folder in above)
