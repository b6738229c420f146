"""Which storage serves a location."""

from __future__ import annotations

from collections.abc import Callable

from .contract import Storage
from .local import LocalStorage
from .locations import is_local, scheme_of
from .memory import MemoryStorage

StorageFactory = Callable[[str], Storage]
"""Makes the storage for a location of its scheme."""

_LOCAL = LocalStorage()
_NOT_DURABLE = LocalStorage(durable=False)
_MEMORY = MemoryStorage()
"""What this process keeps under `memory://`."""
_OBJECT_SCHEMES = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"}
_remote: dict[str, Storage] = {}
_factories: dict[str, StorageFactory] = {}


def storage_for(location: str, *, durable: bool = True) -> Storage:
    """Find the storage that serves a location.

    Args:
        location: Path or URL.
        durable: False for what can be made again (caches): writing then does not wait for the disk.

    Raises:
        ConfigError: No storage serves the scheme of the location.
        StorageError: A package that the scheme needs is not installed.

    Example:
        ```python
        storage = storage_for("logs")
        print([entry.path for entry in await storage.list("logs")])
        ```
    """
    scheme = scheme_of(location)
    if scheme in _factories:
        return _factories[scheme](location)
    if scheme == "file":
        return _LOCAL if durable else _NOT_DURABLE
    if scheme == "memory":
        return _MEMORY
    if scheme not in _remote:
        _remote[scheme] = _remote_storage(scheme, location)
    return _remote[scheme]


def listed_storage(location: str, storage: Storage | None = None) -> Storage:
    """Find what serves a folder of which several files will be read: a remote one is listed, and each file fetched, once.

    Args:
        location: Path or URL of the folder.
        storage: What serves it (None: what serves its scheme).
    """
    where = storage if storage is not None else storage_for(location)
    if is_local(location):
        return where
    from .listed import ListedStorage  # here, as commands that look at local files load no event loop

    return where if isinstance(where, ListedStorage) else ListedStorage(where, location)


def register_storage(scheme: str, factory: StorageFactory) -> Callable[[], None]:
    """Let a factory serve a scheme; the function returned takes it back.

    Args:
        scheme: Scheme of URLs, without "://".
        factory: Makes the storage for a location.

    Example:
        ```python
        files = MemoryStorage()
        remove = register_storage("memo", lambda location: files)
        await storage_for("memo://notes").write("memo://notes/1.txt", b"Hello")
        remove()
        ```
    """
    name = scheme.lower()
    before = _factories.get(name)
    _factories[name] = factory

    def undo() -> None:
        if before is None:
            _factories.pop(name, None)
        else:
            _factories[name] = before

    return undo


def _remote_storage(scheme: str, location: str) -> Storage:
    # Their libraries are loaded only by those who use such a location.
    if scheme in _OBJECT_SCHEMES:
        from .object_storage import ObjectStorage

        return ObjectStorage()
    from .fsspec import FsspecStorage

    return FsspecStorage(location)
