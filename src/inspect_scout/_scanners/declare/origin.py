"""Where factories come from: their registered name, file, package and source."""

from __future__ import annotations

import functools
import inspect
import linecache
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

from ..._inspect import registry
from .config import Origin
from .params import digest_code

OWN_PACKAGE = __name__.split(".", maxsplit=1)[0]
"""Scout's own package."""

FILE_MODULE = "scout_file_"
"""How the names of modules begin that are made of single files: these are part of no package, wherever they lie."""


def origin_of(factory: Callable[..., Any], name: str) -> Origin:
    """Tell where a factory comes from.

    Args:
        factory: The undecorated factory.
        name: Name that its author gave it.
    """
    function = inspect.unwrap(factory)
    qualified = _qualified(function, name)
    package = qualified.split("/", maxsplit=1)[0] if qualified != name else None
    file = source_file(function)
    return Origin(
        name=registry.log_name(qualified),
        file=None if package else file,
        package=package,
        digest=_source_digest(function, file),
    )


def _qualified(function: Callable[..., Any], name: str) -> str:
    module = getattr(function, "__module__", None) or ""
    if module.startswith(FILE_MODULE):
        return name
    # Scout's own things bear its name however it is installed, so that recorded names never change.
    if module.split(".")[0] == OWN_PACKAGE:
        return f"{OWN_PACKAGE}/{name}"
    return registry.qualified_name(function, name)


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


def source_file(function: Callable[..., Any]) -> str | None:
    """Absolute path of the file that a function or callable object comes from; None if there is none."""
    try:
        file = inspect.getsourcefile(function)
    except TypeError:  # neither a function nor a class: a callable object
        try:
            file = inspect.getsourcefile(type(function))
        except TypeError:
            return None
    return str(Path(file).absolute()) if file and Path(file).is_file() else None


def file_digest(file: str) -> str:
    """Hash of the text of a source file."""
    return _hash("".join(linecache.getlines(file)) or Path(file).read_text(encoding="utf-8", errors="surrogateescape"))


def _source_digest(function: Callable[..., Any], file: str | None) -> str:
    if file is not None:
        return file_digest(file)
    try:
        return _hash(inspect.getsource(function))
    except (OSError, TypeError):
        return _hash(digest_code(function))


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
