"""Handles: iterated any number of times, loaded once, closed for good, never pickled."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Generator

import anyio
import anyio.lowlevel
import pytest
from inspect_ai.event import Timeline, TimelineSpan
from inspect_ai.model import ChatMessage, ChatMessageUser

from inspect_scout._transcripts.decode.handle import MaterializedHandle
from inspect_scout._transcripts.decode.record_file import RecordFile
from inspect_scout._transcripts.decode.sample import decode_sample
from inspect_scout._transcripts.decode.source import MemoryBytes, SampleError
from inspect_scout._transcripts.decode.stream import open_sample
from inspect_scout._types import Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo

INFO = TranscriptInfo(transcript_id="t")
ALL = TranscriptContent(messages="all", events="all")
COUNT = 200
DATA = json.dumps(
    {
        "messages": [{"role": "user", "content": f"message {i}"} for i in range(COUNT)],
        "events": [{"event": "info", "data": i, "timestamp": "2026-01-01T00:00:00Z"} for i in range(COUNT)],
    }
).encode()

pytestmark = pytest.mark.anyio


def spooled() -> TranscriptHandle:
    return open_sample(MemoryBytes(DATA, 1000), INFO, ALL)


def materialised() -> TranscriptHandle:
    async def load() -> Transcript:
        await anyio.lowlevel.checkpoint()
        return decode_sample(MemoryBytes(DATA), INFO, ALL).transcript

    return MaterializedHandle(INFO, load, ALL)


both = pytest.mark.parametrize("make", [spooled, materialised])


@both
async def test_items_come_in_order_every_time(make: Callable[[], TranscriptHandle]) -> None:
    async with make() as handle:
        assert isinstance(handle, TranscriptHandle)
        assert handle.info is INFO
        for _ in range(2):
            assert [message.text async for message in handle.messages()] == [f"message {i}" for i in range(COUNT)]
        assert [getattr(event, "data", None) async for event in handle.events()] == list(range(COUNT))
        loaded = await handle.load()
        assert loaded == decode_sample(MemoryBytes(DATA), INFO, ALL).transcript
        assert await handle.load() is loaded


@both
async def test_iterations_do_not_disturb_each_other(make: Callable[[], TranscriptHandle]) -> None:
    async with make() as handle:
        one, other = handle.messages(), handle.messages()
        assert [(await anext(one)).text for _ in range(100)] == [f"message {i}" for i in range(100)]
        assert [message.text async for message in other] == [f"message {i}" for i in range(COUNT)]
        await handle.load()
        assert [message.text async for message in one] == [f"message {i}" for i in range(100, COUNT)]


@both
async def test_tasks_may_use_a_handle_at_the_same_time(make: Callable[[], TranscriptHandle]) -> None:
    found: list[list[ChatMessage]] = []
    loaded: list[Transcript] = []

    async def iterate() -> None:
        found.append([message async for message in handle.messages()])

    async def load() -> None:
        loaded.append(await handle.load())

    async with make() as handle, anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(iterate)
            tasks.start_soon(load)
    assert [len(messages) for messages in found] == [COUNT] * 3
    assert len({id(transcript) for transcript in loaded}) == 1


@both
async def test_iterating_lets_other_tasks_run(make: Callable[[], TranscriptHandle]) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async with make() as handle, anyio.create_task_group() as tasks:
        await handle.load()
        tasks.start_soon(count)
        before = turns
        async for _ in handle.messages():
            pass
        assert turns - before >= COUNT // 64
        tasks.cancel_scope.cancel()


@both
async def test_a_closed_handle_is_refused(make: Callable[[], TranscriptHandle]) -> None:
    handle = make()
    iteration = handle.messages()
    await anext(iteration)
    await handle.aclose()
    await handle.aclose()
    with pytest.raises(RuntimeError, match="'t' is closed"):
        await anext(iteration)
    with pytest.raises(RuntimeError):
        handle.messages()
    with pytest.raises(RuntimeError):
        handle.events()
    with pytest.raises(RuntimeError):
        await handle.load()
    with pytest.raises(RuntimeError):
        async with handle:
            pass


@both
async def test_handles_cannot_be_pickled(make: Callable[[], TranscriptHandle]) -> None:
    async with make() as handle:
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(handle)


async def test_nothing_is_read_before_it_is_needed_and_errors_come_again() -> None:
    async with open_sample(MemoryBytes(b'{"messages":['), INFO, ALL) as handle:
        for _ in range(2):
            with pytest.raises(SampleError):
                await handle.load()
            with pytest.raises(SampleError):
                await anext(handle.messages())


async def test_errors_of_the_source_pass_through_and_leave_no_files() -> None:
    class Failing:
        size = 10

        def read(self) -> bytes:
            raise OSError("gone")

        def chunks(self) -> Generator[bytes]:
            yield b'{"messages":['
            raise OSError("gone")

    async with open_sample(Failing(), INFO, ALL) as handle:
        with pytest.raises(OSError, match="gone"):
            await handle.load()


async def test_timelines_that_were_not_asked_for_are_left_out() -> None:
    timeline = Timeline(name="n", description="", root=TimelineSpan(id="r", name="r"))
    stored = Transcript(transcript_id="t", messages=[ChatMessageUser(content="x")], timelines=[timeline])

    async def load() -> Transcript:
        await anyio.lowlevel.checkpoint()
        return stored

    async with MaterializedHandle(INFO, load, ALL) as handle:
        loaded = await handle.load()
        assert (loaded.timelines, loaded.messages) == ([], stored.messages)
    async with MaterializedHandle(INFO, load, TranscriptContent(timeline=True)) as handle:
        assert (await handle.load()).timelines == [timeline]


async def test_record_file_gives_back_records_of_any_size() -> None:
    records = [b"", b"a", b"b" * 300_000, b"c" * (256 * 1024 - 8), b"d" * 1_000_000, *[b"e" * i for i in range(2000)]]
    file = RecordFile()
    for record in records:
        file.append(record)
    assert list(file) == records
    assert [file[i] for i in range(-len(records), 0)] == records
    assert file[1:3] == records[1:3]
    with pytest.raises(IndexError):
        file[len(records)]
    file.clear()
    assert list(file) == []
    file.append(b"new")
    assert list(file) == [b"new"]
    file.close()
