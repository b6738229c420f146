"""Admission by bytes, alone, beside other scans of the process, and beside other workers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from inspect_scout._engine.admission.memory import ByteBudget, ExclusiveSlot, ProcessShare


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


def test_a_scan_alone_has_all_the_memory() -> None:
    share = ProcessShare(1000)
    with share.taken():
        assert share.total() == 1000


def test_scans_side_by_side_divide_the_memory_and_give_it_back() -> None:
    one, other, third = ProcessShare(1000), ProcessShare(1000), ProcessShare(1000)
    with one.taken():
        with other.taken(), third.taken():
            assert (one.total(), other.total()) == (333, 333)
        assert one.total() == 1000


def test_a_scan_that_needs_less_divides_what_it_needs() -> None:
    one, other = ProcessShare(1000), ProcessShare(1000)
    with one.taken(), other.taken():
        one.limit_memory(100)
        assert (one.total(), other.total()) == (50, 500)


def test_workers_of_others_are_counted_while_they_run() -> None:
    one, other = ProcessShare(1000), ProcessShare(1000)
    one.set_workers(1)
    other.set_workers(3)
    with one.taken():
        assert one.workers_of_others == 0
        with other.taken():
            assert (one.workers_of_others, other.workers_of_others) == (3, 1)


def test_scans_of_many_threads_leave_nothing_behind() -> None:
    def scan() -> None:
        for _ in range(200):
            with ProcessShare(1000).taken():
                pass

    threads = [threading.Thread(target=scan) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share = ProcessShare(1000)
    with share.taken():
        assert (share.total(), share.workers_of_others) == (1000, 0)


def test_the_slot_is_granted_in_the_order_of_requests() -> None:
    slot, begun = ExclusiveSlot(), list[str]()
    for who in ("a", "b", "a", "c"):
        slot.request(who, lambda who=who: begun.append(who))  # type: ignore[misc]
    assert (begun, slot.waiting) == (["a"], 3)
    slot.release("a")
    assert begun == ["a", "b"]
    slot.release("c")  # gives up before it began
    slot.release("b")
    assert begun == ["a", "b", "a"]
    slot.release("a")
    slot.request("d", lambda: begun.append("d"))
    assert begun[-1] == "d"


def test_who_leaves_holds_up_nobody() -> None:
    slot, begun = ExclusiveSlot(), list[str]()
    for who in ("a", "a", "b"):
        slot.request(who, lambda who=who: begun.append(who))  # type: ignore[misc]
    slot.leave("a")
    assert begun[-1] == "b"
    assert slot.waiting == 0


@pytest.mark.anyio
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
