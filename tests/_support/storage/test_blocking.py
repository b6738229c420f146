"""Where work that blocks is done."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from inspect_scout._support.storage import run_blocking, run_in_thread

REMOTE, LOCAL = "s3://bucket/folder", "/a/folder"


@pytest.mark.parametrize(
    ("location", "blocking", "long"), [(LOCAL, True, False), (REMOTE, False, False)], ids=["local", "remote"]
)
def test_short_work_on_local_files_is_done_at_once_and_all_else_in_threads(
    location: str, blocking: bool, long: bool
) -> None:
    async def work() -> tuple[bool, bool]:
        here = threading.get_ident()
        return (
            await run_blocking(location, threading.get_ident) == here,
            await run_in_thread(location, threading.get_ident) == here,
        )

    assert asyncio.run(work()) == (blocking, long)


def test_long_work_is_done_at_once_where_there_is_no_event_loop() -> None:
    coroutine = run_in_thread(LOCAL, threading.get_ident)
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    assert end.value.value == threading.get_ident()


def test_no_more_long_work_is_done_at_once_than_there_are_processors() -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def work() -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        threading.Event().wait(0.01)
        with lock:
            under_way -= 1

    async def main() -> None:
        await asyncio.gather(*(run_in_thread(LOCAL, work) for _ in range(20)))

    asyncio.run(main())
    assert 1 <= most <= (os.cpu_count() or 1)


def test_what_long_work_raises_is_raised() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(run_in_thread(LOCAL, fail))
