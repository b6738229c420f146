"""What a row refers to and what is gone is said once for each log."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    Result,
    Scanner,
    Status,
    Transcript,
    scan,
    scan_results_arrow,
    scan_results_batches,
    scan_results_df,
    scanner,
)


@scanner(messages="all", events="all")
def first() -> Scanner[Transcript]:
    """Find nothing."""

    async def look(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return look


@scanner(messages="all")
def second() -> Scanner[Transcript]:
    """Find nothing, either."""

    async def look(transcript: Transcript) -> list[Result]:
        return [Result(value=1), Result(value=2)]

    return look


def frames(status: Status) -> None:
    shown = scan_results_df(status.location, exclude_columns=[]).scanners
    assert [len(shown[name]) for name in shown]


def transcripts(status: Status) -> None:
    shown = scan_results_df(status.location, exclude_columns=[], rows="transcripts").scanners
    assert all(frame["input"].isna().all() for frame in shown.values())


def batches(status: Status) -> None:
    assert list(scan_results_batches(status.location, "first", batch_size=1, exclude_columns=[]))


def arrow(status: Status) -> None:
    shown = scan_results_arrow(status.location)
    for name in ("first", "second"):
        assert shown.reader(name, exclude_columns=[]).read_all().num_rows


WAYS: list[Callable[[Status], None]] = [frames, transcripts, batches, arrow]


@pytest.mark.parametrize("way", WAYS)
def test_a_log_that_is_gone_is_said_once(
    way: Any, example_logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(example_logs, logs)
    status = scan(
        [first(), second()],
        str(logs),
        scans=str(tmp_path / "scans"),
        display="none",
        record_input="reference",
        max_processes=1,
    )
    assert status.complete
    assert status.spec.transcripts is not None
    used = set(status.spec.transcripts.transcript_ids.values())
    shutil.rmtree(logs)
    caplog.clear()
    way(status)
    said = [record.getMessage() for record in caplog.records if "left empty" in record.getMessage()]
    assert len(said) == len(used) < status.summary["first"].scans
    assert {log for log in used if any(str(log) in text for text in said)} == used
    way(status)  # another reading says it again
    assert len([record for record in caplog.records if "left empty" in record.getMessage()]) == 2 * len(used)
