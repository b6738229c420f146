"""Exports of packages that are loaded only when they are asked for (PEP 562)."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

_LISTED = re.compile(r"^    from (\.\S+) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)


def lazy_exports(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make `__getattr__` and `__dir__` of a package, whose names are those that it imports for type checkers.

    Args:
        package: Name of the package (`__name__`).
    """
    listed = functools.cache(lambda: _listed(package))

    def __getattr__(name: str) -> Any:
        module = listed().get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(module, sys.modules[package].__package__), name)

    return __getattr__, lambda: sorted(listed())


def public_exports(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make `__getattr__` and `__dir__` of a public module, whose functions and errors say where users find them.

    Args:
        module: Name of the public module (`__name__`).
    """
    load, names = lazy_exports(module)

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return names()
        value = load(name)
        # Models keep their module: pydantic looks there for the types that their annotations name.
        if inspect.isfunction(value) or (inspect.isclass(value) and issubclass(value, Exception)):
            value.__module__ = module
        return value

    return __getattr__, names


def _listed(package: str) -> Mapping[str, str]:
    """Read in the source of a package which module each of its names comes from: what stands under `if TYPE_CHECKING`."""
    spec: Any = sys.modules[package].__spec__
    source: str = spec.loader.get_data(spec.origin).decode()
    return {
        name: found[1]
        for found in _LISTED.finditer(source)
        for listed in (found[2] or found[3]).split(",")
        for name in listed.split()[-1:]
    }
