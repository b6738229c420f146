"""What the functions show, and where: progress on standard error, results on standard output."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import Status, scan, scan_complete, scan_resume, transcripts_from
from inspect_scout.aio import scan_async, scan_complete_async, scan_resume_async
from support.transcripts import length, scanner_of, talks

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCOUT_DISPLAY", raising=False)


def fails(_: Any) -> Any:
    raise ValueError("no idea")


def run_async(call: Callable[..., Any], *args: Any, **more: Any) -> Status:
    status: Status = asyncio.run(call(*args, **more))
    return status


def started(scans: Path, **more: Any) -> Status:
    return run_async(scan_async, [length(), scanner_of(fails)], transcripts_from(talks(3)), str(scans), **more)


def test_async_functions_show_nothing_unless_they_are_asked_to(tmp_path: Path, capsys: Captured) -> None:
    status = started(tmp_path)
    run_async(scan_resume_async, status.location)
    run_async(scan_complete_async, status.location)
    assert capsys.readouterr() == ("", "")


def test_async_functions_show_what_the_environment_asks_for(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOUT_DISPLAY", "Plain")
    status = started(tmp_path)
    assert "scanning: 100% (6/6)" in capsys.readouterr().err
    started(tmp_path, display="none")
    run_async(scan_complete_async, status.location, display="none")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("resume", [scan_resume, lambda *a, **more: run_async(scan_resume_async, *a, **more)])
def test_progress_goes_to_standard_error_and_the_outcome_to_standard_output(
    resume: Callable[..., Status], tmp_path: Path, capsys: Captured
) -> None:
    status = started(tmp_path, display="plain")
    said = capsys.readouterr()
    assert said.err.startswith("Indexing: ")
    assert said.err.splitlines()[-1].startswith("scanning: 100% (6/6)")
    assert "scan:" in said.err
    assert not re.search("Indexing|scanning:|scan: ", said.out)
    assert "3 scan errors occurred!" in said.out
    resume(status.location, display="plain")
    said = capsys.readouterr()
    assert "scanning: " in said.err
    assert f"scout scan resume {status.location}" in said.out
    assert not re.search("Indexing|scanning:|scan: ", said.out)
    scan_complete(status.location, display="plain")
    said = capsys.readouterr()
    assert said.err == ""
    assert "scan complete: " in said.out


def test_the_counts_of_a_dry_run_are_a_result(tmp_path: Path, capsys: Captured) -> None:
    scan([length()], transcripts_from(talks(3)), str(tmp_path), display="plain", dry_run=True)
    said = capsys.readouterr()
    assert "length             3" in said.out
    assert "Indexing" not in said.out
