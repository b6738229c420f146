"""The JSON of many items, those that stand together by one read."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from ..._transcripts import IndexedSample, ItemList, Span

T = TypeVar("T")

_BATCH_BYTES: Final = 4 << 20


def batches(spans: Sequence[Span]) -> Iterator[range]:
    """Group items that stand together, up to some bytes; each batch has one at least."""
    start = 0
    while start < len(spans):
        limit = spans[start][0] + _BATCH_BYTES
        stop = max(start + 1, bisect_right(spans, limit, start, key=lambda span: span[1]))
        yield range(start, stop)
        start = stop


def found_spans(sample: IndexedSample, name: ItemList) -> Iterator[list[Span]]:
    """Give where the items of a list stand, some at a time, while the sample is still being read."""
    done = 0
    while True:
        count, _ = sample.count(name, done + 1)
        if done >= count:
            return
        yield [sample.span(name, position) for position in range(done, count)]
        done = count


def one_pass(sample: IndexedSample, name: ItemList, read: Callable[[], T]) -> T:
    """Go through a list while the sample is still being read; once more if its JSON has the list twice: the last one counts."""
    found: list[T] = []
    with contextlib.suppress(IndexError):  # the places of the first one are gone
        found.append(read())
    sample.wait()
    return found[0] if found and not sample.is_repeated(name) else read()


def all_items(sample: IndexedSample, name: ItemList) -> Iterator[memoryview]:
    """Give the JSON of all items of a list, in order, while the sample is still being read.

    Measured for 104 000 events: 0.04 s, one by one 0.23 s.
    """
    for spans in found_spans(sample, name):
        for batch in batches(spans):
            first = spans[batch.start][0]
            data = memoryview(sample.read(first, spans[batch.stop - 1][1]))
            for place in batch:
                start, end = spans[place]
                yield data[start - first : end - first]
