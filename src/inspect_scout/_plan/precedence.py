"""Which door wins: argument or command line, then job, then project, then environment, then default.

The table below says it once, for every option and every door. Most options *replace*: the strongest door that says
something is heard. Others come together, and what concerns models depends on who named the model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from .._project import DEFAULT_SCANS, default_transcripts
from .._support.folder import current_folder

Merge = Literal["replace", "join", "union", "of-model", "generation"]
"""How what several doors say becomes one value.

replace:    the strongest is heard.
join:       all count, the weakest first, each item once (tags, conditions, worklists).
union:      mappings become one; of one key the strongest is heard. What is no mapping replaces what is weaker.
of-model:   as replace, but a door weaker than the one that named the model is not heard: its settings are about another.
generation: generation options become one, the strongest heard for each; those said beside a model that was not chosen
            are not heard.
"""

DEFAULT_MAX_TRANSCRIPTS = 25
DEFAULT_MAX_BATCHED = 100
"""Transcripts in work at once where calls of models are sent in batches."""

GENERATION = tuple(
    "max_connections max_retries timeout attempt_timeout max_tokens temperature top_p top_k reasoning_effort reasoning_tokens"
    " reasoning_summary reasoning_history cache batch response_schema".split()
)
"""Generation options that have an option of the command line and a variable of the environment each."""

DEFAULT, ENVIRONMENT = "default", "environment"


@dataclass(frozen=True, slots=True)
class Option:
    """A line of the table.

    Args:
        name: Its key in project files and job files, and its parameter in Python.
        merge: How it is merged.
        variables: Variables of the environment, the first of them that is set is heard; for generation options all.
        default: Makes its value when no door says one.
        everywhere: Whether functions of Python hear its variables, too, and not only the command line.
    """

    name: str
    merge: Merge = "replace"
    variables: Sequence[str] = ()
    default: Callable[[], Any] = lambda: None
    everywhere: bool = False


def _scan(*names: str) -> tuple[str, ...]:
    return tuple(f"SCOUT_SCAN_{name.upper()}" for name in names)


OPTIONS = (
    Option("name", default=lambda: os.path.basename(current_folder()) or "scan"),
    Option("transcripts", variables=_scan("transcripts"), default=default_transcripts),
    Option("filter", "join", _scan("filter")),
    Option("duplicates", variables=_scan("duplicates")),
    Option("scanners", "union"),
    Option("worklist", "join", _scan("worklist")),
    Option("validation", "union", _scan("validation")),
    Option("scans", variables=_scan("scans", "results"), default=lambda: DEFAULT_SCANS, everywhere=True),
    Option("model", variables=_scan("model"), everywhere=True),
    Option("model_base_url", "of-model", _scan("model_base_url")),
    Option("model_args", "of-model", _scan("model_args", "model_config")),
    Option("generate_config", "generation", _scan(*GENERATION)),
    Option("model_roles", "union", _scan("model_role")),
    Option("max_transcripts", variables=_scan("max_transcripts"), default=lambda: DEFAULT_MAX_TRANSCRIPTS),
    Option("max_processes", variables=_scan("max_processes")),
    Option("executor", variables=_scan("executor")),
    Option("ray_address", variables=_scan("ray_address")),
    Option("limit", variables=_scan("limit")),
    Option("shuffle", variables=_scan("shuffle")),
    Option("results_buffer", variables=_scan("results_buffer")),
    Option("tags", "join", _scan("tags")),
    Option("metadata", "union", _scan("metadata")),
    Option("log_level", variables=("SCOUT_LOG_LEVEL",), everywhere=True),
    Option("scanner_timeout", variables=_scan("scanner_timeout")),
    Option("record_input", variables=_scan("record_input"), default=lambda: "auto"),
)
"""Every option of a scan that has more than one door."""


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
    return {option.name: option.default() for option in OPTIONS}


def settle_options(layers: Sequence[Layer], defaults: Mapping[str, Any]) -> dict[str, Setting]:
    """Merge what the doors say.

    Args:
        layers: The doors, the strongest first.
        defaults: Values of the options that none of them says anything of.
    """
    return {option.name: _setting(option, layers, defaults[option.name]) for option in OPTIONS}


def environment_layer(values: Mapping[str, Any]) -> Layer:
    """Describe the environment as a door.

    Args:
        values: What the command line has read of it, by option; the options that Python hears, too, are added here.
    """
    heard = {option.name: _variable(option) for option in OPTIONS if option.everywhere}
    sources: dict[str, str] = {}
    for option in OPTIONS:
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


def _strongest(values: Sequence[Any]) -> Any:
    return values[0]


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
    "replace": _strongest,
    "join": _join,
    "union": _union,
    "of-model": _strongest,
    "generation": _generation,
}
