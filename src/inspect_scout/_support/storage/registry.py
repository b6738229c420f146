"""Which storage serves a location."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import NotAvailableError
from .contract import Storage
from .local import LocalStorage
from .locations import scheme_of

StorageFactory = Callable[[str], Storage]
"""Makes the storage for a location of its scheme."""

_LOCAL = LocalStorage()
_QUICK = LocalStorage(durable=False)
_factories: dict[str, StorageFactory] = {}


def storage_for(location: str, *, durable: bool = True) -> Storage:
    """Find the storage that serves a location.

    Args:
        location: Path or URL.
        durable: False for what can be made again (caches): writing then does not wait for the disk.

    Raises:
        NotAvailableError: No storage serves the scheme of the location.
    """
    scheme = scheme_of(location)
    if scheme in _factories:
        return _factories[scheme](location)
    if scheme == "file":
        return _LOCAL if durable else _QUICK
    raise NotAvailableError(f"Storage at {scheme}:// ({location!r})", "Use a local path.")


def register_storage(scheme: str, factory: StorageFactory) -> Callable[[], None]:
    """Let a factory serve a scheme; the function returned takes it back.

    Args:
        scheme: Scheme of URLs, without "://".
        factory: Makes the storage for a location.
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
