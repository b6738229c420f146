"""How far a command is, on one line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

PROGRESS_SECONDS = 0.2
"""Time between two looks at how far a command is."""


@contextmanager
def progress_line(doing: str, quiet: bool = False) -> Generator[Callable[[int, int], None]]:
    """Show how far a command is, on a line of standard error that is written again and again; nothing in a pipe.

    Args:
        doing: What is being done.
        quiet: Show nothing at all.
    """
    shows = not quiet and sys.stderr.isatty()
    last = 0.0

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if shows and now - last >= PROGRESS_SECONDS:
            last = now
            of = f" of {total:,}" if total else ""
            sys.stderr.write(f"\r\x1b[K{doing} {done:,}{of}")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if shows and last:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
