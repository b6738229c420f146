"""Many calls at once, results in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from inspect_scout._scanners.segments.concurrency import map_in_order


async def numbers(count: int, taken: list[int] | None = None) -> AsyncIterator[int]:
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield number


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 50])
def test_results_keep_the_order_of_their_items(count: int) -> None:
    under_way = peak = 0

    async def work(number: int) -> int:
        nonlocal under_way, peak
        under_way += 1
        peak = max(peak, under_way)
        await asyncio.sleep(0.002 if number % 3 == 0 else 0)
        under_way -= 1
        return number * number

    assert asyncio.run(map_in_order(numbers(count), work, 16)) == [n * n for n in range(count)]
    assert peak == min(count, 16)


def test_first_failure_ends_everything() -> None:
    cancelled: list[int] = []
    taken: list[int] = []

    async def work(number: int) -> int:
        if number == 2:
            raise ValueError("the third one")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    with pytest.raises(ValueError, match="the third one"):
        asyncio.run(map_in_order(numbers(100, taken), work, 4))
    assert sorted(cancelled) == [0, 1, 3]
    assert taken == [0, 1, 2, 3, 4]


def test_failure_of_the_source_cancels_what_runs() -> None:
    cancelled: list[int] = []

    async def source() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(0)
        raise OSError("gone")

    async def work(number: int) -> int:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.append(number)
        return number

    with pytest.raises(OSError, match="gone"):
        asyncio.run(map_in_order(source(), work, 4))
    assert cancelled == [1]


def test_failure_keeps_its_cause() -> None:
    async def work(_: int) -> None:
        raise ValueError("refused") from OSError("gone")

    with pytest.raises(ValueError, match="refused") as raised:
        asyncio.run(map_in_order(numbers(2), work, 1))
    assert isinstance(raised.value.__cause__, OSError)
