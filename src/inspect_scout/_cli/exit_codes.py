"""How a command went; usage errors end with 2, which is click's own."""

from __future__ import annotations

DONE = 0
FAILED = 1
SCANNER_ERRORS = 3
INTERRUPTED = 130
