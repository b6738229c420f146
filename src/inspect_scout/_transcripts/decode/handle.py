"""Handles for transcripts that are read as a whole when first used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Final, NoReturn, Self, TypeVar

import anyio
import anyio.lowlevel
from inspect_ai.event import Event
from inspect_ai.model import ChatMessage

from ..._types import Transcript, TranscriptContent, TranscriptInfo
from .mending import count_incomplete
from .views import assemble

T = TypeVar("T")

CHECKPOINT_ITEMS: Final = 64
"""Items after which an iteration lets other tasks run."""


class Closable:
    """What handles have in common: a description, an end, and no way into another process.

    Args:
        info: Description of the transcript.
    """

    def __init__(self, info: TranscriptInfo) -> None:
        self._info, self._closed = info, False

    @property
    def info(self) -> TranscriptInfo:
        """Description of the transcript."""
        return self._info

    async def aclose(self) -> None:
        """Give back what the handle holds; using it afterwards raises RuntimeError."""
        self._closed = True

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"A transcript handle ({self._info.transcript_id!r}) cannot be pickled; open the transcript again there."
        )

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError(f"The handle of transcript {self._info.transcript_id!r} is closed; open it again.")


class MaterializedHandle(Closable):
    """A transcript that is loaded as a whole when it is first asked for.

    Args:
        info: Description of the transcript.
        load: Reads it.
        content: What was asked for; stored timelines that it does not name are left out.
    """

    def __init__(
        self,
        info: TranscriptInfo,
        load: Callable[[], Awaitable[Transcript]],
        content: TranscriptContent | None = None,
    ) -> None:
        super().__init__(info)
        self._load, self._content = load, content
        self._lock = anyio.Lock()
        self._transcript: Transcript | None = None

    @property
    def incomplete(self) -> int:
        """Messages and events read so far that could be read only in part."""
        return 0 if self._transcript is None else count_incomplete(self._transcript)

    def messages(self) -> AsyncIterator[ChatMessage]:
        """Iterate over the messages."""
        self._check_open()
        return self._each(lambda transcript: transcript.messages)

    def events(self) -> AsyncIterator[Event]:
        """Iterate over the events."""
        self._check_open()
        return self._each(lambda transcript: transcript.events)

    async def load(self) -> Transcript:
        """Read everything into memory, once."""
        self._check_open()
        async with self._lock:
            if self._transcript is None:
                loaded = await self._load()
                if self._content is not None and self._content.timeline is None and loaded.timelines:
                    loaded = assemble(
                        loaded,
                        messages=loaded.messages,
                        events=loaded.events,
                        timelines=[],
                        metadata=loaded.metadata,
                    )
                self._transcript = loaded
            return self._transcript

    async def aclose(self) -> None:
        """Forget the transcript; using the handle afterwards raises RuntimeError."""
        await super().aclose()
        self._transcript = None

    async def _each(self, part: Callable[[Transcript], Sequence[T]]) -> AsyncIterator[T]:
        for position, item in enumerate(part(await self.load())):
            self._check_open()
            if position % CHECKPOINT_ITEMS == CHECKPOINT_ITEMS - 1:
                await anyio.lowlevel.checkpoint()
            yield item
