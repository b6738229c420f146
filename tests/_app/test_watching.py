"""Running scans as other programs see them."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from inspect_scout import Result, ScanStateError, Transcript, scan, scan_list, scan_resume, transcripts_from
from support.transcripts import scanner_of, talks
from support.use_cases import watch_scan


def rows() -> dict[str, str]:
    path = Path(platformdirs.user_data_dir("inspect_ai")) / "kvstore" / "scout_active_scans.db"
    return dict(sqlite3.connect(path).execute("SELECT key, value FROM kv_store").fetchall())


def test_a_running_scan_is_listed_for_other_programs(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    def look(transcript: Transcript) -> Result:
        found = rows().get(str(os.getpid()))
        if found is not None:
            seen.append(json.loads(found))
        return Result(value=1)

    def run() -> None:
        scan(
            [scanner_of(look)],
            transcripts_from(talks(4)),
            scans=str(tmp_path),
            display="none",
            max_transcripts=1,
            max_processes=1,
        )

    # An entry of a process that is gone, and one of a process that is there.
    run()
    path = Path(platformdirs.user_data_dir("inspect_ai")) / "kvstore" / "scout_active_scans.db"
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO kv_store (key, value) VALUES ('4194303', '{}'), (?, '{}')", (str(os.getppid()),))
    run()
    after = rows()
    assert after["__version__"] == "4"
    assert str(os.getpid()) not in after
    assert "4194303" not in after
    assert str(os.getppid()) in after
    assert list(seen[-1]) == [
        *("scan_id", "title", "config", "total_scans", "start_time", "last_updated", "scanner_names", "summary"),
        *("metrics", "location"),
    ]
    assert seen[-1]["total_scans"] == 4
    assert seen[-1]["scanner_names"] == ["probe"]
    assert list(seen[-1]["summary"]["scanners"]["probe"]) == [
        *("scans", "results", "errors", "validation", "metrics", "tokens", "model_usage"),
    ]
    assert list(seen[-1]["metrics"]) == [
        *("process_count", "task_count", "tasks_idle", "tasks_parsing", "tasks_scanning", "buffered_scanner_jobs"),
        *("completed_scans", "memory_usage", "batch_pending", "batch_failures", "batch_oldest_created", "trouble"),
    ]


def test_a_database_that_cannot_be_used_does_not_stop_a_scan(tmp_path: Path) -> None:
    os.environ["XDG_DATA_HOME"] = str(tmp_path / "data")
    folder = tmp_path / "data" / "inspect_ai" / "kvstore"
    folder.mkdir(parents=True)
    (folder / "scout_active_scans.db").write_bytes(b"no database" * 200)
    status = scan(
        [scanner_of(lambda t: Result(value=1))], transcripts_from(talks(2)), scans=str(tmp_path / "s"), display="none"
    )
    assert status.complete


def test_watching_tells_rate_and_time_left(tmp_path: Path) -> None:
    looks: list[Any] = []
    times = itertools.count(0, 0.1)

    def look(transcript: Transcript) -> Result:
        (location,) = tmp_path.glob("scan_id=*")
        if not looks:
            looks.append(watch_scan(str(location), lambda _: asyncio.sleep(0), lambda: float(next(times))))
        # What the scan is doing is written by a thread, a moment later.
        looks.append(next(seen for seen in looks[0] if seen.state.workers))
        return Result(value=1)

    status = scan(
        [scanner_of(look)],
        transcripts_from(talks(6)),
        scans=str(tmp_path),
        display="none",
        max_transcripts=1,
        max_processes=1,
        results_buffer=1,
    )
    watched = looks[1:]
    assert [w.state.phase for w in watched] == ["running"] * 6
    assert watched[0].state.facts.scan_id == status.spec.scan_id
    assert watched[-1].state.done > 0
    assert watched[-1].rate > 0
    assert watched[-1].left_seconds == pytest.approx((6 - watched[-1].state.done) / watched[-1].rate)
    (end,) = list(looks[0])
    assert (end.state.phase, end.state.done, end.state.workers) == ("complete", 6, {})


def test_a_scan_that_is_at_work_cannot_be_resumed_but_waited_for(tmp_path: Path) -> None:
    refusals: list[str] = []

    def resume(transcript: Transcript) -> Result:
        (location,) = tmp_path.glob("scan_id=*")
        with pytest.raises(ScanStateError) as refused:
            scan_resume(str(location), display="none")
        refusals.append(str(refused.value))
        return Result(value=1)

    scan([scanner_of(resume)], transcripts_from(talks(1)), scans=str(tmp_path), display="none")
    assert "is being worked on by this process" in refusals[0]
    assert "--wait" in refusals[0]
    (status,) = scan_list(str(tmp_path))
    assert scan_resume(status.location, display="none", wait=True).complete
