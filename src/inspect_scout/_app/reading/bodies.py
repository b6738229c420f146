"""One message or event as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from ..._support.errors import TranscriptTooLargeError
from ..._support.shapes import is_list, is_mapping
from ..._transcripts import may_refer, resolve_refs
from .attachments import Texts, decode_item, with_references
from .records import ItemBody
from .texts import clean_json

if TYPE_CHECKING:
    from ..._transcripts import ItemList
    from .sample import OpenedTranscript

MAX_BODY_BYTES: Final = 32 << 20
"""A larger item is refused."""

_MOST_TEXT: Final = 1 << 20
_MOST_CHARACTERS: Final = 16 << 20
_MOST_POOLED: Final = 20_000


def message_body_of(opened: OpenedTranscript, number: int) -> ItemBody:
    """Read a message as a whole; media and very long texts stay references to attachments.

    Raises:
        LocationError: There is no such message.
        TranscriptTooLargeError: It is larger than `MAX_BODY_BYTES`.
    """
    return _body(opened, "message", number, opened.raw("messages", number))


def event_body_of(opened: OpenedTranscript, number: int) -> ItemBody:
    """Read an event as a whole, with its input; media and very long texts stay references to attachments.

    Raises:
        LocationError: There is no such event.
        TranscriptTooLargeError: It is larger than `MAX_BODY_BYTES`.
    """
    return _body(opened, "event", number, opened.raw("events", number))


class _Budget:
    """Gives the texts of attachments, as long as all of them together are not too large."""

    def __init__(self, opened: OpenedTranscript) -> None:
        self._texts, self._left = Texts(opened.sample), _MOST_CHARACTERS
        self.left_out = False

    def get(self, digest: str) -> str | None:
        """Give a text, None if it stays a reference."""
        text = self._texts.get(digest)
        if text is None or text.startswith("data:"):
            return None
        if len(text) > _MOST_TEXT or not self.take(len(text)):
            self.left_out = True
            return None
        return text

    def take(self, characters: int) -> bool:
        """Take some of the budget, if there is so much."""
        if characters > self._left:
            return False
        self._left -= characters
        return True


def _body(opened: OpenedTranscript, kind: str, number: int, raw: bytes) -> ItemBody:
    if len(raw) > MAX_BODY_BYTES:
        raise TranscriptTooLargeError(opened.info.transcript_id, len(raw), MAX_BODY_BYTES)
    budget = _Budget(opened)
    value = decode_item(raw)
    if kind == "message":
        with_references(opened, value, number)
    shortened = _expand(opened, value, budget) if kind == "event" else False
    if may_refer(raw) or kind == "event":
        value = resolve_refs(value, budget.get)
    return ItemBody(number, len(raw), clean_json(value), shortened or budget.left_out)


def _expand(opened: OpenedTranscript, event: object, budget: _Budget) -> bool:
    """Put what a model event shares with others in its place; tells whether some of it had to stay a reference."""
    if not is_mapping(event) or event.get("event") != "model":
        return False
    fields = cast("dict[str, object]", event)  # decoded JSON
    shortened = False
    if fields.get("input_refs"):
        pooled = _pooled(opened, "message_pool", fields["input_refs"], budget)
        shortened = pooled is None
        if pooled is not None:
            fields["input"] = pooled
            del fields["input_refs"]
    call = fields.get("call")
    if is_mapping(call) and call.get("call_refs") and is_mapping(call.get("request")):
        pooled = _pooled(opened, "call_pool", call["call_refs"], budget)
        shortened |= pooled is None
        if pooled is not None:
            request = {**call["request"], str(call.get("call_key") or "messages"): pooled}
            fields["call"] = {k: v for k, v in call.items() if k not in {"call_refs", "call_key"}} | {
                "request": request
            }
    return shortened


def _pooled(opened: OpenedTranscript, pool: ItemList, refs: object, budget: _Budget) -> list[object] | None:
    """Read the entries of ranges (start, end); None if they are too many, or not ranges."""
    count = opened.sample.count(pool)[0]
    places: list[int] = []
    for ref in refs if is_list(refs) else ():
        if not is_list(ref) or len(ref) != 2 or not all(isinstance(end, int) for end in ref):
            return None
        places += range(*slice(*ref).indices(count))[: _MOST_POOLED + 1]
        if len(places) > _MOST_POOLED:
            return None
    size = sum(opened.sample.size_of(pool, place) for place in places)
    if not budget.take(size):
        return None
    return [decode_item(opened.sample.raw(pool, place)) for place in places]
