"""Which door wins: argument or command line, then job, then project, then environment, then default.

How doors come together is said of each option in the table of options; here is what these rules do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from .._project import SETTLED, Merge, Option

DEFAULT_MAX_BATCHED = 100
"""Transcripts in work at once where calls of models are sent in batches."""

DEFAULT, ENVIRONMENT = "default", "environment"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one door says.

    Args:
        door: What it is called when a value is explained.
        values: Values by option; None says nothing.
        sources: More exactly where a value was said (file and line, variable), by option.
        folder: Directory that its relative paths are relative to (None: that of the request).
    """

    door: str
    values: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    folder: str | None = None

    def says(self, name: str) -> bool:
        """Whether it says something of an option."""
        return self.values.get(name) is not None

    def source(self, name: str) -> str:
        """Where it says it."""
        return self.sources.get(name, self.door)


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of an option, and where it came from.

    Args:
        value: The value.
        sources: The doors that were heard, the strongest first; none for a default.
    """

    value: Any
    sources: Sequence[str] = ()

    @property
    def source(self) -> str:
        """Where the value came from, in words."""
        return " + ".join(dict.fromkeys(self.sources)) or DEFAULT


def default_values() -> dict[str, Any]:
    """Make the values that hold when no door says one; some depend on the current directory."""
    return {option.name: option.make_default() for option in SETTLED}


def settle_options(layers: Sequence[Layer], defaults: Mapping[str, Any]) -> dict[str, Setting]:
    """Merge what the doors say.

    Args:
        layers: The doors, the strongest first.
        defaults: Values of the options that none of them says anything of.
    """
    return {option.name: _setting(option, layers, defaults[option.name]) for option in SETTLED}


def environment_layer(values: Mapping[str, Any]) -> Layer:
    """Describe the environment as a door.

    Args:
        values: What the command line has read of it, by option; the options that Python hears, too, are added here.
    """
    heard = {option.name: _variable(option) for option in SETTLED if option.everywhere}
    sources: dict[str, str] = {}
    for option in SETTLED:
        present = [name for name in option.variables if os.environ.get(name)]
        if present:
            sources[option.name] = ", ".join(present if option.merge in {"generation", "of-model"} else present[:1])
    return Layer(ENVIRONMENT, {**heard, **values}, sources)


def _variable(option: Option) -> str | None:
    return next((value for name in option.variables if (value := os.environ.get(name))), None)


def _setting(option: Option, layers: Sequence[Layer], default: Any) -> Setting:
    due = [layer for layer in _due(option, layers) if layer.says(option.name)]
    if not due:
        return Setting(default)
    if option.merge in {"replace", "of-model"}:
        due = due[:1]
    value = _MERGES[option.merge]([layer.values[option.name] for layer in due])
    return Setting(value, [layer.source(option.name) for layer in due])


def _due(option: Option, layers: Sequence[Layer]) -> Sequence[Layer]:
    """Leave out the doors whose word is about another model than the one that is used."""
    if option.merge not in {"of-model", "generation"}:
        return layers
    naming = next((position for position, layer in enumerate(layers) if layer.says("model")), None)
    if option.merge == "generation":
        # Options said without a model are about every model.
        return [
            layer
            for position, layer in enumerate(layers)
            if naming is None or position <= naming or not layer.says("model")
        ]
    if naming is None:
        return [layer for layer in layers if layer.door != ENVIRONMENT]
    return layers[: naming + 1]


def _join(values: Sequence[Any]) -> list[Any]:
    joined: list[Any] = []
    for value in reversed(values):
        items = cast("list[Any]", [value] if isinstance(value, str | os.PathLike) else list(value))
        joined += [item for item in items if item not in joined]
    return joined


def _union(values: Sequence[Any]) -> Any:
    merged: dict[str, Any] = {}
    for value in values:
        if not isinstance(value, Mapping):
            return merged or value
        merged = {**cast("Mapping[str, Any]", value), **merged}
    return merged


def _generation(values: Sequence[Any]) -> Any:
    merged = values[-1]
    for value in reversed(values[:-1]):
        merged = merged.merge(value)
    return merged


_MERGES: Mapping[Merge, Callable[[Sequence[Any]], Any]] = {
    "replace": lambda values: values[0],
    "join": _join,
    "union": _union,
    "of-model": lambda values: values[0],
    "generation": _generation,
}
