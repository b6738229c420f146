"""Admission by bytes."""

from __future__ import annotations

import asyncio

import pytest

from inspect_scout._engine.budget import ByteBudget


class Watch:
    """Runs blocks of some sizes and remembers how many bytes were in use at once, and in which order they began."""

    def __init__(self, total: int) -> None:
        self.budget = ByteBudget(total)
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
