"""Bringing arguments that miss their schema by a little into its form, where the schema leaves one way to read them.

Names of fields are matched however they are spelled ("isSafe" for `is_safe`), by alias and by title; text that spells a
boolean or a number becomes one where the field wants one; a list of one object and the object stand for each other.
Whatever comes out is validated as strictly as any other answer.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}(?:\.0{1,20})?")
_FLOAT = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
_BOOLEANS = {"true": True, "false": False}
_ITEMS = (list, tuple, set, frozenset)


def coerce(value: Any, annotation: Any, *, types_too: bool) -> Any:
    """Bring a value into the form of a type: only names, or types too."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return coerce(value, inside[0], types_too=types_too)
    if origin in (Union, types.UnionType):
        branches = [branch for branch in inside if branch is not types.NoneType]
        # Between several types nobody can tell which one was meant.
        return value if value is None or len(branches) != 1 else coerce(value, branches[0], types_too=types_too)
    if origin in _ITEMS:
        return _coerce_items(value, inside, types_too=types_too)
    if origin is dict and isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        return {key: coerce(item, inside[1], types_too=types_too) for key, item in items.items()}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return coerce_model(value, annotation, types_too=types_too)
    return _coerce_scalar(value, annotation) if types_too else value


def coerce_model(value: Any, model: type[BaseModel], also: tuple[str, ...] = (), *, types_too: bool) -> Any:
    """Bring the arguments of a model, and some that are not fields of it, into the form of its fields."""
    if types_too and isinstance(value, list) and len(cast("list[Any]", value)) == 1:
        value = cast(Any, value[0])
    if not isinstance(value, Mapping):
        return cast(Any, value)
    fields = model.model_fields
    named = _renamed(cast("Mapping[str, Any]", value), fields, also)
    return {
        key: coerce(item, fields[key].annotation, types_too=types_too) if key in fields else item
        for key, item in named.items()
    }


def _renamed(given: Mapping[str, Any], fields: Mapping[str, FieldInfo], also: tuple[str, ...]) -> dict[str, Any]:
    known = {*fields, *also}
    wanted: dict[str, list[str]] = {}
    for key in given:
        if key not in known:
            for name in _meant(key, fields, also):
                wanted.setdefault(name, []).append(key)
    # One name for one absent field: with two, neither is taken.
    found = {keys[0]: name for name, keys in wanted.items() if len(keys) == 1 and name not in given}
    renamed = {key: name for key, name in found.items() if list(found).count(key) == 1}
    return {renamed.get(key, key): item for key, item in given.items()}


def _meant(key: str, fields: Mapping[str, FieldInfo], also: tuple[str, ...]) -> list[str]:
    said = _spelled(key)
    if not said:
        return []
    named = [name for name, info in fields.items() if said in {_spelled(text) for text in (name, *_aliases(info))}]
    return [*named, *(name for name in also if said == _spelled(name))]


def _aliases(info: FieldInfo) -> list[str]:
    validation = info.validation_alias
    choices = validation.choices if isinstance(validation, AliasChoices) else [validation]
    return [name for name in (info.alias, info.serialization_alias, info.title, *choices) if isinstance(name, str)]


def _spelled(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _coerce_items(value: Any, inside: tuple[Any, ...], *, types_too: bool) -> Any:
    given: Any = [value] if types_too and isinstance(value, dict) else value
    if not isinstance(given, list) or not inside:
        return cast("Any", given)
    items = cast("list[Any]", given)
    first, *others = inside
    if others and others[0] is not Ellipsis:
        pairs = zip(items, inside, strict=True) if len(items) == len(inside) else ()
        return [coerce(item, kind, types_too=types_too) for item, kind in pairs] or items
    return [coerce(item, first, types_too=types_too) for item in items]


def _coerce_scalar(value: Any, annotation: Any) -> Any:
    if get_origin(annotation) is Literal:
        return _one_of(value, get_args(annotation))
    if not isinstance(value, str) or not isinstance(annotation, type):
        return value
    text = value.strip()
    if annotation is bool:
        return _BOOLEANS.get(text.lower(), value)
    if annotation is int:
        return int(text.partition(".")[0]) if _INTEGER.fullmatch(text) else value
    if annotation is float:
        number = float(text) if _FLOAT.fullmatch(text) else math.inf
        return number if math.isfinite(number) else value
    if issubclass(annotation, Enum):
        return _one_of(value, tuple(member.value for member in annotation))
    return value


def _one_of(value: Any, choices: tuple[Any, ...]) -> Any:
    if not isinstance(value, str) or value in choices:
        return value
    meant = [choice for choice in choices if _choice(choice) == value.strip().casefold()]
    return meant[0] if len(meant) == 1 else value


def _choice(choice: object) -> str:
    return str(choice).casefold() if isinstance(choice, str | int) else ""
