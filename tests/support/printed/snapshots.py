"""What commands print, kept in files that were read line by line. `SCOUT_TEST_SNAPSHOTS=write pytest ...` writes them."""

from __future__ import annotations

import os
from pathlib import Path


def check_snapshot(file: Path, text: str) -> None:
    """Compare a text with the one that is kept.

    Args:
        file: The file that keeps it.
        text: The text as it is now.
    """
    if os.environ.get("SCOUT_TEST_SNAPSHOTS") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
