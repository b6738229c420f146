"""Scanners that do what must not end a scan; workers import this module, as users' workers import theirs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NoReturn

from inspect_ai.model import ChatMessage, get_model

from inspect_scout import Result, Scanner, Transcript, loader, scanner


class Leave(BaseException):
    """What `except Exception` does not catch."""


class Mute(Exception):
    """Cannot be written."""

    def __str__(self) -> NoReturn:
        raise RuntimeError("no words")


class Exits(Exception):
    """Ends the program when it is written."""

    def __str__(self) -> str:  # noqa: PLE0307
        sys.exit(7)

    __repr__ = __str__


def task() -> asyncio.Task[Any]:
    """The current task."""
    current = asyncio.current_task()
    assert current is not None
    return current


async def cancelled_future() -> None:
    """Wait for a future that was cancelled."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


async def cancelled_task() -> None:
    """Wait for a task that was cancelled."""
    inner = asyncio.create_task(asyncio.sleep(10))
    asyncio.get_running_loop().call_soon(inner.cancel)
    await inner


async def raises_cancelled() -> None:
    """Raise what a cancelled task raises."""
    raise asyncio.CancelledError


async def cancels_itself() -> None:
    """Cancel the task that runs it."""
    task().cancel()
    await asyncio.sleep(1)


async def cancels_itself_later() -> None:
    """Leave behind a request to cancel the task that runs it, and fail."""
    task().cancel()
    raise ValueError("after all")


async def times_out_in_the_old_way() -> None:
    """Time out as libraries did before tasks could be uncancelled."""
    asyncio.get_running_loop().call_later(0.01, task().cancel)
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        raise TimeoutError("in the old way") from None


async def leaves(code: object = 7) -> None:
    """Leave the program."""
    sys.exit(code)  # type: ignore[arg-type]


async def leaves_well() -> None:
    """Leave the program as if all were well."""
    await leaves(0)


async def leaves_in_a_task() -> None:
    """Leave the program from a task of its own."""
    await asyncio.gather(leaves(), asyncio.sleep(0))


async def leaves_in_a_group() -> None:
    """Leave the program from a group of tasks."""
    async with asyncio.TaskGroup() as group:
        group.create_task(leaves())


async def leaves_in_a_thread() -> None:
    """Leave the program from a thread."""
    await asyncio.to_thread(sys.exit, 7)


async def leaves_behind_a_task_that_leaves() -> None:
    """Leave behind a task that leaves the program."""
    left_behind.add(asyncio.create_task(leaves()))
    await asyncio.sleep(0.01)
    raise ValueError("left behind")


left_behind: set[asyncio.Task[None]] = set()


async def interrupts() -> None:
    """Raise what Ctrl-C raises, without any signal."""
    raise KeyboardInterrupt


async def closes() -> None:
    """Raise what closing a generator raises."""
    raise GeneratorExit


async def raises_a_base_exception() -> None:
    """Raise what `except Exception` does not catch."""
    raise Leave("for good")


async def raises_a_group() -> None:
    """Raise several at once."""
    raise BaseExceptionGroup("several", [SystemExit(3), Leave("for good"), ValueError("and so on")])


async def raises_a_group_of_cancellations() -> None:
    """Raise cancellations in a group."""
    raise BaseExceptionGroup("several", [asyncio.CancelledError(), KeyboardInterrupt()])


async def is_mute() -> None:
    """Raise what cannot be written."""
    raise Mute


async def exits_when_written() -> None:
    """Raise what ends the program when it is written."""
    raise Exits


async def lacks_something() -> None:
    """Raise what inspect_ai raises where something is missing on this machine."""
    get_model("openai/gpt-4o-mini", base_url="http://127.0.0.1:9", api_key=None, memoize=False)


async def stops_iterating() -> None:
    """Raise what ends an iteration."""
    raise StopAsyncIteration


DEEDS: dict[str, Callable[[], Awaitable[None]]] = {
    deed.__name__: deed
    for deed in (
        *(cancelled_future, cancelled_task, raises_cancelled, cancels_itself, cancels_itself_later),
        *(times_out_in_the_old_way, leaves, leaves_well, leaves_in_a_task, leaves_in_a_group, leaves_in_a_thread),
        *(leaves_behind_a_task_that_leaves, interrupts, closes, raises_a_base_exception, raises_a_group),
        *(raises_a_group_of_cancellations, is_mute, exits_when_written, lacks_something, stops_iterating),
    )
}
"""What scanners may do, each of which is an error row of its pair and nothing more."""


@scanner(messages="all")
def does(deed: str) -> Scanner[Transcript]:
    """Do it at the transcript t1."""

    async def scan(transcript: Transcript) -> Result:
        if transcript.transcript_id == "t1":
            await DEEDS[deed]()
        return Result(value=True)

    return scan


@loader(messages="all")
def doing(deed: str) -> Any:
    """Do it after the first message of the transcript t1."""

    async def load(transcript: Transcript) -> AsyncIterator[ChatMessage]:
        for position, message in enumerate(transcript.messages):
            if position == 1 and transcript.transcript_id == "t1":
                await DEEDS[deed]()
            yield message

    return load


def loaded(deed: str) -> Scanner[ChatMessage]:
    """Make a scanner whose loader does it."""

    @scanner(loader=doing(deed), name=deed)
    def over_loader() -> Scanner[ChatMessage]:
        async def scan(message: ChatMessage) -> Result:
            return Result(value=message.role)

        return scan

    return over_loader()
