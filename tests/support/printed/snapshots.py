"""What commands print, kept in files that were read line by line. `SCOUT_TEST_SNAPSHOTS=write pytest ...` writes them."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest


def check_snapshot(file: Path, text: str) -> None:
    """Compare a text with the one that is kept.

    Args:
        file: The file that keeps it.
        text: The text as it is now.
    """
    if os.environ.get("SCOUT_TEST_SNAPSHOTS") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    kept = file.read_text(encoding="utf-8")
    if text != kept:
        lines = difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "printed", lineterm="")
        pytest.fail("\n".join([f"{file} is not what is printed:", *lines]), pytrace=False)
