"""Bytes that blocks share, each of which may be cancelled at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from inspect_scout._support.byte_budget import ByteBudget

pytestmark = pytest.mark.anyio


class Request:
    """Holds bytes until it is told to end."""

    def __init__(self, budget: ByteBudget, size: int) -> None:
        self.end, self.runs = asyncio.Event(), False
        self.task = asyncio.create_task(self._run(budget, size))

    async def _run(self, budget: ByteBudget, size: int) -> None:
        async with budget.hold(size):
            self.runs = True
            await self.end.wait()
        self.runs = False


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def running(*requests: Request) -> list[bool]:
    await settle()
    return [request.runs for request in requests]


async def end_all(*requests: Request) -> None:
    for request in requests:
        request.end.set()
    await asyncio.gather(*(request.task for request in requests), return_exceptions=True)


async def test_what_fits_runs_at_once_and_the_rest_waits_in_order() -> None:
    budget = ByteBudget(lambda: 100)
    requests = [Request(budget, size) for size in (60, 30, 50, 10)]
    assert await running(*requests) == [True, True, False, False]  # 10 would fit, but would overtake 50
    assert budget.used == 90
    requests[0].end.set()
    assert await running(*requests) == [False, True, True, True]
    await end_all(*requests)
    assert budget.used == 0


async def test_what_is_larger_than_the_budget_runs_alone() -> None:
    budget = ByteBudget(lambda: 100)
    small, huge = Request(budget, 1), Request(budget, 10**12)
    assert await running(small, huge) == [True, False]
    small.end.set()
    assert await running(small, huge) == [False, True]
    await end_all(small, huge)
    assert budget.used == 0


async def test_a_client_that_leaves_while_it_waits_lets_the_next_go_on() -> None:
    budget = ByteBudget(lambda: 100)
    first, leaving, next_one = Request(budget, 60), Request(budget, 60), Request(budget, 30)
    assert await running(first, leaving, next_one) == [True, False, False]
    leaving.task.cancel()
    assert await running(first, next_one) == [True, True]
    await end_all(first, next_one)
    assert budget.used == 0


async def test_a_client_that_leaves_when_its_turn_has_come_gives_its_bytes_back() -> None:
    budget = ByteBudget(lambda: 100)
    first, leaving, next_one = Request(budget, 100), Request(budget, 100), Request(budget, 100)
    await settle()
    first.end.set()
    await asyncio.sleep(0)  # the first has given back, the second has not gone on yet
    leaving.task.cancel()
    assert await running(next_one) == [True]
    await end_all(first, leaving, next_one)
    assert budget.used == 0


async def test_a_request_that_fails_gives_its_bytes_back() -> None:
    budget = ByteBudget(lambda: 100)
    with pytest.raises(ZeroDivisionError):
        async with budget.hold(50):
            raise ZeroDivisionError
    assert budget.used == 0


class Watch:
    """Runs blocks of some sizes and remembers how many bytes were in use at once, and in which order they began."""

    def __init__(self, total: int) -> None:
        self.budget = ByteBudget(lambda: total)
        self.peak = 0
        self.order: list[int] = []

    async def block(self, size: int) -> None:
        async with self.budget.hold(size):
            self.order.append(size)
            self.peak = max(self.peak, self.budget.used)
            for _ in range(3):
                await asyncio.sleep(0)

    async def all(self, sizes: list[int]) -> None:
        await asyncio.gather(*(self.block(size) for size in sizes))


@pytest.mark.parametrize(
    ("sizes", "peak"),
    [([40, 40, 40], 80), ([100, 100], 100), ([30, 30, 30, 30], 90), ([0, 0, 100], 100)],
)
def test_blocks_share_the_budget(sizes: list[int], peak: int) -> None:
    watch = Watch(100)
    asyncio.run(watch.all(sizes))
    assert watch.peak == peak
    assert watch.budget.used == 0


def test_block_beyond_the_budget_runs_alone() -> None:
    watch = Watch(100)
    asyncio.run(watch.all([60, 500, 60]))
    assert watch.order == [60, 500, 60]
    assert watch.peak == 500


def test_big_block_is_not_overtaken() -> None:
    watch = Watch(100)
    asyncio.run(watch.all([80, 90, 10, 10]))
    assert watch.order == [80, 90, 10, 10]


def test_cancelled_wait_gives_its_place_to_the_next() -> None:
    async def work() -> tuple[list[int], int]:
        watch = Watch(100)
        first = asyncio.create_task(watch.block(100))
        await asyncio.sleep(0)
        second = asyncio.create_task(watch.block(100))
        third = asyncio.create_task(watch.block(5))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        return watch.order, watch.budget.used

    assert asyncio.run(work()) == ([100, 5], 0)


async def test_only_what_exceeds_a_budget_waits_for_its_turn() -> None:
    entered: list[str] = []

    @asynccontextmanager
    async def alone() -> AsyncGenerator[None]:
        entered.append("turn")
        yield

    budget = ByteBudget(lambda: 10, alone)
    async with budget.hold(10):
        assert entered == []
        large = asyncio.create_task(_hold(budget, 11))
        await asyncio.sleep(0)
        assert (entered, budget.statistics().waiting) == (["turn"], 1)
    await large
    assert budget.used == 0


async def _hold(budget: ByteBudget, size: int) -> None:
    async with budget.hold(size):
        assert budget.used == size
