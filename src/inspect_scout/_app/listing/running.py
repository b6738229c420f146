"""The scans that run on this machine, wherever they were started."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from ..._results import ActiveScan, ActiveScans, read_overview, workers_of
from ..._support.errors import ScoutError
from ..._support.storage import normalize, run_in_thread
from ..._types import ScanState
from ..scans.as_json import state_json
from ..scans.watching import recording_rate
from .off_loop import off_loop

_LOOKS_AT_ENDED = 10
"""So often is looked at a scan that has ended and cannot be read: it may be about to be finished, or be deleted."""


@dataclass(frozen=True, slots=True)
class RunningScan:
    """A scan that runs.

    Args:
        state: How it stands, with what its workers do.
        pid: Number of its process.
        rate: Pairs recorded in a second, of late (None: not known yet).
    """

    state: ScanState
    pid: int
    rate: float | None


class RunningScans:
    """Looks at the scans that run, again and again.

    Args:
        allowed: Whether the scan in a directory may be looked at.
    """

    def __init__(self, allowed: Callable[[str], bool]) -> None:
        self._allowed = allowed
        self._known: dict[str, int] = {}
        self._unread: Counter[str] = Counter()
        self._seen: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)

    async def look(self) -> list[RunningScan]:
        """Tell how the scans stand that run, and, once, those that have ended since the last look or could not be read then."""
        active: dict[str, tuple[int, ActiveScan]] = {}
        for pid, scan in (await run_in_thread("", ActiveScans().all)).items():
            location = normalize(scan.location)
            if self._allowed(location):
                active[location] = (pid, scan)
        found: list[RunningScan] = []
        pending: dict[str, int] = {}
        for location, pid in {**self._known, **{where: pid for where, (pid, _) in active.items()}}.items():
            try:
                state = await _state(location)
            except (ScoutError, OSError):  # deleted meanwhile, not written yet, or being finished
                self._unread[location] += 1
                if self._unread[location] < _LOOKS_AT_ENDED:
                    pending[location] = pid
                continue
            del self._unread[location]
            if location in active:
                scan = active[location][1]
                state = msgspec.structs.replace(
                    state, workers=workers_of(scan), started=scan.start_time, updated=scan.last_updated
                )
            found.append(RunningScan(state, pid, recording_rate(self._seen[location], time.monotonic(), state.done)))
            if location not in active and state.phase == "running":  # taken off the list, and not let go of yet
                pending[location] = pid
            elif location not in active:
                del self._seen[location]
        self._known = {**pending, **{where: pid for where, (pid, _) in active.items()}}
        return found


async def _state(location: str) -> ScanState:
    return (await off_loop(location, lambda: read_overview(location, errors=False))).state


def running_json(running: RunningScan) -> dict[str, object]:
    """Describe a scan that runs: as in a list, with its counts and what its workers do."""
    state, rate = running.state, running.rate
    doing = state.doing
    return {
        **state_json(state),
        "pid": running.pid,
        "started": state.started or None,
        "rate": rate,
        "left_seconds": (state.due - state.done) / rate if rate and state.phase == "running" else None,
        "counts": {
            key: {"scans": each.scans, "results": each.results, "errors": each.errors, "tokens": each.tokens}
            for key, each in state.scanners.items()
        },
        "processes": len(state.workers),
        "slots": doing.slots,
        "idle": doing.idle,
        "reading": doing.reading,
        "scanning": doing.scanning,
        "buffered": doing.buffered,
        "memory_bytes": doing.memory_bytes,
        "trouble": doing.trouble,
    }
