"""Reading one sample: what is read, what is shared, what is refused."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Generator
from typing import Any

import anyio
import pytest
from inspect_ai.event import InfoEvent, ModelEvent

from inspect_scout._transcripts.decode.repair import count_incomplete
from inspect_scout._transcripts.decode.sample import decode_sample
from inspect_scout._transcripts.decode.source import MemoryBytes, SampleError
from inspect_scout._transcripts.decode.stream import open_sample
from inspect_scout._types import Transcript, TranscriptContent, TranscriptInfo
from support.own_log import own_records

INFO = TranscriptInfo(transcript_id="t", metadata={"log": "x", "target": "shortened"})
EVENT = {"timestamp": "2026-01-01T00:00:00+00:00", "working_start": 0.0}
MESSAGES = TranscriptContent(messages="all")
EVENTS = TranscriptContent(events="all")
DIGEST = "0123456789abcdef" * 2
OTHER = "f" * 32


def sample(**parts: Any) -> bytes:
    whole = {"id": 1, "epoch": 1, "input": "i", "target": "t", **parts}
    return json.dumps(whole).encode()


def user(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


def info_event(data: Any) -> dict[str, Any]:
    return {"event": "info", "data": data, **EVENT}


def model_event(**more: Any) -> dict[str, Any]:
    needed: dict[str, Any] = {"model": "m", "input": [], "tools": [], "tool_choice": "auto", "config": {}, "output": {}}
    return {"event": "model", **needed, **EVENT, **more}


def read(data: bytes, content: TranscriptContent, info: TranscriptInfo = INFO) -> Transcript:
    """Read in one go and item by item; both must agree."""
    whole = decode_sample(MemoryBytes(data), info, content).transcript

    async def streamed() -> Transcript:
        async with open_sample(MemoryBytes(data, 37), info, content) as handle:
            messages = [message async for message in handle.messages()]
            events = [event async for event in handle.events()]
            loaded = await handle.load()
            assert (messages, events) == (loaded.messages, loaded.events)
            return loaded

    other = anyio.run(streamed)
    assert other == whole
    assert other.metadata == whole.metadata
    return whole


def refused(data: bytes, content: TranscriptContent) -> str:
    """Why a sample is refused, read in one go; item by item it must be refused as well."""
    with pytest.raises(SampleError) as whole:
        decode_sample(MemoryBytes(data), INFO, content)
    with pytest.raises(SampleError):
        read_streamed(data, content)
    return str(whole.value)


def read_streamed(data: bytes, content: TranscriptContent) -> Transcript:
    async def load() -> Transcript:
        async with open_sample(MemoryBytes(data), INFO, content) as handle:
            return await handle.load()

    return anyio.run(load)


class CountingSource:
    """Small pieces; remembers how many were read, and whether reading was ended properly."""

    def __init__(self, data: bytes) -> None:
        self.data, self.read_bytes, self.closed = data, 0, 0

    @property
    def size(self) -> int:
        return 1 << 30

    def read(self) -> bytes:
        self.read_bytes += len(self.data)
        return self.data

    def chunks(self) -> Generator[bytes]:
        try:
            for start in range(0, len(self.data), 1000):
                self.read_bytes += 1000
                yield self.data[start : start + 1000]
        finally:
            self.closed += 1


BODY = {"scores": {"s": {"value": 1}}, "metadata": {"k": "v"}}


# ----------------------------------------------------------------------------------------------------------------------
# Only what is asked for


@pytest.mark.parametrize("metadata", [None, False])
def test_reading_stops_before_the_events_when_messages_are_enough(metadata: bool | None) -> None:
    parts = {"messages": [user("x" * 500)], **(BODY if metadata is None else {}), "store": {"events": [1]}}
    data = sample(**parts, events=[info_event("y" * 100_000)])
    content = TranscriptContent(messages="all", metadata=metadata)
    source = CountingSource(data)
    found = decode_sample(source, INFO, content).transcript
    assert [message.text for message in found.messages] == ["x" * 500]
    assert (source.read_bytes, source.closed) == (1000, 1)
    streamed = CountingSource(data)

    async def load() -> Transcript:
        async with open_sample(streamed, INFO, content) as handle:
            return await handle.load()

    assert anyio.run(load) == found
    assert (streamed.read_bytes, streamed.closed) == (1000, 1)


@pytest.mark.parametrize(
    "parts",
    [
        {"messages": [user(f"attachment://{DIGEST}")], **BODY, "events": [], "attachments": {DIGEST: "full"}},
        {"messages": [user("full")], "events": [info_event(1)], **BODY},
        {**BODY, "events": [info_event('"events":')], "messages": [user("full")]},
        {"metadata": {"k": "v", "events": [1]}, "events": [], "scores": BODY["scores"], "messages": [user("full")]},
    ],
)
def test_reading_goes_on_when_something_comes_after_the_events(parts: dict[str, Any]) -> None:
    data = sample(**parts)
    found = decode_sample(CountingSource(data), INFO, MESSAGES).transcript
    assert [message.text for message in found.messages] == ["full"]
    assert found.metadata["scores"] == BODY["scores"]
    assert read(data, MESSAGES) == found


def test_events_that_nobody_asks_for_are_not_decoded() -> None:
    broken = {"event": "model", "no": "model event"}
    found = read(
        sample(events=[broken, info_event(1)], messages=[{"role": "user"}]), TranscriptContent(events=["info"])
    )
    assert [type(event) for event in found.events] == [InfoEvent]
    assert found.messages == []


def test_info_goes_into_the_transcript_as_it_is() -> None:
    given: dict[str, Any] = {"sample_metadata": "{}", "log": "l"}
    info = TranscriptInfo(transcript_id="t", model="m", score={"a": 1}, metadata=given)
    data = sample(messages=[], **BODY)
    found = decode_sample(MemoryBytes(data), info, MESSAGES).transcript
    assert found.metadata == {"sample_metadata": {"k": "v"}, "log": "l", "target": "t", "scores": BODY["scores"]}
    assert (found.model, found.score, info.metadata) == ("m", {"a": 1}, given)
    declined = decode_sample(MemoryBytes(data), info, TranscriptContent(metadata=False)).transcript
    assert declined.metadata is info.metadata
    # a transcript like any other, although nothing was validated
    assert Transcript.model_validate(found.model_dump()) == found


def test_empty_metadata_and_scores_leave_the_index_alone() -> None:
    assert read(sample(metadata={}, scores={}), MESSAGES).metadata == {"log": "x", "target": "t"}
    assert read(b'{"metadata":null}', MESSAGES).metadata == INFO.metadata


def test_size_counts_what_is_kept() -> None:
    data = sample(messages=[user("x" * 1000)], events=[info_event("y" * 5000), model_event()])
    assert 1000 < decode_sample(MemoryBytes(data), INFO, MESSAGES).size < 1200
    assert 5000 < decode_sample(MemoryBytes(data), INFO, EVENTS).size < 5600
    assert decode_sample(MemoryBytes(data), INFO, TranscriptContent()).size == 0


# ----------------------------------------------------------------------------------------------------------------------
# Attachments and pools


def test_only_whole_strings_are_references() -> None:
    texts = [
        f"attachment://{DIGEST}",
        f"see attachment://{DIGEST}",
        f"attachment://{DIGEST} ",
        f"attachment://{DIGEST[:-1]}",
        f"attachment://{DIGEST[:-1]}g",
        f"attachment://{OTHER}",
        f'"attachment://{DIGEST}"',
        f"attachment:/{DIGEST}//",
    ]
    data = sample(messages=[user(text) for text in texts], attachments={DIGEST: "full", "x": "never"})
    found = [message.text for message in read(data, MESSAGES).messages]
    assert found == ["full", *texts[1:]]
    escaped = data.replace(b"//", b"\\/\\/")
    assert [message.text for message in read(escaped, MESSAGES).messages] == found


def test_references_are_resolved_at_any_depth_but_not_in_keys() -> None:
    ref = f"attachment://{DIGEST}"
    metadata = {ref: [{"a": [ref, 1, None, [[ref]]]}]}
    data = sample(messages=[user([{"type": "text", "text": ref}], metadata=metadata)], attachments={DIGEST: "full"})
    message = read(data, MESSAGES).messages[0]
    assert message.text == "full"
    assert message.metadata == {ref: [{"a": ["full", 1, None, [["full"]]]}]}


def test_a_text_referred_to_often_is_one_object() -> None:
    big = "z" * 1_000_000
    data = sample(
        messages=[user(f"attachment://{DIGEST}", metadata={str(i): f"attachment://{DIGEST}" for i in range(2000)})],
        attachments={DIGEST: big},
    )
    message = decode_sample(MemoryBytes(data), INFO, MESSAGES).transcript.messages[0]
    assert message.metadata is not None
    assert {id(text) for text in message.metadata.values()} == {id(message.content)}


def test_attachments_that_are_no_text_resolve_nothing() -> None:
    data = sample(messages=[user(f"attachment://{DIGEST}")], attachments={DIGEST: {"a": 1}})
    assert read(data, MESSAGES).messages[0].text == f"attachment://{DIGEST}"


def test_pool_messages_hold_references_too() -> None:
    pools = {"messages": [user(f"attachment://{DIGEST}")], "calls": [[f"attachment://{DIGEST}"]]}
    event = model_event(input_refs=[[0, 1]], call={"request": {}, "call_refs": [[0, 1]]})
    found = read(sample(events=[event], attachments={DIGEST: "full"}, events_data=pools), EVENTS).events[0]
    assert isinstance(found, ModelEvent)
    assert found.call is not None
    assert (found.input[0].text, found.call.request) == ("full", {"messages": [["full"]]})


def test_refs_stay_when_there_are_no_pools() -> None:
    found = read(sample(events=[model_event(input_refs=[[0, 1]])]), EVENTS).events[0]
    assert isinstance(found, ModelEvent)
    assert (found.input, found.input_refs) == ([], [(0, 1)])


def test_malformed_pool_messages_keep_their_place_and_mark_the_event() -> None:
    pool = [user("a"), {"role": "nobody"}, user("c")]
    event = model_event(input_refs=[[1, 3], [0, 1]])
    found = read(sample(events=[event], events_data={"messages": pool}), EVENTS).events[0]
    assert isinstance(found, ModelEvent)
    assert [message.text for message in found.input] == [
        "[unreadable part: role nobody]\n[unreadable part: missing]",
        *("c", "a"),
    ]
    assert count_incomplete(found) == 1
    assert [count_incomplete(message) for message in found.input] == [1, 0, 0]


def test_an_event_cannot_ask_for_more_than_memory_holds(caplog: pytest.LogCaptureFixture) -> None:
    event = model_event(input_refs=[[0, 1000]] * 5000)
    data = sample(events=[event, info_event(1)], events_data={"messages": [user("a")] * 1000})
    found = decode_sample(MemoryBytes(data), INFO, EVENTS).transcript
    asking, other = found.events
    assert isinstance(asking, ModelEvent)
    assert (asking.input, asking.input_refs, other.event) == ([], None, "info")
    assert count_incomplete(found) == 1
    assert "5000000 pool entries" in caplog.text


# ----------------------------------------------------------------------------------------------------------------------
# Damaged and hostile samples


def test_malformed_items_are_kept_as_far_as_they_can_be_read_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    messages: list[Any] = [user("a"), {"role": "nobody", "content": ""}, 5, None, "x", [], {"role": "user"}, user("b")]
    events: list[Any] = [
        info_event(1),
        {"event": "nothing"},
        {},
        5,
        {"event": ["info"]},
        {"event": "info"},
        info_event(2),
    ]
    data = sample(messages=messages, events=events)
    with caplog.at_level(logging.WARNING):
        found = decode_sample(
            MemoryBytes(data), TranscriptInfo(transcript_id="a\x1b[31m"), TranscriptContent("all", "all")
        ).transcript
    assert (len(found.messages), len(found.events)) == (len(messages), len(events))
    assert [found.messages[at].text for at in (0, -1)] == ["a", "b"]
    assert all("[unreadable part: " in message.text for message in found.messages[1:-1])
    assert {event.event for event in found.events} == {"info"}
    assert count_incomplete(found) == 11
    assert len(own_records(caplog)) == 1
    assert "'a\\x1b[31m': 11 message(s) or event(s) could be read only in part" in caplog.text
    caplog.clear()
    found_again = decode_sample(MemoryBytes(data), INFO, TranscriptContent("all", "all")).transcript
    assert read(data, TranscriptContent("all", "all")) == found_again


NO_OBJECTS = [
    *(b"", b"  ", b"null", b"[]", b'"x"', b"{", b'{"messages":[', b'{"a":1}}', b"\xff\xfe", b"x" * 1000),
    b'{"a":' + b"[" * 100_000,
    b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]


@pytest.mark.parametrize("content", [MESSAGES, EVENTS, TranscriptContent("all", "all", None, False)])
@pytest.mark.parametrize("data", NO_OBJECTS)
def test_what_is_no_json_object_is_refused(data: bytes, content: TranscriptContent) -> None:
    assert refused(data, content)


@pytest.mark.parametrize("part", ["messages", "events", "attachments", "events_data", "transcript"])
def test_parts_of_the_wrong_shape_are_refused(part: str) -> None:
    data = json.dumps({part: {"a": 1} if part in {"messages", "events"} else [1]}).encode()
    content = TranscriptContent("all", "all")
    if part == "attachments":
        data = json.dumps({"messages": [user(f"attachment://{DIGEST}")], "attachments": [1]}).encode()
    assert repr(part) in refused(data, content)


def test_null_parts_are_empty_parts() -> None:
    data = json.dumps(dict.fromkeys(["messages", "events", "attachments", "events_data", "transcript", "timelines"]))
    found = read(data.encode(), TranscriptContent("all", "all"))
    assert (found.messages, found.events) == ([], [])


def test_items_that_are_no_json_make_the_sample_unreadable() -> None:
    assert "damaged" in refused(b'{"messages":[{"role":"user","content":tru}]}', MESSAGES)


def test_texts_of_ten_megabytes_are_read() -> None:
    big = "x\n" * 5_000_000
    data = sample(messages=[user(big)], events=[info_event(big)], input=big)
    content = TranscriptContent("all", "all")
    found = decode_sample(MemoryBytes(data), INFO, content).transcript
    assert found.messages[0].text == big
    assert read_streamed(data, content) == found


def test_deep_values_in_an_item_are_kept_or_the_item_is_left_out() -> None:
    for depth in (150, 230, 400):
        data = sample(messages=[user("x", metadata={"deep": json.loads("[" * depth + "]" * depth)})])
        found = decode_sample(MemoryBytes(data), INFO, MESSAGES).transcript
        assert found.messages == [] or found.messages[0].metadata is not None
    deep = b'{"messages":[{"role":"user","content":' + b"[" * 50_000 + b"]" * 50_000 + b"}]}"
    assert "too deeply" in refused(deep, MESSAGES)


def test_spans_nested_too_deeply_for_a_timeline_are_refused() -> None:
    spans = [
        {"event": "span_begin", "id": str(i), "span_id": str(i), "parent_id": str(i - 1), "name": "n", **EVENT}
        for i in range(5000)
    ]
    with pytest.raises(SampleError, match="timeline"):
        decode_sample(MemoryBytes(sample(events=spans)), INFO, TranscriptContent(timeline=True))


@pytest.mark.parametrize("seed", range(3))
def test_flipped_bytes_end_in_a_transcript_or_a_clear_error(seed: int) -> None:
    dice = random.Random(seed)
    data = sample(
        messages=[user("a\\n" * 50), user(f"attachment://{DIGEST}")],
        events=[info_event({"k": [1, 2]}), model_event(input_refs=[[0, 1]])],
        attachments={DIGEST: "full"},
        events_data={"messages": [user("p")], "calls": []},
        **BODY,
    )
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 3)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        for attempt in (whole, item_by_item, messages_only):
            try:
                attempt(bytes(broken))
            except SampleError:
                pass


def whole(data: bytes) -> None:
    decode_sample(MemoryBytes(data), INFO, TranscriptContent("all", "all", "all"))


def item_by_item(data: bytes) -> None:
    read_streamed(data, TranscriptContent("all", "all"))


def messages_only(data: bytes) -> None:
    decode_sample(CountingSource(data), INFO, MESSAGES)


def test_lone_surrogates_and_huge_numbers_do_not_hide_other_messages() -> None:
    data = b'{"messages":[{"role":"user","content":"\\ud83d"},{"role":"user","content":"b","metadata":{"n":1e999}}]}'
    found = read(data, MESSAGES)
    assert (found.messages[-1].text, found.messages[-1].metadata) == ("b", {"n": float("inf")})
