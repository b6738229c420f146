"""Which pairs are worth waiting for when nothing new is begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from inspect_scout._engine.admission.open_pairs import OpenPairs
from inspect_scout._engine.admission.rate_limiter import RateLimiter
from inspect_scout._engine.workers.host import TICK_SECONDS

KEY = "ModelX"


class Scene:
    """Pairs at a gate with one connection; `over` is set when none is worth waiting for."""

    def __init__(self, connections: int = 1) -> None:
        self.pairs, self.over = OpenPairs(), asyncio.Event()
        self.limiter = RateLimiter().limiter(KEY, connections, None)
        self.begun: list[str] = []

    async def call(self, name: str, answer: asyncio.Event) -> None:
        await self.limiter.acquire()
        self.begun.append(name)
        try:
            await answer.wait()
        finally:
            self.limiter.release()

    def pair(self, work: Callable[[], Awaitable[object]]) -> asyncio.Task[None]:
        async def run() -> None:
            with self.pairs.track():
                await work()

        return asyncio.create_task(run())


def test_calls_under_way_are_waited_for_and_those_without_a_connection_are_not() -> None:
    async def main() -> None:
        scene, answer = Scene(), asyncio.Event()
        first = scene.pair(lambda: scene.call("first", answer))
        second = scene.pair(lambda: scene.call("second", answer))
        await asyncio.sleep(0)
        assert (len(scene.pairs), scene.pairs.due) == (2, 1)
        scene.pairs.close(scene.over.set)
        assert not scene.over.is_set()
        answer.set()
        await first
        assert scene.over.is_set()
        await asyncio.sleep(0.01)
        assert scene.begun == ["first"]
        assert not second.done()
        second.cancel()
        await asyncio.wait([second])
        assert (len(scene.pairs), scene.limiter.in_flight) == (0, 0)

    asyncio.run(main())


def test_a_pair_that_has_made_a_call_may_make_another() -> None:
    async def main() -> None:
        scene, answers = Scene(), [asyncio.Event(), asyncio.Event()]

        async def twice() -> None:
            await scene.call("one", answers[0])
            await scene.call("two", answers[1])

        pair = scene.pair(twice)
        await asyncio.sleep(0)
        scene.pairs.close(scene.over.set)
        answers[0].set()
        await asyncio.sleep(0.01)
        assert scene.begun == ["one", "two"]
        assert not scene.over.is_set()
        answers[1].set()
        await pair
        assert scene.over.is_set()

    asyncio.run(main())


def test_calls_that_a_pair_makes_side_by_side_belong_to_it() -> None:
    async def main() -> None:
        scene, answer = Scene(), asyncio.Event()

        async def several() -> None:
            async with asyncio.TaskGroup() as group:
                for name in ("one", "two", "three"):
                    group.create_task(scene.call(name, answer))

        pair = scene.pair(several)
        await asyncio.sleep(0.01)
        scene.pairs.close(scene.over.set)
        assert scene.begun == ["one"]
        answer.set()
        await pair
        assert scene.begun == ["one", "two", "three"]
        assert scene.over.is_set()

    asyncio.run(main())


def test_a_pair_that_begins_its_first_call_too_late_is_not_waited_for() -> None:
    async def main() -> None:
        scene, answer, ready = Scene(5), asyncio.Event(), asyncio.Event()

        async def prepares() -> None:
            await ready.wait()
            await scene.call("late", answer)

        pair = scene.pair(prepares)
        await asyncio.sleep(0)
        scene.pairs.close(scene.over.set)
        assert scene.pairs.due == 1
        ready.set()
        await asyncio.sleep(0.01)
        assert scene.begun == []
        assert scene.over.is_set()
        pair.cancel()
        await asyncio.wait([pair])

    asyncio.run(main())


def test_calls_outside_of_pairs_are_never_held() -> None:
    async def main() -> None:
        scene, answer = Scene(), asyncio.Event()
        scene.pairs.close(scene.over.set)
        answer.set()
        await scene.call("free", answer)
        assert scene.begun == ["free"]

    asyncio.run(main())


def test_where_nothing_is_under_way_it_is_over_at_once() -> None:
    async def main() -> None:
        scene = Scene()
        scene.pairs.close(scene.over.set)
        assert scene.over.is_set()

    asyncio.run(main())


def test_rows_never_wait_for_a_second() -> None:
    flush_seconds = 0.7  # of journals on local disks
    assert flush_seconds + TICK_SECONDS < 1
