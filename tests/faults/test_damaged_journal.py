"""A part of the journal that is damaged while a scan runs: the scan is complete only when its pairs are scanned again."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_scout import scan, scan_complete, scan_results_df, scan_resume, scan_status, transcripts_from
from support import flaky


@pytest.fixture
def location(tmp_path: Path, example_logs: Path) -> str:
    """Scan twelve transcripts, and damage what was recorded of the first ones meanwhile."""
    cutting = flaky.cutting(str(tmp_path), str(tmp_path / "mark"))
    given = transcripts_from(str(example_logs))
    status = scan([cutting], given, scans=str(tmp_path), display="none", max_processes=1, max_transcripts=1)
    assert (tmp_path / "mark").exists()
    assert not status.complete
    assert 0 < status.summary["cutting"].scans < 12
    return status.location


def test_its_pairs_are_scanned_again(location: str) -> None:
    before = scan_status(location).summary["cutting"].scans
    status = scan_resume(location, display="none")
    assert status.complete
    assert status.summary["cutting"].scans == 12 > before
    assert status.spec.transcripts is not None
    rows = scan_results_df(location).scanners["cutting"]
    assert rows["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)
    assert not list(Path(location).glob("_journal/*.parquet"))


def test_the_scan_can_be_declared_complete_without_them(location: str) -> None:
    before = scan_status(location).summary["cutting"].scans
    status = scan_complete(location, display="none")
    assert status.complete
    assert status.summary["cutting"].scans == before
    assert not list(Path(location).glob("_journal/*.parquet"))
