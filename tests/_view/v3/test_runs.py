"""Scans that the server starts, cancels, resumes, completes and deletes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import EXAMPLES
from inspect_scout._view import ViewSettings
from support.viewing.asking import Asking

SCANNER = """
import asyncio
import os

from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def slow(waits: bool = False) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        while waits and not os.path.exists("go"):
            await asyncio.sleep(0.05)
        return Result(value=len(transcript.messages))

    return scan
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", "0")
    (tmp_path / "runtime").mkdir(mode=0o700)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "slow.py").write_text(SCANNER)
    return folder


@pytest.fixture
def ask(project: Path) -> Iterator[Asking]:
    logs = str(EXAMPLES / "logs")
    yield Asking(ViewSettings(project_dir=str(project), scans=str(project / "scans"), transcripts=logs))
    (project / "go").touch()


def job(**settings: Any) -> dict[str, Any]:
    scanner = {"name": "slow", "file": "slow.py", "params": settings}
    return {"job": {"transcripts": str(EXAMPLES / "logs"), "scanners": [scanner], "limit": 2}}


def until(is_so: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while not (found := is_so()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_a_dry_run_counts_what_would_be_scanned(ask: Asking, project: Path) -> None:
    counted = ask("/runs", "POST", json={**job(), "dry_run": True})
    assert (counted.status_code, counted.json()["total"]) == (200, 2)
    assert not (project / "scans").exists()


def test_a_scan_is_started_cancelled_resumed_and_deleted(ask: Asking, project: Path) -> None:
    started = ask("/runs", "POST", json=job(waits=True))
    assert started.status_code == 201, started.text
    run = started.json()
    scan = f"/scans/{run['scan_id']}"
    assert run["state"] == "running"
    assert [each["scan_id"] for each in ask.get("/runs")["running"]] == [run["scan_id"]]
    begun = ask.get(scan, findings=False)
    assert (begun["state"], begun["name"]) == ("running", "project")
    assert ask(scan, "DELETE").status_code == 409

    assert ask(f"{scan}/cancel", "POST").status_code == 200
    until(lambda: ask.get(scan, findings=False)["state"] == "interrupted")
    assert ask(f"{scan}/cancel", "POST").status_code == 409

    (project / "go").touch()
    resumed = ask(f"{scan}/resume", "POST")
    assert resumed.status_code == 201, resumed.text
    until(lambda: ask.get(scan, findings=False)["state"] == "complete")
    assert ask(f"{scan}/resume", "POST").status_code == 409
    until(lambda: all(each["state"] == "ended" for each in ask.get("/runs")["items"]))

    told = ask(scan, "DELETE", dry_run=True).json()
    assert (told["deleted"], told["state"]["done"]) == (False, 2)
    assert ask(scan, "DELETE").json() == {**told, "deleted": True}
    assert ask(scan).status_code == 404
    assert ask.get("/scans")["items"] == []


def test_what_is_kept_of_runs_is_for_their_user_alone(ask: Asking, tmp_path: Path) -> None:
    ask("/runs", "POST", json=job())
    files = [path for path in (tmp_path / "runtime").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"job.json", "run.json"}
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert {path.parent.stat().st_mode & 0o077 for path in files} == {0}


def test_a_job_that_is_refused_is_told_as_the_command_tells_it(ask: Asking) -> None:
    wrong = job()
    wrong["job"]["limt"] = 3
    refused = ask("/runs", "POST", json=wrong)
    assert refused.status_code == 400
    assert "limt" in refused.json()["detail"]


def test_all_mistakes_of_a_job_are_told_by_their_keys(ask: Asking) -> None:
    wrong = job()
    wrong["job"] |= {"limit": -1, "generate_config": {"temperature": "hot"}}
    for dry_run in (True, False):
        refused = ask("/runs", "POST", json={**wrong, "dry_run": dry_run})
        assert refused.status_code == 400
        lines = refused.json()["detail"].splitlines()
        assert [line.partition(":")[0] for line in sorted(lines)] == [
            "key 'generate_config.temperature'",
            "key 'limit'",
        ]


@pytest.mark.parametrize(
    "change",
    [
        {"scans": "/tmp/elsewhere"},
        {"transcripts": ["/etc"]},
        {"transcripts": "file:///etc"},
        {"scans": "FILE:///tmp/elsewhere"},
        {"validation": {"slow": "../cases.csv"}},
        {"scanners": [{"name": "slow", "file": "../slow.py"}]},
        {"scanners": {"slow": {"name": "slow", "file": str(EXAMPLES / "logs" / "slow.py")}}},
        {"scans": ["scans"]},
    ],
)
def test_a_job_reads_and_writes_only_what_the_server_shows(ask: Asking, change: dict[str, Any]) -> None:
    asked = job()
    asked["job"].update(change)
    for dry_run in (True, False):
        assert ask("/runs", "POST", json={**asked, "dry_run": dry_run}).status_code in {400, 403}


def test_only_scans_are_deleted(ask: Asking, project: Path, example_scan: Path) -> None:
    shutil.copytree(example_scan, project / "scans" / "scan_id=a")
    (project / "scans" / "scan_id=a" / "thesis.tex").touch()
    os.makedirs(project / "scans" / "scan_id=b")
    (project / "scans" / "scan_id=c").symlink_to(example_scan)
    assert ask("/scans/a", "DELETE").status_code == 404
    assert ask("/scans/b", "DELETE").status_code == 404
    assert ask("/scans/c", "DELETE").status_code in {403, 404}
    assert {path.name for path in (project / "scans").iterdir()} == {"scan_id=a", "scan_id=b", "scan_id=c"}
