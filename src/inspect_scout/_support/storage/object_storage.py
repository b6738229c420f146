"""Files in object stores: S3 and compatible services, Google Cloud Storage, Azure."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import operator
import os
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from ..errors import StorageError
from ..ids import new_id
from .clients import BucketClients, ObjectTarget
from .contract import Entry
from .remote_failures import may_pass, missing_error, parse_failure, require_size, translate_error
from .remote_file import TAIL_BYTES, RemoteFile, Upload
from .retry import MIN_ATTEMPTS, RETRY_SECONDS, Attempts, RetryRule

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta

    from .clients import Client

T = TypeVar("T")
_listing: Any = obstore  # the types of its listing functions are open
PART_BYTES = 8 << 20
"""Size of the parts of an upload; a file may have 10 000."""

_PARTS_AT_ONCE = 3
_PAGE = 1000  # files that a request deletes
_BATCH = 100
_WRITER = "scoutwriter"  # letters only: Azure takes nothing else
# What S3 answers while another writer of the same file is at work; whether the file will exist is open then.
_CONFLICTS = ("ConditionalRequestConflict", "OperationAborted")
# Attempts of a call that makes many requests, each of which is sent again by the client.
_MIN_WHOLE_ATTEMPTS = 2
_RULE = RetryRule((BaseError, OSError, ValueError), may_pass)


class ObjectStorage:
    """Files in buckets.

    Whatever fails for a reason that may pass is tried again: errors of the service, lost connections, requests that hang,
    answers that break off. What each call does may be done twice, except for `create`, which looks whether it was done.

    Args:
        retry_seconds: Time for which a request that fails is sent again (some times in any case).
    """

    def __init__(self, retry_seconds: float = RETRY_SECONDS) -> None:
        self._clients = BucketClients(retry_seconds)
        self._retry_seconds = retry_seconds

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        target = self._file("read", path)

        async def get() -> bytes:
            found = await obstore.get_async(target.no_retry, target.key)
            return require_size(bytes(await found.bytes_async()), found.meta["size"])

        with _translated("read", path):
            return await self._attempts().run(get)

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        target = self._file("read", path)
        if length <= 0:
            if await self.stat(path) is None:
                raise missing_error("read", path)
            return b""
        options: GetOptions = {"range": (start, start + length)}

        async def get() -> bytes:
            found = await obstore.get_async(target.no_retry, target.key, options=options)
            return require_size(bytes(await found.bytes_async()), min(length, found.meta["size"] - start))

        with _translated("read", path):
            try:
                return await self._attempts().run(get)
            except BaseError as error:
                failure = parse_failure(error)
                if failure.is_beyond_end:
                    return b""
                if not failure.is_whole_answer:
                    raise
        return (await self.read(path))[start : start + length]

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically."""
        target = self._file("write", path)
        client, attempts = self._for_size(target, len(data))
        with _translated("write", path):
            await attempts.run(lambda: obstore.put_async(client, target.key, data, chunk_size=PART_BYTES))

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does."""
        target = self._file("write", path)
        # Each attempt is made here, so that one whose answer was lost is known: the file may then be there because
        # of it. The mark tells, which nobody else can have written.
        mark, is_open, attempts = new_id(), False, self._attempts()
        while True:
            try:
                await obstore.put_async(
                    target.no_retry, target.key, data, mode="create", attributes={_WRITER: mark}, use_multipart=False
                )
                return
            except (BaseError, OSError) as error:
                failure = parse_failure(error)
                another_under_way = failure.code in _CONFLICTS
                if isinstance(error, AlreadyExistsError) and not another_under_way:
                    if is_open and await self._has_mark(path, target, mark):
                        return
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
                pause = attempts.pause(error)
                if pause is None:
                    raise translate_error("write", path, error) from None
                is_open = is_open or not (failure.was_never_sent or another_under_way)
            await asyncio.sleep(pause)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        target = self._clients.target("list", prefix)
        with _translated("list", prefix):
            if recursive:
                found = await _all_below(target, self._attempts)
            else:
                found = [*(await self._directly_below(target))["objects"]]
        entries = [_entry(f"{prefix.rstrip('/')}/{name}", meta) for name, meta in _keys_below(target.key, found)]
        return sorted(entries, key=lambda entry: entry.path)

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        target = self._clients.target("read", path)
        if not target.key:
            return None
        with _translated("read", path):
            try:
                return _entry(path, await self._attempts().run(lambda: obstore.head_async(target.no_retry, target.key)))
            except FileNotFoundError:
                return None

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is not an error."""
        target = self._file("delete", path)
        with _translated("delete", path), contextlib.suppress(FileNotFoundError):
            await self._attempts().run(lambda: obstore.delete_async(target.no_retry, target.key))

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is not an error."""
        target = self._file("delete", prefix)
        with _translated("delete", prefix):
            keys = [meta["path"] for _, meta in _keys_below(target.key, await _all_below(target, self._attempts))]
            for batch in (keys[start : start + _PAGE] for start in range(0, len(keys), _PAGE)):
                with contextlib.suppress(FileNotFoundError):
                    await self._attempts().run(functools.partial(obstore.delete_async, target.no_retry, batch))

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        target = self._file("read", path)
        with _translated("read", path):
            if entry is None and target.knows_tails:
                return self._attempts().run_sync(lambda: _open_by_tail(path, target, self._attempts))
            if entry is None:
                entry = _entry(path, self._attempts().run_sync(lambda: obstore.head(target.no_retry, target.key)))
            return _open_remote(path, target, self._attempts, entry)

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        return self._uploading(path)

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        target = self._clients.target("list", prefix)
        with _translated("list", prefix):
            found = await self._directly_below(target)
        names = {folder.rstrip("/").rpartition("/")[2] for folder in found["common_prefixes"]}
        return [f"{prefix.rstrip('/')}/{name}" for name in sorted(names)]

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind: nothing that can be seen, here."""

    @contextlib.contextmanager
    def _uploading(self, path: str) -> Generator[BinaryIO]:
        target = self._file("write", path)
        # Kept until it is sent as a whole: an upload that fails half-way is begun again.
        with tempfile.SpooledTemporaryFile(PART_BYTES) as kept:
            yield cast("BinaryIO", Upload(_SpoolWriter(kept, path)))
            size = kept.tell()
            client, attempts = self._for_size(target, size)

            def send() -> None:
                kept.seek(0)
                # A small file goes as bytes: obstore sends whatever is read from a file in parts.
                data: Any = kept.read() if size <= PART_BYTES else kept
                obstore.put(client, target.key, data, chunk_size=PART_BYTES, max_concurrency=_PARTS_AT_ONCE)

            with _translated("write", path):
                attempts.run_sync(send)

    async def _directly_below(self, target: ObjectTarget) -> Any:
        return await self._attempts(_MIN_WHOLE_ATTEMPTS).run(
            lambda: _listing.list_with_delimiter_async(target.client, target.key or None)
        )

    def _attempts(self, least: int = MIN_ATTEMPTS) -> Attempts:
        return Attempts(_RULE, self._retry_seconds, least)

    def _for_size(self, target: ObjectTarget, size: int) -> tuple[Client, Attempts]:
        """Choose what sends a file: a large one goes in parts, of which each is sent again by itself."""
        if size > PART_BYTES:
            return target.client, self._attempts(_MIN_WHOLE_ATTEMPTS)
        return target.no_retry, self._attempts()

    def _file(self, doing: str, path: str) -> ObjectTarget:
        target = self._clients.target(doing, path)
        if not target.key:
            raise StorageError(f"Cannot {doing} {path!r}: it is a whole bucket. Name something in it.")
        return target

    async def _has_mark(self, path: str, target: ObjectTarget, mark: str) -> bool:
        with _translated("read", path):
            try:
                found = await self._attempts().run(
                    lambda: obstore.get_async(target.no_retry, target.key, options={"head": True})
                )
            except FileNotFoundError:
                return False
        attributes = cast("dict[str, str]", found.attributes)
        return attributes.get(_WRITER) == mark


class _SpoolWriter:
    """Keeps pieces until they are sent."""

    def __init__(self, file: tempfile.SpooledTemporaryFile[bytes], path: str) -> None:
        self._file, self._path = file, path

    def write(self, buffer: bytes, /) -> int:
        try:
            return self._file.write(buffer)
        except OSError as error:
            raise StorageError(
                f"Cannot write {self._path!r}: there is no place to keep the file until it is sent "
                f"({error.strerror or error}). Make room in the folder of temporary files, or name another one in TMPDIR."
            ) from error


@contextlib.contextmanager
def _translated(doing: str, path: str) -> Generator[None]:
    try:
        yield
    except StorageError:
        raise
    except (BaseError, OSError, ValueError) as error:
        # The original is not chained: addresses in it may carry signatures.
        raise translate_error(doing, path, error) from None


async def _all_below(target: ObjectTarget, attempts: Callable[[], Attempts]) -> list[ObjectMeta]:
    """List all files below a folder. A page that fails is asked for again, not those before it."""
    found: list[ObjectMeta] = []
    left = attempts()
    while True:
        after = _last_in_order(found)
        if after is None:
            found.clear()
        try:
            # Small batches, so that no page is lost with the one after it.
            async for batch in _listing.list(target.no_retry, target.key or None, offset=after, chunk_size=_BATCH):
                found += batch
                left = attempts()
            return found
        except _RULE.kinds as error:
            pause = left.pause(error)
            if pause is None:
                raise
        await asyncio.sleep(pause)


def _open_by_tail(path: str, target: ObjectTarget, attempts: Callable[[], Attempts]) -> BinaryIO:
    """Open a file by reading its end: one request tells whether it exists, its size, and what most readers want."""
    try:
        found = obstore.get(target.no_retry, target.key, options={"range": {"suffix": TAIL_BYTES}})
    except BaseError as error:
        failure = parse_failure(error)
        if not (failure.is_beyond_end or failure.is_whole_answer):  # an empty file has no last bytes
            raise
        return _open_remote(path, target, attempts, _entry(path, obstore.head(target.no_retry, target.key)))
    entry = _entry(path, found.meta)
    return _open_remote(path, target, attempts, entry, require_size(bytes(found.bytes()), min(TAIL_BYTES, entry.size)))


def _open_remote(
    path: str, target: ObjectTarget, attempts: Callable[[], Attempts], entry: Entry, tail: bytes = b""
) -> BinaryIO:
    def fetch(start: int, end: int) -> bytes:
        options: GetOptions = {"range": (start, end)}
        if entry.etag.startswith('"'):
            options["if_match"] = entry.etag

        def get() -> bytes:
            return require_size(bytes(obstore.get(target.no_retry, target.key, options=options).bytes()), end - start)

        with _translated("read", path):
            return attempts().run_sync(get)

    return cast("BinaryIO", RemoteFile(fetch, entry.size, path, entry.etag, tail))


def _last_in_order(found: Sequence[ObjectMeta]) -> str | None:
    """Give the last name, after which listing can go on; None where names do not come in order."""
    names = [meta["path"] for meta in found]
    return names[-1] if names and all(map(operator.le, names, names[1:])) else None


def _keys_below(folder: str, found: Sequence[ObjectMeta]) -> list[tuple[str, ObjectMeta]]:
    """Give the names below a folder; the folder itself may be there as an empty file that some tools make."""
    root = f"{folder}/" if folder else ""
    return [(meta["path"][len(root) :], meta) for meta in found if meta["path"].startswith(root)]


def _entry(path: str, meta: ObjectMeta) -> Entry:
    modified = meta["last_modified"].timestamp()
    return Entry(path, meta["size"], meta["e_tag"] or f"{modified:.6f}-{meta['size']:x}", modified)
