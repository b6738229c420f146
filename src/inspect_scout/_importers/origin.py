"""Where transcripts are taken from: files, or a platform that is asked. Both are imported in the same way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias

if TYPE_CHECKING:
    from .._transcripts import TraceProblem
    from .contract import Found


class OriginItem(Protocol):
    """What is read in one go: the files of a session, or a trace of a platform."""

    @property
    def location(self) -> str:
        """Path or address, for people."""
        ...

    @property
    def state(self) -> str:
        """Text that changes when it does, and begins with a time."""
        ...

    @property
    def ids(self) -> Sequence[str] | None:
        """Ids of its transcripts; None if they are not known before it is read."""
        ...

    def read(self) -> AsyncIterator[Found]:
        """Read those of its transcripts that are meant; what is wrong with it is given as a problem."""
        ...


Items: TypeAlias = "AsyncIterator[OriginItem | TraceProblem]"
"""The items of an origin, the newest first."""


class ImportOrigin(Protocol):
    """Where transcripts are taken from, and which of them."""

    @property
    def limit(self) -> int | None:
        """Number of transcripts at most."""
        ...

    pause_seconds: ClassVar[float]
    """Time between two looks at it, if it is watched."""

    def open(self) -> AbstractAsyncContextManager[Items]:
        """Give its items for as long as they are read.

        Raises:
            LocationError: There is nothing.
            ConfigError: It cannot be asked like this.
            StorageError: It does not answer.
        """
        ...

    def since_last(self, states: Iterable[str]) -> ImportOrigin:
        """Leave out what is older than the newest of the states that a database has."""
        ...


def newest_of(states: Iterable[str], prefix: str = "") -> datetime | None:
    """Give the time of the newest state; None if there is none.

    Args:
        states: States.
        prefix: What those begin with that count.
    """
    pattern = re.compile(re.escape(prefix) + r"(\d+)-")
    times = [int(found[1]) for state in states if (found := pattern.match(state))]
    return datetime.fromtimestamp(max(times) / 1e9, UTC) if times else None


def later_of(given: datetime | None, newest: datetime) -> datetime:
    """Give the later time; one without a zone is local."""
    return newest if given is None else max(given.astimezone(UTC), newest)
