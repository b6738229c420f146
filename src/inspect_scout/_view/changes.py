"""What has changed since a page last asked: said by whoever changed it, or seen in the files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Literal, get_args

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.errors import ScoutError
from .._support.storage import run_in_thread

Topic = Literal["project", "scans", "transcripts", "labels"]
TOPICS: tuple[Topic, ...] = get_args(Topic)

Watch = Callable[[], object]
"""Looks at files, in a thread, and gives what differs when they have changed."""

LOOK_SECONDS = 3.0
LISTENERS = 500
_INTEREST_SECONDS = 30.0
_SHARE = 20
"""Looking takes at most one part in so many of a thread's time."""


class TooManyListenersError(ScoutError):
    """More clients listen than the server takes."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something has changed.

    Args:
        topic: What.
        time: When that was noticed (ISO 8601).
    """

    topic: Topic
    time: str


class Changes:
    """When each topic last changed, for any number of listeners, of which a slow one misses no topic and holds nothing up.

    Files are looked at while somebody listens, or has asked for a snapshot in the last half minute. All but the watches run
    on the event loop of the server.

    Args:
        find_watches: Finds out how to see whether the files of a topic have changed, when that is first wanted.
        clock: What the time is.
        pause: Waits for some seconds.
        limit: How many may listen at once.
    """

    def __init__(
        self,
        find_watches: Callable[[], Mapping[Topic, Watch]] | None = None,
        clock: Clock = SYSTEM_CLOCK,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limit: int = LISTENERS,
    ) -> None:
        self._find_watches = find_watches
        self._watches: Mapping[Topic, Watch] | None = None
        self._clock, self._pause, self._limit = clock, pause, limit
        self._last: dict[Topic, Change] = {topic: Change(topic, self._now()) for topic in TOPICS}
        self._seen: dict[Topic, object] = {}
        self._changed = asyncio.Event()
        self._listeners = 0
        self._asked = float("-inf")
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no files are looked at."""
        return self._watching is None or self._watching.done()

    def publish(self, topic: Topic) -> None:
        """Say that something of a topic has changed."""
        self._last[topic] = Change(topic, self._now())
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def snapshot(self) -> dict[Topic, str]:
        """When each topic last changed (ISO 8601); at first, when the server started."""
        self._asked = self._clock.monotonic()
        self._watch_files()
        return {topic: change.time for topic, change in self._last.items()}

    def listen(self) -> AsyncGenerator[Change]:
        """Wait for changes from now on, those of one topic that come together told once.

        Raises:
            TooManyListenersError: As many listen as may.
        """
        if self._listeners >= self._limit:
            raise TooManyListenersError(
                f"{self._listeners} clients listen to this server, and it takes {self._limit}. Close some tabs, then reload."
            )
        return self._changes_since(dict(self._last))

    async def _changes_since(self, told: dict[Topic, Change]) -> AsyncGenerator[Change]:
        self._listeners += 1
        try:
            self._watch_files()
            while True:
                changed = self._changed
                for topic in TOPICS:
                    change = self._last[topic]
                    if change is not told[topic]:
                        told[topic] = change
                        yield change
                if changed is self._changed:
                    await changed.wait()
        finally:
            self._listeners -= 1

    def _watch_files(self) -> None:
        if self._find_watches is not None and self.is_idle:
            self._watching = asyncio.create_task(self._watch_while_wanted())

    async def _watch_while_wanted(self) -> None:
        while self._listeners or self._clock.monotonic() - self._asked < _INTEREST_SECONDS:
            began = self._clock.monotonic()
            await self._look()
            await self._pause(max(LOOK_SECONDS, _SHARE * (self._clock.monotonic() - began)))

    async def _look(self) -> None:
        """Look at the files of each topic once."""
        if self._watches is None and self._find_watches is not None:
            self._watches = await run_in_thread("", self._find_watches)
        for topic, watch in (self._watches or {}).items():
            with contextlib.suppress(OSError, ScoutError):  # what cannot be read now is looked at again
                found = await run_in_thread("", watch)
                if self._seen.setdefault(topic, found) != found:
                    self._seen[topic] = found
                    self.publish(topic)

    async def close(self) -> None:
        """Look at files no longer."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def _now(self) -> str:
        return self._clock.now().astimezone(UTC).isoformat()
