"""What inspect_ai changes of the program that it runs in, and what it demands of it."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_error: Any = import_module("inspect_ai._util.error")
_platform: Any = import_module("inspect_ai._util.platform")
_LOCK = threading.Lock()
_found: list[tuple[bool, Any]] = []
"""What was there before, once for each block: scans of several threads overlap."""


@contextmanager
def embedding_inspect() -> Generator[None]:
    """Keep inspect_ai from setting up the program that it runs in while the block runs.

    When the first model is made, inspect_ai sets `sys.excepthook`, unless it has done so before, and in a notebook it
    refuses to go on without ipywidgets. Both are for evals, which are programs of their own and draw there; a scan is a
    call in somebody's program, which needs no widgets.
    """
    with _LOCK:
        _found.append(_found[0] if _found else (_error._exception_hook_set, _platform.have_package))
        _error._exception_hook_set, _platform.have_package = True, bool  # any name is true
    try:
        yield
    finally:
        with _LOCK:
            found = _found.pop()
            if not _found:
                _error._exception_hook_set, _platform.have_package = found
