"""The one bridge from sync to async: nothing else starts an event loop, or runs a coroutine by hand.

Importing it costs nothing: commands that only look at local files start without an event loop.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, ParamSpec, TypeVar

from .._support.storage import is_local

P = ParamSpec("P")
T = TypeVar("T")

F = TypeVar("F", bound=Callable[..., Any])

DISPLAY_LINES = re.compile(r"^( +display: )(?:.*\n)(?: {12,}.*\n)*", re.MULTILINE)
ASYNC_DISPLAY = "What to show, and how: `none` (the default), `rich`, `plain`, `log`.\n"
_SUFFIX = "_async"
_BATCHES = re.compile(r"\bfor (\w+) in scan_results_batches\(")
_CALLS = re.compile(
    r"\b(scan(?:_complete|_list|_resume|_status|_results_df|_results_arrow|_results_query)?|validation_results_df)\("
)
"""Calls in examples of sync functions that those of their async twins await."""


def described_as(twin: Callable[..., Any]) -> Callable[[F], F]:
    """Describe an async function with the words of its sync twin, but for its display, which shows nothing by default."""

    def describe(function: F) -> F:
        text, section, code = (twin.__doc__ or "").partition("Example:\n")
        code = _CALLS.sub(r"await \1_async(", _BATCHES.sub(r"async for \1 in scan_results_batches_async(", code))
        text = DISPLAY_LINES.sub(rf"\g<1>{ASYNC_DISPLAY}", text) + section + code
        lines = text.splitlines(keepends=True)
        function.__doc__ = "".join(line for line in lines if not line.strip().startswith("KeyboardInterrupt:"))
        return function

    return describe


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


def run_read_only(location: str, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
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
    from .interruption import run_in_thread, run_interruptible

    refuse_trio()
    if threading.current_thread() is threading.main_thread():
        return run_interruptible(call)
    return _outside_loop(lambda: run_in_thread(call))


def _loop_is_running() -> bool:
    """Tell whether this thread runs an event loop."""
    import asyncio

    # A function of its own, because whatever runs in an `except` block has that exception in its tracebacks.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def iterate_sync(call: Callable[[], AsyncIterator[T]]) -> Iterator[T]:
    """Iterate over an async iterator; works also where an event loop is running already."""
    import asyncio

    from .._support.loops import refuse_trio

    refuse_trio()
    runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)  # one that does not become the loop of this thread
    try:
        items = call()

        async def step() -> T:
            return await anext(items)

        # `Runner.run` takes SIGINT for each step, and the enum of handlers shows its task when it gives it back, with the
        # frame that the task has made: a fifth of the time of reading 16 600 rows.
        loop = runner.get_loop()
        while True:
            try:
                yield _outside_loop(lambda: loop.run_until_complete(step()))
            except StopAsyncIteration:
                return
    finally:
        _outside_loop(runner.close)


def _outside_loop(work: Callable[[], T]) -> T:
    """Do what runs a loop: in another thread if this one runs a loop already."""
    if not _loop_is_running():
        return work()
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(copy_context().run, work).result()
