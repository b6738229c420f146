"""What a scanner says: results, references, errors, and the report of one invocation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from inspect_ai.model import ModelUsage
from inspect_ai.scorer import Reference
from pydantic import BaseModel, Field, JsonValue
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypeVar

from .._support.ids import new_id
from .._support.reprs import Words, html_table, shortened
from .._support.terminal import plural
from .origin import InputOrigin, InputType

__all__ = ["RESULTSET", "Error", "Reference", "Result", "ResultReport", "ResultValidation", "as_resultset"]

ParsedT = TypeVar("ParsedT", default=Any)

RESULTSET = "resultset"
"""Type of a result whose value is a list of results."""


class Result(BaseModel, Generic[ParsedT]):
    """Verdict of a scanner.

    Example:
        ```python
        cited = [Reference(type="message", id="msg-9", cite="[M9]")]
        result = Result(value=True, label="edits_tests", explanation="It edits the tests [M9].", references=cited)
        ```
    """

    uuid: str = Field(default_factory=new_id)
    """Unique id of 22 characters, made when none is given."""

    value: JsonValue
    """The verdict itself: a boolean, a number, text, a list, a mapping, or None if there is none (`True`, 3, "refusal")."""

    answer: str | None = None
    """The answer as a model gave it ("yes"), where one was asked."""

    explanation: str | None = None
    """Why, for people; what it cites is listed in `references` ("It edits the tests [M9].")."""

    metadata: dict[str, Any] | None = None
    """Anything else worth keeping, as JSON takes it (`{"confidence": 0.8}`)."""

    references: list[Reference] = Field(default_factory=list[Reference])
    """Messages and events that the explanation cites: `Reference(type="message", id=message.id, cite="[M9]")`."""

    label: str | None = None
    """Where the result belongs: a category ("deception"), a span. Labelled cases name it."""

    type: str | None = None
    """Kind of value, for lists and mappings ("resultset" for a list of results)."""

    parsed: SkipJsonSchema[ParsedT | None] = Field(default=None, exclude=True, repr=False)
    """Typed form of the answer. In memory only: never written, and dropped when pickled."""

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()
        state["__dict__"] = {**state["__dict__"], "parsed": None}
        return state

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        # One line, also of a resultset: consoles show what they are given whole.
        return ((name, shortened(value)) for name, value in self._shown())

    def _repr_html_(self) -> str:
        return html_table("Result", list(self._shown()))

    def _shown(self) -> Iterator[tuple[str, object]]:
        """Name what the result says."""
        is_set = self.type == RESULTSET and isinstance(self.value, list)
        yield "value", Words(f"<{plural(len(self.value), 'result')}>") if is_set else self.value  # type: ignore[arg-type]
        for name in ("label", "type", "answer", "explanation", "metadata"):
            if (value := getattr(self, name)) is not None:
                yield name, value
        if self.references:
            yield "references", Words(f"<{plural(len(self.references), 'reference')}>")


def as_resultset(results: Sequence[Result[Any]]) -> Result[Any]:
    """Fold the list that a scanner returned into one result; fields that are None are left out of the items."""
    return Result(value=[r.model_dump(mode="json", exclude_none=True) for r in results], type=RESULTSET)


class Error(BaseModel):
    """A scanner (or the reading of its transcript) that failed.

    Example:
        ```python
        for error in scan_status("scans/scan_id=...").errors:
            print(error.scanner, error.transcript_id, error.error)
        ```
    """

    transcript_id: str
    """Id of the transcript that was scanned."""

    scanner: str
    """Key of the scanner."""

    error: str
    """Kind and message of what caused it, file and line of the user's code ("KeyError: 'x' (scanners.py:12)")."""

    traceback: str
    """Where it was raised."""

    refusal: bool
    """Whether a model declined to answer."""

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        # Without the traceback, and on one line.
        for name in ("transcript_id", "scanner", "error", "refusal"):
            yield name, shortened(getattr(self, name))


class ResultValidation(BaseModel):
    """Comparison of a result with the labelled case of its transcript."""

    target: JsonValue
    """Expected value (or expected labels)."""

    valid: bool | dict[str, bool] | None = None
    """Whether it was met, in all or by key (None: they could not be compared)."""

    predicate: str | None = None
    """Name of the predicate that compared them (None for a function without a name)."""

    split: str | None = None
    """Split that the case belongs to."""

    error: str | None = None
    """Why they could not be compared."""


@dataclass(frozen=True, slots=True)
class ResultReport:
    """What one invocation of a scanner leaves behind.

    Args:
        input_type: What the scanner was given.
        input_ids: Ids of the transcript, messages or events given.
        input: The object given (None if only its origin is known).
        origin: Where the input can be found again, if it can.
        result: What the scanner returned (lists folded into a resultset).
        error: The exception, if it raised.
        validation: Comparison with a labelled case, if there is one.
        events: JSON list of the events of this invocation (model calls, spans).
        model_usage: Tokens used by this invocation, by model.
        timestamp: When it ended: local time in ISO format with offset.
        incomplete: Messages and events of the input that could not be read whole.
    """

    input_type: InputType
    input_ids: Sequence[str]
    input: Any = None
    origin: InputOrigin | None = None
    result: Result[Any] | None = None
    error: Error | None = None
    validation: ResultValidation | None = None
    events: str = "[]"
    model_usage: Mapping[str, ModelUsage] = field(default_factory=dict[str, ModelUsage])
    timestamp: str = ""
    incomplete: int = 0
