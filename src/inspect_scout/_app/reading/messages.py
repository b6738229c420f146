"""Messages of an open transcript, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..._scanners import message_segments, plain_message
from ..._support.shapes import is_list, is_mapping
from ..._transcripts import may_refer, resolve_refs
from .attachments import Texts, decode_item, media_of
from .records import MessageItem, MessagePart, MessageRange, ToolCallItem
from .texts import clean_text, fold_text, plain_value
from .times import with_times

if TYPE_CHECKING:
    from .sample import OpenedTranscript

# How far from a call its result is looked for.
_MOST_RESULTS: Final = 100
ERROR_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class _CallLinks:
    """Which message has the result of which call.

    Args:
        results: Number of a message and id of a call -> number of the message with the result, and what went wrong.
        callers: Number of a message with a result -> number of the message with the call.
    """

    results: dict[tuple[int, str], tuple[int, str | None]] = field(
        default_factory=dict[tuple[int, str], tuple[int, str | None]]
    )
    callers: dict[int, int] = field(default_factory=dict[int, int])


class MessageReader:
    """Reads messages; used in a thread.

    Args:
        opened: The transcript.
    """

    def __init__(self, opened: OpenedTranscript) -> None:
        self._opened, self._sample = opened, opened.sample
        self._texts = Texts(opened.sample)

    def range(self, start: int, stop: int, characters: int, *, offset: int = 0, timed: bool = False) -> MessageRange:
        """Read messages.

        Args:
            start: Number of the first.
            stop: Number behind the last.
            characters: How much of each is shown.
            offset: The character of each at which what is shown begins.
            timed: Also say how long calls took, and what they used.
        """
        count, complete = self._sample.count("messages", stop)
        stop = max(start, min(stop, count + 1))
        links = self._links(start, stop)
        items = tuple(self._item(number, links, characters, offset) for number in range(start, stop))
        if timed:
            items = with_times(self._opened, items)
        return MessageRange(items, start, stop, count if complete else None)

    def message(self, number: int) -> object:
        """Read a message as JSON, with the texts that it refers to.

        Raises:
            LocationError: There is no such message.
        """
        return self._texts.resolved(self._opened.raw("messages", number))

    def text(self, number: int) -> str:
        """Write the text of a message, as prompts have it."""
        return clean_text(plain_message("", self.message(number)).text)

    def _item(self, number: int, links: _CallLinks, characters: int, offset: int) -> MessageItem:
        raw = self._sample.raw("messages", number - 1)
        message = decode_item(raw)
        media = tuple(media_of(self._opened, message, number))
        if may_refer(raw):
            message = resolve_refs(message, self._texts.get)
        plain = plain_message("", message)
        text, folded = fold_text(plain.text[offset:] if offset else plain.text, characters)
        who = clean_text(plain.who)
        if not is_mapping(message):
            return MessageItem(number, None, who, who, len(raw), text, folded)
        return MessageItem(
            number=number,
            id=clean_text(plain.id) if plain.id else derived_ids(self._opened).get(number),
            role=_text(message.get("role")) or "unknown",
            who=who,
            size=len(raw),
            text=text,
            folded=folded,
            parts=tuple(MessagePart(p.kind, p.start, p.stop, p.position) for p in message_segments(message)[1]),
            calls=tuple(_call(call, number, links, characters) for call in tool_calls(message)),
            caller=links.callers.get(number),
            call_id=_text(message.get("tool_call_id")),
            media=media,
            error=bool(message.get("error")),
        )

    def _links(self, start: int, stop: int) -> _CallLinks:
        """Pair calls with their results, which stand right behind them, also beyond the ends of the range."""
        first, last = start, stop
        while first > 1 and start - first < _MOST_RESULTS and self._is_result(first):
            first -= 1
        while last - stop < _MOST_RESULTS and self._is_result(last):
            last += 1
        return pair_calls((n, decode_item(self._sample.raw("messages", n - 1))) for n in range(first, last))

    def _is_result(self, number: int) -> bool:
        if self._sample.count("messages", number)[0] < number:
            return False
        message = decode_item(self._sample.raw("messages", number - 1))
        return is_mapping(message) and message.get("role") == "tool"


def pair_calls(messages: Iterable[tuple[int, object]]) -> _CallLinks:
    """Pair the calls of tools with the messages that have their results.

    Args:
        messages: Messages in order, with their numbers.
    """
    links, open_calls = _CallLinks(), dict[str, int]()
    for number, message in messages:
        if not is_mapping(message):
            continue
        for call in tool_calls(message):
            open_calls[str(call.get("id"))] = number
        answered = message.get("tool_call_id")
        if message.get("role") == "tool" and (caller := open_calls.pop(str(answered), None)) is not None:
            links.results[caller, str(answered)] = number, error_of(message)
            links.callers[number] = caller
    return links


def tool_calls(message: Mapping[str, object]) -> list[Mapping[str, object]]:
    """List the calls of tools in a message."""
    calls = message.get("tool_calls")
    return [call for call in calls if is_mapping(call)] if is_list(calls) else []


def derived_ids(opened: OpenedTranscript) -> dict[int, str]:
    """Derive the ids of messages whose log gives them none, as scanning does: number -> id."""

    def derive() -> dict[int, str]:
        from ..._transcripts import IdDeriver, ItemDecoder, RefusedItems

        sample, texts = opened.sample, Texts(opened.sample)
        id = opened.info.transcript_id
        ids, items = IdDeriver(id), ItemDecoder(id, texts.get, RefusedItems(id))
        found: dict[int, str] = {}
        for position in range(sample.count("messages")[0]):
            message = items.decode_message(sample.raw("messages", position))
            if not message.id:
                found[position + 1] = ids.message_id(message)
        return found

    return opened.computed("ids of messages", derive)


def _call(call: Mapping[str, object], number: int, links: _CallLinks, characters: int) -> ToolCallItem:
    result, error = links.results.get((number, str(call.get("id"))), (None, None))
    given = call.get("arguments")
    arguments = plain_value(given, characters)[0] if is_mapping(given) else None
    return ToolCallItem(
        id=_text(call.get("id")),
        function=_text(call.get("function")),
        result=result,
        error=error,
        arguments=arguments if is_mapping(arguments) else None,
    )


def error_of(message: Mapping[str, object]) -> str | None:
    """Tell in one line what the result of a tool says went wrong."""
    error = message.get("error")
    if not error:
        return None
    told = [error.get("type"), error.get("message")] if is_mapping(error) else [error]
    return clean_text(": ".join(str(each) for each in told if each) or "error").split("\n", 1)[0][:ERROR_CHARACTERS]


def _text(value: object) -> str | None:
    return clean_text(value) if isinstance(value, str) else None
