"""Doors that load what they list only when it is asked for (PEP 562)."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any


def lazy_door(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make `__getattr__` and `__dir__` of a room from the module that holds each name.

    Args:
        package: Name of the package (`__name__`).
        modules: Name -> module that defines it (relative to the package, with a leading dot).
    """

    def __getattr__(name: str) -> Any:
        module = modules.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(module, package), name)

    def __dir__() -> list[str]:
        return sorted(modules)

    return __getattr__, __dir__


def public_door(module: str, sources: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make `__getattr__` and `__dir__` of a public module, whose functions and errors say where users find them.

    Args:
        module: Name of the public module (`__name__`).
        sources: Public name -> room that holds it (relative to `inspect_scout`, with a leading dot).
    """
    load, names = lazy_door(module.partition(".")[0], sources)

    def __getattr__(name: str) -> Any:
        if name not in sources:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        value = load(name)
        # Models keep their module: pydantic looks there for the types that their annotations name.
        if inspect.isfunction(value) or (inspect.isclass(value) and issubclass(value, Exception)):
            value.__module__ = module
        return value

    return __getattr__, names
