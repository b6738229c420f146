"""The one bridge from sync to async."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from .._support.loops import refuse_trio
from .interruption import Interruption, run_interruptible

T = TypeVar("T")


def run_sync(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end, also where an event loop is running already (as in notebooks).

    Args:
        call: Makes the coroutine, on the loop that will run it.

    Raises:
        KeyboardInterrupt: After the coroutine, cancelled by Ctrl-C or SIGTERM, has put its things in order.
        ConfigError: This thread runs trio.
    """
    refuse_trio()
    if not _loop_is_running():
        return run_interruptible(call)
    with _termination_as_interrupt():
        return _run_beside(call)


@contextmanager
def _termination_as_interrupt() -> Generator[None]:
    """Let SIGTERM do what Ctrl-C does, unless the program has plans of its own for it."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):  # programs started in the background ignore Ctrl-C
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


def _loop_is_running() -> bool:
    """Tell whether this thread runs an event loop."""
    # A function of its own, because whatever runs in an `except` block has that exception in its tracebacks.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run_beside(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run the coroutine on a loop of its own in another thread, while this thread waits."""
    outcome: list[T] = []
    failure: list[BaseException] = []
    interruptions: list[Interruption] = []
    started, ended = threading.Event(), threading.Event()

    async def main() -> T:
        interruptions.append(Interruption(asyncio.get_running_loop()))
        interruptions[0].here()
        started.set()
        return await call()

    def thread() -> None:
        try:
            outcome.append(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits, whatever it is
            failure.append(error)
        finally:
            started.set()
            ended.set()

    threading.Thread(target=contextvars.copy_context().run, args=(thread,), name="scout", daemon=True).start()
    interrupted = False
    while not ended.is_set():  # a thread whose `join` was interrupted counts as ended in Python 3.11
        try:
            ended.wait()
        except KeyboardInterrupt:
            interrupted = True
            started.wait()
            if any(interruption.press() for interruption in interruptions):
                raise
    if interrupted:
        raise KeyboardInterrupt
    if failure:
        raise failure[0]
    return outcome[0]


def iterate_sync(call: Callable[[], AsyncIterator[T]]) -> Iterator[T]:
    """Iterate over an async iterator; works where an event loop is running already, too."""
    refuse_trio()
    loop = asyncio.new_event_loop()
    try:
        items = call()
        while True:
            try:
                yield _on_loop(loop, items)
            except StopAsyncIteration:
                return
    finally:
        loop.close()


def _on_loop(loop: asyncio.AbstractEventLoop, items: AsyncIterator[T]) -> T:
    """Run the next step on a loop of one's own, in another thread if this one has a running loop."""

    async def step() -> T:
        return await anext(items)

    if not _loop_is_running():
        return loop.run_until_complete(step())
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(loop.run_until_complete, step()).result()
