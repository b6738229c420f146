"""Where factories come from: their registered name, file, package and source."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable
from typing import Any

from ..._inspect import registry
from ..._support.folder import source_file
from .config import Origin
from .params import FILE_MODULE

OWN_PACKAGE = __name__.split(".", maxsplit=1)[0]
"""Scout's own package."""


def origin_of(factory: Callable[..., Any], name: str) -> Origin:
    """Tell where a factory comes from.

    Args:
        factory: The undecorated factory.
        name: Name that its author gave it.
    """
    function = inspect.unwrap(factory)
    qualified = _qualified(function, name)
    package = qualified.split("/", maxsplit=1)[0] if qualified != name else None
    linecache.getlines(getattr(getattr(function, "__code__", None), "co_filename", ""))  # as it is when it is loaded
    return Origin(
        name=registry.log_name(qualified),
        file=None if package else source_file(function),
        package=package,
        function=function,
        own=package == OWN_PACKAGE,
    )


def _qualified(function: Callable[..., Any], name: str) -> str:
    module = getattr(function, "__module__", None) or ""
    if module.startswith(FILE_MODULE):
        return name
    # Scout's own things bear its name however it is installed, so that recorded names never change.
    if module.split(".")[0] == OWN_PACKAGE:
        return f"{OWN_PACKAGE}/{name}"
    return registry.qualified_name(function, name)
