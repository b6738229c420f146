"""What one agent has said and was told, call by call of its model, each of which repeats all that was before."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from ..json_values import JsonMapping
from ..run import Agent, Call, Message, failure_of
from .spans import Span, ToolUse

_encode = msgspec.json.Encoder(order="deterministic").encode


class AgentLine:
    """The messages of an agent.

    Each stands in the pool of the run once. Those that a call is given are found again by what they say; only what is new is added.

    Args:
        agent: The agent.
        name: Begins the ids of its messages.
    """

    def __init__(self, agent: Agent, name: str = "") -> None:
        self.agent, self._name = agent, name
        self.longest: list[int] = []
        """Positions of the messages of the longest call, and of what came of it."""
        self._places: dict[str, list[int]] = {}
        self._functions: dict[str, str] = {}
        self._results: dict[str, Message] = {}

    def call(self, span: Span, inside: str | None) -> None:
        """Add a call of its model."""
        call = span.call
        if call is None:
            return
        agent = self.agent
        agent.context = self._context(call.input, span.start)
        answers = [
            self._with_id(message, f"{span.id}-{n}" if n else span.id) for n, message in enumerate(joined(call.output))
        ]
        choices = [{"message": answer, "stop_reason": call.stop} for answer in answers]
        failed = {"error": span.error} if span.error is not None else {}
        agent.call(
            span.id,
            choices,
            model=call.model,
            at=span.start,
            completed=span.end,
            usage=call.usage,
            inside=inside,
            tools=list(call.tools),
            config=call.config,
            **failed,
        )
        for answer in answers[:1]:
            self._add(answer, key_of(answer))
            agent.expect(answer, span.end or span.start)
        if len(agent.context) >= len(self.longest):
            self.longest = list(agent.context)

    def use(self, span: Span, use: ToolUse, inside: str, started: str | None) -> None:
        """Add the use of a tool, which answers a call if one is waiting for it.

        Args:
            span: The span.
            use: What it tells.
            inside: The span that the event stands in.
            started: The span of the agent that the tool has started.
        """
        agent = self.agent
        waiting = agent.waiting.pop(use.call_id, None) if use.call_id is not None else None
        if waiting is None:
            # Messages of some programs have no ids of calls, and were given some, though their spans have ids.
            same = (call.id for call in agent.waiting.values() if call.function == use.function)
            id = next((id for id in same if use.call_id is None or id.startswith("call-")), None)
            waiting = agent.waiting.pop(id, None) if id is not None else None
        id = waiting.id if waiting is not None else use.call_id or span.id
        message_id = waiting.message_id if waiting is not None else None
        arguments = use.arguments or (waiting.arguments if waiting is not None else {})
        call = Call(id, use.function, arguments, span.start, message_id)
        result = use.result if use.result is not None else ""
        failure = failure_of(span.error)
        sub_agent = {"agent_span_id": started} if started is not None else {}
        agent.used(call, result, completed=span.end, inside=inside, **sub_agent, **failure)
        if waiting is not None:
            said = {"role": "tool", "content": result, "tool_call_id": id, "function": use.function, **failure}
            self._results[id] = said

    def finish(self) -> None:
        """Add the results that no later call was given."""
        pool = self.agent.run.pool
        answered = {pool[position].get("tool_call_id") for position in self.longest}
        asked = [call["id"] for position in self.longest for call in pool[position].get("tool_calls") or ()]
        for id in asked:
            result = self._results.get(id)
            if result is not None and id not in answered:
                self.longest.append(len(pool))
                self._add(self._with_id(result, f"result-{id}"), key_of(result))
        self.agent.said = self.longest

    def _context(self, messages: Iterable[Message], at: str | None) -> list[int]:
        """Find messages again, and add those that are new."""
        counts = Counter[str]()
        context: list[int] = []
        for message in joined(messages):
            key = key_of(message)
            before = self._places.get(key, ())
            if counts[key] < len(before):
                context.append(before[counts[key]])
            else:
                context.append(len(self.agent.run.pool))
                self._told(message, key, counts[key], at)
            counts[key] += 1
        return context

    def _told(self, message: Message, key: str, count: int, at: str | None) -> None:
        """Add a message that no call of a model has said."""
        id = str(
            message.get("id") or hashlib.blake2b(f"{self._name} {count} {key}".encode(), digest_size=8).hexdigest()
        )
        if message["role"] == "tool":
            call_id = message.get("tool_call_id")
            waiting = self.agent.waiting.pop(call_id, None) if call_id is not None else None
            if waiting is not None:
                self.agent.used(waiting, message["content"], completed=at, **_failure(message))
            function = message.get("function") or self._functions.get(call_id or "") or "unknown"
            message = {**message, "function": function}
        elif message["role"] == "assistant":
            message = {**message, "source": "input"}
        self._add(self._with_id(message, id), key)

    def _add(self, message: Message, key: str) -> None:
        for call in message.get("tool_calls") or ():
            self._functions[call["id"]] = call["function"]
        self._places.setdefault(key, []).append(len(self.agent.run.pool))
        self.agent.receive(message)

    def _with_id(self, message: Message, id: str) -> Message:
        return {"id": id, **message} if "id" not in message else message


def _failure(message: JsonMapping) -> Message:
    return {"error": message["error"]} if message.get("error") else {}


def joined(messages: Iterable[Message]) -> Iterator[Message]:
    """Give messages; an answer that stands in two pieces, its text and then its calls, is put together."""
    before: Message | None = None
    for message in messages:
        if before is not None and _continues(before, message):
            before = {**before, **{name: message[name] for name in message if name not in ("id", "content")}}
            continue
        if before is not None:
            yield before
        before = message
    if before is not None:
        yield before


def _continues(before: Message, message: Message) -> bool:
    both = before["role"] == message["role"] == "assistant"
    return both and not before.get("tool_calls") and bool(message.get("tool_calls")) and not message["content"]


def key_of(message: JsonMapping) -> str:
    """Text that two messages share if they say the same; thoughts, which histories often leave out, are not a part of it."""
    content = message["content"]
    if not isinstance(content, str):
        parts = [part for part in content if part.get("type") != "reasoning"]
        is_text = all(part.get("type") == "text" for part in parts)
        content = "\n".join(part["text"] for part in parts) if is_text else _encode(parts).decode()
    calls = [(call["function"], call["arguments"]) for call in message.get("tool_calls") or ()]
    whole = (message["role"], content.strip(), message.get("tool_call_id") or "", calls)
    return hashlib.blake2b(_encode(whole), digest_size=16).hexdigest()
