"""Comparing the results of one scanner with its labelled cases, and finding those that no result can ever meet."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import JsonValue

from .._support.causes.describing import brief
from .._support.errors import ConfigError, UnknownNameError
from .._support.foreign import foreign
from .._support.json import dumps
from .._support.shapes import is_list, is_mapping
from .._types import (
    RESULTSET,
    PossibleValues,
    PredicateFn,
    Result,
    ResultValidation,
    ValidationCase,
    ValidationPredicate,
    ValidationSet,
    is_positive,
)
from .cases import cases_by_ids, of_splits
from .cells import id_key
from .equality import as_number, as_truth, is_same, label_place, label_places, names_of, normalised
from .registered import is_async, registered_name

_ORDERED = ("gt", "gte", "lt", "lte")
_EQUALITY = (None, "eq", "iequals")
_SHOWN = 5
_NORMALISED = (None, "eq", "ne", "iequals")


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """What a scanner said, as predicates compare it.

    Args:
        value: The value.
        answer: The answer: the text of a label, where the value is its letter.
        values: Which values the scanner can give (None: not known).
    """

    value: Any
    answer: str | None = None
    values: PossibleValues | None = None


Check = Callable[[ComparedValue, Any], bool]


def _of_numbers(test: Callable[[Any, Any], bool]) -> Check:
    return lambda compared, target: test(_number(compared.value, "value"), _number(target, "target"))


def _of_texts(test: Callable[[str, str], bool]) -> Check:
    def met(compared: ComparedValue, target: Any) -> bool:
        texts = [name for name in names_of(compared.value, compared.answer, compared.values) if isinstance(name, str)]
        wanted = _text(target, "target")
        return any(test(text, wanted) for text in texts or [_text(compared.value, "value")])

    return met


def _same(compared: ComparedValue, target: Any) -> bool:
    return is_same(compared.value, target, compared.answer, compared.values)


BUILTINS: Mapping[str, Check] = {
    "gt": _of_numbers(operator.gt),
    "gte": _of_numbers(operator.ge),
    "lt": _of_numbers(operator.lt),
    "lte": _of_numbers(operator.le),
    "eq": _same,
    "ne": lambda compared, target: not _same(compared, target),
    "contains": _of_texts(lambda value, target: target in value),
    "startswith": _of_texts(str.startswith),
    "endswith": _of_texts(str.endswith),
    "icontains": _of_texts(lambda value, target: target.lower() in value.lower()),
    "iequals": _of_texts(lambda value, target: value.lower() == target.lower()),
}
"""The built-in predicates: whether a value meets a target. Raise TypeError where types cannot be compared."""


def check_predicate(predicate: ValidationPredicate | None) -> None:
    """Refuse what is not a predicate.

    Raises:
        UnknownNameError: It is a name, and no built-in predicate has it.
        ConfigError: It is not an async function.
    """
    if predicate is None or (isinstance(predicate, str) and predicate in BUILTINS):
        return
    if isinstance(predicate, str):
        raise UnknownNameError("predicate", predicate, BUILTINS)
    if not is_async(predicate):
        raise ConfigError(
            f"{predicate!r} is not a predicate: give one of {', '.join(BUILTINS)}, or an async function of result and "
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
        return test(ComparedValue(result.value, result.answer, values), target)
    if not is_mapping(result.value):
        raise ValueError(
            f"the target has the keys {', '.join(map(repr, target))}, but the value is {_kind(result.value)}; "
            "such a target needs a scanner that returns a mapping"
        )
    return {key: test(ComparedValue(result.value.get(key)), expected) for key, expected in target.items()}


class Validator:
    """Compares results with labelled cases.

    Args:
        cases: The cases and how they are compared.
        values: Which values the scanner can give (None: not known).

    Raises:
        ConfigError: The predicate cannot be used.
    """

    def __init__(self, cases: ValidationSet, values: PossibleValues | None = None) -> None:
        check_predicate(cases.predicate)
        self._values = values
        self._default: ValidationPredicate | None = cases.predicate
        self._cases = cases_by_ids(of_splits(cases.cases, cases.split))

    async def compare(self, ids: Sequence[str], result: Result[Any]) -> ResultValidation | None:
        """Compare a result with the case about its input; None if there is no case.

        A predicate that fails costs nobody the result: what it raised is kept beside it.

        Args:
            ids: Ids of the input.
            result: What the scanner returned (lists folded into a resultset).
        """
        case = self._cases.get(id_key(list(ids)))
        if case is None:
            return None
        predicate: ValidationPredicate | None = self._default if case.predicate is None else case.predicate
        valid: bool | dict[str, bool] | None = None
        error: str | None = None
        async with foreign() as ran:
            valid = await verdict(case, predicate, result, self._values)
        if ran.error is not None:
            error = brief(ran.error)
        return ResultValidation(
            target=self._target(case, predicate, result),
            valid=valid,
            predicate=predicate_name(predicate),
            split=case.split,
            error=error,
        )

    def _target(self, case: ValidationCase, predicate: ValidationPredicate | None, result: Result[Any]) -> JsonValue:
        """Write what was expected in the terms of the result, where they were compared for equality."""
        if case.labels is not None:
            return dict(case.labels)
        if predicate not in _NORMALISED:
            return case.target
        if is_mapping(case.target):
            value = result.value if is_mapping(result.value) else {}
            return {key: normalised(target, value.get(key)) for key, target in case.target.items()}
        target: JsonValue = normalised(case.target, result.value, result.answer, self._values)
        return target


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
    return _KINDS.get(type(value), f"a {type(value).__name__}")


_KINDS: dict[type, str] = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}


def never_met(cases: ValidationSet, values: PossibleValues) -> str | None:
    """Say which targets no result of a scanner can ever meet; None if there are none.

    Args:
        cases: Labelled cases of the scanner.
        values: Which values it can give.
    """
    used = list(of_splits(cases.cases, cases.split))
    lost: Counter[str] = Counter()
    for case in used:
        if not _possible(case, case.predicate or cases.predicate, values):
            name, expected = ("target", case.target) if case.labels is None else ("labels", dict(case.labels))
            lost[f"{name} {dumps(expected)[:80]}"] += 1
    if not lost:
        return None
    listed = [text + (f" ({count:,} cases)" if count > 1 else "") for text, count in lost.most_common(_SHOWN)]
    more = [f"and {len(lost) - _SHOWN:,} more"] if len(lost) > _SHOWN else []
    return f"{lost.total():,} of {len(used):,} labelled cases can never be met: {', '.join([*listed, *more])}"


def _possible(case: ValidationCase, predicate: ValidationPredicate | None, values: PossibleValues) -> bool:
    if case.labels is not None:
        return False  # labels are looked for in lists of results, and each of these values is a single one
    target = case.target
    if predicate in _EQUALITY:
        return target is None or _can_equal(target, values)
    if predicate == "ne" or not isinstance(predicate, str):
        return True
    if predicate in _ORDERED:
        return isinstance(target, int | float) and (values.numbered or values.kind in {"boolean", "number"})
    return isinstance(target, str) and values.kind in {"text", "label"} and _holds_text(target, predicate, values)


def _can_equal(target: object, values: PossibleValues) -> bool:
    match values.kind:
        case "boolean":
            return as_truth(target) is not None or (values.numbered and as_number(target) is not None)
        case "number":
            return as_number(target) is not None or as_truth(target) is not None
        case "text":
            return not is_list(target) and not is_mapping(target)
        case "labels":
            return label_places(target, values) is not None
        case "label":
            if label_place(target, values) is not None or any(is_same(label, target) for label in values.labels):
                return True
            return values.numbered and as_number(target) is not None


def _holds_text(target: str, predicate: str, values: PossibleValues) -> bool:
    """Tell whether a text predicate can find a text in a label (in free text, it always can)."""
    find: dict[str, Callable[[str, str], bool]] = {"startswith": str.startswith, "endswith": str.endswith}
    texts = [*values.labels, *values.letters]
    if predicate not in {"contains", *find}:
        target, texts = target.casefold(), [text.casefold() for text in texts]
    return values.kind == "text" or any(find.get(predicate, operator.contains)(text, target) for text in texts)
