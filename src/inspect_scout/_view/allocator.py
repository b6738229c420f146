"""How the C library keeps memory that was freed."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8

_ARENAS = 1
"""A server asked all of `make bench-view` grows to 402 MB, and with two of them to 417; it answers as many at once."""
_MMAP_BYTES = 256 << 10
"""With 64 KB it stays 5 MB smaller, and 50 who ask for results wait 155 ms instead of 115."""


def share_freed_memory() -> None:
    """Let threads share what they free, and give large blocks back to the system at once; where glibc allocates.

    It keeps memory for each thread, and for larger and larger blocks. A server in whose threads questions about a million
    results are answered grew by 60 MB with each thread that answered one.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, _ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)


def give_back_tables() -> None:
    """Let Arrow allocate where all else does, and not from a pool of its own, which kept 20 MB of what a question had read."""
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
