"""Logs in an object store, scanned into an object store, killed, resumed elsewhere: the tables are those of a local scan."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ScanStateError,
    Status,
    StorageError,
    scan,
    scan_complete,
    scan_list,
    scan_results_arrow,
    scan_results_df,
    scan_resume,
    scan_status,
    transcripts_from,
)
from inspect_scout.aio import scan_async, scan_results_df_async
from inspect_scout.testing import FaultStorage, join, register_storage, storage_for
from support.s3 import S3Server

EXAMPLES = Path(__file__).parents[2] / "examples"

# Kills its process after some transcripts, once what was recorded before has reached the tables.
SCANNERS = """
import asyncio, os, signal

from inspect_scout import Result, Scanner, Transcript, scanner
from inspect_scout.testing import storage_for

seen = 0


async def recorded(location):
    names = [entry.path for entry in await storage_for(location).list(location)]
    return any(name.endswith(".parquet") for name in names)


@scanner(messages="all")
def lengths() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        global seen
        seen += 1
        if seen > 6 and "KILL" in os.environ:
            while not await recorded(os.environ["KILL"]):
                await asyncio.sleep(0.05)
            os.kill(os.getpid(), signal.SIGKILL)
        return Result(value=len(transcript.messages), explanation=f"of {transcript.task_id} [M1]")

    return scan


@scanner(messages=["assistant"])
def answers() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> list[Result]:
        return [Result(value=m.text, label=m.role) for m in transcript.messages]

    return scan
"""

# What tells two scans of the same transcripts apart.
OWN = {
    "uuid",
    "scan_id",
    "scan_file",
    "scan_tags",
    "scan_metadata",
    "scan_git_origin",
    "timestamp",
    "transcript_source_uri",
    "scan_git_version",
    "scan_git_commit",
    "scan_events",
    "scanner_file",  # relative to where the scan was started
}


@pytest.fixture
def scanners(tmp_path: Path) -> Any:
    path = tmp_path / "lengths.py"
    path.write_text(SCANNERS)
    return str(path)


@pytest.fixture
def remote_logs(bucket: str, example_logs: Path) -> str:
    async def upload() -> None:
        for path in sorted(example_logs.iterdir()):
            await storage_for(bucket).write(join(bucket, "logs", path.name), path.read_bytes())

    asyncio.run(upload())
    return f"{bucket}/logs"


def columns(status: Status, logs: str) -> dict[str, dict[str, list[Any]]]:
    """Cells of the stored tables, without what tells scans and places apart: ids of results, the folder of the logs."""
    results = scan_results_arrow(status.location)
    found: dict[str, dict[str, list[Any]]] = {}
    for key in results.scanners:
        table = results.reader(key, exclude_columns=[]).read_all()
        found[key] = {
            name: [_plain(cell, logs) for cell in table.column(name).to_pylist()]
            for name in table.column_names
            if name not in OWN
        }
    return found


def _plain(cell: Any, logs: str) -> Any:
    return re.sub(r'"uuid":"\w+"', "", cell.replace(logs, "LOGS")) if isinstance(cell, str) else cell


def differing(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> list[str]:
    """Name the columns in which two tables differ."""
    assert list(one) == list(other)
    return [name for name in one if one[name] != other[name]]


def run_scout(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "scout"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env={**os.environ, **environ}, check=False, timeout=100
    )


def test_everything_remote_gives_the_tables_of_a_local_scan(
    bucket: str, remote_logs: str, example_logs: Path, scanners: Any, tmp_path: Path
) -> None:
    options: dict[str, Any] = {"display": "none", "record_input": "copy"}
    here = scan(scanners, transcripts_from(str(example_logs)), scans=str(tmp_path / "scans"), **options)
    there = scan(scanners, transcripts_from(remote_logs), scans=f"{bucket}/scans", **options)
    assert there.complete
    assert there.location.startswith(f"{bucket}/scans/scan_id=")
    local, remote = columns(here, str(example_logs)), columns(there, remote_logs)
    assert set(remote) == {"answers", "lengths"}
    for key, table in remote.items():
        assert len(table["value"]) == 12
        assert differing(table, local[key]) == []
    assert scan_status(there.location).summary == there.summary
    assert [status.location for status in scan_list(f"{bucket}/scans")] == [there.location]
    # Inputs that are only referred to are read from the log in the store.
    frames = scan_results_df(there.location, exclude_columns=[]).scanners
    assert frames["lengths"]["input"].notna().all()
    with pytest.raises(ScanStateError, match="complete already"):
        scan_resume(there.location, display="none")


def test_inputs_referred_to_are_read_from_the_store(bucket: str, remote_logs: str, scanners: Any) -> None:
    options: dict[str, Any] = {"display": "none", "scans": f"{bucket}/scans"}
    copied = scan(scanners, transcripts_from(remote_logs), record_input="copy", **options)
    referred = scan(scanners, transcripts_from(remote_logs), record_input="reference", **options)
    inputs = [
        scan_results_df(s.location, exclude_columns=[]).scanners["lengths"]["input"].tolist()
        for s in (copied, referred)
    ]
    assert inputs[0] == inputs[1]
    sizes = [
        sum(e.size for e in asyncio.run(storage_for(s.location).list(s.location)) if e.path.endswith(".parquet"))
        for s in (copied, referred)
    ]
    assert sizes[1] < sizes[0]


def test_killed_and_resumed_where_nothing_is_left_of_it(
    bucket: str, remote_logs: str, example_logs: Path, scanners: Any, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    scans = f"{bucket}/scans"
    options = ["--scans", scans, "--record-input", "copy", "--display", "none", "--results-buffer", "1"]
    killed = run_scout(
        "scan", scanners, "-T", remote_logs, *options, "--max-transcripts", "1", cwd=tmp_path, KILL=scans
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    listed = json.loads(run_scout("scan", "list", scans, "--json", cwd=elsewhere).stdout)
    assert [entry["state"] for entry in listed] == ["interrupted"]
    location = listed[0]["location"]
    before = scan_status(location)
    assert 0 < before.summary["lengths"].scans < 12
    shown = run_scout("scan", "status", location, cwd=elsewhere)
    assert "interrupted" in shown.stdout
    home = tmp_path / "home"
    resumed = run_scout("scan", "resume", location, "--display", "none", cwd=elsewhere, HOME=str(home))
    assert resumed.returncode == 0, resumed.stderr
    status = scan_status(location)
    assert status.complete
    assert status.summary["lengths"].scans == status.summary["answers"].scans == 12
    here = scan(
        scanners,
        transcripts_from(str(example_logs)),
        scans=str(tmp_path / "scans"),
        display="none",
        record_input="copy",
    )
    local, remote = columns(here, str(example_logs)), columns(status, remote_logs)
    for key, table in remote.items():
        assert differing(table, local[key]) == []
    rows = run_scout("scan", "results", location, "--scanner", "lengths", "--format", "json", cwd=elsewhere)
    assert len(json.loads(rows.stdout)) == 12
    names = {e.path.removeprefix(location) for e in asyncio.run(storage_for(location).list(location))}
    assert not any("_journal" in name for name in names)


@pytest.mark.parametrize("changes", [1, 3, 4, 6])
def test_a_store_that_dies_during_a_scan(bucket: str, remote_logs: str, scanners: Any, changes: int) -> None:
    renamed: Any = Renamed()
    undo = register_storage("dying", lambda location: FaultStorage(renamed, dies_after=changes))
    try:
        with pytest.raises(StorageError, match=r"died|dead"):
            scan(
                scanners,
                transcripts_from(remote_logs),
                scans=f"dying://{bucket.removeprefix('s3://')}/scans",
                display="none",
                results_buffer=2,
            )
    finally:
        undo()
    for status in scan_list(f"{bucket}/scans"):
        assert not status.complete
        done = scan_resume(status.location, display="none")
        assert done.complete
        assert {key: summary.scans for key, summary in done.summary.scanners.items()} == {"lengths": 12, "answers": 12}
        assert scan_results_df(done.location).scanners["lengths"]["transcript_id"].is_unique


class Renamed:
    """The S3 storage under another scheme."""

    def __getattr__(self, name: str) -> Any:
        inner: Any = getattr(storage_for("s3://bucket"), name)

        def call(path: str, *args: Any, **kwargs: Any) -> Any:
            return inner(path.replace("dying://", "s3://"), *args, **kwargs)

        return call


def test_a_bucket_that_does_not_exist_is_said_before_anything_is_done(
    s3: S3Server, remote_logs: str, scanners: Any, tmp_path: Path
) -> None:
    refused = run_scout(
        "scan",
        scanners,
        "-T",
        remote_logs,
        "--scans",
        "s3://no-such-bucket/scans",
        "--display",
        "none",
        cwd=tmp_path,
    )
    assert refused.returncode == 1
    assert "there is no bucket 'no-such-bucket'" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "local-secret" not in refused.stderr


@pytest.mark.anyio
async def test_memory_holds_scans_of_this_process(example_logs: Path, scanners: Any) -> None:
    status = await scan_async(scanners, transcripts_from(str(example_logs)), scans="memory://e2e/scans")
    assert status.complete
    assert len((await scan_results_df_async(status.location)).scanners["lengths"]) == 12


def test_a_remote_scan_with_errors_is_declared_complete(bucket: str, remote_logs: str, tmp_path: Path) -> None:
    path = tmp_path / "failing.py"
    path.write_text(
        SCANNERS.replace("return Result(value=len", "raise ValueError('no')\n        return Result(value=len")
    )
    failing: Any = str(path)
    status = scan(failing, transcripts_from(remote_logs), scans=bucket, display="none")
    assert not status.complete
    assert scan_complete(status.location, display="none").complete
