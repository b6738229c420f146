"""A first sign of life, before what scans is loaded: that takes longer than one waits without wondering."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

from .options import OutputOptions


@contextmanager
def first_sign(output: OutputOptions) -> Generator[None]:
    """Tell people on a terminal that the command has begun; the line is erased at the end of the block.

    Args:
        output: How the command shows what it does.
    """
    quiet = output.as_json or output.display_chosen in {"none", "log"} or os.environ.get("TERM") == "dumb"
    if quiet or not sys.stderr.isatty():
        yield
        return
    print("Starting ...", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
