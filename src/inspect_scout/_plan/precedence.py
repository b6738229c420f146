"""Which source of a setting wins: argument or command line, then job, then project, then environment, then default.

The table of options names the rule by which each is merged; here is what these rules do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from .._project import MERGED_OPTIONS, Merge, Option

DEFAULT_MAX_BATCHED = 100
"""Transcripts in work at once where calls of models are sent in batches."""

DEFAULT, ENVIRONMENT = "default", "environment"


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """The values that one place sets: arguments, a job, the project, the environment.

    Args:
        label: What it is called when a value is explained.
        values: Values by option; None: not set.
        origins: More exactly where a value was set (file and line, variable), by option.
        folder: Directory that its relative paths are relative to (None: that of the request).
    """

    label: str
    values: Mapping[str, Any]
    origins: Mapping[str, str] = field(default_factory=dict[str, str])
    folder: str | None = None

    def has(self, name: str) -> bool:
        """Whether it sets an option."""
        return self.values.get(name) is not None

    def origin(self, name: str) -> str:
        """Where it sets an option."""
        return self.origins.get(name, self.label)


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of an option, and where it came from.

    Args:
        value: The value.
        sources: Where it was set, the strongest source first; none for a default.
    """

    value: Any
    sources: Sequence[str] = ()

    @property
    def source(self) -> str:
        """Where the value came from, in words."""
        return " + ".join(dict.fromkeys(self.sources)) or DEFAULT


def default_values() -> dict[str, Any]:
    """Make the values of options that no source sets; some depend on the current directory."""
    return {option.name: option.make_default() for option in MERGED_OPTIONS}


def resolve_options(sources: Sequence[SettingsSource], defaults: Mapping[str, Any]) -> dict[str, Setting]:
    """Merge the sources.

    Args:
        sources: The sources, the strongest first.
        defaults: Values of the options that none of them sets.
    """
    return {option.name: _setting(option, sources, defaults[option.name]) for option in MERGED_OPTIONS}


def environment_source(values: Mapping[str, Any]) -> SettingsSource:
    """Describe the environment as a source.

    Args:
        values: What the command line has read of it, by option; variables that also apply to Python are added here.
    """
    everywhere = {option.name: _variable(option) for option in MERGED_OPTIONS if option.everywhere}
    origins: dict[str, str] = {}
    for option in MERGED_OPTIONS:
        present = [name for name in option.variables if os.environ.get(name)]
        if present:
            origins[option.name] = ", ".join(present if option.merge in {"generation", "of-model"} else present[:1])
    return SettingsSource(ENVIRONMENT, {**everywhere, **values}, origins)


def _variable(option: Option) -> str | None:
    return next((value for name in option.variables if (value := os.environ.get(name))), None)


def _setting(option: Option, sources: Sequence[SettingsSource], default: Any) -> Setting:
    applicable = [source for source in _applicable(option, sources) if source.has(option.name)]
    if not applicable:
        return Setting(default)
    if option.merge in {"replace", "of-model"}:
        applicable = applicable[:1]
    value = _MERGES[option.merge]([source.values[option.name] for source in applicable])
    return Setting(value, [source.origin(option.name) for source in applicable])


def _applicable(option: Option, sources: Sequence[SettingsSource]) -> Sequence[SettingsSource]:
    """Leave out the sources whose settings are about another model than the one that is used."""
    if option.merge not in {"of-model", "generation"}:
        return sources
    naming = next((position for position, source in enumerate(sources) if source.has("model")), None)
    if option.merge == "generation":
        # Options set without a model are about every model.
        return [
            source
            for position, source in enumerate(sources)
            if naming is None or position <= naming or not source.has("model")
        ]
    if naming is None:
        return [source for source in sources if source.label != ENVIRONMENT]
    return sources[: naming + 1]


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
