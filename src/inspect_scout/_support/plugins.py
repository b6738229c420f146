"""What other packages add, by entry points."""

from __future__ import annotations

import functools
import logging
import sys
from importlib.metadata import PackageNotFoundError, entry_points, packages_distributions, version
from typing import Any, TypeVar

logger = logging.getLogger("inspect_scout")

T = TypeVar("T")


def plugins(group: str, kind: type[T]) -> dict[str, T]:
    """Load what installed packages registered; what cannot be loaded is named in a warning, once, and left out.

    Args:
        group: Group of entry points.
        kind: What each must be.
    """
    wanted: Any = kind
    return _loaded(group, wanted, tuple(sys.path))


@functools.cache
def package_version(package: str) -> str | None:
    """Version of an installed package, found by its import name."""
    try:
        return version(package)
    except PackageNotFoundError:
        pass
    for distribution in packages_distributions().get(package, ()):
        return version(distribution)
    return None


@functools.cache
def _loaded(group: str, kind: Any, path: tuple[str, ...]) -> dict[str, Any]:  # noqa: ARG001 - part of the key
    found: dict[str, Any] = {}
    for entry in entry_points(group=group):
        try:
            value: object = entry.load()
        except Exception as error:  # noqa: BLE001 - whatever the code of another package raises
            reason = f"{type(error).__name__}: {error}"
        else:
            if isinstance(value, kind):
                found.setdefault(entry.name, value)
                continue
            reason = f"it is {value!r}, not a {kind.__name__}"
        package = entry.dist.name if entry.dist is not None else "unknown"
        logger.warning(
            "The entry point %r (%s) of group %r in package %r is skipped: %s. Repair or uninstall the package.",
            entry.name,
            entry.value,
            group,
            package,
            reason,
        )
    return found
