"""What happens between the start and the end of an `observe`."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from .._importers import JsonMapping, JsonObject
from .._types import TranscriptInfo

if TYPE_CHECKING:
    from .writing import Writer

_current: ContextVar[Observation | None] = ContextVar("inspect_scout_observation", default=None)


@dataclass(frozen=True, slots=True)
class Capture:
    """A call that a provider has told of.

    Args:
        provider: Class of the provider.
        data: What it told.
        at: When, in seconds since 1970.
    """

    provider: type
    data: JsonObject
    at: float


@dataclass(eq=False, slots=True)
class Observation:
    """What is recorded of one `observe`.

    Args:
        info: What its transcript says of itself.
        writer: Writes transcripts; shared by all that stand in each other.
        providers: Providers whose calls are recorded.
        with_inspect: Whether calls of Inspect's models are.
        began: When it began, in seconds since 1970.
        captures: Calls that have ended.
        open: What tells of the calls that have not ended, as streams that were not read to their end.
        has_children: Whether another one stood in it.
    """

    info: TranscriptInfo
    writer: Writer
    providers: frozenset[type]
    with_inspect: bool
    began: float
    captures: list[Capture] = field(default_factory=list[Capture])
    open: dict[int, Callable[[], None]] = field(default_factory=dict[int, Callable[[], None]])
    has_children: bool = False

    @staticmethod
    def current() -> Observation | None:
        """Give the innermost one around this place in a program."""
        return _current.get()

    def enter(self) -> Callable[[], None]:
        """Make it the current one; gives what takes that back."""
        token = _current.set(self)
        return lambda: _current.reset(token)

    @classmethod
    def begin(
        cls, parent: Self | None, given: JsonMapping, info: TranscriptInfo | None, writer: Writer, began: float
    ) -> Observation:
        """Begin one: what is not given is that of the parent; metadata is put together, and shared with nobody.

        Args:
            parent: The one around it.
            given: Fields of its description.
            info: Its description, where fields are not given.
            writer: Writes transcripts.
            began: When, in seconds since 1970.
        """
        inherited: JsonObject = _fields(parent.info) if parent is not None else {"source_type": "observe"}
        described: JsonObject = _fields(info) if info is not None else {}
        metadata: JsonObject = {
            **inherited.get("metadata", {}),
            **described.get("metadata", {}),
            **(given.get("metadata") or {}),
        }
        fields = {**inherited, **described, **{name: value for name, value in given.items() if value is not None}}
        fields = {**fields, "metadata": copy.deepcopy(metadata), "transcript_id": str(uuid.uuid4())}
        made = TranscriptInfo.model_validate(fields)
        if parent is not None:
            parent.has_children = True
            return cls(made, parent.writer, parent.providers, parent.with_inspect, began)
        return cls(made, writer, frozenset(), with_inspect=False, began=began)

    def update(self, given: JsonMapping) -> None:
        """Change what its transcript says of itself; metadata is added to what there is."""
        changed = {name: value for name, value in given.items() if value is not None}
        if "metadata" in changed:
            changed["metadata"] = {**self.info.metadata, **copy.deepcopy(changed["metadata"])}
        self.info = TranscriptInfo.model_validate(
            {**_fields(self.info), "transcript_id": self.info.transcript_id, **changed}
        )


def _fields(info: TranscriptInfo) -> JsonObject:
    """Fields that say something, but for those that each transcript has of its own."""
    fields = {name: value for name, value in dict(info).items() if value is not None}
    fields.pop("transcript_id", None)
    return {**fields, "metadata": dict(info.metadata)}
