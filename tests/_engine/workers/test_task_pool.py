"""Tasks that work side by side leave the event loop to others."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from inspect_scout._engine.admission.open_pairs import OpenPairs
from inspect_scout._engine.workers.task_pool import TaskPool


def pool_of(pieces: int, done: list[int], stop_at: int | None = None) -> TaskPool[int]:
    """Make a pool whose work never suspends."""
    waiting = deque(range(pieces))

    async def take() -> int | None:
        return waiting.popleft() if waiting else None

    async def work(piece: int) -> None:
        if piece == stop_at:
            raise ValueError(f"piece {piece}")
        done.append(piece)

    return TaskPool(take, work)


def test_all_pieces_are_done_in_order() -> None:
    async def main() -> None:
        done: list[int] = []
        pool = pool_of(100, done)
        pool.grow(25)
        assert pool.size == 25
        await pool.run()
        assert done == list(range(100))
        assert pool.size == 0

    asyncio.run(main())


def test_one_piece_is_begun_in_each_round_of_the_loop() -> None:
    async def main() -> None:
        done: list[int] = []
        pool = pool_of(100, done)
        pool.grow(25)
        working = asyncio.create_task(pool.run())
        for _ in range(10):
            before = len(done)
            await asyncio.sleep(0)
            assert len(done) - before <= 1
        assert len(done) > 5
        await working

    asyncio.run(main())


def test_cancelled_work_ends_at_once() -> None:
    async def main() -> None:
        done: list[int] = []
        pool = pool_of(1000, done)
        pool.grow(25)
        working = asyncio.create_task(pool.run())
        while not done:
            await asyncio.sleep(0)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert len(done) < 10

    asyncio.run(main())


def test_the_first_exception_ends_the_crew() -> None:
    async def main() -> None:
        done: list[int] = []
        pool = pool_of(100, done, stop_at=3)
        pool.grow(5)
        with pytest.raises(ValueError, match="piece 3"):
            await pool.run()
        assert done[:3] == [0, 1, 2]
        assert len(done) < 20

    asyncio.run(main())


def test_tasks_that_join_later_work_too() -> None:
    async def main() -> None:
        done: list[int] = []
        pool = pool_of(50, done)
        pool.grow(1)
        working = asyncio.create_task(pool.run())
        await asyncio.sleep(0)
        pool.grow(10)
        assert pool.size == 10
        await working
        assert sorted(done) == list(range(50))

    asyncio.run(main())


def test_ending_lets_go_of_what_is_left() -> None:
    async def main() -> None:
        ended: list[int] = []

        async def take() -> int | None:
            return 1

        async def work(piece: int) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(piece)

        pool = TaskPool(take, work)
        pool.grow(3)
        working = asyncio.create_task(pool.run())
        await asyncio.sleep(0.01)
        pool.close(OpenPairs())
        await working
        assert ended == [1, 1, 1]

    asyncio.run(main())


@pytest.mark.parametrize("ending", [True, False])
def test_a_task_that_is_cancelled_by_itself_ends_the_others_unless_all_is_ending(ending: bool) -> None:
    async def main() -> None:
        done: list[int] = []
        waiting = deque([1, 2])

        async def take() -> int | None:
            return waiting.popleft() if waiting else None

        async def work(piece: int) -> None:
            if piece == 1:
                raise asyncio.CancelledError
            await asyncio.sleep(0.05)
            done.append(piece)

        pool = TaskPool(take, work)
        pool.grow(2)
        pairs = OpenPairs()
        with pairs.track():  # somebody is worth waiting for
            if ending:
                pool.close(pairs)
            working = asyncio.create_task(pool.run())
            await asyncio.wait([working])
        assert (done, working.cancelled()) == (([2], False) if ending else ([], True))

    asyncio.run(main())
