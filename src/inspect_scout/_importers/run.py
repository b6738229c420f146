"""One run of agents as it is read, record by record: what was said, in which order, by which agent, at what cost.

Messages and events are written in the JSON of Inspect at once, without objects: that is what a database stores and what scans decode
of it as far as they ask for it. A message stands once in a pool, and calls of models name their input by position.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from .._transcripts import allowed_keys, join_ranges, stored_row
from .._types import TranscriptInfo
from .contract import ReadTranscript
from .json_values import Json, JsonMapping, JsonObject
from .usage import Usage

Message: TypeAlias = "JsonObject"
"""A message in the JSON of Inspect."""

StopReason = Literal["stop", "max_tokens", "model_length", "tool_calls", "content_filter", "unknown"]

_IDLE_SECONDS: Final = 300.0
"""A pause beyond this is time in which nobody worked, as Inspect has it for timelines."""

_encode_into = msgspec.json.Encoder().encode_into


@dataclass(slots=True)
class Call:
    """A call of a tool that was not answered yet."""

    id: str
    function: str
    arguments: JsonObject
    at: str | None
    message_id: str | None
    agent: Agent | None = None
    """The agent that it started."""
    before: Call | None = None
    """One of the same id that was not answered either: programs use an id again."""


class TraceRun:
    """A run: its main agent and those that it starts.

    Args:
        transcript_id: Id of the transcript that it becomes.
    """

    def __init__(self, transcript_id: str) -> None:
        self.transcript_id = transcript_id
        self.pool: list[Message] = []
        self.events: list[JsonObject] = []
        self.main = Agent(self, None)
        self.models: dict[str, None] = {}
        self.tokens = 0
        self._times: list[str] = []
        self._ids: dict[str, int] = {}

    def emit(self, event: str, uuid: str, at: str | None, span_id: str | None, **fields: Json) -> None:
        """Add an event; one without a time has that of the event before, and a uuid that is taken gets a number."""
        if at is None:
            at = self._times[-1] if self._times else "1970-01-01T00:00:00+00:00"
        else:
            self._times.append(at)
        self.events.append(
            {
                "event": event,
                "uuid": self._unique(uuid),
                "timestamp": at,
                "working_start": 0.0,
                "span_id": span_id,
                **fields,
            }
        )

    def fail(self, uuid: str, at: str | None, span_id: str | None, message: str) -> None:
        """Add an error that is not that of a tool."""
        error = {"message": message, "traceback": "", "traceback_ansi": ""}
        self.emit("error", uuid, at, span_id, error=error)

    def note_time(self, at: str | None) -> None:
        """Something happened at a time, though it is not an event: it counts for when the run began and how long it took."""
        if at is not None:
            self._times.append(at)

    def span(self, id: str, name: str, kind: str | None, parent: str | None, at: str | None, **fields: Json) -> str:
        """Begin a span; its id is what is given, with a number if that is taken: programs use ids of calls again."""
        id = self._unique(id)
        self.emit("span_begin", f"{id}-begin", at, id, id=id, parent_id=parent, type=kind, name=name, **fields)
        return id

    def _unique(self, id: str) -> str:
        count = self._ids[id] = self._ids.get(id, 0) + 1
        return id if count == 1 else self._unique(f"{id}-{count}")

    def end_span(self, id: str, at: str | None) -> None:
        """End a span."""
        self.emit("span_end", f"{id}-end", at, id, id=id)

    @property
    def began(self) -> str | None:
        """When the first thing happened."""
        return min(self._times, default=None)

    @property
    def working_seconds(self) -> float | None:
        """Time from the first to the last event, without pauses of more than five minutes; None if no time is known."""
        times = sorted(datetime.fromisoformat(each).timestamp() for each in set(self._times))
        if not times:
            return None
        gaps = (later - earlier for earlier, later in itertools.pairwise(times))
        return round(sum(gap for gap in gaps if gap <= _IDLE_SECONDS), 3)

    def finish(self, *, metadata: JsonMapping, tokens: int | None = None, **description: Json) -> ReadTranscript:
        """Give the transcript. The run is over then: its messages and events are let go of as they are written.

        Args:
            metadata: Its metadata; what is None is left out.
            tokens: Tokens that it used (None: those of its calls of models).
            description: Fields of `TranscriptInfo`; date, total_time, model and the counts are filled in where they are not given.
        """
        total = self.tokens if tokens is None else tokens
        filled: JsonObject = {
            "date": self.began,
            "total_time": self.working_seconds,
            "model": next(iter(self.models), None),
            "message_count": len(self.main.said),
            "total_tokens": total or None,
        }
        filled |= {name: value for name, value in description.items() if value is not None}
        known = allowed_keys({name: value for name, value in metadata.items() if value is not None})
        info = TranscriptInfo(transcript_id=self.transcript_id, metadata=known, **filled)
        events, _ = _written(self.events)
        pool, places = _written(self.pool)
        # Taken out of the pool as text: nothing is written twice.
        view = memoryview(pool)
        messages = b"[%b]" % b",".join([view[slice(*places[position])] for position in self.main.said])
        raw = stored_row(info, messages, events, events_data=b'{"messages":%b,"calls":[]}' % pool)
        return ReadTranscript(info, raw)


def _written(values: list[JsonObject]) -> tuple[bytes, list[tuple[int, int]]]:
    """Write a list, each value of which is gone when it is written: a long session is not in memory twice.

    Returns:
        JSON of the list, and where in it each value stands.
    """
    values.reverse()
    text, places = bytearray(b"["), list[tuple[int, int]]()
    while values:
        start = len(text)
        _encode_into(values.pop(), text, start)
        places.append((start, len(text)))
        text += b"," if values else b""
    text += b"]"
    return bytes(text), places


@dataclass(slots=True, eq=False)
class Agent:
    """One agent of a run: what it has in its context, and what was said.

    Args:
        run: The run.
        span_id: The span that it works in (None: the run itself).
        context: Positions of the messages that its next call of a model is given.
        said: Positions of all its messages.
        waiting: Calls of tools that were not answered yet, by id.
        last_output: What its model answered last.
    """

    run: TraceRun
    span_id: str | None
    context: list[int] = field(default_factory=list[int])
    said: list[int] = field(default_factory=list[int])
    waiting: dict[str, Call] = field(default_factory=dict[str, Call])
    last_output: JsonObject | None = None
    _joined: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _joined_of: tuple[list[int] | None, int] = (None, 0)

    def receive(self, message: Message) -> None:
        """Add what a user, the system or a tool says."""
        position = len(self.run.pool)
        self.run.pool.append(message)
        self.context.append(position)
        self.said.append(position)

    def recall(self, message: Message) -> None:
        """Put a message into the context that was said before, or that a compaction wrote: it is not said again."""
        self.context.append(len(self.run.pool))
        self.run.pool.append(message)

    def count(self, usage: Usage) -> None:
        """Note the tokens of the last answer, of formats that write them behind it; nothing if it has them, or there is none."""
        if self.last_output is not None and "usage" not in self.last_output:
            self.last_output["usage"] = usage.as_json()
            self.run.tokens += usage.total

    def answer(
        self,
        message: Message,
        *,
        model: str,
        at: str | None,
        completed: str | None = None,
        usage: Usage | None = None,
        stop: StopReason = "unknown",
    ) -> None:
        """Add what the model says, and the call that it was asked with.

        Args:
            message: What it says; its calls of tools wait for their results.
            model: The model (empty: unknown).
            at: When it was asked.
            completed: When it had answered.
            usage: Tokens of the call.
            stop: Why it ended.
        """
        choices = [{"message": message, "stop_reason": stop}]
        self.call(message["id"], choices, model=model, at=at, completed=completed, usage=usage)
        self.receive(message)
        self.expect(message, completed or at)

    def call(
        self,
        id: str,
        choices: Sequence[JsonObject],
        *,
        model: str,
        at: str | None,
        completed: str | None = None,
        usage: Usage | None = None,
        inside: str | None = None,
        **asked: Json,
    ) -> None:
        """Add a call of a model with what is in the context; what it says is added by itself.

        Args:
            id: Id of the call.
            choices: Its answers, as Inspect has them (none: nothing is known of them, or it failed).
            model: The model (empty: unknown).
            at: When it was asked.
            completed: When it had answered.
            usage: Tokens of the call.
            inside: The span that it stands in (None: that of the agent).
            asked: Fields of the event, as `tools`, `config` and `error`.
        """
        output: JsonObject = {"model": model, "choices": list(choices)}
        self.last_output = output
        if usage is not None:
            self.count(usage)
        fields: JsonObject = {"tools": [], "tool_choice": "auto", "config": {}, **asked}
        if completed is not None:
            fields["completed"] = completed
        self.run.emit(
            "model",
            f"model-{id}",
            at,
            inside or self.span_id,
            model=model,
            input=[],
            input_refs=self._ranges(),
            output=output,
            **fields,
        )
        if model:
            self.run.models.setdefault(model)

    def _ranges(self) -> list[tuple[int, int]]:
        """Join the positions of the context; those that were joined for the call before are not looked at again."""
        context, count = self._joined_of
        if context is not self.context:
            self._joined, count = [], 0
        for start, end in join_ranges(self.context[count:]):
            if self._joined and self._joined[-1][1] == start:
                self._joined[-1] = (self._joined[-1][0], end)
            else:
                self._joined.append((start, end))
        self._joined_of = (self.context, len(self.context))
        return list(self._joined)

    def expect(self, message: Message, at: str | None) -> None:
        """Wait for the results of the calls of an answer."""
        for call in message.get("tool_calls", ()):
            self.waiting[call["id"]] = Call(
                call["id"],
                call["function"],
                call["arguments"],
                at,
                message["id"],
                before=self.waiting.pop(call["id"], None),
            )

    def result(
        self, call_id: str | None, content: Json, *, message_id: str, at: str | None, error: str | None = None
    ) -> None:
        """Add what a tool gave back, beside the call that it answers; without one its function is not known.

        Args:
            call_id: Id of the call (None: the format does not say; it is the one call that waits, if it is one).
            content: What it gave, as content of a message.
            message_id: Id of the message.
            at: When.
            error: What went wrong with it.
        """
        if call_id is None and len(self.waiting) == 1:
            (call_id,) = self.waiting
        call = self.waiting.pop(call_id, None) if call_id is not None else None
        if call is not None and call.before is not None:
            self.waiting[call.id] = call.before
        failure = failure_of(error)
        name = call.function if call is not None else "unknown"
        message = {"id": message_id, "role": "tool", "content": content, "tool_call_id": call_id, "function": name}
        if call is not None:
            self.used(call, content, completed=at, **failure)
        self.receive({**message, **failure})

    def end(self, at: str | None = None) -> None:
        """Add the calls that were never answered."""
        for latest in tuple(self.waiting.values()):
            call: Call | None = latest
            while call is not None:
                self.used(call, "", completed=None, pending=True)
                call = call.before
        self.waiting.clear()
        if self.span_id is not None:
            self.run.end_span(self.span_id, at)

    def compact(
        self,
        uuid: str,
        at: str | None,
        source: str,
        *,
        tokens_before: int | None = None,
        metadata: JsonMapping | None = None,
        kept: Sequence[int] = (),
    ) -> None:
        """Drop the context, but for the positions that are kept."""
        fields: JsonObject = {"tokens_before": tokens_before, "metadata": metadata}
        known = {name: value for name, value in fields.items() if value is not None}
        self.run.emit("compaction", uuid, at, self.span_id, source=source, type="summary", **known)
        self.context = list(kept)

    def used(
        self, call: Call, result: Json, *, completed: str | None, inside: str | None = None, **fields: Json
    ) -> None:
        """Add the use of a tool, in a span of its own or in that of the agent that it started.

        Args:
            call: The call.
            result: What it gave, as content of a message.
            completed: When.
            inside: The span that is there for it already (None: one is made).
            fields: Other fields of the event, as `error`.
        """
        started = call.agent.span_id if call.agent is not None else None
        around = inside or started
        if around is None:
            around = self.run.span(f"tool-{call.id}", call.function, "tool", self.span_id, call.at)
        self.run.emit(
            "tool",
            f"call-{call.id}",
            call.at,
            around,
            type="function",
            id=call.id,
            function=call.function,
            arguments=call.arguments,
            result=result,
            events=[],
            **({"completed": completed} if completed is not None else {}),
            **({"agent_span_id": started} if started is not None else {}),
            **({"message_id": call.message_id} if call.message_id is not None else {}),
            **fields,
        )
        if inside is None and started is None:
            self.run.end_span(around, completed)


def failure_of(error: str | None) -> JsonObject:
    """Write what went wrong with a tool, as a field of its message and of its event; nothing if nothing did."""
    return {} if error is None else {"error": {"type": "unknown", "message": error}}
