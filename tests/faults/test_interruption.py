"""Interrupted, terminated and orphaned scans with workers: what is done is recorded, and the rest can go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspect_scout import scan_results_df, scan_resume, scan_status
from inspect_scout._support.storage import process_exists

PATIENCE_SECONDS = 60.0

SCANNERS = """
import asyncio
import os

from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def slow(seconds: float) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        await asyncio.sleep(seconds)
        return Result(value=len(transcript.messages), explanation=str(os.getpid()))

    return scan
"""


def wait_for(what: Callable[[], object]) -> None:
    """Wait until something is the case; whoever is waited for is another program, so there is nothing to wait on."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.05)


@contextmanager
def scanning(logs: Path, folder: Path, processes: int, seconds: float) -> Generator[tuple[subprocess.Popen[str], Path]]:
    """Start a scan that takes its time, and wait until some of it is recorded; gives the program and the scan."""
    (folder / "scanners.py").write_text(SCANNERS)
    scout = Path(sys.executable).with_name("scout")
    command = [scout, "scan", "scanners.py", "-T", logs, "--scans", "scans", "--max-transcripts", "2"]
    command += ["--max-processes", str(processes), "-S", f"seconds={seconds}", "--display", "plain"]
    program = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Programs that tests start in the background would ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    try:
        wait_for(lambda: list(folder.glob("scans/*/_journal/*.parquet")))
        (location,) = folder.glob("scans/scan_id=*")
        yield program, location
    finally:
        program.kill()
        program.communicate()


def check_whole(location: Path, folder: Path) -> None:
    """Resume a scan, and hold the table against the plan."""
    os.chdir(folder)
    status = scan_resume(str(location), display="none")
    assert status.complete
    assert status.spec.transcripts is not None
    rows = scan_results_df(str(location)).scanners["slow"]
    assert rows["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)
    assert status.summary["slow"].scans == len(rows) == 12


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_scan_keeps_what_is_done(how: int, processes: int, example_logs: Path, tmp_path: Path) -> None:
    with scanning(example_logs, tmp_path, processes, 0.6) as (program, location):
        program.send_signal(how)
        began = time.monotonic()
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
        took = time.monotonic() - began
    assert program.returncode == 130, output
    assert f"scout scan resume {location.relative_to(tmp_path)}" in output
    assert "Traceback" not in output
    assert took < 10  # 3 on a machine that does nothing else
    status = scan_status(str(location))
    assert not status.complete
    assert 0 < status.summary["slow"].scans < 12
    check_whole(location, tmp_path)


def test_a_second_interruption_does_not_wait(example_logs: Path, tmp_path: Path) -> None:
    with scanning(example_logs, tmp_path, 2, 0.6) as (program, location):
        program.send_signal(signal.SIGINT)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=PATIENCE_SECONDS)
    assert program.returncode == 130
    check_whole(location, tmp_path)


@pytest.mark.fault
def test_workers_end_with_their_parent(example_logs: Path, tmp_path: Path) -> None:
    with scanning(example_logs, tmp_path, 2, 0.6) as (program, location):
        pids = {int(p) for p in scan_results_df(str(location)).scanners["slow"]["explanation"]}
        assert pids
        assert program.pid not in pids
        program.kill()
        wait_for(lambda: not any(map(process_exists, pids)))
    check_whole(location, tmp_path)
