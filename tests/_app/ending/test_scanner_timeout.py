"""Scanners that take too long: an error of their transcript, wherever they run and however the time was said."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import ConfigError, Result, ScanJob, ScannerTimeoutError, Status, Transcript, scan, transcripts_from
from inspect_scout.aio import scan_async
from support.transcripts import length, scanner_of, talks

pytestmark = pytest.mark.timeout(120)


def hangs(how: str) -> Any:
    """Hang at the transcript t1."""

    async def run(transcript: Transcript) -> Result:
        if transcript.transcript_id != "t1":
            return Result(value=1)
        if how == "waits":
            await asyncio.sleep(100)
        elif how == "blocks":
            time.sleep(1.5)
        elif how == "waits in a task":
            await asyncio.create_task(asyncio.sleep(100))
        while how == "is stubborn":
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                pass
        try:
            await asyncio.sleep(100 if how == "waits and gives a result" else 0)
        except asyncio.CancelledError:
            pass
        return Result(value=2)

    return scanner_of(run, "hanging")


def run(scanners: Any, tmp_path: Path, **more: Any) -> Status:
    said: dict[str, Any] = {"scans": str(tmp_path / "scans"), "display": "none", "max_processes": 1, **more}
    return scan(scanners, transcripts_from(talks(3)), **said)


HOW = ["waits", "blocks", "waits in a task", "is stubborn", "waits and gives a result"]


@pytest.mark.parametrize("how", HOW)
def test_it_is_an_error_of_its_transcript(how: str, tmp_path: Path) -> None:
    status = run([hangs(how), length()], tmp_path, scanner_timeout=1)
    (error,) = status.errors
    assert (error.scanner, error.transcript_id) == ("hanging", "t1")
    assert "Scanner 'hanging' took longer than scanner_timeout=1 seconds on transcript 't1'" in error.error
    assert {name: one.scans for name, one in status.summary.scanners.items()} == {"hanging": 3, "length": 3}


def test_the_traceback_shows_where_it_was(tmp_path: Path) -> None:
    (error,) = run([hangs("waits")], tmp_path, scanner_timeout=0.5).errors
    assert "await asyncio.sleep(100)" in error.traceback


def test_it_ends_the_scan_if_asked(tmp_path: Path) -> None:
    with pytest.raises(ScannerTimeoutError, match="'t1'"):
        run([hangs("waits")], tmp_path, scanner_timeout=0.5, fail_on_error=True)


@pytest.mark.parametrize("how", ["waits", "blocks for ever", "is stubborn"])
def test_in_worker_processes(how: str, tmp_path: Path) -> None:
    def block(transcript: Transcript) -> Result:
        if transcript.transcript_id == "t1":
            time.sleep(100)
        return Result(value=1)

    scanners = [scanner_of(block, "hanging") if how == "blocks for ever" else hangs(how)]
    status = run(scanners, tmp_path, scanner_timeout=2, max_processes=2)
    assert [(error.scanner, error.transcript_id) for error in status.errors] == [("hanging", "t1")]
    assert "took longer" in status.errors[0].error


def recorded(status: Status) -> Any:
    spec = json.loads((Path(status.location) / "_scan.json").read_text())
    return spec["options"]["scanner_timeout"]


def test_it_is_recorded_and_said_anew_for_the_rest(example_logs: Path, tmp_path: Path) -> None:
    from inspect_scout import scan_resume
    from inspect_scout._scanners import load_scanners

    program = tmp_path / "slow.py"
    program.write_text(SLOW)
    scanners = load_scanners(str(program), {})
    status = scan(
        scanners, str(example_logs), scans=str(tmp_path / "scans"), display="none", scanner_timeout=0.2, max_processes=1
    )
    assert recorded(status) == 0.2
    assert len(status.errors) == status.summary["slow"].scans
    status = scan_resume(status.location, display="none", scanner_timeout=60)
    assert (status.complete, recorded(status)) == (True, 60)


SLOW = """
import asyncio
from inspect_scout import Result, Scanner, Transcript, scanner

@scanner(messages="all")
def slow() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        await asyncio.sleep(1)
        return Result(value=True)

    return scan
"""


def test_a_job_says_it(tmp_path: Path) -> None:
    job = ScanJob(scanners=[hangs("waits")], transcripts=transcripts_from(talks(2)), scanner_timeout=0.5)
    assert len(scan(job, scans=str(tmp_path), display="none", max_processes=1).errors) == 1


def test_in_an_event_loop_of_the_user(tmp_path: Path) -> None:
    given = transcripts_from(talks(2))
    status = asyncio.run(scan_async([hangs("waits")], given, scans=str(tmp_path), max_processes=1, scanner_timeout=0.5))
    assert len(status.errors) == 1


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), True, "5", 1e12])
def test_times_that_cannot_pass_are_refused(seconds: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"scanner_timeout=.* is not a number of seconds"):
        run([length()], tmp_path, scanner_timeout=seconds)
    assert not (tmp_path / "scans").exists()
