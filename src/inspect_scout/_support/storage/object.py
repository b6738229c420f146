"""Files in object stores: S3 and what speaks its language, Google Cloud Storage, Azure."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import random
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from ..errors import StorageError
from ..ids import new_id
from .clients import RETRY_SECONDS, Clients, Target
from .contract import Entry
from .failures import failure_of, missing, translate
from .remote_file import TAIL_BYTES, RemoteFile, Upload

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta

_listing: Any = obstore  # the types of its listing functions are open
PART_BYTES = 8 << 20
"""Size of the parts of an upload; a file may have 10 000."""

_PARTS_AT_ONCE = 3
_WRITER = "scoutwriter"  # letters only: Azure takes nothing else
# What S3 answers while another writer of the same file is at work; whether the file will exist is open then.
_CONFLICTS = ("ConditionalRequestConflict", "OperationAborted")
_MAX_PAUSE_SECONDS = 3.0


class ObjectStorage:
    """Files in buckets.

    Args:
        retry_seconds: Time after which a request that fails is not tried again.
    """

    def __init__(self, retry_seconds: float = RETRY_SECONDS) -> None:
        self._clients = Clients(retry_seconds)
        self._retry_seconds = retry_seconds

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        target = self._file("read", path)
        with _translated("read", path):
            return bytes(await (await obstore.get_async(target.client, target.key)).bytes_async())

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        target = self._file("read", path)
        if length <= 0:
            if await self.stat(path) is None:
                raise missing("read", path)
            return b""
        with _translated("read", path):
            options: GetOptions = {"range": (start, start + length)}
            try:
                found = await obstore.get_async(target.client, target.key, options=options)
                return bytes(await found.bytes_async())
            except BaseError as error:
                failure = failure_of(error)
                if failure.is_beyond_end:
                    return b""
                if not failure.is_whole_answer:
                    raise
        return (await self.read(path))[start : start + length]

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically."""
        target = self._file("write", path)
        with _translated("write", path):
            await obstore.put_async(target.client, target.key, data, chunk_size=PART_BYTES)

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does, whoever made it."""
        target = self._file("write", path)
        # Each attempt is made here, so that one whose answer was lost is known: the file may then be there because
        # of it. The mark tells, which nobody else can have written.
        mark, is_open, pause = new_id(), False, 0.1
        deadline = time.monotonic() + self._retry_seconds
        while True:
            try:
                await obstore.put_async(
                    target.once, target.key, data, mode="create", attributes={_WRITER: mark}, use_multipart=False
                )
                return
            except (BaseError, OSError) as error:
                failure = failure_of(error)
                another_under_way = failure.code in _CONFLICTS
                if isinstance(error, AlreadyExistsError) and not another_under_way:
                    if is_open and await self._has_mark(path, target, mark):
                        return
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
                if not (failure.may_pass or another_under_way) or time.monotonic() > deadline:
                    raise translate("write", path, error) from None
                is_open = is_open or not (failure.was_never_sent or another_under_way)
            await asyncio.sleep(pause * (0.5 + random.random()))
            pause = min(2 * pause, _MAX_PAUSE_SECONDS)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        target = self._clients.target("list", prefix)
        with _translated("list", prefix):
            if recursive:
                found = [
                    meta
                    async for batch in _listing.list(target.client, target.key or None, chunk_size=1000)
                    for meta in batch
                ]
            else:
                found = [*(await _listing.list_with_delimiter_async(target.client, target.key or None))["objects"]]
        entries = [_entry(f"{prefix.rstrip('/')}/{name}", meta) for name, meta in _below(target.key, found)]
        return sorted(entries, key=lambda entry: entry.path)

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        target = self._clients.target("read", path)
        if not target.key:
            return None
        with _translated("read", path):
            try:
                return _entry(path, await obstore.head_async(target.client, target.key))
            except FileNotFoundError:
                return None

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is no error."""
        target = self._file("delete", path)
        with _translated("delete", path), contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(target.client, target.key)

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is no error."""
        target = self._file("delete", prefix)
        with _translated("delete", prefix):
            async for batch in _listing.list(target.client, target.key, chunk_size=1000):
                keys = [meta["path"] for _, meta in _below(target.key, batch)]
                if keys:
                    with contextlib.suppress(FileNotFoundError):
                        await obstore.delete_async(target.client, keys)

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        target = self._file("read", path)
        with _translated("read", path):
            if entry is None and target.knows_tails:
                return _opened_by_tail(path, target)
            if entry is None:
                entry = _entry(path, obstore.head(target.client, target.key))
            return _file(path, target, entry.size, entry.etag)

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        return self._uploading(path)

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        target = self._clients.target("list", prefix)
        with _translated("list", prefix):
            found = await _listing.list_with_delimiter_async(target.client, target.key or None)
        names = {folder.rstrip("/").rpartition("/")[2] for folder in found["common_prefixes"]}
        return [f"{prefix.rstrip('/')}/{name}" for name in sorted(names)]

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind: nothing that can be seen, here."""

    @contextlib.contextmanager
    def _uploading(self, path: str) -> Generator[BinaryIO]:
        target = self._file("write", path)
        with contextlib.ExitStack() as stack:
            with _translated("write", path):
                # Leaving it by an exception aborts the upload.
                upload: Any = obstore.open_writer(
                    target.client, target.key, buffer_size=PART_BYTES, max_concurrency=_PARTS_AT_ONCE
                )
                writer: obstore.WritableFile = stack.enter_context(upload)
            yield cast("BinaryIO", Upload(_Translating(writer, path)))
            with _translated("write", path):
                stack.close()

    def _file(self, doing: str, path: str) -> Target:
        target = self._clients.target(doing, path)
        if not target.key:
            raise StorageError(f"Cannot {doing} {path!r}: it is a whole bucket. Name something in it.")
        return target

    @staticmethod
    async def _has_mark(path: str, target: Target, mark: str) -> bool:
        with _translated("read", path):
            try:
                found = await obstore.get_async(target.client, target.key, options={"head": True})
            except FileNotFoundError:
                return False
        attributes = cast("dict[str, str]", found.attributes)
        return attributes.get(_WRITER) == mark


class _Translating:
    """Passes pieces on, and puts into words what goes wrong."""

    def __init__(self, writer: obstore.WritableFile, path: str) -> None:
        self._writer, self._path = writer, path

    def write(self, buffer: bytes, /) -> int:
        with _translated("write", self._path):
            return self._writer.write(buffer)


@contextlib.contextmanager
def _translated(doing: str, path: str) -> Generator[None]:
    try:
        yield
    except StorageError:
        raise
    except (BaseError, OSError, ValueError) as error:
        # The original is not chained: addresses in it may carry signatures.
        raise translate(doing, path, error) from None


def _opened_by_tail(path: str, target: Target) -> BinaryIO:
    """Open a file by reading its end: one request tells whether it exists, its size, and what most readers want."""
    try:
        found = obstore.get(target.client, target.key, options={"range": {"suffix": TAIL_BYTES}})
    except BaseError as error:
        failure = failure_of(error)
        if not (failure.is_beyond_end or failure.is_whole_answer):  # an empty file has no last bytes
            raise
        entry = _entry(path, obstore.head(target.client, target.key))
        return _file(path, target, entry.size, entry.etag)
    entry = _entry(path, found.meta)
    return _file(path, target, entry.size, entry.etag, bytes(found.bytes()))


def _file(path: str, target: Target, size: int, etag: str, tail: bytes = b"") -> BinaryIO:
    def fetch(start: int, end: int) -> bytes:
        options: GetOptions = {"range": (start, end)}
        if etag.startswith('"'):
            options["if_match"] = etag
        with _translated("read", path):
            return bytes(obstore.get(target.client, target.key, options=options).bytes())

    return cast("BinaryIO", RemoteFile(fetch, size, path, etag, tail))


def _below(folder: str, found: Sequence[ObjectMeta]) -> list[tuple[str, ObjectMeta]]:
    """Give the names below a folder; the folder itself may be there as an empty file that some tools make."""
    root = f"{folder}/" if folder else ""
    return [(meta["path"][len(root) :], meta) for meta in found if meta["path"].startswith(root)]


def _entry(path: str, meta: ObjectMeta) -> Entry:
    modified = meta["last_modified"].timestamp()
    return Entry(path, meta["size"], meta["e_tag"] or f"{modified:.6f}-{meta['size']:x}", modified)
