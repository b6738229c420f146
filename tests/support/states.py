"""States of scans for tests."""

from __future__ import annotations

from typing import Any

from inspect_scout._types import Phase, ScanFacts, ScannerState, ScanState, WorkerState


def scan_state(
    due: int = 0,
    done: int = 0,
    *,
    phase: Phase = "running",
    doing: WorkerState | None = None,
    scanners: dict[str, ScannerState] | None = None,
    facts: dict[str, Any] | None = None,
    **more: Any,
) -> ScanState:
    """Make a state of a scan of which `done` pairs were done before (those of `scanners` come on top)."""
    named: dict[str, Any] = {"scan_id": "x", "name": "scan.py", "location": "./scans/scan_id=x", **(facts or {})}
    return ScanState(
        facts=ScanFacts(**named),
        phase=phase,
        due=due,
        skipped=done,
        scanners=scanners or {},
        workers={} if doing is None else {"w": doing},
        **more,
    )
