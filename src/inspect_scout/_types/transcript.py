"""What a transcript is: its description, its content, and which part of the content is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, Self, runtime_checkable

from inspect_ai.event import Event, Timeline
from inspect_ai.model import ChatMessage
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .._support.reprs import Words, html_table, shortened
from .._support.terminal import plural

MessageType = Literal["system", "user", "assistant", "tool"]
"""Roles of messages."""

EventType = Literal[
    "model",
    "tool",
    "compaction",
    "branch",
    "approval",
    "sentinel",
    "sandbox",
    "info",
    "store",
    "logger",
    "error",
    "span_begin",
    "span_end",
]
"""Kinds of events that scanners usually ask for (other event names of inspect_ai are accepted as plain strings)."""

MessageFilter = Literal["all"] | Sequence[MessageType] | None
"""Messages asked for: all, those of some roles, or none."""

EventFilter = Literal["all"] | Sequence[EventType | str] | None
"""Events asked for: all, those of some kinds, or none."""

TimelineFilter = Literal[True, "all"] | Sequence[EventType | str] | None
"""Timelines asked for: with the usual events (True), with all, with some kinds, or none."""

MetadataFilter = bool | None
"""None or True: the sample's own metadata, target and scores; False: what the index of the log says is enough."""


_SHOWN = ("transcript_id", "task_set", "task_id", "task_repeat", "model", "score", "success", "error", "limit")
"""Fields that describe a transcript on one line."""


class TranscriptInfo(BaseModel):
    """Description of a transcript, without its content.

    Example:
        ```python
        for info in transcripts_from("logs"):
            print(info.task_id, info.model, info.score, info.total_tokens)
        ```
    """

    model_config = ConfigDict(protected_namespaces=())

    transcript_id: str
    """Globally unique id: the uuid of an eval sample ("jJpeGcxkMFSa4y9rzwK8Zb")."""

    source_type: str | None = None
    """Kind of source ("eval_log", or what another package adds)."""

    source_id: str | None = None
    """Id within the source (the eval id)."""

    source_uri: str | None = None
    """Where the source data is: path or URL of the log ("logs/2026-01-31T12-00-00+00-00_gaia_x.eval")."""

    date: str | None = None
    """When it was created, in ISO format ("2026-01-31T12:00:00+00:00")."""

    task_set: str | None = None
    """Set that the task comes from: the name of the eval task ("gaia")."""

    task_id: str | None = None
    """Id of the task within its set: the id of the sample, as text ("42")."""

    task_repeat: int | None = None
    """Repetition of the task, a number from 1 (the epoch)."""

    agent: str | None = None
    """Agent (solver) that did the task ("react")."""

    agent_args: dict[str, Any] | None = None
    """Arguments of the agent (`{"attempts": 3}`)."""

    model: str | None = None
    """Main model, as provider/name ("openai/gpt-5-mini")."""

    model_options: dict[str, Any] | None = None
    """Generation options of the main model (`{"temperature": 0.7}`)."""

    score: JsonValue | None = None
    """Value of the first score: text ("C", "I"), a number, a boolean, or a mapping of them."""

    score_explanation: str | None = None
    """Explanation of the first score."""

    success: bool | None = None
    """Whether the task was done, as far as the score tells; None if it does not tell."""

    message_count: int | None = None
    """Number of messages of the main thread."""

    total_time: float | None = None
    """Seconds that the run took, by the clock on the wall."""

    total_tokens: int | None = None
    """Number of tokens used, over all models."""

    error: str | None = None
    """Message of the error that ended the run; None if none did."""

    limit: str | None = None
    """Limit that ended the run ("message", "token", "time"); None if none did."""

    trust_content: bool | None = None
    """Hint for viewers: False shows model output as plain text."""

    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What the source says beyond the fields above: for eval logs `eval_id`, `sample_metadata`, `score_NAME`, ..."""

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        # One line, also of the longest transcript: consoles show what they are given whole.
        return ((name, shortened(value)) for name, value in self._shown())

    def _repr_html_(self) -> str:
        return html_table(type(self).__name__, list(self._shown()))

    def _shown(self) -> Iterator[tuple[str, object]]:
        """Name what tells this transcript from others."""
        for name in _SHOWN:
            if (value := getattr(self, name)) not in (None, ""):
                yield name, value


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


@dataclass
class TranscriptContent:
    """Which content of a transcript is asked for.

    Args:
        messages: Messages to load (None: none).
        events: Events to load (None: none).
        timeline: Timelines to load (None: none).
        metadata: Whether the sample's full metadata, target and scores are wanted (only False declines).

    Example:
        ```python
        found = transcripts_from("logs")
        answers = found.read(next(iter(found)).transcript_id, TranscriptContent(messages=["assistant"]))
        ```
    """

    messages: MessageFilter = None
    events: EventFilter = None
    timeline: TimelineFilter = None
    metadata: MetadataFilter = None


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
