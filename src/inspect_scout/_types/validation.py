"""Labelled cases that results are compared with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, JsonValue, model_validator

if TYPE_CHECKING:
    from .result import Result

PredicateType = Literal[
    "gt", "gte", "lt", "lte", "eq", "ne", "contains", "startswith", "endswith", "icontains", "iequals"
]
"""Names of the built-in predicates."""

if TYPE_CHECKING:
    PredicateFn: TypeAlias = Callable[[Result[Any], JsonValue], Awaitable[bool | dict[str, bool]]]
    """A predicate of one's own: compares a result with a target."""
else:  # results need inspect_ai, which files of labelled cases do not
    PredicateFn = Callable[..., Awaitable[bool | dict[str, bool]]]

ValidationPredicate: TypeAlias = PredicateType | PredicateFn
"""A predicate: a built-in's name or a function."""


class ValidationCase(BaseModel):
    """A transcript (or message, event) and what a scanner should say of it.

    Example:
        ```python
        cases = [ValidationCase(id="NQ7dDdcKAUnFgyYfCwecd8", target=True), ValidationCase(task_id="sorting", target=False)]
        ```
    """

    id: str | list[str] = ""
    """Id of the input (mostly `transcript_id` of results), or ids of a list of messages or events ("": the case is about the transcript of `task_id`)."""

    target: JsonValue | None = None
    """Expected value (`True`, 3, "refusal"; `None`: no value)."""

    labels: dict[str, bool] | None = None
    """Labels expected to be found (True) or not (False) in a resultset (`{"deception": True}`)."""

    predicate: PredicateType | None = None
    """Comparison for this case alone."""

    split: str | None = None
    """Split that the case belongs to ("test")."""

    task_id: str | None = None
    """Task of the transcript that the case is about; with an `id`, for information."""

    task_repeat: int | None = None
    """Its epoch, from 1 (None: the task has one transcript only); with an `id`, for information: the epoch, a number from 1."""

    @model_validator(mode="after")
    def _one_expectation(self) -> ValidationCase:
        if not self.id and not self.task_id:
            raise ValueError("a case needs 'id', or 'task_id' and 'task_repeat' (the epoch)")
        if self.target is not None and self.labels is not None:
            raise ValueError(f"case {self.id!r}: give 'target' or 'labels', not both")
        if self.labels is None and "target" not in self.model_fields_set:
            raise ValueError(f"case {self.id!r}: give 'target' or 'labels'")
        return self


class ValidationSet(BaseModel):
    """Cases and how they are compared.

    Example:
        ```python
        cases = ValidationSet(cases=[ValidationCase(task_id="sorting", target=False)], predicate="eq")
        status = scan([refusals()], "logs", validation={"refusals": cases})
        ```
    """

    cases: list[ValidationCase]
    """The cases."""

    predicate: ValidationPredicate | None = "eq"
    """Comparison for cases that name none ("eq", "gte", "icontains", or a function)."""

    split: str | list[str] | None = None
    """Splits to use ("test"; None: all)."""
