"""Messages and request parts that model events share: logs keep each once, and events name them by position."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar, cast

from inspect_ai.event import ModelEvent
from inspect_ai.model import ChatMessage

from .items import Raw

T = TypeVar("T")

# An event that names more than this is an attempt to exhaust memory: positions are free to repeat.
MAX_EXPANDED: Final = 1_000_000


class Pool(Generic[T]):
    """Shared entries, each made when it is first asked for.

    Args:
        raw: JSON of the entries.
        make: Makes an entry.
        skip_none: Whether None stands for an entry that is malformed, to be left out.
        keep_bytes: Beyond this much JSON, keep only the entries of the last event (None: keep all).
    """

    def __init__(
        self, raw: Sequence[Raw], make: Callable[[Raw], T], *, skip_none: bool, keep_bytes: int | None = None
    ) -> None:
        self._raw, self._make, self._skip_none, self._keep_bytes = raw, make, skip_none, keep_bytes
        self._entries: list[T | None] = [None] * len(raw)
        self._made = bytearray(len(raw))
        self._sizes = array("Q", bytes(8 * len(raw)))
        self._kept = 0
        self._some_malformed = False
        self.size = 0

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
            self._forget_all_but(ranges)
        if self._skip_none and self._some_malformed:
            expanded = [entry for entry in expanded if entry is not None]
        return cast("list[T]", expanded)

    def _fill(self, position: int) -> None:
        raw = self._raw[position]
        entry = self._entries[position] = self._make(raw)
        self._made[position] = 1
        self._some_malformed |= entry is None
        self._sizes[position] = size = len(memoryview(raw))
        self._kept += size
        self.size += size

    def _forget_all_but(self, ranges: Sequence[range]) -> None:
        needed = {position for positions in ranges for position in positions}
        self._kept = 0
        for position in range(len(self._made)):
            if self._made[position]:
                if position in needed:
                    self._kept += self._sizes[position]
                else:
                    self._made[position] = 0
                    self._entries[position] = None


class Pools:
    """Both pools of a sample.

    Args:
        messages: Messages that model inputs share.
        calls: Parts that raw requests share.
    """

    def __init__(self, messages: Pool[ChatMessage | None], calls: Pool[Any]) -> None:
        self._messages, self._calls = messages, calls

    @property
    def size(self) -> int:
        """Bytes of JSON of the entries that were made."""
        return self._messages.size + self._calls.size

    def expand(self, event: ModelEvent) -> None:
        """Put the shared parts back into an event."""
        if event.input_refs is not None and len(self._messages):
            event.input = cast("list[ChatMessage]", self._messages.expand(event.input_refs))
            event.input_refs = None
        call = event.call
        if call is not None and call.call_refs and len(self._calls):
            call.request[call.call_key or "messages"] = self._calls.expand(call.call_refs)
            call.call_refs = call.call_key = None
