"""Holding reads to some places, whatever files name and wherever links lead."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from contextvars import ContextVar

_allowed: ContextVar[Callable[[str], bool] | None] = ContextVar("allowed", default=None)


@contextlib.contextmanager
def confined(allowed: Callable[[str], bool]) -> Generator[None]:
    """Hold what this task reads, in the block, to some places.

    Links that lead out of them are passed over where files are listed, and what a scan names outside of them is not read.

    Args:
        allowed: Tells of a path or URL whether it may be read, links resolved.
    """
    before = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(before)


def leads_out(location: str) -> bool:
    """Tell whether a path or URL is outside of the places that this task is held to."""
    allowed = _allowed.get()
    return allowed is not None and not allowed(location)
