"""Turning the arguments of a tool call into an instance of the model, or into words that help to correct them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from .coercion import coerce_model
from .markup import unique_keys
from .reading import quoted
from .reply import storable
from .schema import EXPLANATION, RESULTS, StructuredSchema

_MOST_ERRORS = 20
_MOST_WRAPPED = 3
_GIVEN = ("arguments", "parameters", "args", "input")
_LONGEST_MESSAGE = 300
_EXACT_INTEGERS = 2**53


@dataclass(frozen=True, slots=True)
class StructuredItem:
    """One instance of the model, and the explanation if it is not a field of it."""

    instance: BaseModel
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class StructuredValue:
    """A structured answer that is valid: exactly one instance, unless a list was wanted."""

    items: tuple[StructuredItem, ...]
    many: bool = False


def validate_structured(schema: StructuredSchema, arguments: object) -> StructuredValue | str:
    """Check the arguments of a call of the answer tool.

    Arguments that miss the schema by a little are brought into its form first, if there is one way to do so (see
    `coercion`): other spellings of names, text that spells a number or a boolean, one object for a list of one. Nothing
    else is coerced; validators of the model are run; everything that is wrong is reported in the same way.

    Returns:
        The instances, or, if something is wrong, a text to send back to the judging model.
    """
    errors: list[str] = []
    try:
        for found in _readings(schema, _storable(arguments)):
            wrong: list[str] = []
            items = _items(schema, found, wrong)
            if not wrong:
                return StructuredValue(tuple(items), schema.many)
            errors = errors or wrong
    except RecursionError:
        errors = ["The arguments are nested too deeply."]
    more = [f"- ... and {len(errors) - _MOST_ERRORS} more"] if len(errors) > _MOST_ERRORS else []
    lines = [f"- {e}" for e in errors[:_MOST_ERRORS]] + more
    return "\n".join(
        [
            f"The arguments of {schema.tool.name}() were not accepted:",
            *lines,
            f"Correct them and call {schema.tool.name}() again.",
        ]
    )


def _readings(schema: StructuredSchema, arguments: object) -> Iterator[object]:
    # From the least change to the most: only names, then types, then without what wraps the arguments as a whole.
    yield _coerced(schema, arguments, types_too=False)
    for _ in range(_MOST_WRAPPED):
        yield _coerced(schema, arguments, types_too=True)
        if not isinstance(arguments, dict) or (inner := _called_with(schema, cast(Any, arguments))) is None:
            return
        arguments = inner


def _coerced(schema: StructuredSchema, arguments: Any, *, types_too: bool) -> Any:
    also = (EXPLANATION,) if schema.explained else ()
    if not schema.many:
        return coerce_model(arguments, schema.model, also, types_too=types_too)
    wrapped = _as_results(arguments) if types_too else arguments
    if not isinstance(wrapped, dict) or not isinstance(items := cast(Any, wrapped).get(RESULTS), list):
        return cast(Any, wrapped)
    fitted = [coerce_model(item, schema.model, also, types_too=types_too) for item in cast(list[Any], items)]
    return {**cast(dict[str, Any], wrapped), RESULTS: fitted}


def _as_results(arguments: Any) -> Any:
    # A list that is not empty, or an object, where an object with a list in it was wanted.
    if isinstance(arguments, list) and arguments:
        return {RESULTS: cast(list[Any], arguments)}
    if not isinstance(arguments, dict) or not arguments:
        return cast(Any, arguments)
    named = {RESULTS if str(k).lower() == RESULTS else k: v for k, v in cast(dict[str, Any], arguments).items()}
    if RESULTS not in named:
        return {RESULTS: [named]}
    results = named[RESULTS]
    return {**named, RESULTS: [cast(Any, results)]} if isinstance(results, dict) and results else named


def _called_with(schema: StructuredSchema, arguments: dict[str, Any]) -> Any:
    # A call of the tool written out, or an object whose only key names the answer.
    function = arguments.get("function")
    if isinstance(function, dict):
        arguments = cast(dict[str, Any], function)
    named = arguments.get("name", arguments.get("function", arguments.get("tool")))
    if named is not None:
        given = [arguments[key] for key in _GIVEN if key in arguments] if named == schema.tool.name else []
        return _decoded(given[0]) if len(given) == 1 else None
    if len(arguments) == 1:
        ((key, inner),) = arguments.items()
        if key.lower() in {schema.tool.name.lower(), RESULTS, "result", "answer", *_GIVEN}:
            return _decoded(inner)
    return None


def _decoded(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = _storable(json.loads(value, object_pairs_hook=unique_keys))
        except (ValueError, RecursionError):
            return None
    return cast(Any, value) if isinstance(value, dict | list) else None


def _items(schema: StructuredSchema, arguments: object, errors: list[str]) -> list[StructuredItem]:
    if not schema.many:
        return _item(schema, arguments, "", errors)
    if not isinstance(arguments, dict) or not isinstance(results := cast(Any, arguments).get(RESULTS), list):
        errors.append(f"{RESULTS}: a list is required.")
        return []
    errors.extend(f"{quoted(str(k))}: there is no such argument." for k in cast(Any, arguments) if k != RESULTS)
    return [
        item
        for index, result in enumerate(cast(list[Any], results))
        for item in _item(schema, result, f"{RESULTS}.{index}.", errors)
    ]


def _item(schema: StructuredSchema, arguments: object, path: str, errors: list[str]) -> list[StructuredItem]:
    if not isinstance(arguments, dict):
        errors.append(f"{path.rstrip('.') or 'arguments'}: an object is required, not {quoted(str(arguments))}.")
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
