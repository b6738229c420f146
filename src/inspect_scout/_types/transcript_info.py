"""Which transcripts there are, and which part of their content is asked for: what needs nothing of Inspect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .._support.reprs import html_table, shortened

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
