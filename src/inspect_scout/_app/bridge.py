"""The one bridge from sync to async: nothing else starts an event loop, or runs a coroutine by hand.

Importing it costs nothing: commands that only look at local files start without an event loop.
"""

from __future__ import annotations

import functools
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from .._support.storage import is_local

if TYPE_CHECKING:
    from types import FrameType

    from .interruption import Interruption

P = ParamSpec("P")
T = TypeVar("T")

_SUFFIX = "_async"


def in_sync(use_case: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make the sync twin of an async function: its name without `_async`, with the same signature and words."""

    @functools.wraps(use_case)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return run_sync(functools.partial(use_case, *args, **kwargs))

    return _renamed(call)


def in_sync_items(use_case: Callable[P, AsyncIterator[T]]) -> Callable[P, Iterator[T]]:
    """Make the sync twin of a function that gives an async iterator, as `in_sync` does."""

    @functools.wraps(use_case)
    def call(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        items = use_case(*args, **kwargs)
        return iterate_sync(lambda: items)

    return _renamed(call)


def _renamed(twin: Callable[P, T]) -> Callable[P, T]:
    twin.__name__ = twin.__name__.removesuffix(_SUFFIX)
    twin.__qualname__ = twin.__qualname__.removesuffix(_SUFFIX)
    return twin


def run_light(location: str, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine that only reads files of a location: where these are local without an event loop, which costs time.

    Args:
        location: Where the files are.
        call: Makes the coroutine; called again if it has to wait for something.
    """
    if is_local(location):
        coroutine = call()
        try:
            coroutine.send(None)
        except StopIteration as end:
            value: T = end.value
            return value
        coroutine.close()  # a storage of someone's own serves local files
    return run_sync(call)


def run_sync(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end, also where an event loop is running already (as in notebooks).

    Args:
        call: Makes the coroutine, on the loop that will run it.

    Raises:
        KeyboardInterrupt: After the coroutine, cancelled by Ctrl-C or SIGTERM, has put its things in order.
        ConfigError: This thread runs trio.
    """
    from .._support.loops import refuse_trio
    from .interruption import run_interruptible

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
    import asyncio

    # A function of its own, because whatever runs in an `except` block has that exception in its tracebacks.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run_beside(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run the coroutine on a loop of its own in another thread, while this thread waits."""
    import asyncio
    import contextvars

    from .interruption import Interruption

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
    import asyncio

    from .._support.loops import refuse_trio

    refuse_trio()
    runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)  # one that does not become the loop of this thread
    try:
        items = call()

        async def step() -> T:
            return await anext(items)

        while True:
            try:
                yield _apart(lambda: runner.run(step()))
            except StopAsyncIteration:
                return
    finally:
        _apart(runner.close)


def _apart(work: Callable[[], T]) -> T:
    """Do what runs a loop: in another thread if this one runs a loop already."""
    if not _loop_is_running():
        return work()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
