"""The garbage collector of Python, kept from walking what is no garbage.

Its full passes walk all objects that the program holds. With inspect_ai and a provider's client imported these are more
than half a million, and nearly none of them ever becomes garbage.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Generator[None]:
    """Keep the collector away while a block makes many objects that it keeps."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


_ours = threading.Event()


def own_process() -> None:
    """Say that this process is a command or a worker of ours, and nobody else's objects are in it."""
    _ours.set()


@contextmanager
def setting_aside() -> Generator[None]:
    """Let the collector of a process of our own pass over what exists already, for as long as the block runs.

    A program that calls us keeps its collector as it is: its garbage does not wait for the end of a scan. What becomes
    garbage of what is set aside is collected after the block. Where something is set aside already, by a scanner or by
    another scan, that stays as it is. Measured for 500 judged transcripts: 2.87 s of CPU instead of 3.07 s.
    """
    if not _ours.is_set() or gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
