"""Comparing the results of one scanner with its labelled cases, one result at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import JsonValue

from .._support.causes.describing import brief
from .._support.foreign import foreign
from .._support.shapes import is_mapping
from .._types import PossibleValues, Result, ResultValidation, ValidationCase, ValidationPredicate, ValidationSet
from .cases import cases_by_ids, of_splits
from .cells import id_key
from .meaning import settled
from .predicates import check_predicate, predicate_name, verdict

_EQUAL = (None, "eq", "ne", "iequals")


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

    def case_for(self, ids: Sequence[str]) -> ValidationCase | None:
        """Find the case about an input, by the ids of the input in any order."""
        return self._cases.get(id_key(list(ids)))

    async def compare(self, ids: Sequence[str], result: Result[Any]) -> ResultValidation | None:
        """Compare a result with the case about its input; None if there is no case.

        A predicate that fails costs nobody the result: what it raised is kept beside it.

        Args:
            ids: Ids of the input.
            result: What the scanner returned (lists folded into a resultset).
        """
        case = self.case_for(ids)
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
        if predicate not in _EQUAL:
            return case.target
        if is_mapping(case.target):
            value = result.value if is_mapping(result.value) else {}
            return {key: settled(target, value.get(key)) for key, target in case.target.items()}
        target: JsonValue = settled(case.target, result.value, result.answer, self._values)
        return target
