"""What a transcript is: its description and its content."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from inspect_ai.event import Event, Timeline
from inspect_ai.model import ChatMessage
from pydantic import Field

from .._support.reprs import Words
from .._support.terminal import plural
from .transcript_info import TranscriptInfo


class Transcript(TranscriptInfo):
    """A transcript with the content that was asked for.

    Example:
        ```python
        found = transcripts_from("logs")
        transcript = found.read(next(iter(found)).transcript_id)
        print(transcript.task_id, len(transcript.messages), transcript.score)
        ```
    """

    messages: list[ChatMessage] = Field(default_factory=list[ChatMessage])
    """Main message thread; empty if none were asked for."""

    events: list[Event] = Field(default_factory=list[Event])
    """Events of the run (model calls, tool calls, ...); empty if none were asked for."""

    timelines: list[Timeline] = Field(default_factory=list[Timeline])
    """Views of the events as a tree of agents."""

    def _shown(self) -> Iterator[tuple[str, object]]:
        yield from super()._shown()
        for name, items in (("messages", self.messages), ("events", self.events), ("timelines", self.timelines)):
            if items:
                yield name, Words(f"<{plural(len(items), name[:-1])}>")


@runtime_checkable
class TranscriptHandle(Protocol):
    """A transcript read item by item. Each call of `messages` or `events` starts again from the first item; not picklable.

    Example:
        ```python
        @scanner(messages="all")
        def longest() -> Scanner[TranscriptHandle]:
            async def scan(transcript: TranscriptHandle) -> Result:
                return Result(value=max([len(message.text) async for message in transcript.messages()]))

            return scan
        ```
    """

    @property
    def info(self) -> TranscriptInfo:
        """Description of the transcript."""
        ...

    def messages(self) -> AsyncIterator[ChatMessage]:
        """Iterate over the messages asked for."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """Iterate over the events asked for."""
        ...

    async def load(self) -> Transcript:
        """Read everything asked for into memory (remembered)."""
        ...

    async def aclose(self) -> None:
        """Release files and memory; using the handle afterwards raises RuntimeError."""
        ...

    async def __aenter__(self) -> Self:
        """Enter a block that closes the handle at its end."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the handle."""
        ...
