"""Reading models from JSON of which some parts do not fit: these are left out, the others count."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from ..._support.shapes import is_list, is_mapping

M = TypeVar("M", bound=BaseModel)

JsonPath: TypeAlias = tuple[str | int, ...]
"""Keys and positions that lead to a part."""


class RequiredPartError(ValueError):
    """A part that cannot be left out does not fit."""


def read_leniently(
    model: type[M], data: Mapping[str, Any], is_required: Callable[[JsonPath], bool] = lambda _: False
) -> tuple[M, dict[str, str]]:
    """Make a model of what fits.

    Args:
        model: The model.
        data: Decoded JSON.
        is_required: Which parts must not be left out, besides the required fields of the model.

    Returns:
        The model, and the parts that were left out, with the reason.

    Raises:
        RequiredPartError: A required part is missing, or does not fit.
    """
    left: Any = data
    dropped: dict[str, str] = {}
    while True:
        try:
            return model.model_validate(left), dropped
        except ValidationError as error:
            if not dropped:
                left = copy.deepcopy(left)
            for path, reason in _deepest(_error_paths(left, error)):
                name = ".".join(map(str, path))
                if not path[:-1] and reason.startswith("Field required"):
                    raise RequiredPartError(f"{name}: {dropped.get(name, 'it is missing')}") from error
                if is_required(path):
                    raise RequiredPartError(f"{name}: {reason}") from error
                _remove(left, path)
                dropped.setdefault(name, reason)


def _error_paths(data: Any, error: ValidationError) -> dict[JsonPath, str]:
    """Find the parts that errors are about: of a missing field that which lacks it."""
    found: dict[JsonPath, str] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        location, missing = one["loc"], one["type"] == "missing"
        path = _resolved(data, location[:-1] if missing else location)
        if missing and not path:
            found[(location[-1],)] = "Field required"
        else:
            found.setdefault(path, f"{location[-1]!r} is missing" if missing else str(one["msg"]))
    if () in found:
        raise RequiredPartError(found[()])
    return found


def _resolved(data: Any, location: Iterable[str | int]) -> JsonPath:
    """Follow a location as far as it leads; the names of union members in between lead nowhere."""
    path: list[str | int] = []
    here = data
    for step in location:
        if (is_mapping(here) and step in here) or (is_list(here) and isinstance(step, int) and 0 <= step < len(here)):
            inner: Any = here
            here = inner[step]
            path.append(step)
    return tuple(path)


def _deepest(found: Mapping[JsonPath, str]) -> list[tuple[JsonPath, str]]:
    """Leave out the parts that hold others, and begin with the last ones: positions before them stay."""
    parents = {path[:length] for path in found for length in range(len(path))}
    kept = [path for path in found if path not in parents]
    kept.sort(key=lambda path: [(isinstance(step, int), step) for step in path], reverse=True)
    return [(path, found[path]) for path in kept]


def _remove(data: Any, path: JsonPath) -> None:
    for step in path[:-1]:
        data = data[step]
    del data[path[-1]]
