"""What is kept of transcripts between two questions: fresh, shared, and bounded."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import anyio
import pytest

from inspect_scout import LocationError
from inspect_scout._app import CacheLimits, OpenedTranscript, TranscriptCache, read_messages
from inspect_scout._transcripts import SampleError
from support.logs import make_log, make_sample, write
from support.raw_logs import user, write_raw

pytestmark = pytest.mark.anyio


class Clock:
    """Seconds that pass when the test wants it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def cache(clock: Clock) -> AsyncGenerator[TranscriptCache]:
    made = TranscriptCache(CacheLimits(locations=2, samples=2, idle_seconds=100), clock)
    yield made
    made.close()


def can_be_read(opened: OpenedTranscript) -> bool:
    try:
        opened.sample.raw("messages", 0)
    except SampleError:
        return False
    return True


async def test_an_index_is_kept_until_a_log_changes(cache: TranscriptCache, clock: Clock, tmp_path: Path) -> None:
    write(make_log([make_sample(1)]), tmp_path / "a.eval")
    place = (str(tmp_path),)
    first = await cache.corpus(place)
    clock.seconds += 60
    assert await cache.corpus(place) is first
    write(make_log([make_sample(2)]), tmp_path / "b.eval")
    assert await cache.corpus(place) is first  # it was looked at within the same second
    clock.seconds += 60
    second = await cache.corpus(place)
    assert (len(first), len(second)) == (1, 2)
    assert second.version != first.version


async def test_a_location_that_is_gone_is_told_and_found_again(
    cache: TranscriptCache, clock: Clock, tmp_path: Path
) -> None:
    log = write(make_log([make_sample(1)]), tmp_path / "a.eval")
    assert len(await cache.corpus((str(log),))) == 1
    away = log.rename(tmp_path / "away")
    clock.seconds += 60
    with pytest.raises(LocationError):
        await cache.corpus((str(log),))
    away.rename(log)
    assert len(await cache.corpus((str(log),))) == 1


async def test_many_who_ask_at_once_share_one_index(cache: TranscriptCache, tmp_path: Path) -> None:
    write(make_log([make_sample(1)]), tmp_path / "a.eval")
    found: list[object] = []

    async def ask() -> None:
        found.append(await cache.corpus((str(tmp_path),)))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
    assert len(set(map(id, found))) == 1


async def test_open_transcripts_are_few_and_closed_when_idle(
    cache: TranscriptCache, clock: Clock, tmp_path: Path
) -> None:
    log = write_raw(tmp_path / "log.eval", [{"messages": [user(f"text {number}")]} for number in range(6)])
    place = (str(log),)
    ids = list((await cache.corpus(place)).index.ids)
    seen: list[OpenedTranscript] = []
    for id in ids:
        async with cache.open(place, id) as opened:
            await opened.run(opened.sample.wait)
            seen.append(opened)
    assert [can_be_read(opened) for opened in seen] == [False] * 4 + [True] * 2
    clock.seconds += 1000
    async with cache.open(place, ids[5]):
        pass
    assert [can_be_read(opened) for opened in seen] == [False] * 5 + [True]


async def test_a_transcript_in_use_stays_open(cache: TranscriptCache, tmp_path: Path) -> None:
    log = write_raw(tmp_path / "log.eval", [{"messages": [user(f"text {number}")]} for number in range(6)])
    place = (str(log),)
    first, *others = (await cache.corpus(place)).index.ids
    async with cache.open(place, first) as opened:
        for id in others:
            await read_messages(cache, place, id, start=1, stop=2)
        cache.close()
        assert await opened.run(lambda: opened.sample.count("messages")) == (1, True)
        assert b"text 0" in await opened.run(lambda: opened.sample.raw("messages", 0))


async def test_a_transcript_that_has_changed_is_read_again(
    cache: TranscriptCache, clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "log.eval"
    write_raw(path, [{"messages": [user("before")]}])
    place = (str(path),)
    (id,) = (await cache.corpus(place)).index.ids
    assert (await read_messages(cache, place, id, start=1, stop=2)).items[0].text == "before"
    write_raw(path, [{"messages": [user("after all")]}])
    clock.seconds += 60
    assert (await read_messages(cache, place, id, start=1, stop=2)).items[0].text == "after all"
