"""Files wherever fsspec reads them (`hf://`, `https://`, ...); they are not written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, BinaryIO, NoReturn, TypeVar, cast

import anyio.to_thread
import fsspec  # type: ignore[import-untyped]

from ..errors import ConfigError, LocationError, ScoutError, StorageError
from .contract import Entry
from .locations import scheme_of
from .remote_failures import changed_error, is_transient_status, missing_error, require_size
from .remote_file import RemoteFile
from .retry import RETRY_SECONDS, Attempts, RetryRule, timeout_seconds

_fsspec: Any = fsspec  # it states no types
T = TypeVar("T")
_HTTP = {"http", "https"}
_EXTRAS = {"hf": "inspect-scout[hf]"}
_ETAGS = ("ETag", "etag", "blob_id", "sha256", "oid")
_NO_FILE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_TIMES = ("last_modified", "LastModified", "mtime", "modified", "created")


class FsspecStorage:
    """Files that fsspec reads.

    Args:
        location: A location of the scheme to be served.
        options: Options of the file system.
        retry_seconds: Time for which a request that fails is sent again (some times in any case).

    Raises:
        ConfigError: fsspec does not know the scheme.
        StorageError: A package that the scheme needs is not installed.
    """

    def __init__(
        self, location: str, options: Mapping[str, object] | None = None, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self._scheme = scheme_of(location)
        self._retry_seconds = retry_seconds
        try:
            self._fs: Any = _fsspec.filesystem(self._scheme, **_timeout_options(self._scheme), **(options or {}))
        except ImportError as error:
            needed = _EXTRAS.get(self._scheme)
            advice = f"Install it: `pip install '{needed}'`" if needed else str(error).rstrip(".")
            raise StorageError(
                f"Cannot use {location!r}: {self._scheme}:// needs a package that is not installed. {advice}."
            ) from None
        except ValueError:
            raise ConfigError(
                f"{location!r} cannot be used: {self._scheme}:// is unknown. Use a local path, s3://, gs://, az://, "
                "abfs://, hf:// or memory://."
            ) from None

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        return await self._run("read", path, lambda name: self._retried(lambda: bytes(self._fs.cat_file(name))))

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""

        def work(name: str) -> bytes:
            end = min(start + max(0, length), self._retried(lambda: self._info(path, name)).size)
            return self._retried(lambda: _read_range(self._fs, name, start, end)) if start < end else b""

        return await self._run("read", path, work)

    async def write(self, path: str, data: bytes) -> None:
        """Refuse to write."""
        self._refuse("write", path, f"{len(data)} bytes")

    async def create(self, path: str, data: bytes) -> None:
        """Refuse to write."""
        self._refuse("write", path, f"{len(data)} bytes")

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""

        def work(name: str) -> list[Entry]:
            return [_entry(prefix, name, info) for info in self._listed(name, recursive) if info["type"] == "file"]

        return sorted(await self._run("list", prefix, work), key=lambda entry: entry.path)

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        try:
            return await self._run("read", path, lambda name: self._retried(lambda: self._info(path, name)))
        except LocationError:
            return None

    async def delete(self, path: str) -> None:
        """Refuse to delete."""
        self._refuse("delete", path)

    async def delete_tree(self, prefix: str) -> None:
        """Refuse to delete."""
        self._refuse("delete", prefix)

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        with _Translated("read", path):
            name = self._name(path)
            found = self._retried(lambda: self._info(path, name))
        if entry is not None and entry.etag != found.etag:
            raise changed_error(path)

        def fetch(start: int, end: int) -> bytes:
            with _Translated("read", path):
                return self._retried(lambda: _read_range(self._fs, name, start, end))

        return cast("BinaryIO", RemoteFile(fetch, found.size, path, found.etag))

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Refuse to write."""
        self._refuse("write", path)

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""

        def work(name: str) -> list[str]:
            found = [info for info in self._listed(name, recursive=False) if info["type"] == "directory"]
            return sorted(_entry(prefix, name, info).path for info in found)

        return await self._run("list", prefix, work)

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind: there are no writers."""

    def _info(self, path: str, name: str) -> Entry:
        info: dict[str, Any] = self._fs.info(name)
        if info["type"] != "file":
            raise missing_error("read", path)
        return Entry(path, int(info["size"] or 0), _etag(info), _modified(info))

    def _listed(self, name: str, recursive: bool) -> Sequence[dict[str, Any]]:
        try:
            if recursive:
                if self._scheme in _HTTP:
                    return _files_below(self._fs, name, self._retried)
                return self._retried(lambda: list(self._fs.find(name, detail=True).values()))
            return self._retried(lambda: list(self._fs.ls(name, detail=True)))
        except (FileNotFoundError, NotADirectoryError) as error:
            if (
                isinstance(_root_cause(error), FileNotFoundError | NotADirectoryError)
                or _status(_root_cause(error)) == 404
            ):
                return []
            raise

    async def _run(self, doing: str, path: str, work: Callable[[str], T]) -> T:
        with _Translated(doing, path):
            return await anyio.to_thread.run_sync(lambda: work(self._name(path)))

    def _retried(self, call: Callable[[], T]) -> T:
        return Attempts(RetryRule((Exception,), _may_pass), self._retry_seconds).run_sync(call)

    def _name(self, path: str) -> str:
        name: str = _fsspec.core.url_to_fs(path)[1]
        return name.rstrip("/")

    def _refuse(self, doing: str, path: str, what: str = "it") -> NoReturn:
        raise StorageError(
            f"Cannot {doing} {what} at {path!r}: {self._scheme}:// is for reading only. "
            "Use a local path, s3://, gs://, az:// or abfs:// for what is written."
        )


class _Translated:
    """Put into words what goes wrong within the block. File systems raise the errors of whichever library they use."""

    def __init__(self, doing: str, path: str) -> None:
        self._doing, self._path = doing, path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Translate."""
        if error is None or isinstance(error, ScoutError) or not isinstance(error, Exception):
            return
        error = _root_cause(error)
        if isinstance(error, _NO_FILE) or _status(error) == 404:
            raise missing_error(self._doing, self._path) from None
        # Only the kind of error: texts may quote addresses with tokens.
        raise StorageError(
            f"Cannot {self._doing} {self._path!r}: the service refused or did not answer ({type(error).__name__}). "
            "Check the location, the network, and whether you are logged in (HF_TOKEN for hf://)."
        ) from None


def _files_below(fs: Any, name: str, again: Callable[[Callable[[], Any]], Any]) -> list[dict[str, Any]]:
    """List the files below a folder: fsspec itself takes a folder that cannot be listed for an empty one."""
    found: list[dict[str, Any]] = []
    for info in again(lambda: fs.ls(name, detail=True)):
        if info["type"] != "directory":
            found.append(info)
        elif str(info["name"]).rstrip("/") != name:
            found += _files_below(fs, str(info["name"]).rstrip("/"), again)
    return found


def _read_range(fs: Any, name: str, start: int, end: int) -> bytes:
    return require_size(bytes(fs.cat_file(name, start=start, end=end)), end - start)


def _timeout_options(scheme: str) -> Mapping[str, object]:
    """Give the options that end requests which hang, where a file system would wait for minutes."""
    if scheme not in _HTTP:
        return {}
    from aiohttp import ClientTimeout  # what fsspec reads these with

    silence = timeout_seconds()
    return {"client_kwargs": {"timeout": ClientTimeout(total=None, sock_connect=silence, sock_read=silence)}}


def _root_cause(error: BaseException) -> BaseException:
    """Give what really went wrong: fsspec says of whatever fails over HTTP that there is no such file."""
    cause = error.__cause__
    informative = cause is not None and (_status(cause) != 0 or _is_of_network(cause))
    return cause if cause is not None and informative and isinstance(error, FileNotFoundError) else error


def _is_of_network(error: BaseException) -> bool:
    """Tell errors of requests, httpx, aiohttp and Python itself that mean: no whole answer came."""
    names = {kind.__name__ for kind in type(error).__mro__}
    known = {"ClientError", "TransportError", "RequestException", "HTTPException", "HTTPError"}
    return isinstance(error, ConnectionError | TimeoutError | EOFError) or not names.isdisjoint(known)


def _status(error: BaseException) -> int:
    """Give the status of the answer that an error tells of (0: none came)."""
    status: Any = getattr(error, "status", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else 0


def _may_pass(error: BaseException) -> bool:
    """Tell of an error of whichever library whether trying again may help."""
    error = _root_cause(error)
    if isinstance(error, (*_NO_FILE, ScoutError, PermissionError)):
        return False
    if status := _status(error):
        return is_transient_status(status)
    return isinstance(error, OSError) or _is_of_network(error)


def _entry(prefix: str, root: str, info: Mapping[str, Any]) -> Entry:
    name = str(info["name"]).rstrip("/")
    below = name.removeprefix(root.rstrip("/")).strip("/")
    return Entry(f"{prefix.rstrip('/')}/{below}", int(info.get("size") or 0), _etag(info), _modified(info))


def _etag(info: Mapping[str, Any]) -> str:
    found = next((info[name] for name in _ETAGS if info.get(name)), None)
    return f"{found or _modified(info)}-{info.get('size') or 0}"


def _modified(info: Mapping[str, Any]) -> float:
    commit: Any = info.get("last_commit")
    value: Any = getattr(commit, "date", None) or next((info[name] for name in _TIMES if info.get(name)), 0.0)
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value) if isinstance(value, int | float) else 0.0
