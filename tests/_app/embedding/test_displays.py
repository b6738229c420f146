"""What the functions show, and where: progress on standard error, results on standard output."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import Result, Status, Transcript, scan, scan_complete, scan_resume, scanner, transcripts_from
from inspect_scout.aio import scan_async, scan_complete_async, scan_resume_async
from support.transcripts import length, talks

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCOUT_DISPLAY", raising=False)


@scanner(messages="all")
def fails() -> Any:
    """Fail always."""

    async def scan(transcript: Transcript) -> Result:
        raise ValueError("no idea")

    return scan


def run_async(call: Callable[..., Any], *args: Any, **more: Any) -> Status:
    status: Status = asyncio.run(call(*args, **more))
    return status


@pytest.fixture
def start(example_logs: Path, tmp_path: Path) -> Callable[..., Status]:
    """Scan three transcripts with a scanner that works and one that does not."""
    return partial(run_async, scan_async, [length(), fails()], str(example_logs), str(tmp_path), limit=3)


def test_async_functions_show_nothing_unless_they_are_asked_to(start: Callable[..., Status], capsys: Captured) -> None:
    status = start()
    run_async(scan_resume_async, status.location)
    run_async(scan_complete_async, status.location)
    assert capsys.readouterr() == ("", "")


def test_async_functions_show_what_the_environment_asks_for(
    start: Callable[..., Status], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOUT_DISPLAY", "Plain")
    status = start()
    assert "scanning: 100% (6/6)" in capsys.readouterr().err
    start(display="none")
    run_async(scan_complete_async, status.location, display="none")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("resume", [scan_resume, partial(run_async, scan_resume_async)], ids=["sync", "async"])
def test_progress_goes_to_standard_error_and_the_outcome_to_standard_output(
    resume: Callable[..., Status], start: Callable[..., Status], capsys: Captured
) -> None:
    status = start(display="plain")
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
