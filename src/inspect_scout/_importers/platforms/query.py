"""A platform as an origin of transcripts: its traces, one after the other, those that began last first."""

from __future__ import annotations

import contextlib
import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from ..._support.errors import ConfigError, LocationError, StorageError
from ..._support.shapes import is_list, is_mapping
from ..._transcripts import TraceProblem
from ..item_reading import found_in, in_threads
from ..json_values import Json, objects_of
from ..origin import later_of, newest_of
from ..times import time_of
from .client import NotOfferedError, open_client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence

    from ..contract import Found
    from ..json_values import JsonObject
    from ..origin import Items, OriginItem
    from .client import PlatformAccess, PlatformClient

LATE: Final = timedelta(hours=1)
"""Traces arrive when they have ended: so much before the newest one, others may have come since."""
_FAILURES: Final = 3
"""So many traces in a row that the platform does not give mean that it gives none."""


@dataclass(frozen=True, slots=True)
class TraceHead:
    """A trace that a platform has.

    Args:
        id: Id of the transcript that it becomes (empty: the platform does not say it).
        start: When it began, as ISO text (None: not known).
        location: Its address, for people.
        version: What changes when the trace does.
        row: What the platform says of it.
    """

    id: str
    start: str | None
    location: str
    version: Sequence[Json]
    row: JsonObject = field(default_factory=dict[str, Json])

    def state(self, platform: str) -> str:
        """Text that changes when the trace does, behind the time when it began."""
        began = datetime.fromisoformat(self.start).timestamp() if self.start else 0
        content = "\n".join(map(str, self.version)).encode("utf-8", "replace")
        return f"{platform}-{max(0, int(began * 1e9))}-{hashlib.blake2b(content, digest_size=8).hexdigest()}"


class PlatformQuery(ABC):
    """What is wanted of a platform. The fields of an implementation are what can be said to it."""

    __slots__ = ()

    name: ClassVar[str]
    """As commands and functions say it."""
    title: ClassVar[str]
    """As people say it."""
    example: ClassVar[str]
    """A command that imports it."""

    pause_seconds: ClassVar[float] = 60.0
    """Platforms answer only so many questions a minute."""

    from_time: datetime | None
    to_time: datetime | None
    limit: int | None

    @abstractmethod
    def access(self) -> PlatformAccess:
        """Say how the platform is reached.

        Raises:
            ConfigError: Something is missing for it.
        """

    @abstractmethod
    def heads(self, client: PlatformClient) -> AsyncGenerator[TraceHead | TraceProblem]:
        """List the traces, those that began last first."""

    @abstractmethod
    def rows(self, client: PlatformClient, head: TraceHead) -> AsyncIterator[JsonObject]:
        """Give the spans of a trace."""

    @abstractmethod
    def found(self, head: TraceHead, rows: Sequence[JsonObject]) -> Iterator[Found]:
        """Make a transcript of a trace, if it is meant."""

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncGenerator[Items]:
        """Give the traces for as long as they are read."""
        if self.limit is not None and self.limit < 0:
            raise ConfigError(f"limit={self.limit} is not a number of transcripts: write 0 or more.")
        async with (
            open_client(self.access()) as client,
            contextlib.aclosing(self.heads(client)) as heads,
            contextlib.aclosing(self._items(client, heads)) as items,
        ):
            yield items

    def since_last(self, states: Iterable[str]) -> Self:
        """Leave out what began long before the newest trace that a database has."""
        newest = newest_of(states, f"{self.name}-")
        if newest is None:
            return self
        return replace(self, from_time=later_of(self.from_time, newest - LATE))  # type: ignore[type-var]

    async def _items(
        self, client: PlatformClient, heads: AsyncIterator[TraceHead | TraceProblem]
    ) -> AsyncGenerator[OriginItem | TraceProblem]:
        failures = _Failures()
        seen = set[str]()
        async for head in heads:
            if isinstance(head, TraceProblem):
                yield head
            elif not head.id:
                yield TraceProblem(head.location, f"a trace in the list of {self.title} has no id, and is passed over")
            elif (
                head.id not in seen
            ):  # a page may begin with what the one before ended with, when traces arrive meanwhile
                seen.add(head.id)
                yield _PlatformTrace(self, client, head, failures)


@dataclass(slots=True)
class _Failures:
    in_a_row: int = 0


@dataclass(frozen=True, slots=True)
class _PlatformTrace:
    """A trace of a platform that can be read."""

    query: PlatformQuery
    client: PlatformClient
    head: TraceHead
    failures: _Failures

    @property
    def location(self) -> str:
        return self.head.location

    @property
    def state(self) -> str:
        return self.head.state(self.query.name)

    @property
    def ids(self) -> Sequence[str]:
        return [self.head.id]

    async def read(self) -> AsyncIterator[Found]:
        try:
            rows = [row async for row in self.query.rows(self.client, self.head)]
        except (StorageError, LocationError, NotOfferedError) as error:
            self.failures.in_a_row += 1
            if self.failures.in_a_row >= _FAILURES:
                raise
            yield TraceProblem(self.location, str(error))
            return
        except (TypeError, AttributeError, LookupError) as error:
            yield TraceProblem(self.location, f"the answer has a shape that is not expected ({error})")
            return
        self.failures.in_a_row = 0
        async for one in in_threads(found_in(self.query.found(self.head, rows), self.location, self.state)):
            yield one


async def pages(ask: Callable[[str | None], Awaitable[Json]], rows: str, *cursor: str) -> AsyncGenerator[JsonObject]:
    """Give the objects of all pages of an answer.

    Args:
        ask: Asks for a page by its cursor (None: the first one).
        rows: Key of the objects of a page.
        cursor: Path of keys to the cursor of the next page. One that comes again ends the answer.

    Raises:
        StorageError: A page has no list of these.
    """
    seen = set[str]()
    at: str | None = None
    while True:
        page = await ask(at)
        for row in rows_in(page, rows):
            yield row
        found = field_of(page, *cursor)
        if not found or str(found) in seen:
            return
        at = str(found)
        seen.add(at)


def rows_in(answer: Json, *path: str) -> list[JsonObject]:
    """Give the objects of a list in an answer.

    Args:
        answer: The answer.
        path: Path of keys to the list (none: it is the answer).

    Raises:
        StorageError: There is no list, which is something else than an empty one.
    """
    found = field_of(answer, *path)
    if not is_list(found):
        raise unknown_answer_error(f"{'.'.join(path)!r} is not a list" if path else "it is not a list")
    return objects_of(found)


def unknown_answer_error(what: str) -> StorageError:
    """Say that a server answered with something else than it was asked for."""
    return StorageError(
        f"The answer of the server is not known: {what}. Check that its address is that of the platform; if it is, install a "
        "newer Scout."
    )


def utc_text(time: datetime | None) -> str | None:
    """Write a time as platforms read it; one without a zone is local."""
    return None if time is None else time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def is_within(start: object, from_time: datetime | None, to_time: datetime | None) -> bool:
    """Whether a time is at `from_time` or later, and before `to_time`; one that is not known is."""
    text = time_of(start)
    if text is None:
        return True
    at = datetime.fromisoformat(text)
    return (from_time is None or at >= from_time.astimezone(UTC)) and (to_time is None or at < to_time.astimezone(UTC))


def field_of(value: object, *path: str) -> Json:
    """Give what is at a path of keys; None if nothing is."""
    for key in path:
        value = value.get(key) if is_mapping(value) else None
    return value
