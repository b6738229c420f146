"""Holding what is read and written to some places, whatever files name and wherever links lead."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Generator
from contextvars import ContextVar
from typing import Protocol


class Bounds(Protocol):
    """Some places, and all that is in them."""

    def allows(self, location: str) -> bool:
        """Tell whether a path or URL is in them, links resolved."""
        ...

    def hold(self, path: str) -> bool:
        """Tell whether a path without links is in them."""
        ...


class WayOutError(FileNotFoundError):
    """A path leads out of the places that a task is held to."""


_bounds: ContextVar[Bounds | None] = ContextVar("bounds", default=None)


@contextlib.contextmanager
def confined(bounds: Bounds) -> Generator[None]:
    """Hold what this task reads and writes, in the block, to some places.

    Links that lead out of them are passed over where files are listed, and are not there where one is opened; what a scan
    names outside of them is not read.

    Args:
        bounds: The places.
    """
    before = _bounds.set(bounds)
    try:
        yield
    finally:
        _bounds.reset(before)


def leads_out(location: str) -> bool:
    """Tell whether a path or URL is outside of the places that this task is held to."""
    bounds = _bounds.get()
    return bounds is not None and not bounds.allows(location)


def refuse_way_out(path: str) -> None:
    """Refuse a path that leads out of the places that this task is held to.

    Raises:
        WayOutError: It does.
    """
    if leads_out(path):
        raise _way_out(path)


def refuse_way_out_of(file: int, path: str) -> None:
    """Refuse an open file that is not in the places that this task is held to, whatever its path leads to by now.

    Args:
        file: Its descriptor.
        path: What was opened.

    Raises:
        WayOutError: It is not.
    """
    bounds = _bounds.get()
    if bounds is None:
        return
    try:
        # Linux tells what was opened: 2 us, where to resolve the path again takes 18.
        allowed = bounds.hold(os.readlink(f"/proc/self/fd/{file}"))
    except OSError:
        allowed = bounds.allows(path)
    if not allowed:
        raise _way_out(path)


def _way_out(path: str) -> WayOutError:
    return WayOutError(errno.ENOENT, "it is not in what this server shows", path)
