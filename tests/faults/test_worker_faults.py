"""Promise 1 with workers: whatever is killed, each pair is recorded once, and resuming ends the scan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout import scan_results_df, scan_status

ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "2"))


def check(location: str) -> None:
    """Hold the table against the plan and the summary against the table."""
    status = scan_status(location)
    assert status.complete
    assert status.spec.transcripts is not None
    ids = list(status.spec.transcripts.transcript_ids)
    frames = scan_results_df(location, rows="transcripts").scanners
    for name in ("slowly", "each_answer"):
        assert frames[name]["transcript_id"].tolist() == ids
        assert status.summary[name].scans == len(ids)
        assert status.summary[name].errors == 0
    assert status.errors == []


@pytest.mark.fault
@pytest.mark.timeout(3600)
def test_killed_workers_parents_and_both_lose_nothing(tmp_path: Path, example_logs: Path) -> None:
    program = Path(__file__).with_name("killing_workers.py")
    command = [sys.executable, program, example_logs, tmp_path / "scans", str(ROUNDS), "11"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    killed: list[str] = report["killed"]
    assert len(killed) >= ROUNDS
    assert report["locations"]
    for location in report["locations"]:
        check(location)
        # A kill between the last merge and the removal of the journal leaves it; that it counts nothing twice is checked above.
        assert [p.name for p in Path(location).rglob("*") if p.name.endswith(".tmp")] == []
