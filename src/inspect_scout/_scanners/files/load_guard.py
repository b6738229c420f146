"""While a file is loaded for its scanners, what it does beside declaring them ends where it starts a scan.

Scripts declare scanners and then scan with them. Whoever loads such a script to make its scanners again (a resumed scan,
a worker, `scout scan FILE`) wants what it declares, and not a second scan: there the first call that would start one
ends the loading.
"""

from __future__ import annotations

import sys
import threading
from asyncio import AbstractEventLoop, events
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType, ModuleType
from typing import Any

from ..._support.shapes import is_list, is_mapping
from ..declare.config import ScannerConfig, find_config

_BODY = "<module>"


class Loading:
    """A file or module that is being loaded.

    Args:
        path: The file (None: whatever is imported).
    """

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self.active = True
        self.ended = False
        """Whether it came to a call that would start a scan."""
        self.line: int | None = None
        """Line of the file at which it did."""
        self.partial: dict[str, ModuleType] = {}
        """Modules whose import this has cut short."""

    def end(self) -> SystemExit:
        """Note that it ends here, and where that is; gives what is to be raised.

        SystemExit, because it passes `except Exception` and task groups, and ends a thread without a word.
        """
        self.ended = True
        for frame in frames():
            if self.line is None and frame.f_code.co_filename == self.path:
                self.line = frame.f_lineno
            name = frame.f_globals.get("__name__")
            module = sys.modules.get(name) if isinstance(name, str) else None
            if frame.f_code.co_name == _BODY and module is not None and vars(module) is frame.f_globals:
                self.partial[module.__name__] = module
        loop = events._get_running_loop()  # noqa: SLF001 - as below
        if loop is not None:  # the file's own, which would report tasks that end so
            loop.set_exception_handler(_report)
        return SystemExit(0)


def _report(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), SystemExit):
        loop.default_exception_handler(context)


_current: ContextVar[Loading | None] = ContextVar("scout_loading", default=None)
_all: list[Loading] = []
"""Whatever is being loaded at this moment, by any thread."""


@contextmanager
def while_loading(path: str | None = None) -> Generator[Loading]:
    """Load a file, or import modules, in this block: calls that would start a scan end it.

    Files are loaded while a loop of ours runs. For their code there is none, as in a script: `asyncio.run` works.

    Args:
        path: The file (None: whatever is imported).
    """
    current = Loading(path)
    token, loop = _current.set(current), events._get_running_loop()  # noqa: SLF001 - public, in spite of its name
    events._set_running_loop(None)  # noqa: SLF001
    _all.append(current)
    try:
        yield current
    finally:
        events._set_running_loop(loop)  # noqa: SLF001
        # Threads and tasks that the file has left behind keep the context, but are not part of the loading any more.
        current.active = False
        _all.remove(current)
        _current.reset(token)


def end_loading(scanners: Any = ()) -> None:
    """End the loading of a file if it is what starts a scan here; otherwise do nothing.

    A scan that another thread of the program starts meanwhile has nothing to do with the file: a thread belongs to the
    file if code of the file runs in it, or if it was given scanners of the file.

    Args:
        scanners: The scanners of the scan, as `scan` was given them.

    Raises:
        SystemExit: It is.
    """
    if not _all:
        return
    found = _current.get()
    if found is None or not found.active:
        found = next((each for each in list(_all) if each.path is not None and _belongs(each.path, scanners)), None)
    if found is not None:
        raise found.end()


def _belongs(path: str, scanners: Any) -> bool:
    if threading.current_thread() is threading.main_thread() and _current.get() is None:
        return False  # the main thread has its context, whatever it runs
    if any(frame.f_code.co_filename == path for frame in frames()):
        return True
    return any(config.file == path for config in _configs(scanners))


def _configs(scanners: Any) -> Iterator[ScannerConfig]:
    given: Any = getattr(scanners, "scanners", scanners)
    items: list[Any] = list(given.values()) if is_mapping(given) else given if is_list(given) else []
    for item in items:
        # A pair is (name, scanner).
        pair: Any = item
        config = find_config(pair[-1] if isinstance(item, tuple) and item else pair)
        if config is not None:
            yield config


def frames() -> Iterator[FrameType]:
    """Go up the stack from whoever asks."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the stack, where `inspect` would also read sources
    while frame is not None:
        yield frame
        frame = frame.f_back
