"""Reading an item: transcript by transcript, whatever goes wrong, and again from where one was."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from typing import Final, TypeVar

import anyio.to_thread

from .._transcripts import TraceProblem
from .._types import TranscriptContent
from .contract import Found, ReadTranscript, TraceFormat, TraceItem

T = TypeVar("T")

EVERYTHING: Final = TranscriptContent(messages="all", events="all", timeline="all")

STATE: Final = "trace_state"
"""Key of the metadata with `TraceItem.state`."""
KEPT_BYTES: Final = 64 << 20
"""Transcripts of one file are asked for one after the other: this much of what was read last is kept."""


def read_item(reader: TraceFormat, item: TraceItem) -> Iterator[Found]:
    """Read an item; what is wrong with it is told, never raised. No transcript is held when the next one is read."""
    return found_in(reader.read(item), item.location, item.state)


def found_in(found: Iterator[Found], location: str, state: str) -> Iterator[Found]:
    """Go on with what is found until something is wrong, which is told, never raised.

    Args:
        found: What is found.
        location: Where, for people.
        state: The state that it is in; it is kept with the transcripts.
    """
    try:
        for one in found:
            yield one if isinstance(one, TraceProblem) else _with_state(one, state)
    except OSError as error:
        yield TraceProblem(location, f"it cannot be read: {error.strerror or error}")
    except (ValueError, RecursionError, MemoryError) as error:
        yield TraceProblem(location, f"it cannot be read: {error}")
    except (TypeError, AttributeError, LookupError) as error:
        # A shape that a reader does not expect is the fault of the reader, and must not end the reading of the others.
        yield TraceProblem(location, f"it has a shape that is not expected ({type(error).__name__}: {error})")


def _with_state(read: ReadTranscript, text: str) -> ReadTranscript:
    """Say in the metadata which state a transcript shows, so that an import knows what has changed."""
    state = {STATE: text}
    info = read.info.model_copy(update={"metadata": {**read.info.metadata, **state}})
    return ReadTranscript(info, dataclasses.replace(read.raw, columns={**read.raw.columns, **state}))


async def in_threads(items: Iterator[T]) -> AsyncIterator[T]:
    """Take the items of an iterator that blocks, each in a thread."""
    end = object()
    while (item := await anyio.to_thread.run_sync(next, items, end)) is not end:
        yield item  # type: ignore[misc]


class RecentReading:
    """What was read last of an item, and how far it was read.

    Whoever asks for the transcripts of a file in their order causes one reading of it, whatever its size.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._item: TraceItem | None = None
        self._rest: Iterator[Found] = iter(())
        self._kept: OrderedDict[str, ReadTranscript] = OrderedDict()
        self._bytes = 0

    def find(self, reader: TraceFormat, item: TraceItem, id: str) -> ReadTranscript | None:
        """Find a transcript of an item; None if it is not there. Blocks."""
        with self._lock:
            if self._item != item:
                self._begin(reader, item)
            elif id in self._kept:
                return self._kept[id]
            found = self._go_on(id)
            if found is None:  # it was passed, and is no longer kept
                self._begin(reader, item)
                found = self._go_on(id)
            return found

    def _begin(self, reader: TraceFormat, item: TraceItem) -> None:
        self._item, self._rest = item, read_item(reader, item)
        self._kept.clear()
        self._bytes = 0

    def _go_on(self, id: str) -> ReadTranscript | None:
        for one in self._rest:
            if isinstance(one, TraceProblem):
                continue
            self._kept[one.info.transcript_id] = one
            self._bytes += one.raw.size
            while len(self._kept) > 1 and self._bytes > KEPT_BYTES:
                self._bytes -= self._kept.popitem(last=False)[1].raw.size
            if one.info.transcript_id == id:
                return one
        return None
