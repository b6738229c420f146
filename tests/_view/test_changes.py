"""What listeners are told, and when files are looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from inspect_scout._view.changes import LOOK_SECONDS, TOPICS, Change, Changes, TooManyListenersError
from support.clocks import JumpingClock

pytestmark = pytest.mark.anyio


class Pauses:
    """Lets the watcher look once more each time it is told to."""

    def __init__(self, clock: JumpingClock) -> None:
        self.clock = clock
        self.waits: list[float] = []
        self.arrived, self.go = asyncio.Event(), asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.arrived.set()
        await self.go.acquire()
        self.clock.seconds += seconds

    async def round(self) -> None:
        """Wait until the watcher has looked, and let it go on."""
        await self.arrived.wait()
        self.arrived.clear()
        self.go.release()


async def next_of(changes: AsyncIterator[Change]) -> Change:
    return await asyncio.wait_for(anext(changes), 10)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_listener_is_told_what_has_changed_since_it_came() -> None:
    clock = JumpingClock()
    changes = Changes(clock=clock)
    changes.publish("labels")
    listening = changes.listen()
    clock.seconds += 5
    changes.publish("scans")
    assert await next_of(listening) == Change("scans", "2026-01-01T00:00:05+00:00")
    changes.publish("project")
    assert (await next_of(listening)).topic == "project"


async def test_what_a_slow_listener_missed_is_told_once_by_topic() -> None:
    changes = Changes()
    listening = changes.listen()
    for _ in range(1000):
        changes.publish("scans")
        changes.publish("transcripts")
    assert [(await next_of(listening)).topic for _ in range(2)] == ["scans", "transcripts"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(listening), 0.01)


async def test_the_snapshot_tells_when_each_topic_changed() -> None:
    clock = JumpingClock()
    changes = Changes(clock=clock)
    clock.seconds += 60
    changes.publish("labels")
    assert changes.snapshot() == {
        **dict.fromkeys(TOPICS, "2026-01-01T00:00:00+00:00"),
        "labels": "2026-01-01T00:01:00+00:00",
    }


async def test_one_listener_too_many_is_refused_until_another_leaves() -> None:
    changes = Changes(limit=2)
    listening = [changes.listen() for _ in range(2)]
    waiting = [asyncio.create_task(next_of(each)) for each in listening]
    await settle()
    with pytest.raises(TooManyListenersError, match="it takes 2"):
        changes.listen()
    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    changes.listen()
    waiting[1].cancel()
    await asyncio.gather(waiting[1], return_exceptions=True)


async def test_files_are_looked_at_while_somebody_listens_and_no_longer() -> None:
    clock = JumpingClock()
    pauses, state = Pauses(clock), ["first"]
    changes = Changes(lambda: {"scans": lambda: state[0]}, clock=clock, pause=pauses)
    listening = changes.listen()
    waiting = asyncio.create_task(next_of(listening))
    await pauses.round()
    state[0] = "second"
    assert (await waiting).topic == "scans"
    await pauses.arrived.wait()
    assert pauses.waits == [LOOK_SECONDS] * 2
    await listening.aclose()
    await pauses.round()
    await settle()
    assert changes.is_idle


async def test_whoever_only_asks_for_snapshots_learns_of_files_too() -> None:
    clock = JumpingClock()
    pauses, state = Pauses(clock), ["first"]
    changes = Changes(lambda: {"transcripts": lambda: state[0]}, clock=clock, pause=pauses)
    before = changes.snapshot()
    await pauses.round()
    state[0] = "second"
    await pauses.round()
    assert changes.snapshot()["transcripts"] > before["transcripts"]
    await changes.close()


async def test_what_changed_while_nobody_listened_is_told_to_the_next() -> None:
    clock = JumpingClock()
    pauses, state = Pauses(clock), ["first"]
    changes = Changes(lambda: {"scans": lambda: state[0]}, clock=clock, pause=pauses)
    changes.snapshot()
    await pauses.arrived.wait()
    await changes.close()
    state[0] = "second"
    assert (await next_of(changes.listen())).topic == "scans"
    await changes.close()


async def test_files_that_cannot_be_read_end_no_stream() -> None:
    clock = JumpingClock()
    pauses, broken = Pauses(clock), [False]

    def look() -> int:
        if broken[0]:
            raise PermissionError("no")
        return len(pauses.waits)

    changes = Changes(lambda: {"scans": look}, clock=clock, pause=pauses)
    waiting = asyncio.create_task(next_of(changes.listen()))
    broken[0] = True
    await pauses.round()
    await pauses.arrived.wait()
    assert not waiting.done()
    broken[0] = False
    await pauses.round()
    await pauses.round()
    assert (await waiting).topic == "scans"
    await changes.close()
