"""What can be imported by its name, and what can be said to each: the fields of the origin that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .._support.yaml import guess_value
from .dataset_query import DatasetQuery
from .known_formats import FORMATS
from .platforms.known_platforms import PLATFORMS
from .platforms.query import PlatformQuery
from .wanted import Wanted

if TYPE_CHECKING:
    from .json_values import Json, JsonObject
    from .origin import ImportOrigin

_KINDS: Final[Mapping[str, str]] = {
    "str": "str",
    "str | os.PathLike[str]": "str",
    "int": "int",
    "datetime": "datetime",
    "Sequence[str]": "list",
    "JsonMapping": "mapping",
}
"""Types of fields, as a command line calls them."""
_ORIGINS: Final[Mapping[str, type[PlatformQuery | DatasetQuery]]] = {**PLATFORMS, DatasetQuery.name: DatasetQuery}
"""Sources with parameters of their own."""
_NOT_SAID: Final = "format"
"""The field of `Wanted` that the name of the source says."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Something that can be imported.

    Args:
        name: Its name.
        title: What it reads, for people.
        example: A command that imports it.
        parameters: What can be said to it: names and types.
    """

    name: str
    title: str
    example: str
    parameters: Mapping[str, str]


def import_sources() -> list[ImportSource]:
    """Say what can be imported, by name."""
    files = _parameters(Wanted)
    found = [
        ImportSource(each.name, each.title, f"scout import {each.name} -P path={each.where}", files)
        for each in FORMATS.values()
    ]
    found = [each for each in found if each.name not in _ORIGINS]
    found += [ImportSource(each.name, each.title, each.example, _parameters(each)) for each in _ORIGINS.values()]
    return sorted(found, key=lambda each: each.name)


def origin_of(source: str, given: Mapping[str, str], options: JsonObject) -> ImportOrigin:
    """Make an origin of what a command line says, each value by the type of its parameter.

    Args:
        source: Name of a source.
        given: Its parameters, as text.
        options: Values that take precedence.

    Raises:
        ConfigError: There is no such parameter, or a value has another type.
    """
    make: Callable[..., ImportOrigin] = _ORIGINS[source] if source in _ORIGINS else partial(Wanted, source)
    kinds = _parameters(_ORIGINS.get(source, Wanted))
    values: JsonObject = {}
    for name, text in given.items():
        if name not in kinds:
            raise ConfigError(f"Unknown parameter {name!r} for {source}. Valid parameters: {', '.join(kinds)}.")
        try:
            values[name] = _value(kinds[name], text)
        except ValueError as error:
            raise ConfigError(f"{name}={text!r} is not a {kinds[name]}: {error}.") from error
    return make(**{**values, **options})


def _parameters(kind: type) -> dict[str, str]:
    return {
        each.name: _KINDS[str(each.type).removesuffix(" | None")] for each in fields(kind) if each.name != _NOT_SAID
    }


def _value(kind: str, text: str) -> Json:
    match kind:
        case "datetime":
            return datetime.fromisoformat(text)
        case "int":
            return int(text)
        case "list":
            guessed = guess_value(text)
            return [str(each) for each in guessed] if is_list(guessed) else [text]
        case "mapping":
            guessed = guess_value(text)
            if is_mapping(guessed):
                return guessed
            raise ValueError("write it as {key: value}")
        case _:
            return text
