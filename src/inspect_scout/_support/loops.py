"""Which event loop runs: Scout is written for that of asyncio."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
import threading
import types
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from .errors import ConfigError

T = TypeVar("T", bound=Callable[..., Any])
T_co = TypeVar("T_co")

RunCoroutine = Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]
"""Runs a coroutine to its end for code that cannot await: a frame is read when its mapping is asked for it."""

_main: ContextVar[Callable[[Callable[[], object]], None] | None] = ContextVar("scout_main_thread", default=None)


def set_main_thread(post: Callable[[Callable[[], object]], None]) -> None:
    """Say how something is done in the main thread, which waits for this context.

    Args:
        post: Lets the main thread call something, soon.
    """
    _main.set(post)


def main_thread_waits() -> bool:
    """Tell whether this is the main thread, or one that the main thread does nothing but wait for."""
    return _main.get() is not None or threading.current_thread() is threading.main_thread()


def in_main_thread(act: Callable[[], T_co]) -> T_co:
    """Do something in the main thread if it waits for what runs here, else in this one; libraries set signals there.

    Raises:
        BaseException: What it raises.
    """
    post = _main.get()
    if post is None or threading.current_thread() is threading.main_thread():
        return act()
    future: Future[T_co] = Future()

    def work() -> None:
        try:
            future.set_result(act())
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits, whatever it is
            future.set_exception(error)

    post(work)
    return future.result()


async def needs_loop() -> None:
    """Begin what cannot do without an event loop: a coroutine that is run by hand (`run_read_only`) starts again on one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        await _pause()


@types.coroutine
def _pause() -> Generator[None]:
    yield


def refuse_trio() -> None:
    """Refuse to go on in a task of trio, where nothing of asyncio works.

    Raises:
        ConfigError: It is one.
    """
    # Whoever runs trio has loaded what tells it.
    sniffio: Any = sys.modules.get("sniffio")
    if sniffio is None:
        return
    try:
        name = sniffio.current_async_library()
    except sniffio.AsyncLibraryNotFoundError:
        return
    if name != "asyncio":
        _refuse(name)


def asyncio_only(thing: T) -> T:
    """Let an async function, or the public methods of a class, begin nothing on another event loop than asyncio's."""
    if isinstance(thing, type):
        for name, member in list(vars(thing).items()):
            public = not name.startswith("_") or name == "__aenter__"
            if public and (inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member)):
                setattr(thing, name, asyncio_only(member))
        return cast(T, thing)
    if inspect.isasyncgenfunction(thing):

        @functools.wraps(thing)
        async def items(*args: Any, **kwargs: Any) -> Any:
            _require_asyncio()
            async for item in thing(*args, **kwargs):
                yield item

        return cast(T, items)

    @functools.wraps(thing)
    async def call(*args: Any, **kwargs: Any) -> Any:
        _require_asyncio()
        return await thing(*args, **kwargs)

    return cast(T, call)


def _require_asyncio() -> None:
    refuse_trio()
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    if task is None:
        _refuse("another event loop")


def _refuse(name: str) -> None:
    raise ConfigError(
        f"Scout runs on asyncio, not on {name}; call it in asyncio.run(...) or anyio.run(..., backend='asyncio'), or in "
        "another thread."
    )
