"""An indexed sample gives back every item, while it is filled and afterwards."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._transcripts.decode.indexed_sample import IndexedSample
from inspect_scout._transcripts.decode.source import MemoryBytes, SampleError

texts = st.text() | st.sampled_from(['"', "\\", "[{", "}],", '","events":[', "\ud800", "\x00", "💡"])
values = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
items = st.lists(values, max_size=6)
digests = st.text("0123456789abcdef", min_size=32, max_size=32)


def filled(data: bytes, chunk_bytes: int = 1 << 18) -> IndexedSample:
    sample = IndexedSample(MemoryBytes(data, chunk_bytes))
    sample.fill()
    return sample


@given(items, items, st.dictionaries(digests, texts, max_size=4), st.integers(1, 60), st.booleans())
def test_every_item_is_one_read_away(
    messages: list[Any], events: list[Any], attachments: dict[str, str], size: int, indented: bool
) -> None:
    whole = {"messages": messages, "output": {"x": [1]}, "events": events, "attachments": attachments}
    data = json.dumps(whole, indent=1 if indented else None).encode()
    sample = filled(data, size)
    for name, expected in (("messages", messages), ("events", events)):
        count, complete = sample.count(name)  # type: ignore[arg-type]
        assert complete
        assert [json.loads(sample.raw(name, place)) for place in range(count)] == expected  # type: ignore[arg-type]
    found = {digest.hex(): json.loads(sample.read(*span)) for digest, span in sample.attachments().items()}
    assert found == attachments
    assert sample.size == len(data)
    sample.close()


def test_pools_are_found_where_both_versions_of_logs_keep_them() -> None:
    new = filled(b'{"events_data": {"messages": [1, 2], "calls": [3]}}')
    old = filled(b'{"message_pool": [1, 2], "call_pool": [3]}')
    for sample in (new, old):
        assert [sample.raw("message_pool", place) for place in range(2)] == [b"1", b" 2"]
        assert sample.count("call_pool") == (1, True)
        sample.close()


class SlowBytes(MemoryBytes):
    """JSON whose rest comes when it is allowed to."""

    def __init__(self, data: bytes, first: int) -> None:
        super().__init__(data)
        self._bytes, self._first = data, first
        self.rest = threading.Event()

    def chunks(self) -> Generator[bytes]:
        yield self._bytes[: self._first]
        self.rest.wait(30)
        yield self._bytes[self._first :]


def test_the_first_items_can_be_read_before_the_rest_is_there() -> None:
    source = SlowBytes(b'{"messages":["a","b","c"],"events":[1]}', 21)
    sample = IndexedSample(source)
    thread = threading.Thread(target=sample.fill)
    thread.start()
    assert sample.count("messages", 2) == (2, False)
    assert sample.raw("messages", 1) == b'"b"'
    assert not sample.done
    source.rest.set()
    assert sample.count("messages") == (3, True)
    assert sample.count("events") == (1, True)
    thread.join()
    sample.close()


def test_damage_is_told_to_those_whom_it_concerns() -> None:
    sample = filled(b'{"messages":["a"],"events":[1,')
    assert sample.count("messages") == (1, True)
    assert sample.count("events", 1) == (1, True)
    with pytest.raises(SampleError, match="ends too early"):
        sample.count("events", 2)
    assert sample.failed
    sample.close()


def test_a_closed_sample_cannot_be_read() -> None:
    sample = filled(b'{"messages":["a"]}')
    sample.close()
    sample.close()
    with pytest.raises(SampleError, match="closed"):
        sample.raw("messages", 0)
