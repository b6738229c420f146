"""Scans in folders whose storage fails on purpose, in every process that imports this module.

Workers import it because their scanner comes from here.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from inspect_scout import Result, Scanner, Transcript, scanner
from inspect_scout.testing import FaultStorage, LocalStorage, Storage, register_storage

MARK = "flaky-scans"
"""Folders with this in their name fail."""

VARIABLE = "SCOUT_TEST_FAULTS"
"""Options of `FaultStorage`, as "fail_every=7 lose_every=5"."""

_LOCAL = LocalStorage()
_by_faults: dict[str, Storage] = {}


def storage_of(location: str) -> Storage:
    """Give the storage of a location; one that fails counts its calls over the whole process."""
    faults = os.environ.get(VARIABLE, "")
    if MARK not in location or not faults:
        return _LOCAL
    if faults not in _by_faults:
        options: Any = {name: float(n) if "." in n else int(n) for name, n in (w.split("=") for w in faults.split())}
        _by_faults[faults] = FaultStorage(_LOCAL, **options)
    return _by_faults[faults]


@scanner(messages="all")
def lengths(pause: float = 0.0) -> Scanner[Transcript]:
    """Count messages."""

    async def scan(transcript: Transcript) -> Result:
        time.sleep(pause)
        return Result(value=len(transcript.messages))

    return scan


@scanner(messages="all")
def cutting(scans: str, mark: str) -> Scanner[Transcript]:
    """Count messages, and once cut the end off the first part of the journal that there is."""

    async def scan(transcript: Transcript) -> Result:
        time.sleep(0.2)
        parts = sorted(Path(scans).glob("*/_journal/*.parquet"))
        if parts and not Path(mark).exists():
            Path(mark).touch()
            parts[0].write_bytes(parts[0].read_bytes()[:-9])
        return Result(value=len(transcript.messages))

    return scan


register_storage("file", storage_of)
