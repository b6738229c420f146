"""A queue that is closed hands out nothing, and is over when nobody holds anything."""

from __future__ import annotations

import asyncio

from inspect_scout._engine.executors.work_queue import WorkQueue
from inspect_scout._plan import Unit


def test_a_closed_queue_waits_only_for_what_is_held() -> None:
    async def main() -> None:
        queue = WorkQueue([Unit(n, ("a",)) for n in range(10)])
        queue.take("dies", 2)
        queue.requeue("dies")
        (first,) = queue.take("here", 1, fresh_only=True)
        others = queue.take("there", 2)
        assert first.ticket not in {0, 1}
        assert len(others) == 2
        over = asyncio.create_task(queue.wait_done())
        queue.close()
        assert (queue.fresh, queue.left, queue.leased) == (0, 0, 3)
        assert queue.take("here", 1, fresh_only=True) == []
        assert queue.take("there", 5) == []
        queue.finish("here", [first.ticket])
        await asyncio.sleep(0)
        assert not over.done()
        queue.give_back("there")
        await over
        assert queue.done

    asyncio.run(main())
