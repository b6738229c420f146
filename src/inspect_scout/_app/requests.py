"""Scans as the command line asks for them."""

from __future__ import annotations

from .._plan import ResumeRequest, ScanRequest
from .._types import Status
from . import scanning
from .bridge import run_sync


def run_scan(request: ScanRequest) -> Status:
    """Run a new scan; raises what `scan` raises."""
    return run_sync(lambda: scanning.scan(request))


def resume_scan(request: ResumeRequest) -> Status:
    """Go on with a scan; raises what `scan_resume` raises."""
    return run_sync(lambda: scanning.resume(request))


def complete_scan(location: str, display: str | None = None, log_level: str | None = None) -> Status:
    """Declare a scan complete; raises what `scan_complete` raises."""
    return run_sync(lambda: scanning.complete(location, display, log_level))
