"""What is answered about transcripts. All numbers of messages and events begin with 1, as citations count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """A transcript in a list.

    Args:
        transcript_id: Its id.
        values: What was asked for of its description, by the names of columns.
        folded: Characters left out at the end of long texts, by the names of columns.
    """

    transcript_id: str
    values: Mapping[str, object]
    folded: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    """A page of transcripts.

    Args:
        items: The transcripts.
        total: How many meet the conditions.
        next: Where the next page begins (None: this is the last).
        problems: Logs that could not be read, the first ones.
    """

    items: tuple[TranscriptRow, ...]
    total: int
    next: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands beside a transcript in a list.

    Args:
        previous: Id of the one before it.
        next: Id of the one behind it.
        number: Its place in the list, from 1 (None: it is not in it).
        total: How many are in the list.
    """

    previous: str | None
    next: str | None
    number: int | None
    total: int


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many have a value.

    Args:
        value: The value (None: those without one).
        count: How many.
    """

    value: object
    count: int


@dataclass(frozen=True, slots=True)
class HistogramBin:
    """How many values lie in an interval.

    Args:
        start: Where it begins.
        stop: Where it ends; the value itself belongs to it in the last one only.
        count: How many.
    """

    start: float
    stop: float
    count: int


@dataclass(frozen=True, slots=True)
class TranscriptFacet:
    """How many transcripts have which value.

    Args:
        by: The column.
        total: How many meet the conditions.
        distinct: How many different values there are, no value being one.
        values: The most frequent values.
        others: How many have one of the values that are not listed.
        histogram: Where the values are numbers.
        sum: All of them together, where the values are numbers.
    """

    by: str
    total: int
    distinct: int
    values: tuple[ValueCount, ...]
    others: int
    histogram: tuple[HistogramBin, ...] = ()
    sum: float | None = None


ColumnKind = Literal["text", "number", "boolean", "object", "list"]


@dataclass(frozen=True, slots=True)
class TranscriptColumn:
    """A column that transcripts can be filtered, sorted and counted by.

    Args:
        name: Its name, or a path into one that holds objects.
        kind: What its values are, as far as some of the transcripts tell (None: these have none).
    """

    name: str
    kind: ColumnKind | None


@dataclass(frozen=True, slots=True)
class TranscriptColumns:
    """What can be asked of the transcripts at some locations.

    Args:
        locations: Where they are.
        columns: Fields, keys of metadata, and paths within these.
    """

    locations: tuple[str, ...]
    columns: tuple[TranscriptColumn, ...]


@dataclass(frozen=True, slots=True)
class TranscriptDescription:
    """All that is known of a transcript without reading it.

    Args:
        transcript_id: Its id.
        values: Its description, by the names of columns; `metadata` is an object.
        size: Bytes of its JSON, about.
        version: What changes when its content does.
    """

    transcript_id: str
    values: Mapping[str, object]
    size: int
    version: str | None


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A part of the text of a message.

    Args:
        kind: What it is.
        start: Where it begins in the text.
        stop: Where it ends.
        position: Its place among the parts of the content; of a call among the calls of the message.
    """

    kind: Literal["text", "thought", "media", "call", "error"]
    start: int
    stop: int
    position: int


@dataclass(frozen=True, slots=True)
class ToolCallItem:
    """A call of a tool.

    Args:
        id: Its id.
        function: The tool.
        result: Number of the message with its result (None: there is none right behind the call).
        error: What went wrong, as its result says.
        event: Number of the event that tells of it; this and the next are there where times were asked for.
        seconds: How long it took.
        tokens: Tokens of the sub-agent that it started.
        agent: Id of that sub-agent.
        arguments: What it is called with (None: the text of the message has it, which is longer than is shown).
    """

    id: str | None
    function: str | None
    result: int | None = None
    error: str | None = None
    event: int | None = None
    seconds: float | None = None
    tokens: int | None = None
    agent: str | None = None
    arguments: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class MediaItem:
    """An image, a recording or a document, which is a response of its own.

    Args:
        kind: What it is, as the message says ("image").
        reference: Its name among the attachments of the transcript (None: it is not in the log).
        format: Its format, as the message says.
        media_type: Type of the response (None: it is not in the log).
        size: Bytes of the response.
    """

    kind: str
    reference: str | None
    format: str | None = None
    media_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class MessageItem:
    """A message.

    Args:
        number: Its number, by which it is cited.
        id: Its id.
        role: Its role.
        who: Its role, with the tool or the name that it has in prompts.
        size: Bytes of its JSON.
        text: What it says, as prompts show it: the beginning.
        folded: Characters of the text left out at its end.
        parts: What the parts of the whole text are.
        calls: The tools that it calls.
        caller: Number of the message that called the tool which this one answers for.
        call_id: Id of that call.
        media: Images, recordings and documents in it.
        error: Whether it tells of an error.
        event: Number of the call of a model that made it; this and the next are there where times were asked for.
        seconds: How long that took.
        tokens: Tokens that it used.
    """

    number: int
    id: str | None
    role: str
    who: str
    size: int
    text: str
    folded: int
    parts: tuple[MessagePart, ...] = ()
    calls: tuple[ToolCallItem, ...] = ()
    caller: int | None = None
    call_id: str | None = None
    media: tuple[MediaItem, ...] = ()
    error: bool = False
    event: int | None = None
    seconds: float | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class MessageRange:
    """Messages from one number to another.

    Args:
        items: The messages.
        start: Number of the first that was asked for.
        stop: Number behind the last that there is of these.
        total: How many messages the transcript has (None: it is still being read).
    """

    items: tuple[MessageItem, ...]
    start: int
    stop: int
    total: int | None


@dataclass(frozen=True, slots=True)
class ModelCallItem:
    """What an event says of a call of a model; its input and the raw request are in the whole event.

    Args:
        input_tokens: Tokens that it read, but for those in a cache.
        output_tokens: Tokens that it wrote.
        cache_read_tokens: Tokens that it read from the cache of the provider.
        cache_write_tokens: Tokens that it wrote to that.
        reasoning_tokens: Tokens of its thoughts.
        cache: Whether the answer was read from the cache of Inspect ("read"), or written to it ("write").
        retries: How often it was tried again.
        stop_reason: Why it ended.
        has_request: Whether the log has the raw request.
    """

    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cache: str | None
    retries: int | None
    stop_reason: str | None
    has_request: bool


@dataclass(frozen=True, slots=True)
class CompactionItem:
    """What a compaction of the conversation dropped.

    Args:
        kind: How: "summary", "edit" or "trim".
        source: What did it.
        tokens_before: Tokens of the conversation before it.
        tokens_after: Tokens behind it.
    """

    kind: str | None
    source: str | None
    tokens_before: int | None
    tokens_after: int | None


@dataclass(frozen=True, slots=True)
class AgentItem:
    """A sub-agent.

    Args:
        id: Id of its span.
        name: Its name.
        parent_id: The span around it.
        asked: What it was asked: the beginning (None: no call of a model tells that).
        asked_folded: Characters of that left out at its end.
        answered: What it said last: the beginning.
        answered_folded: Characters of that left out at its end.
        turns: Calls of models in it, those of its own sub-agents included.
        tokens: Tokens of these.
        seconds: How long it took.
        first_event: Number of the event that begins it.
        last_event: Number of the event that ends it (None: it did not end).
        first_message: Number of the first message that it made (None: the messages of the transcript are not its own).
        last_message: Number of the last of these.
        call_id: Id of the call of a tool that started it.
    """

    id: str
    name: str
    parent_id: str | None
    asked: str | None
    asked_folded: int
    answered: str | None
    answered_folded: int
    turns: int
    tokens: int
    seconds: float | None
    first_event: int
    last_event: int | None
    first_message: int | None
    last_message: int | None
    call_id: str | None


@dataclass(frozen=True, slots=True)
class AgentRange:
    """Some of the sub-agents of a transcript.

    Args:
        items: The sub-agents, in the order in which they began.
        start: Place of the first, from 1.
        stop: Place behind the last.
        total: How many there are.
    """

    items: tuple[AgentItem, ...]
    start: int
    stop: int
    total: int


@dataclass(frozen=True, slots=True)
class EventItem:
    """An event.

    Args:
        number: Its number, by which it is cited.
        id: Its id.
        kind: What happened ("model", "tool", ...).
        size: Bytes of its JSON, without what it shares with others.
        text: What it says: the beginning.
        folded: Characters of the text left out at its end.
        timestamp: When it happened.
        span_id: The span that it belongs to (of the beginning of a span: the span).
        parent_id: The span around that span.
        name: Name of the model, tool or span.
        seconds: How long it took.
        tokens: Tokens that it used.
        error: Whether it failed.
        model_call: What a call of a model says besides.
        compaction: What a compaction of the conversation dropped.
        branch: Of a branch: the anchor in the run that it leaves.
    """

    number: int
    id: str | None
    kind: str
    size: int
    text: str
    folded: int
    timestamp: str | None = None
    span_id: str | None = None
    parent_id: str | None = None
    name: str | None = None
    seconds: float | None = None
    tokens: int | None = None
    error: bool = False
    model_call: ModelCallItem | None = None
    compaction: CompactionItem | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class EventRange:
    """Some of the events that were asked for.

    Args:
        items: The events.
        start: Place of the first among the events of these types, from 1.
        stop: Place behind the last that there is of these.
        total: How many events of these types the transcript has (None: it is still being read).
    """

    items: tuple[EventItem, ...]
    start: int
    stop: int
    total: int | None


@dataclass(frozen=True, slots=True)
class ItemBody:
    """A message or an event as a whole.

    Args:
        number: Its number.
        size: Bytes of its JSON in the log.
        body: Its JSON, with the texts that it refers to. What is still called `attachment://...` is a response of its own.
        shortened: Whether something else than media stayed a reference, because it is too long.
    """

    number: int
    size: int
    body: object
    shortened: bool


ItemKind = Literal["message", "event"]


@dataclass(frozen=True, slots=True)
class TranscriptHit:
    """A message or an event that has the text.

    Args:
        kind: Which of the two.
        number: Its number.
        count: How often it has the text.
        spans: Where in its whole text, from and to: the first 200.
        text: The text around the first of these.
        offset: Characters of the whole text before that.
        transcript_id: Its transcript, where several are searched.
    """

    kind: ItemKind
    number: int
    count: int
    spans: tuple[tuple[int, int], ...]
    text: str
    offset: int
    transcript_id: str | None = None


@dataclass(frozen=True, slots=True)
class TranscriptFindProgress:
    """How far a search has come.

    Args:
        searched: Messages and events that were looked at; where several transcripts are searched: transcripts.
        items: Messages and events that have the text, also those that were not told.
        matches: How often they have it.
        total: How many there are to look at, where that is known.
        done: Whether the search is at its end.
        stopped: Why it ended early (None: it did not).
        problems: Transcripts that could not be read, the first ones.
    """

    searched: int
    items: int
    matches: int
    total: int | None = None
    done: bool = False
    stopped: str | None = None
    problems: tuple[str, ...] = ()
