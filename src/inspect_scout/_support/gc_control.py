"""The garbage collector of Python, kept from walking objects that stay.

Its full passes walk all objects that the program holds. With inspect_ai and a provider's client imported these are more
than half a million, and nearly none of them ever becomes garbage.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_frozen_by_us: list[bool] = []
"""Whether a block of `gc_frozen` has set objects aside."""


@contextmanager
def gc_paused() -> Generator[None]:
    """Keep the collector away while a block makes many objects that it keeps."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def gc_frozen() -> Generator[None]:
    """Let the collector pass over what exists already, for as long as the block runs.

    What becomes garbage of it meanwhile is collected after the block. Where objects are set aside already, by the program or
    by another scan, they stay as they are. Measured for 500 judged transcripts: 2.87 s of CPU instead of 3.07 s.
    """
    # Counting what is set aside walks it: 20 ms with inspect_ai imported.
    if _frozen_by_us or gc.get_freeze_count():
        yield
        return
    gc.freeze()
    _frozen_by_us.append(True)
    try:
        yield
    finally:
        _frozen_by_us.clear()
        gc.unfreeze()
