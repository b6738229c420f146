"""The registry of inspect_ai: how decorated things get a name by which programs find and make them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Final, Literal

from inspect_ai._util.registry import (
    RegistryInfo,
    is_registry_object,
    registry_add,
    registry_find,
    registry_has,
    registry_info,
    registry_kwargs,
    registry_log_name,
    registry_lookup,
    registry_name,
    registry_params,
    registry_unqualified_name,
    registry_value,
    set_registry_info,
    set_registry_params,
    set_return_annotation,
)

Kind = Literal["scanner", "loader", "scanjob", "validation_predicate", "scorer"]
"""Kinds of things that Scout registers or marks."""

ENTRY_POINTS = "inspect_ai"
"""Group of entry points through which packages announce what they register."""


qualified_name: Final = registry_name
"""Gives the name to register a thing under: things of installed packages get `package/` in front."""

unqualified_name: Final = registry_unqualified_name
"""Cuts the package off a registered name."""

log_name: Final = registry_log_name
"""Gives a name as logs write it: without the prefix of inspect_ai's own things."""

recorded_params: Final = registry_params
"""Gives the arguments that a registered object was made with."""

as_recorded: Final = registry_value
"""Writes a value that is registered, or a model, as the dictionary from which it can be made again."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registry knows of an object.

    Args:
        kind: Kind of thing ("scanner", "scorer", ...).
        name: Registered name, with the package in front for things of packages.
    """

    kind: str
    name: str


def register(kind: Kind, factory: Callable[..., Any], name: str, returns: type[Any]) -> None:
    """Register a factory under a name.

    Args:
        kind: Kind of thing that it makes.
        factory: The factory; its return annotation is set, as inspect_ai decides by it whether to call a factory.
        name: Registered name.
        returns: Type of what it makes.
    """
    set_return_annotation(factory, returns)
    registry_add(factory, RegistryInfo(type=kind, name=name))


def tag(
    kind: Kind, made: object, name: str, params: Mapping[str, Any], metadata: Mapping[str, Any] | None = None
) -> None:
    """Mark what a factory made with its registered name, its arguments, and what else is to be known of it."""
    set_registry_info(made, RegistryInfo(type=kind, name=name, metadata=dict(metadata or {})))
    set_registry_params(made, dict(params))


def registered(thing: object) -> Registered | None:
    """Tell what the registry knows of an object; None if it is not registered."""
    if not is_registry_object(thing):
        return None
    info = registry_info(thing)
    return Registered(kind=info.type, name=info.name)


def find(kind: Kind, name: str) -> Callable[..., Any] | None:
    """Find a registered factory, loading the entry points of its package if it is not known yet.

    Raises:
        Exception: Whatever the package raises when it is imported.
    """
    if not registry_has(kind, name) and "/" in name:
        for entry in entry_points(group=ENTRY_POINTS, name=name.split("/", maxsplit=1)[0]):
            entry.load()
    found = registry_lookup(kind, name)
    return found if callable(found) else None


def names(kind: Kind) -> list[str]:
    """Names registered so far for a kind of thing."""
    # A search that finds nothing makes inspect_ai import every package that announces something, so all is asked for.
    found = (registry_info(thing) for thing in registry_find(lambda _: True))
    return sorted(info.name for info in found if info.type == kind)


def from_recorded(params: Mapping[str, Any]) -> dict[str, Any]:
    """Make registered things and models again where arguments hold their dictionaries."""
    return registry_kwargs(**params)
