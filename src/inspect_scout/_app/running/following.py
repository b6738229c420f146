"""Following a scan from the program that runs it: functions are told how it stands, on the thread of its event loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from ..._engine import Listener, StopRequest
from ..._support.causes.describing import brief
from ..._support.errors import ConfigError
from ..._support.foreign import foreign
from ..._types import ScanState

logger = logging.getLogger("inspect_scout")

OnProgress: TypeAlias = Callable[[ScanState], object]
"""Is told how a scan stands; what it returns is ignored."""


@dataclass(frozen=True, slots=True)
class Following:
    """How a program follows the scan that it runs.

    Args:
        functions: Are told how it stands.
        stopping: Asks it to begin nothing new.
    """

    functions: tuple[OnProgress, ...] = ()
    stopping: StopRequest = field(default_factory=StopRequest)

    def by(self, on_progress: OnProgress | None) -> Following:
        """Follow it by another function as well (None: there is none).

        Raises:
            ConfigError: It cannot be called, or would have to be awaited.
        """
        if on_progress is None:
            return self
        given: object = on_progress
        if not callable(given) or inspect.iscoroutinefunction(on_progress):
            raise ConfigError(
                f"on_progress={on_progress!r} is not a function of a ScanState that returns at once. Give such a function (it "
                "may start a task), or follow the scan with start_scan(...) and run.states()."
            )
        return Following((*self.functions, on_progress), self.stopping)


@contextmanager
def telling(functions: Sequence[OnProgress]) -> Generator[list[Listener]]:
    """Tell functions how a scan stands while the block runs it: gives the listeners of its feed.

    States come from any thread. The functions get the newest one on the thread of the running loop, as soon as it has a
    turn for them, so one that takes long or a loop that is held up never leaves a backlog. The last state is told in any
    case. What a function raises is logged once.

    Args:
        functions: The functions.
    """
    loop, newest = asyncio.get_running_loop(), list[ScanState]()
    failed = set[int]()

    def deliver() -> None:
        if not newest:
            return
        state = newest.pop()
        for number, function in enumerate(functions):
            with foreign() as ran:
                function(state)
            if ran.error is not None and number not in failed:
                failed.add(number)
                logger.warning(
                    "on_progress failed, and the scan goes on; later failures are not reported: %s", brief(ran.error)
                )

    def listen(state: ScanState) -> None:
        newest[:] = [state]
        with contextlib.suppress(RuntimeError):  # the loop is closed: the scan was left behind
            loop.call_soon_threadsafe(deliver)

    try:
        yield [listen] if functions else []
    finally:
        deliver()
