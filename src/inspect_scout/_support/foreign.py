"""The border of foreign code: scanners, loaders, predicates, metrics, and whatever else is not ours.

Code of others may raise anything. A scan ends by what *we* want to end (`Cancellation` says so) and by real signals; all else
is an error of the code that raised it, also what `except Exception` does not catch: the cancellation of a future that
somebody else cancelled, `sys.exit()`, a `BaseException` of one's own, groups of these.

    async with foreign() as ran:
        result = await scan(item)
    if ran.error is not None: ...

Nothing else in Scout catches `BaseException` around foreign code.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from dis import opmap
from types import CodeType, TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary

_RAISE = opmap["RAISE_VARARGS"]


class Cancellation:
    """Tells `foreign` in the tasks of a block whether these are cancelled because we want them to end.

    A count of cancellations (`Task.cancelling`) cannot tell it: code of others also cancels the task that it runs in.
    """

    def __init__(self) -> None:
        self._outer = _cancellation.get()
        self._requested = False

    @property
    def requested(self) -> bool:
        """Whether we want these tasks to end."""
        return self._requested or (self._outer is not None and self._outer.requested)

    def context(self) -> Context:
        """Make a context for a task of the block."""
        context = copy_context()
        context.run(_cancellation.set, self)
        return context

    def request(self) -> None:
        """Say that they are to end: whatever foreign code raises from now on ends its task."""
        self._requested = True

    def cancel(self, tasks: Iterable[asyncio.Task[Any]]) -> None:
        """End tasks of the block."""
        self.request()
        for task in tasks:
            task.cancel()


_cancellation: ContextVar[Cancellation | None] = ContextVar("scout_cancellation", default=None)


class foreign:  # noqa: N801 - used as a word of the language, as `suppress` is
    """Run code of others in the block, which ends early if that raises.

    As `async with` it also takes back cancellations that the code has asked for, so that they do not strike later.
    """

    __slots__ = ("_asked", "_task", "error")

    def __init__(self) -> None:
        self.error: BaseException | None = None
        """What the code raised, unless that ends the scan."""

    def __enter__(self) -> Self:
        self._task = task = _current_task()
        self._asked = task.cancelling() if task is not None else 0
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is None:
            return False
        if not isinstance(error, Exception) and (_current_task() is not self._task or from_signal(error)):
            return False  # a coroutine that is closed from outside, or a signal
        if self._is_requested():
            if isinstance(error, asyncio.CancelledError):
                return False
            raise asyncio.CancelledError from error
        self.error = error.__cause__ if isinstance(error, ForeignExit) else error
        return True

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        contained = self.__exit__(kind, error, trace)
        task = self._task
        if task is not None and task.cancelling() > self._asked and (error is None or contained):
            await self._take_back(task)
        return contained

    def _is_requested(self) -> bool:
        cancellation = _cancellation.get()
        if cancellation is not None:
            return cancellation.requested
        return self._task is not None and self._task.cancelling() > self._asked

    async def _take_back(self, task: asyncio.Task[Any]) -> None:
        if self._is_requested():
            return  # ours: code that has caught it keeps what it made of it, and the next one does not begin
        while task.cancelling() > self._asked:
            task.uncancel()
        try:
            await asyncio.sleep(0)  # a cancellation that was not delivered yet comes here
        except asyncio.CancelledError:
            if self._is_requested():
                raise


def check_cancelled() -> None:
    """Begin nothing more where the end was requested.

    Raises:
        asyncio.CancelledError: It is, and the code that it was raised into has caught it.
    """
    cancellation = _cancellation.get()
    if cancellation is not None and cancellation.requested:
        raise asyncio.CancelledError


def from_signal(error: BaseException) -> bool:
    """Tell whether a handler of a signal has raised an exception; the frame of the handler is in its traceback.

    The handler that Python has for Ctrl-C has no frame: what it raises comes out of an instruction that raises nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        return False
    handlers = set(_handler_codes())
    last: TracebackType | None = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in handlers:
            return True
        last, trace = trace, trace.tb_next
    if not isinstance(error, KeyboardInterrupt) or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return False
    return last is not None and last.tb_frame.f_code.co_code[last.tb_lasti] != _RAISE


def _handler_codes() -> Iterator[CodeType]:
    for number in signal.valid_signals():
        handler: Any = signal.getsignal(number)
        handler = getattr(handler, "func", handler)  # asyncio's is a partial
        code = getattr(getattr(handler, "__func__", handler), "__code__", None)
        if isinstance(code, CodeType):
            yield code


class ForeignExit(RuntimeError):
    """A task of foreign code was left by `sys.exit()`, or by what Ctrl-C raises; that is its cause."""


class ForeignTask(Coroutine[Any, Any, Any]):
    """The coroutine of a task that foreign code has started.

    SystemExit and KeyboardInterrupt in a task do not wait for whoever awaits it: asyncio raises them out of the loop,
    past every border. Here they become an exception that can wait.

    Args:
        inner: The coroutine.
    """

    __slots__ = ("_inner", "work")

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner
        self.work = current_work.get()
        """What it belongs to."""

    def send(self, value: Any) -> Any:
        """Run to the next point where it waits."""
        return _run_step(self._inner.send, value)

    def throw(self, *error: Any) -> Any:
        """Raise an exception where it waits."""
        return _run_step(self._inner.throw, *error)

    def close(self) -> None:
        """End it where it waits."""
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)  # state and name, which libraries look up


def _run_step(step: Callable[..., Any], *given: Any) -> Any:
    try:
        return step(*given)
    except (SystemExit, KeyboardInterrupt) as error:
        if from_signal(error):
            raise
        raise ForeignExit(f"A task was left by {type(error).__name__}") from error


current_work: ContextVar[object | None] = ContextVar("scout_work", default=None)
"""What the code that runs belongs to, for those who look from another thread."""


def work_of(task: asyncio.Task[Any] | None) -> object | None:
    """Tell what a task of foreign code belongs to (None: it is none, or nobody knows)."""
    coroutine = task.get_coro() if task is not None else None
    return coroutine.work if isinstance(coroutine, ForeignTask) else None


_guards: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[int, Any, Any]] = WeakKeyDictionary()
"""By loop: how many blocks guard it, their factory of tasks, and the one that it had before."""


@contextmanager
def guarding_foreign_tasks() -> Generator[None]:
    """Let no task that foreign code starts in the block raise SystemExit out of the event loop."""
    loop = asyncio.get_running_loop()
    count, factory, before = _guards.get(loop, (0, None, None))
    if factory is None or loop.get_task_factory() is not factory:
        before = loop.get_task_factory()
        factory = _factory(before)
        loop.set_task_factory(factory)
    _guards[loop] = (count + 1, factory, before)
    try:
        yield
    finally:
        count, factory, before = _guards.pop(loop)
        if count > 1:
            _guards[loop] = (count - 1, factory, before)
        elif loop.get_task_factory() is factory:
            loop.set_task_factory(before)


def _factory(before: Any) -> Any:
    def make(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        if _cancellation.get() is not None:  # inside a scan; whatever else runs on the loop is left alone
            coroutine = ForeignTask(coroutine)
        if before is not None:
            return before(loop, coroutine, **options)
        return asyncio.Task(coroutine, loop=loop, **options)

    return make


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        return None
