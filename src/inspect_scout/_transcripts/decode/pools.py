"""Messages and request parts that model events share: logs keep each once, and events name them by position."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar, cast

from inspect_ai.event import ModelEvent
from inspect_ai.model import ChatMessage

from .ids import IdDeriver, SharedMessages, fill_message_ids
from .items import ItemDecoder, Raw
from .repair import is_incomplete, mark_unreadable

T = TypeVar("T")

# An event that names more than this is an attempt to exhaust memory: positions are free to repeat.
MAX_EXPANDED: Final = 1_000_000


class SharedPool(Generic[T]):
    """Shared entries, each made when it is first asked for.

    Args:
        raw: JSON of the entries.
        make: Makes an entry.
        keep_bytes: Beyond this much JSON, keep only the entries of the last event (None: keep all).
    """

    def __init__(self, raw: Sequence[Raw], make: Callable[[Raw], T], *, keep_bytes: int | None = None) -> None:
        self._raw, self._make, self._keep_bytes = raw, make, keep_bytes
        self._entries: list[T | None] = [None] * len(raw)
        self._made = bytearray(len(raw))
        self._sizes = array("Q", bytes(8 * len(raw)))
        self._kept = 0
        self.size = 0
        self.evictions = 0

    def __len__(self) -> int:
        """Number of entries."""
        return len(self._raw)

    def expand(self, refs: Sequence[tuple[int, int]]) -> list[T]:
        """Collect the entries of ranges (start, end), which mean what they mean in a Python slice.

        Raises:
            ValueError: If the ranges name more entries than memory should be asked to hold.
        """
        ranges = [range(*slice(start, end).indices(len(self._raw))) for start, end in refs]
        count = sum(map(len, ranges))
        if count > MAX_EXPANDED:
            raise ValueError(f"the event refers to {count} pool entries; at most {MAX_EXPANDED} are read")
        expanded: list[T | None] = []
        for positions in ranges:
            # one search for what is missing, because nearly everything was made for an earlier event
            missing = self._made.find(0, positions.start, positions.stop)
            while missing >= 0:
                self._fill(missing)
                missing = self._made.find(0, missing + 1, positions.stop)
            expanded += self._entries[positions.start : positions.stop]
        if self._keep_bytes is not None and self._kept > self._keep_bytes:
            self._evict_all_but(ranges)
        return cast("list[T]", expanded)

    def _fill(self, position: int) -> None:
        raw = self._raw[position]
        self._entries[position] = self._make(raw)
        self._made[position] = 1
        self._sizes[position] = size = len(memoryview(raw))
        self._kept += size
        self.size += size

    def _evict_all_but(self, ranges: Sequence[range]) -> None:
        needed = {position for positions in ranges for position in positions}
        self._kept = 0
        self.evictions += 1
        for position in range(len(self._made)):
            if self._made[position]:
                if position in needed:
                    self._kept += self._sizes[position]
                else:
                    self._made[position] = 0
                    self._entries[position] = None


class _PoolMessageDecoder:
    """Makes the messages of a pool, and notes whether some have no id, or could be read only in part.

    Not a method of `SamplePools`, because a circle of objects would keep the bytes of each sample until the collector runs
    (measured: a sixth more time for 200 samples of 0.6 MB, all of it in fresh pages of memory).
    """

    def __init__(self, items: ItemDecoder) -> None:
        self._items = items
        self.nameless = self.incomplete = False

    def decode(self, raw: Raw) -> ChatMessage:
        message = self._items.decode_message(raw)
        self.nameless |= not message.id
        self.incomplete |= is_incomplete(message)
        return message


class SamplePools:
    """Both pools of a sample.

    Args:
        messages: JSON of the messages that model inputs share.
        calls: JSON of the parts that raw requests share.
        items: Makes both.
        transcript_id: Id of the transcript.
        keep_bytes: As `SharedPool` has it.
    """

    def __init__(
        self,
        messages: Sequence[Raw],
        calls: Sequence[Raw],
        items: ItemDecoder,
        transcript_id: str,
        keep_bytes: int | None = None,
    ) -> None:
        self._transcript_id = transcript_id
        self._message_decoder = _PoolMessageDecoder(items)
        self._messages = SharedPool[ChatMessage](messages, self._message_decoder.decode, keep_bytes=keep_bytes)
        self._calls = SharedPool[Any](calls, items.decode_value, keep_bytes=keep_bytes)
        self._shared_messages = SharedMessages(transcript_id)
        self._evictions = 0

    @property
    def size(self) -> int:
        """Bytes of JSON of the entries that were made."""
        return self._messages.size + self._calls.size

    def expand(self, event: ModelEvent) -> bool:
        """Put the shared parts back into an event.

        Returns:
            Whether its input came from the pool; every message of the event then has an id.

        Raises:
            ValueError: If the event names more entries than memory should be asked to hold.
        """
        shared = event.input_refs is not None and len(self._messages) > 0
        if shared:
            refs, event.input_refs = event.input_refs or (), None
            event.input = self._messages.expand(refs)
            ids = self._name_input(event) if self._message_decoder.nameless else None
            answers = [choice.message for choice in event.output.choices]
            if not all(answer.id for answer in answers):
                fill_message_ids(answers, ids or IdDeriver(self._transcript_id))
            if self._message_decoder.incomplete and any(map(is_incomplete, event.input)):
                mark_unreadable(event, ("input",))
        call = event.call
        if call is not None and call.call_refs and len(self._calls):
            refs, call.call_refs = call.call_refs, None
            key, call.call_key = call.call_key or "messages", None
            call.request[key] = self._calls.expand(refs)
        return shared

    def _name_input(self, event: ModelEvent) -> IdDeriver:
        if self._messages.evictions != self._evictions:
            self._evictions = self._messages.evictions
            self._shared_messages.clear()
        event.input, ids = self._shared_messages.with_ids(event.input)
        return ids
