"""Tasks that work side by side leave the event loop to others, too."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from inspect_scout._engine.crew import Crew
from inspect_scout._engine.pairs import Pairs


def crew_of(pieces: int, done: list[int], stop_at: int | None = None) -> Crew[int]:
    """Make a crew whose work never suspends."""
    waiting = deque(range(pieces))

    async def take() -> int | None:
        return waiting.popleft() if waiting else None

    async def work(piece: int) -> None:
        if piece == stop_at:
            raise ValueError(f"piece {piece}")
        done.append(piece)

    return Crew(take, work, lambda: len(waiting))


def test_all_pieces_are_done_in_order() -> None:
    async def main() -> None:
        done: list[int] = []
        crew = crew_of(100, done)
        crew.grow(25)
        assert crew.size == 25
        await crew.run()
        assert done == list(range(100))
        assert crew.size == 0

    asyncio.run(main())


def test_one_piece_is_begun_in_each_round_of_the_loop() -> None:
    async def main() -> None:
        done: list[int] = []
        crew = crew_of(100, done)
        crew.grow(25)
        working = asyncio.create_task(crew.run())
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
        crew = crew_of(1000, done)
        crew.grow(25)
        working = asyncio.create_task(crew.run())
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
        crew = crew_of(100, done, stop_at=3)
        crew.grow(5)
        with pytest.raises(ValueError, match="piece 3"):
            await crew.run()
        assert done[:3] == [0, 1, 2]
        assert len(done) < 20

    asyncio.run(main())


def test_tasks_that_join_later_work_too() -> None:
    async def main() -> None:
        done: list[int] = []
        crew = crew_of(50, done)
        crew.grow(1)
        working = asyncio.create_task(crew.run())
        await asyncio.sleep(0)
        crew.grow(10)
        assert crew.size == 10
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

        crew = Crew(take, work, lambda: 3)
        crew.grow(3)
        working = asyncio.create_task(crew.run())
        await asyncio.sleep(0.01)
        crew.close(Pairs())
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

        crew = Crew(take, work, lambda: len(waiting))
        crew.grow(2)
        pairs = Pairs()
        with pairs.one():  # somebody is worth waiting for
            if ending:
                crew.close(pairs)
            working = asyncio.create_task(crew.run())
            await asyncio.wait([working])
        assert (done, working.cancelled()) == (([2], False) if ending else ([], True))

    asyncio.run(main())
