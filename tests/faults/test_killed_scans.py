"""Promise 1: killing a scan at any moment loses nothing that was recorded, and nothing is counted twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout import scan_results_df, scan_status

ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "4"))


@pytest.mark.fault
@pytest.mark.timeout(1800)
def test_killed_scans_resume_to_each_pair_exactly_once(tmp_path: Path, example_logs: Path) -> None:
    program = Path(__file__).with_name("killing.py")
    scans = tmp_path / "scans"
    done = subprocess.run(
        [sys.executable, program, example_logs, scans, str(ROUNDS), "7"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["kills"] >= ROUNDS
    assert report["locations"]
    for location in report["locations"]:
        check(location)
        # A kill between the last merge and the removal of the journal leaves it; that it counts nothing twice is checked above.
        assert [p.name for p in Path(location).rglob("*") if p.name.endswith(".tmp")] == []


def check(location: str) -> None:
    """Hold the table against the plan and the summary against the table."""
    status = scan_status(location)
    assert status.complete
    assert status.spec.transcripts is not None
    ids = list(status.spec.transcripts.transcript_ids)
    frames = scan_results_df(location, rows="transcripts").scanners
    for name in ("count_messages", "each_answer"):
        assert frames[name]["transcript_id"].tolist() == ids
        assert status.summary[name].scans == len(ids)
        assert status.summary[name].errors == 0
    assert status.summary["count_messages"].results == (frames["count_messages"]["value"] > 0).sum()
