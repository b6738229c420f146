"""A local project file over the shared one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._support.errors import ConfigError
from .._types import ScannerSpec
from .config import ProjectConfig
from .option import LocalMerge
from .options import OPTIONS

Specs = list[ScannerSpec] | dict[str, ScannerSpec]


def _scanners(base: Specs, local: Specs) -> Specs:
    """Join scanners; those of a list go by the names of their specs."""
    if isinstance(base, list) and isinstance(local, list):
        replaced = {spec.name for spec in local}
        return [*(spec for spec in base if spec.name not in replaced), *local]
    return {**_named(base), **_named(local)}


def _named(specs: Specs) -> dict[str, ScannerSpec]:
    if isinstance(specs, dict):
        return specs
    named = {spec.name: spec for spec in specs}
    if len(named) < len(specs):
        raise ConfigError(
            "A list that has a scanner twice cannot be joined with named scanners: give all of them names."
        )
    return named


_JOINS: Mapping[LocalMerge, Callable[[Any, Any], Any]] = {
    "join": lambda base, local: list(dict.fromkeys([*base, *local])),
    "append": lambda base, local: [*base, *local],
    "union": lambda base, local: {**base, **local},
    "scanners": _scanners,
    "least": lambda base, local: None if base and local else False,
}
JOINED = {option.name: _JOINS[option.local] for option in OPTIONS if option.local in _JOINS}
"""Fields of which both files count; of all others the local one replaces the shared one."""
_MODEL = {option.name for option in OPTIONS if option.local == "model"}


def merge_local(base: ProjectConfig, local: ProjectConfig) -> ProjectConfig:
    """Lay a local project file over the shared one. Only what a file sets itself counts.

    Raises:
        ConfigError: Lists of scanners cannot be joined.
    """
    shared, own = _given(base), _given(local)
    if any(name in own for name in _MODEL):
        shared = {name: value for name, value in shared.items() if name not in _MODEL}
    merged = {**shared, **own}
    for name, join in JOINED.items():
        if shared.get(name) is not None and own.get(name) is not None:
            merged[name] = join(shared[name], own[name])
        elif own.get(name) is None and shared.get(name) is not None:
            merged[name] = shared[name]  # nothing is added to what there is
    if merged.get("trust_content"):
        merged["trust_content"] = None  # a file in a folder cannot grant trust, only withdraw it
    return ProjectConfig.model_validate(merged)


def _given(config: ProjectConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in config.model_fields_set}
