"""Waiting for other programs."""

from __future__ import annotations

import time
from collections.abc import Callable


def happens(what: Callable[[], object], seconds: float = 60.0) -> bool:
    """Wait until something is the case; whoever is waited for is another program, so there is nothing to wait on.

    Returns:
        Whether it came to be within some seconds.
    """
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
