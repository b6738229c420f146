"""`scout scan status --watch`, from another process than the one that scans."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SCANNERS = """
import asyncio

from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def slow() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        await asyncio.sleep(0.3)
        return Result(value=1)

    return scan
"""
SCOUT = str(Path(sys.executable).with_name("scout"))


def test_a_running_scan_is_watched_to_its_end(example_logs: Path, tmp_path: Path) -> None:
    (tmp_path / "scanners.py").write_text(SCANNERS)
    scan = [SCOUT, "scan", "scanners.py", "-T", str(example_logs), "--scans", "scans", "--display", "none"]
    scanning = subprocess.Popen([*scan, "--max-transcripts", "1"], cwd=tmp_path)
    try:
        end = time.monotonic() + 60
        while not list(tmp_path.glob("scans/scan_id=*/_scan.json")):
            assert time.monotonic() < end, "it never began"
            time.sleep(0.05)
        (location,) = tmp_path.glob("scans/scan_id=*")
        watched = subprocess.run(
            [SCOUT, "scan", "status", "--watch", str(location)], capture_output=True, text=True, timeout=60, check=True
        )
        assert scanning.wait(60) == 0
    finally:
        scanning.kill()
        scanning.wait()
    running = watched.stderr.splitlines()
    assert running
    assert all(line.startswith("running: ") and "/12)" in line for line in running)
    assert watched.stdout.startswith("scan: ")
    assert "\nscan complete: " in watched.stdout
    assert "\x1b" not in watched.stdout + watched.stderr  # a pipe is no terminal
