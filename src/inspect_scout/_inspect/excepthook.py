"""What inspect_ai changes of the program that it runs in."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_error: Any = import_module("inspect_ai._util.error")
_LOCK = threading.Lock()
_found: list[bool] = []
"""Whether the hook was set before, once for each block: scans of several threads overlap."""


@contextmanager
def keeping_excepthook() -> Generator[None]:
    """Leave `sys.excepthook` to the program while the block runs.

    inspect_ai puts a hook of its own there when the first model is made, unless it has done so before. That is for
    evals, which are programs of their own; a scan is a call in somebody's program.
    """
    with _LOCK:
        _found.append(_error._exception_hook_set if not _found else _found[0])
        _error._exception_hook_set = True
    try:
        yield
    finally:
        with _LOCK:
            found = _found.pop()
            if not _found:
                _error._exception_hook_set = found
