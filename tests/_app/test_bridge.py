"""From async to sync: twins, iterators, and coroutines that need no event loop."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

import inspect_scout
from inspect_scout import aio
from inspect_scout._app.bridge import in_sync, in_sync_items, iterate_sync, run_read_only

DISPLAYED = {"scan", "scan_resume", "scan_complete"}
"""They can show progress: the sync functions do so by default, the async ones do not."""


@pytest.mark.parametrize("name", [name for name in aio.__all__ if name.endswith("_async")])
def test_sync_twins_have_the_names_signatures_and_words_of_the_async_functions(name: str) -> None:
    twin, function = getattr(inspect_scout, name.removesuffix("_async")), getattr(aio, name)
    assert twin.__module__ == "inspect_scout"
    assert not inspect.iscoroutinefunction(twin)
    assert f"{twin.__name__}_async" == f"{twin.__qualname__}_async" == name
    asked, given = inspect.signature(twin), inspect.signature(function)
    if twin.__name__ in DISPLAYED:
        assert asked.parameters["display"].default is given.parameters["display"].default is None
    else:
        told, said = (str(each.__doc__).partition("Example:") for each in (twin, function))
        assert told[:2] == said[:2]
        assert told[2] != said[2]  # the example of one of them awaits
    others = [[p for p in each.parameters.values() if p.name != "display"] for each in (asked, given)]
    assert others[0] == others[1]


async def shout_async(word: str, *, times: int = 2) -> str:
    """Say it again."""
    await asyncio.sleep(0)
    if word == "no":
        raise ValueError("quiet")
    return word.upper() * times


async def count_async(up_to: int, closed: list[int]) -> AsyncIterator[int]:
    try:
        for number in range(up_to):
            await asyncio.sleep(0)
            yield number
    finally:
        closed.append(up_to)


def outside(work: Callable[[], Any]) -> Any:
    return work()


def inside(work: Callable[[], Any]) -> Any:
    async def main() -> Any:
        return work()

    return asyncio.run(main())


@pytest.mark.parametrize("where", [outside, inside])
def test_a_twin_gives_and_raises_what_the_function_does(where: Callable[[Callable[[], Any]], Any]) -> None:
    shout = in_sync(shout_async)
    assert where(lambda: shout("a", times=3)) == "AAA"
    with pytest.raises(ValueError, match="quiet"):
        where(lambda: shout("no"))


@pytest.mark.parametrize("where", [outside, inside])
def test_items_come_one_by_one_and_an_iterator_left_early_is_closed(
    where: Callable[[Callable[[], Any]], Any],
) -> None:
    closed: list[int] = []
    count = in_sync_items(count_async)
    assert where(lambda: list(count(3, closed))) == [0, 1, 2]

    def first() -> int:
        items = count(9, closed)
        found = next(items)
        items.close()  # type: ignore[attr-defined]
        return found

    assert where(first) == 0
    assert closed == [3, 9]


def test_an_iterator_does_not_become_the_loop_of_the_thread() -> None:
    async def one() -> AsyncIterator[int]:
        yield 1

    items = iterate_sync(one)
    next(items)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    assert list(items) == []


def test_what_only_reads_local_files_runs_without_a_loop_and_what_waits_is_run_on_one() -> None:
    loops: list[bool] = []

    async def look(waits: bool) -> str:
        try:
            asyncio.get_running_loop()
            loops.append(True)
        except RuntimeError:
            loops.append(False)
        if waits:
            await asyncio.sleep(0)
        return "seen"

    assert run_read_only("folder", lambda: look(False)) == "seen"
    assert loops == [False]
    assert run_read_only("folder", lambda: look(True)) == "seen"
    assert loops == [False, False, True]
    assert run_read_only("s3://bucket/folder", lambda: look(False)) == "seen"
    assert loops == [False, False, True, True]
