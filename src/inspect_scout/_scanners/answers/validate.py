"""Turning the arguments of a tool call into an instance of the model, or into words that help to correct them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from .reading import shown
from .reply import storable
from .schema import EXPLANATION, RESULTS, StructuredSchema

_MOST_ERRORS = 20
_LONGEST_MESSAGE = 300
_EXACT_INTEGERS = 2**53


@dataclass(frozen=True, slots=True)
class StructuredItem:
    """One instance of the model.

    Args:
        instance: The instance.
        explanation: The explanation, if it is no field of the model.
    """

    instance: BaseModel
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class StructuredValue:
    """A structured answer that is valid.

    Args:
        items: The instances: exactly one, unless a list was wanted.
        many: Whether a list was wanted.
    """

    items: tuple[StructuredItem, ...]
    many: bool = False


def validate_structured(schema: StructuredSchema, arguments: object) -> StructuredValue | str:
    """Check the arguments of a call of the answer tool.

    Types are not coerced ("3" is no integer), unknown names (aliases too) are refused, and validators of the model
    are run; everything that is wrong is reported in the same way.

    Args:
        schema: The schema of the answer.
        arguments: The arguments as the judging model sent them.

    Returns:
        The instances, or, if something is wrong, a text to send back to the judging model.
    """
    errors: list[str] = []
    try:
        found = _storable(arguments)
        items = _items(schema, found, errors)
    except RecursionError:
        items, errors = [], ["The arguments are nested too deeply."]
    if not errors:
        return StructuredValue(tuple(items), schema.many)
    more = [f"- ... and {len(errors) - _MOST_ERRORS} more"] if len(errors) > _MOST_ERRORS else []
    lines = [f"- {e}" for e in errors[:_MOST_ERRORS]] + more
    return "\n".join(
        [
            f"The arguments of {schema.tool.name}() were not accepted:",
            *lines,
            f"Correct them and call {schema.tool.name}() again.",
        ]
    )


def _items(schema: StructuredSchema, arguments: object, errors: list[str]) -> list[StructuredItem]:
    if not schema.many:
        return _item(schema, arguments, "", errors)
    if not isinstance(arguments, dict) or not isinstance(results := cast(Any, arguments).get(RESULTS), list):
        errors.append(f"{RESULTS}: a list is required.")
        return []
    errors.extend(f"{shown(str(k))}: there is no such argument." for k in cast(Any, arguments) if k != RESULTS)
    return [
        item
        for index, result in enumerate(cast(list[Any], results))
        for item in _item(schema, result, f"{RESULTS}.{index}.", errors)
    ]


def _item(schema: StructuredSchema, arguments: object, path: str, errors: list[str]) -> list[StructuredItem]:
    if not isinstance(arguments, dict):
        errors.append(f"{path.rstrip('.') or 'arguments'}: an object is required, not {shown(str(arguments))}.")
        return []
    fields = dict(cast(dict[str, Any], arguments))
    explanation: object = None
    if schema.explained:
        explanation = fields.pop(EXPLANATION, None)
        if not isinstance(explanation, str):
            errors.append(f"{path}{EXPLANATION}: a text is required.")
    model = schema.model
    try:
        instance = model.model_validate_json(
            json.dumps(fields),
            strict=True,
            by_alias=False,
            by_name=True,
            extra=model.model_config.get("extra") or "forbid",
        )
    except ValidationError as ex:
        errors.extend(_told(ex, path))
        return []
    return [StructuredItem(instance, explanation if isinstance(explanation, str) else None)]


def _told(error: ValidationError, path: str) -> list[str]:
    found: list[str] = []
    for detail in error.errors(include_url=False, include_input=False, include_context=False):
        message = detail["msg"]
        if detail["type"] == "extra_forbidden":
            message = "there is no such argument"
        elif detail["type"] == "missing":
            message = "this is required"
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "..."
        place = (path + ".".join(storable(str(part))[:80] for part in detail["loc"])).rstrip(".")
        found.append(f"{place}: {message}" if place else message)
    return found


def _storable(value: object) -> object:
    # What JSON cannot carry becomes what it can; a whole number sent as 3.0 becomes the integer that it is.
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(k)): _storable(v) for k, v in cast(Mapping[Any, Any], value).items()}
    if isinstance(value, list | tuple):
        return [_storable(v) for v in cast(list[Any], value)]
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return int(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)
