"""From the data of a file to a model; every mistake is named with its file, its line and its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from .._support.errors import ConfigError, UnknownNameError
from .documents import Document

M = TypeVar("M", bound=BaseModel)
# Where one of several forms fails, these say more than "should be a text".
_SPECIFIC = frozenset({"missing", "unknown_key", "extra_forbidden", "value_error"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something in a file that cannot be.

    Args:
        line: Its line, from 1 (None: none in particular).
        key: What it is about, as a path with dots ("": the whole).
        message: What is wrong.
    """

    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        """Describe it in one line."""
        where = f"key {self.key!r}: " if self.key else ""
        return f"line {self.line}, {where}{self.message}" if self.line else f"{where}{self.message}"


def find_mistakes(document: Document, model: type[BaseModel]) -> list[Mistake]:
    """List what keeps a model from being made of what a file holds, in the order of the file."""
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        return _mistakes(document, error, model)
    return []


def parse_config(document: Document, model: type[M]) -> M:
    """Make a model of what a file holds.

    Raises:
        ConfigError: It cannot be made; all that is wrong is named.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = _mistakes(document, error, model)
    if len(problems) == 1:
        raise ConfigError(f"{document.path!r}, {problems[0]}")
    listed = "".join(f"\n  {problem}" for problem in problems)
    raise ConfigError(f"{document.path!r} has {len(problems)} mistakes:{listed}")


def _mistakes(document: Document, error: ValidationError, model: type[BaseModel]) -> list[Mistake]:
    """Describe what is wrong, one text for each place, in the order of the file."""
    places: dict[tuple[Any, ...], list[Any]] = {}
    for found in error.errors(include_url=False):
        places.setdefault(_place(document.data, found), []).append(found)
    described = [_describe(document.line(keys), keys, found, model) for keys, found in places.items()]
    return sorted(described, key=lambda mistake: mistake.line or 0)


def _describe(line: int | None, keys: tuple[Any, ...], found: Sequence[Any], model: type[BaseModel]) -> Mistake:
    telling = [one for one in found if one["type"] in _SPECIFIC]
    reasons = " or ".join(dict.fromkeys(_reason(one, model) for one in telling or found))
    given = found[0].get("input")
    if not telling and isinstance(given, str | int | float) and len(repr(given)) <= 60:
        reasons += f", not {given!r}"
    message = f"{reasons.rstrip('.')}{'' if reasons.endswith('?') else '.'}"
    return Mistake(line or None, ".".join(str(key) for key in keys), message)


def _place(data: Any, found: Mapping[str, Any]) -> tuple[Any, ...]:
    """Follow the path of an error as far as it leads through the data; the rest names forms, not keys."""
    path: list[Any] = []
    for part in found["loc"]:
        inside = cast("Mapping[Any, Any]", data) if isinstance(data, dict) else None
        if inside is not None and part in inside:
            data = inside[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(cast("list[Any]", data)):
            data = cast("list[Any]", data)[part]
        else:
            continue
        path.append(part)
    if found["type"] == "unknown_key":
        path += found["ctx"]["keys"]
    return tuple(path)


def _reason(found: Mapping[str, Any], model: type[BaseModel]) -> str:
    if found["type"] == "extra_forbidden" and len(found["loc"]) == 1:
        return str(UnknownNameError("key", str(found["loc"][0]), model.model_fields))
    if found["type"] == "missing":
        return f"needs the key {found['loc'][-1]!r}"
    return str(found["msg"]).removeprefix("Value error, ")
