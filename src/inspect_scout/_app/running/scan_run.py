"""A scan that a program has started and follows: its state, its end before its time, its outcome."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import ParamSpec, Self, TypeVar

from ..._plan import ScanRequest
from ..._results import read_status
from ..._support.errors import ScanStateError
from ..._support.loops import asyncio_only, refuse_trio
from ..._types import ScanState, Status
from ..api import quiet_display, scan, scan_request
from ..bridge import ASYNC_DISPLAY, DISPLAY_LINES
from ..interruption import run_in_thread
from .following import Following
from .scanning import run_scan

P = ParamSpec("P")
T = TypeVar("T")


class _NewestState:
    """The newest state of a scan, for whoever waits for a newer one: what comes meanwhile is left out."""

    def __init__(self) -> None:
        self.state: ScanState | None = None
        self._ended = False
        self._changed = asyncio.Event()

    def put(self, state: ScanState) -> None:
        self.state = state
        self._wake()

    def end(self, _: object = None) -> None:
        """Say that there will be no newer one."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def newer(self, than: ScanState | None) -> ScanState | None:
        """Wait for another state than the one seen last; None: there will be no other."""
        while self.state is than and not self._ended:
            await self._changed.wait()
        return None if self.state is than else self.state


class PendingScan:
    """A scan that starts when its block begins: what `start_scan` gives."""

    def __init__(self, request: ScanRequest) -> None:
        self._request = request
        self._run: AsyncScanRun | ScanRun | None = None

    async def __aenter__(self) -> AsyncScanRun:
        """Start it on the running event loop.

        Raises:
            ScoutError: It is refused; nothing was created.
        """
        self._run = run = AsyncScanRun(self._unused_request())
        return await run.__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        """Cancel it unless it has ended, and wait for its end."""
        if isinstance(self._run, AsyncScanRun):
            await self._run.__aexit__(*raised)

    def __enter__(self) -> ScanRun:
        """Start it in a thread of its own.

        Raises:
            ScoutError: It is refused; nothing was created.
        """
        self._run = run = ScanRun(self._unused_request())
        return run.__enter__()

    def __exit__(self, *raised: object) -> None:
        """Cancel it unless it has ended, and wait for its end."""
        if isinstance(self._run, ScanRun):
            self._run.__exit__(*raised)

    def _unused_request(self) -> ScanRequest:
        if self._run is not None:
            raise ScanStateError("This scan was started already. Call start_scan(...) again to start another one.")
        return self._request


@asyncio_only
class AsyncScanRun:
    """A scan that runs beside the program that has started it: what `async with start_scan(...)` gives.

    If the block ends before the scan, the scan is cancelled, and the block waits until what was recorded is in order. A failure
    of the scan that `status()` has not told is raised at the end of the block.

    Example:
        async with start_scan([length()], "logs") as run:
            async for state in run.states():
                print(state.done, "of", state.due)
            status = await run.status()
    """

    def __init__(self, request: ScanRequest, newest: _NewestState | None = None) -> None:
        self._request = request
        self._newest = newest or _NewestState()
        self._following = Following((self._newest.put,))
        self._task: asyncio.Task[Status] | None = None
        self._cancels = 0
        self._is_told = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._newest.state!r})"

    async def __aenter__(self) -> Self:
        """Start the scan, and wait until it is planned.

        Raises:
            ScoutError: The scan is refused; nothing was created.
        """
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._newest.end)
        try:
            planned = await self._newest.newer(None)
        except asyncio.CancelledError:
            self._cancel_at_once()
            await self._wait_for_end()
            raise
        if planned is None:
            await self.status()
        return self

    async def __aexit__(self, *raised: object) -> None:
        """Cancel the scan unless it has ended, and wait for its end."""
        if isinstance(raised[1], asyncio.CancelledError):
            self._cancel_at_once()
        elif not self._started.done() and not self._cancels:
            self.cancel()
        await self._wait_for_end()
        if raised[1] is None and not self._is_told:
            await self.status()

    @property
    def state(self) -> ScanState:
        """How the scan stands now; after its end, how it stood last."""
        if self._newest.state is None:
            raise _not_started()
        return self._newest.state

    @property
    def location(self) -> str:
        """Directory of the scan (`(dry-run)`: it has none)."""
        return self.state.facts.location

    async def states(self) -> AsyncIterator[ScanState]:
        """Give how the scan stands, now and whenever that has changed, until the scan has ended.

        Whoever is slow misses states, and never sees an old one. Several may iterate at once.
        """
        state = self.state
        yield state
        while (newer := await self._newest.newer(state)) is not None:
            state = newer
            yield state

    def cancel(self) -> None:
        """Let the scan begin nothing new: answers under way have `$SCOUT_GRACE_SECONDS` (5) to come, and are recorded.

        A second call ends it at once. What is recorded is kept, and `scan_resume` goes on with it. After the end of the scan
        nothing happens.
        """
        self._cancels += 1
        if self._cancels == 1:
            self._following.stopping.ask()
        elif self._cancels == 2:
            self._started.cancel()

    async def status(self) -> Status:
        """Wait for the end of the scan, and tell how it ended; `complete` is False if it was cancelled before all was done.

        Raises:
            Exception: What has ended the scan, as `scan_async` raises it.
        """
        await asyncio.wait([self._started])
        self._is_told = True
        return self._started.result()

    @property
    def _started(self) -> asyncio.Task[Status]:
        if self._task is None:
            raise _not_started()
        return self._task

    def _cancel_at_once(self) -> None:
        self._cancels = max(1, self._cancels)
        self.cancel()

    async def _run(self) -> Status:
        try:
            return await run_scan(self._request, self._following)
        except asyncio.CancelledError:
            if not self._cancels or self._newest.state is None:
                raise
            return await read_status(self.location)

    async def _wait_for_end(self) -> None:
        cancelled = False
        while not self._started.done():
            try:
                await asyncio.wait([self._started])
            except asyncio.CancelledError:
                cancelled = True
                self._cancel_at_once()
        if cancelled:
            raise asyncio.CancelledError


class ScanRun:
    """A scan that runs in a thread beside the program that has started it: what `with start_scan(...)` gives.

    If the block ends before the scan, by Ctrl-C for example, the scan is cancelled, and the block waits until what was recorded
    is in order. A failure of the scan that `status()` has not told is raised at the end of the block.

    Example:
        with start_scan([length()], "logs") as run:
            for state in run.states():
                print(state.done, "of", state.due)
            status = run.status()
    """

    def __init__(self, request: ScanRequest) -> None:
        self._newest = _NewestState()
        self._inner = AsyncScanRun(request, self._newest)
        self._begun, self._leaving = threading.Event(), asyncio.Event()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scout")
        self._ended: Future[Status] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[object] | None = None
        self._is_ready = self._is_told = self._is_left = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._newest.state!r})"

    def __enter__(self) -> Self:
        """Start the scan, and wait until it is planned.

        Raises:
            ScoutError: The scan is refused; nothing was created.
        """
        refuse_trio()
        self._ended = self._threads.submit(contextvars.copy_context().run, run_in_thread, self._follow)
        self._ended.add_done_callback(lambda _: self._begun.set())
        try:
            self._begun.wait()
        except KeyboardInterrupt:
            self._leave()
            raise
        if not self._is_ready:
            self._threads.shutdown()
            self._ended.result()
        return self

    def __exit__(self, *raised: object) -> None:
        """Cancel the scan unless it has ended, and wait for its end."""
        self._leave()
        if raised[1] is None and not self._is_told:
            self._thread_ended.result()

    @property
    def state(self) -> ScanState:
        """How the scan stands now; after its end, how it stood last."""
        return self._inner.state

    @property
    def location(self) -> str:
        """Directory of the scan (`(dry-run)`: it has none)."""
        return self._inner.location

    def states(self) -> Iterator[ScanState]:
        """Give how the scan stands, now and whenever that has changed, until the scan has ended.

        Whoever is slow misses states, and never sees an old one. Several may iterate at once.
        """
        state = self.state
        yield state
        while not self._thread_ended.done() and (newer := self._wait_for(self._newest.newer(state))) is not None:
            state = newer
            yield state

    def cancel(self) -> None:
        """Let the scan begin nothing new: answers under way have `$SCOUT_GRACE_SECONDS` (5) to come, and are recorded.

        A second call ends it at once. What is recorded is kept, and `scan_resume` goes on with it. After the end of the scan
        nothing happens.
        """
        self._post(self._inner.cancel)

    def status(self) -> Status:
        """Wait for the end of the scan, and tell how it ended; `complete` is False if it was cancelled before all was done.

        Raises:
            Exception: What has ended the scan, as `scan` raises it.
        """
        ended = self._thread_ended
        try:
            return ended.result() if ended.done() else self._wait_for(self._inner.status())
        finally:
            self._is_told = True

    @property
    def _thread_ended(self) -> Future[Status]:
        if self._ended is None:
            raise _not_started()
        return self._ended

    async def _follow(self) -> Status:
        """Run the scan, in its thread, until it has ended and the block as well."""
        self._task, self._loop = asyncio.current_task(), asyncio.get_running_loop()
        async with self._inner as run:
            self._is_ready = True
            self._begun.set()
            if not self._is_left:
                await self._leaving.wait()
        return await run.status()

    def _leave(self) -> None:
        """Let the thread end, and wait for it: Ctrl-C meanwhile ends the scan at once, and the next one waits for nothing."""
        self._is_left = True
        if self._is_ready or self._task is None:
            self._post(self._leaving.set)
        else:
            self._post(self._task.cancel)
        interrupts = 0
        while not self._thread_ended.done() and interrupts < 2:
            try:
                wait([self._thread_ended])
            except KeyboardInterrupt:
                interrupts += 1
                self.cancel()
                self.cancel()
        self._threads.shutdown(wait=self._thread_ended.done())
        if interrupts:
            raise KeyboardInterrupt

    def _post(self, call: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the scan has ended, and its loop is closed
            if self._loop is not None:
                self._loop.call_soon_threadsafe(call)

    def _wait_for(self, coroutine: Coroutine[object, None, T]) -> T:
        if self._loop is None:
            raise _not_started()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


def _taking_arguments_of(scan: Callable[P, object], make: Callable[[ScanRequest], T]) -> Callable[P, T]:
    """Make a function with the arguments of `scan`; it shows nothing unless it is asked to."""
    signature = inspect.signature(scan)

    @functools.wraps(scan)
    def start(*args: P.args, **kwargs: P.kwargs) -> T:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        return make(scan_request({**given.arguments, "display": quiet_display(given.arguments["display"])}))

    return start


def _arguments_text(scan: Callable[..., object]) -> str:
    """Describe the arguments of `scan` for functions that show nothing by default."""
    text = inspect.cleandoc(DISPLAY_LINES.sub(rf"\g<1>{ASYNC_DISPLAY}", scan.__doc__ or ""))
    return text[text.index("Args:") : text.index("Returns:")]


start_scan = _taking_arguments_of(scan, PendingScan)
"""Start a scan that goes on while your program does something else, with the arguments of `scan`."""
start_scan.__name__ = start_scan.__qualname__ = "start_scan"
start_scan.__doc__ = f"""Start a scan that goes on while your program does something else, and follow it.

`async with start_scan(...) as run:` runs it on the loop of your program, and gives an `AsyncScanRun`; `with start_scan(...) as
run:` runs it in a thread of its own, and gives a `ScanRun`. The block begins when the scan is planned and its directory is
created. If it ends before the scan, the scan is cancelled, and what was recorded is kept.

{_arguments_text(scan)}Raises:
    ScoutError: The request cannot be carried out; nothing was created.

Example:
    ```python
    async with start_scan([length()], "logs") as run:
        async for state in run.states():
            print(state.done, "of", state.due)
        status = await run.status()
    ```
"""


def _not_started() -> ScanStateError:
    return ScanStateError(
        "The scan was not started yet. Use it as `with start_scan(...) as run:` (`async with` in `aio`)."
    )
