"""Comparing results that are recorded with labelled cases: nothing is judged again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .._support.shapes import is_mapping
from .._types import RESULTSET, PossibleValues, Result, ResultValidation, ValidationSet, explanation_of
from .keys import TaskTranscript
from .predicates import Validator, found_labels
from .report import Comparison


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """What a row says: the result of one invocation of a scanner, and what it was given.

    Args:
        ids: Ids of the input, in the order of `id_key`.
        transcript: The transcript: its id, the id of its task, its epoch.
        task: Set of the transcript's task.
        model: Model of the transcript.
        result: What the scanner returned (None: it failed).
        scan_error: Why the scanner failed.
    """

    ids: tuple[str, ...]
    transcript: TaskTranscript
    task: str | None = None
    model: str | None = None
    result: Result | None = None
    scan_error: str | None = None


async def compare_recorded(
    cases: ValidationSet, rows: Iterable[RecordedResult], values: PossibleValues | None = None
) -> list[Comparison]:
    """Compare the recorded results of a scanner with labelled cases.

    Args:
        cases: The cases and how they are compared.
        rows: The results; those that no case is about are not compared.
        values: Which values the scanner can give (None: not known).

    Raises:
        ConfigError: The predicate cannot be used.
    """
    validator = Validator(cases, values)
    found: list[Comparison] = []
    for row in rows:
        said = None if row.result is None else await validator.compare(list(row.ids), row.result)
        found.append(_comparison(row, said))
    return found


def unlisted_labels(value: object, value_type: str | None, target: object) -> tuple[str, ...]:
    """List the labels that a list of results has and its case does not name."""
    if value_type != RESULTSET or not is_mapping(target):
        return ()
    return tuple(sorted(found_labels(value) - set(target)))


def _comparison(row: RecordedResult, said: ResultValidation | None) -> Comparison:
    made, compared = row.result, said is not None and said.valid is not None
    result = made if compared else None
    return Comparison(
        ids=row.ids,
        target=None if said is None else said.target,
        value=None if result is None else result.value,
        valid=None if said is None else said.valid,
        predicate=None if said is None else said.predicate,
        split=None if said is None else said.split,
        task=row.task,
        model=row.model,
        error=None if said is None else said.error,
        scan_error=row.scan_error,
        unlisted=unlisted_labels(result.value, result.type, said.target) if result is not None and said else (),
        answer=None if result is None else result.answer,
        explanation=None if result is None else explanation_of(result.value, result.type, result.explanation),
    )
