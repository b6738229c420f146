"""Comparing a result with what a case expects."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from .._support.errors import ConfigError, UnknownNameError
from .._support.shapes import is_list, is_mapping
from .._types import (
    RESULTSET,
    PossibleValues,
    PredicateFn,
    Result,
    ValidationCase,
    ValidationPredicate,
    is_positive,
)
from .meaning import names, same
from .registered import is_async, registered_name


@dataclass(frozen=True, slots=True)
class Said:
    """What a scanner said, as predicates compare it.

    Args:
        value: The value.
        answer: The answer: the text of a label, where the value is its letter.
        values: Which values the scanner can give (None: not known).
    """

    value: Any
    answer: str | None = None
    values: PossibleValues | None = None


Test = Callable[[Said, Any], bool]


def _of_numbers(test: Callable[[Any, Any], bool]) -> Test:
    return lambda said, target: test(_number(said.value, "value"), _number(target, "target"))


def _of_texts(test: Callable[[str, str], bool]) -> Test:
    def met(said: Said, target: Any) -> bool:
        texts = [name for name in names(said.value, said.answer, said.values) if isinstance(name, str)]
        wanted = _text(target, "target")
        return any(test(text, wanted) for text in texts or [_text(said.value, "value")])

    return met


def _same(said: Said, target: Any) -> bool:
    return same(said.value, target, said.answer, said.values)


BUILTINS: Mapping[str, Test] = {
    "gt": _of_numbers(operator.gt),
    "gte": _of_numbers(operator.ge),
    "lt": _of_numbers(operator.lt),
    "lte": _of_numbers(operator.le),
    "eq": _same,
    "ne": lambda said, target: not _same(said, target),
    "contains": _of_texts(lambda value, target: target in value),
    "startswith": _of_texts(str.startswith),
    "endswith": _of_texts(str.endswith),
    "icontains": _of_texts(lambda value, target: target.lower() in value.lower()),
    "iequals": _of_texts(lambda value, target: value.lower() == target.lower()),
}
"""The built-in predicates: whether what was said meets a target. Raise TypeError where types cannot be compared."""


def check_predicate(predicate: ValidationPredicate | None) -> None:
    """Refuse what is no predicate.

    Raises:
        UnknownNameError: It is a name, and no built-in predicate has it.
        ConfigError: It is no async function.
    """
    if predicate is None or (isinstance(predicate, str) and predicate in BUILTINS):
        return
    if isinstance(predicate, str):
        raise UnknownNameError("predicate", predicate, BUILTINS)
    if not is_async(predicate):
        raise ConfigError(
            f"{predicate!r} is no predicate: give one of {', '.join(BUILTINS)}, or an async function of result and "
            "target (`async def my_predicate(result, target)`)."
        )


def predicate_name(predicate: ValidationPredicate | None) -> str | None:
    """Name a predicate as results record it; a function without a registered name has none."""
    if predicate is None:
        return "eq"
    return predicate if isinstance(predicate, str) else registered_name(predicate)


async def verdict(
    case: ValidationCase,
    predicate: ValidationPredicate | None,
    result: Result[Any],
    values: PossibleValues | None = None,
) -> bool | dict[str, bool]:
    """Compare a result with a case.

    Args:
        case: What is expected.
        predicate: How to compare (None: eq); labels need none.
        result: What the scanner returned (lists folded into a resultset).
        values: Which values the scanner can give (None: not known).

    Returns:
        Whether it was met; by key for labels and for targets that are mappings.

    Raises:
        Exception: They cannot be compared, or the predicate raises.
    """
    if case.labels is not None:
        return _labels(case.labels, result)
    target = case.target
    if predicate is not None and not isinstance(predicate, str):
        return await _by_function(predicate, result, target)
    test = BUILTINS[predicate or "eq"]
    if not is_mapping(target):
        return test(Said(result.value, result.answer, values), target)
    if not is_mapping(result.value):
        raise ValueError(
            f"the target has the keys {', '.join(map(repr, target))}, but the value is {_kind(result.value)}; "
            "such a target needs a scanner that returns a mapping"
        )
    return {key: test(Said(result.value.get(key)), expected) for key, expected in target.items()}


def found_labels(items: object) -> set[str]:
    """Labels of a resultset's items that say that something was found."""
    listed = items if is_list(items) else []
    found = [item for item in listed if is_mapping(item) and is_positive(item.get("value"))]
    return {item["label"] for item in found if isinstance(item.get("label"), str)}


def _labels(expected: Mapping[str, bool], result: Result[Any]) -> dict[str, bool]:
    if result.type != RESULTSET:
        raise ValueError(
            "labels were expected, but the scanner returned a single result; labels need a list of results"
        )
    found = found_labels(result.value)
    return {label: (label in found) == wanted for label, wanted in expected.items()}


async def _by_function(predicate: PredicateFn, result: Result[Any], target: Any) -> bool | dict[str, bool]:
    returned = cast("object", await predicate(result, target))
    if is_mapping(target):
        if is_mapping(returned) and all(isinstance(v, bool) for v in returned.values()):
            return cast("dict[str, bool]", returned)
        raise TypeError(
            f"the predicate returned {returned!r}; for a target with keys it must return a bool for each key"
        )
    if isinstance(returned, bool):
        return returned
    raise TypeError(f"the predicate returned {returned!r}; it must return True or False")


def _number(value: object, what: str) -> int | float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"the {what} is {_kind(value)}; this predicate compares numbers")


def _text(value: object, what: str) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"the {what} is {_kind(value)}; this predicate compares texts")


def _kind(value: object) -> str:
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a mapping",
    }
    return "nothing" if value is None else names.get(type(value), f"a {type(value).__name__}")
