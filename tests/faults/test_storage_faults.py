"""Promise 1 on storage that fails, is slow, loses answers or is full, for this process and its workers alike."""

from __future__ import annotations

import contextlib
import os
import random
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ScanStateError,
    StorageError,
    scan,
    scan_results_df,
    scan_resume,
    scan_status,
    transcripts_from,
)
from support import flaky

ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "2"))
ATTEMPTS = 12


def attempt(location: str | None, logs: Path, scans: Path, **options: Any) -> str | None:
    """Start a scan, or go on with one; gives where it is, if it was created."""
    # Complete already: the scan had ended well when its state could not be read.
    with contextlib.suppress(StorageError, ScanStateError):
        if location is None:
            scan([flaky.lengths()], transcripts_from(str(logs)), scans=str(scans), display="none", **options)
        else:
            scan_resume(location, display="none")
    return location or next((str(made) for made in scans.glob("scan_id=*") if (made / "_scan.json").exists()), None)


def check(location: str) -> None:
    """End a scan without faults, and hold the table against the plan and the summary against the table."""
    os.environ.pop(flaky.VARIABLE, None)
    if not scan_status(location).complete:
        scan_resume(location, display="none")
    status = scan_status(location)
    assert status.complete
    assert status.spec.transcripts is not None
    rows = scan_results_df(location).scanners["lengths"]
    assert rows["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)
    assert (status.summary["lengths"].scans, status.summary["lengths"].errors) == (12, 0)


def faults_of(chance: random.Random) -> str:
    return chance.choice(
        [
            f"fail_every={chance.randint(5, 30)}",
            f"lose_every={chance.randint(2, 9)}",
            f"fail_every={chance.randint(7, 30)} lose_every={chance.randint(3, 9)} delay_seconds=0.005",
        ]
    )


@pytest.mark.fault
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_storage_that_fails_loses_nothing(processes: int, example_logs: Path, tmp_path: Path) -> None:
    chance = random.Random(processes)
    for number in range(ROUNDS if processes == 1 else (ROUNDS + 1) // 2):
        scans = tmp_path / f"{flaky.MARK}-{number}"
        os.environ[flaky.VARIABLE] = faults_of(chance)
        location = None
        for _ in range(ATTEMPTS):
            location = attempt(location, example_logs, scans, max_processes=processes)
            if location is not None and scan_status_or_none(location):
                break
        os.environ.pop(flaky.VARIABLE)
        location = location or attempt(None, example_logs, scans)
        assert location is not None
        check(location)


def scan_status_or_none(location: str) -> bool:
    """Whether a scan is known to be complete."""
    try:
        return scan_status(location).complete
    except StorageError:
        return False


def test_no_single_failed_call_loses_what_was_recorded(example_logs: Path, tmp_path: Path) -> None:
    for every in range(5, 40):
        scans = tmp_path / f"{flaky.MARK}-every-{every}"
        os.environ[flaky.VARIABLE] = f"fail_every={every}"
        location = attempt(None, example_logs, scans, max_processes=1)
        os.environ.pop(flaky.VARIABLE)
        if location is not None:
            check(location)


@pytest.mark.fault
@pytest.mark.parametrize("processes", [1, 2])
def test_a_full_disk_ends_the_scan_with_a_clear_error(processes: int, example_logs: Path, tmp_path: Path) -> None:
    scans = tmp_path / flaky.MARK
    os.environ[flaky.VARIABLE] = f"dies_after={4 if processes == 1 else 2}"
    with pytest.raises(StorageError, match="on purpose"):
        scan(
            [flaky.lengths(0.3)],
            transcripts_from(str(example_logs)),
            scans=str(scans),
            display="none",
            max_processes=processes,
            max_transcripts=2,
        )
    (location,) = scans.glob("scan_id=*")
    check(str(location))
