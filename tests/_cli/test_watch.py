"""`scout scan status --watch`, from another process than the one that scans."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.waiting import happens

SCANNERS = """
import asyncio

from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def slow() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        await asyncio.sleep(0.5)
        return Result(value=1)

    return scan
"""
SCOUT = str(Path(sys.executable).with_name("scout"))


@pytest.fixture
def location(example_logs: Path, tmp_path: Path) -> Iterator[Path]:
    """A scan that another process is at work on for some seconds."""
    (tmp_path / "scanners.py").write_text(SCANNERS)
    scan = [SCOUT, "scan", "scanners.py", "-T", str(example_logs), "--scans", "scans", "--display", "none"]
    scanning = subprocess.Popen([*scan, "--max-transcripts", "1"], cwd=tmp_path)
    try:
        assert happens(lambda: list(tmp_path.glob("scans/scan_id=*/_scan.json")))
        (found,) = tmp_path.glob("scans/scan_id=*")
        yield found
        assert scanning.wait(60) == 0
    finally:
        scanning.kill()
        scanning.wait()


def test_a_running_scan_is_watched_to_its_end(location: Path) -> None:
    watched = subprocess.run(
        [SCOUT, "scan", "status", "--watch", str(location)], capture_output=True, text=True, timeout=60, check=True
    )
    running = watched.stderr.splitlines()
    assert running
    assert all(line.startswith("running: ") and "/12)" in line for line in running)
    assert watched.stdout.startswith("scan: ")
    assert "\nscan complete: " in watched.stdout
    assert "\x1b" not in watched.stdout + watched.stderr  # a pipe is not a terminal


def test_on_a_terminal_one_line_changes_in_place(location: Path) -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [SCOUT, "scan", "status", "--watch", str(location)]
    watching = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the terminal is gone when its last program is
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    assert watching.wait(60) == 0
    running, _, end = seen.decode().rpartition("\r\x1b[K")
    states = running.split("\r\x1b[K")
    assert len(states) > 2, seen
    assert all(state.startswith("running: ") and len(state) < 80 for state in states[1:]), seen
    assert "\n" not in running
    assert "scan complete: " in end
