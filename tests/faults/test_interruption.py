"""Interrupted, terminated and orphaned scans with workers: what is done is recorded, and the rest can go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspect_scout import scan_results_df, scan_resume, scan_status
from support.waiting import happens

LONG = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0")) > 0
PATIENCE_SECONDS = 60.0

SCANNERS = """
import asyncio
import os
import time
from glob import glob
from itertools import count

from inspect_scout import Result, Scanner, Transcript, scanner

calls = count()


@scanner(messages="all")
def slow(until: str, blocking: bool = False) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        free = next(calls) < 2
        while not (free or os.path.exists(until)):
            # Blocking the event loop also blocks those that record: not before there is something.
            if blocking and glob(os.path.join(os.path.dirname(until), "scans", "*", "_journal", "*.parquet")):
                time.sleep(0.05)
            else:
                await asyncio.sleep(0.05)
        return Result(value=len(transcript.messages), explanation=str(os.getpid()))

    return scan
"""

WAYS = {"inline": ["--max-processes", "1"], "processes": ["--max-processes", "2"], "ray": ["--executor", "ray"]}
BOTH = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def scanning(
    logs: Path, folder: Path, way: str, blocking: bool = False
) -> Generator[tuple[subprocess.Popen[str], Path]]:
    """Start a scan, and wait until some of it is recorded; gives the program and the scan.

    In each process two transcripts are scanned at once, all others when there is a file named `go`.
    """
    (folder / "scanners.py").write_text(SCANNERS)
    scout = Path(sys.executable).with_name("scout")
    command = [scout, "scan", "scanners.py", "-T", logs, "--scans", "scans", "--max-transcripts", "2"]
    command += [*WAYS[way], "-S", f"until={folder / 'go'}", "-S", f"blocking={str(blocking).lower()}"]
    command += ["--display", "plain"]
    program = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "SCOUT_GRACE_SECONDS": "0.5"},
        # Programs that tests start in the background would ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    try:
        assert happens(lambda: list(folder.glob("scans/*/_journal/*.parquet")))
        (location,) = folder.glob("scans/scan_id=*")
        yield program, location
    finally:
        program.kill()
        program.communicate()


def check_whole(location: Path, folder: Path) -> None:
    """Resume a scan, and hold the table against the plan."""
    os.chdir(folder)
    (folder / "go").touch()
    status = scan_resume(str(location), display="none")
    assert status.complete
    assert status.spec.transcripts is not None
    rows = scan_results_df(str(location)).scanners["slow"]
    assert rows["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)
    assert status.summary["slow"].scans == len(rows) == 12


def check_interrupted(way: str, how: int, logs: Path, folder: Path, blocking: bool = False) -> None:
    with scanning(logs, folder, way, blocking=blocking) as (program, location):
        program.send_signal(how)
        began = time.monotonic()
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
        took = time.monotonic() - began
    assert program.returncode == 130, output
    assert f"scout scan resume {location}" in output
    assert "Traceback" not in output
    assert took < 10  # 3 on a machine that does nothing else
    status = scan_status(str(location))
    assert not status.complete
    assert 0 < status.summary["slow"].scans < 12
    assert status.summary["slow"].errors == 0
    check_whole(location, folder)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("how", "way"),
    [
        (signal.SIGINT, "inline"),
        (signal.SIGTERM, "processes"),
        (signal.SIGTERM, "inline"),
        (signal.SIGINT, "processes"),
    ][: 4 if LONG else 2],
)
def test_interrupted_scan_keeps_what_is_done(how: int, way: str, example_logs: Path, tmp_path: Path) -> None:
    check_interrupted(way, how, example_logs, tmp_path)


@pytest.mark.parametrize("way", ["inline", "processes"])
def test_interrupted_scan_of_scanners_that_give_no_turn(way: str, example_logs: Path, tmp_path: Path) -> None:
    check_interrupted(way, signal.SIGINT, example_logs, tmp_path, blocking=True)


@pytest.mark.fault
@pytest.mark.parametrize(("how", "blocking"), [(signal.SIGTERM, False), (signal.SIGINT, True)][: 2 if LONG else 1])
def test_interrupted_scan_on_a_cluster(how: int, blocking: bool, example_logs: Path, tmp_path: Path) -> None:
    check_interrupted("ray", how, example_logs, tmp_path, blocking)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("way", "blocking", "pause"),
    [("inline", True, 0.3), ("processes", True, 0.0), ("processes", False, 0.3), ("processes", True, 0.3)][
        : 4 if LONG else 3
    ],
)
def test_a_second_interruption_does_not_wait(
    pause: float, blocking: bool, way: str, example_logs: Path, tmp_path: Path
) -> None:
    with scanning(example_logs, tmp_path, way, blocking=blocking) as (program, location):
        program.send_signal(signal.SIGINT)
        time.sleep(pause)  # this is what is tested: it may come at any moment of the first one's work
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
    assert program.returncode == 130, output
    assert "Traceback" not in output
    assert f"scout scan resume {location}" in output
    check_whole(location, tmp_path)


def resuming(location: Path, folder: Path, *options: str) -> subprocess.Popen[str]:
    scout = Path(sys.executable).with_name("scout")
    command = [str(scout), "scan", "resume", str(location), *options]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_second_program_is_refused_or_waits(example_logs: Path, tmp_path: Path) -> None:
    with scanning(example_logs, tmp_path, "inline") as (program, location):
        with resuming(location, tmp_path) as first:
            _, refused = first.communicate(timeout=PATIENCE_SECONDS)
        with resuming(location, tmp_path, "--wait", "--json") as second:
            assert second.stderr is not None
            assert "Waiting: " in second.stderr.readline()
            (tmp_path / "go").touch()
            waited, complaints = second.communicate(timeout=PATIENCE_SECONDS)
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
    assert first.returncode == 1
    assert f"process {program.pid}" in refused
    assert "--wait" in refused
    assert program.returncode == 0, output
    assert second.returncode == 0, complaints
    assert json.loads(waited)["complete"] is True
    assert len(scan_results_df(str(location)).scanners["slow"]) == 12


def process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.fault
def test_workers_end_with_their_parent(example_logs: Path, tmp_path: Path) -> None:
    with scanning(example_logs, tmp_path, "processes") as (program, location):
        pids = {int(p) for p in scan_results_df(str(location)).scanners["slow"]["explanation"]}
        assert pids
        assert program.pid not in pids
        program.kill()
        assert happens(lambda: not any(map(process_exists, pids)))
    check_whole(location, tmp_path)
