"""Locations among options, made absolute when they are taken: the current directory may be another one later."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from .._project import OPTION_BY_NAME, Kind
from .._support.shapes import is_mapping
from .._validation import CasesFile


def make_absolute(values: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Make the locations among the values of options absolute.

    Args:
        values: Values by option.
        folder: Directory that relative paths are relative to.
    """
    return {
        name: _ABSOLUTE[kind](value, folder) if (kind := OPTION_BY_NAME[name].kind) in _ABSOLUTE else value
        for name, value in values.items()
    }


def absolute_location(location: Any, folder: str) -> Any:
    """Make a path absolute; URLs, and what is neither text nor a path, stay as they are."""
    if not folder:  # the current directory was deleted: only who needs it fails
        return location
    if isinstance(location, str):
        return location if not location or "://" in location else os.path.abspath(os.path.join(folder, location))
    if isinstance(location, Path):
        return Path(os.path.abspath(folder / location))
    return location


def _paths(value: Any, folder: str) -> Any:
    if isinstance(value, list | tuple):
        return [_paths(item, folder) for item in cast("Sequence[Any]", value)]
    return absolute_location(os.path.expanduser(value) if isinstance(value, str) else value, folder)


def _validation(value: Any, folder: str) -> Any:
    if is_mapping(value):
        return {name: _validation(one, folder) for name, one in value.items()}
    if isinstance(value, CasesFile):
        return replace(value, path=absolute_location(value.path, folder))
    return absolute_location(value, folder)


_ABSOLUTE: Mapping[Kind, Callable[[Any, str], Any]] = {
    "locations": _paths,
    "location": absolute_location,
    "worklist": _paths,
    "cases": _validation,
    "arguments": _paths,
}
