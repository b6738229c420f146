"""A current directory that was deleted does not matter where all paths are absolute."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    LocationError,
    Result,
    ScanJob,
    ScanJobConfig,
    Scanner,
    Transcript,
    aio,
    scan,
    scan_list,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
    transcripts_db,
    transcripts_from,
)
from inspect_scout._cli import main as run
from support.transcripts import talks

FILE = """
import os
from inspect_scout import Result, Scanner, Transcript, scanner

@scanner(messages="all")
def words() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        if os.environ.get("FAIL"):
            raise RuntimeError("not now")
        return Result(value=len(transcript.messages))
    return scan
"""


@scanner(messages="all")
def counting() -> Scanner[Transcript]:
    """Count messages."""

    async def count(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return count


@pytest.fixture
def place(tmp_path: Path, example_logs: Path) -> Path:
    """Go to a directory that is gone; all that is needed is elsewhere."""
    shutil.copytree(example_logs, tmp_path / "logs")
    (tmp_path / "words.py").write_text(FILE)
    (tmp_path / "job.yaml").write_text(f"scanners:\n  - {{name: words, file: {tmp_path}/words.py}}\n")
    (tmp_path / "work.yaml").write_text("- {scanner: counting, transcripts: [t0]}\n")
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    os.environ["SCOUT_DISPLAY"] = "none"
    return tmp_path


@pytest.mark.parametrize("processes", [1, 2])
def test_a_scan_runs(place: Path, processes: int) -> None:
    status = scan([counting()], str(place / "logs"), scans=str(place / "scans"), max_processes=processes)
    assert status.complete
    assert len(scan_results_df(status.location).scanners["counting"]) == status.summary["counting"].scans
    assert scan_status(status.location).complete
    assert len(scan_list(str(place / "scans"))) == 1


def test_jobs_and_worklists_run(place: Path) -> None:
    transcripts, scans = transcripts_from(talks(2)), str(place / "scans")
    job = ScanJob(scanners=[counting()], transcripts=transcripts, worklist=str(place / "work.yaml"))
    assert scan(job, scans=scans).summary["counting"].scans == 1
    config = ScanJobConfig.model_validate({"scanners": [{"name": "words", "file": str(place / "words.py")}]})
    assert scan(config, str(place / "logs"), scans=scans, max_processes=1).complete
    assert asyncio.run(aio.scan_async([counting()], transcripts, scans=scans)).complete


def test_a_database_is_written_and_read(place: Path) -> None:
    async def fill() -> int:
        async with transcripts_db(str(place / "db")) as database:
            return await database.insert(talks(3))

    assert asyncio.run(fill()) == 3
    assert scan([counting()], str(place / "db"), scans=str(place / "scans")).complete


@pytest.mark.parametrize("what", ["words.py", "job.yaml"])
def test_the_command_line_runs_and_goes_on(place: Path, what: str) -> None:
    os.environ["FAIL"] = "yes"
    where = ["-T", str(place / "logs"), "--scans", str(place / "scans"), "--max-processes", "1"]
    assert run(["scan", str(place / what), *where]) == 3
    os.environ["FAIL"] = ""
    (location,) = (place / "scans").iterdir()
    for words in (["scan", "resume", str(location)], ["scan", "list", str(place / "scans")]):
        assert run(words) == 0
    for command in ("status", "results"):
        assert run(["scan", command, str(location)]) == 0


def test_a_program_of_its_own_runs(place: Path) -> None:
    words = ["scan", str(place / "words.py"), "-T", str(place / "logs"), "--scans", str(place / "scans")]
    command = [sys.executable, "-c", "from inspect_scout._cli import main; raise SystemExit(main())", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


FORM = r"^'[^']*' cannot be found: it is relative, and the current directory was deleted\. Give an absolute path"


CALLS: list[Callable[[Path], Any]] = [
    lambda place: scan([counting()], str(place / "logs")),
    lambda place: scan([counting()], str(place / "logs"), scans="scans"),
    lambda place: scan([counting()], "logs", scans=str(place / "scans")),
    lambda _: scan_resume("scans/scan_id=x"),
    lambda _: scan_list("scans"),
    lambda _: scan_status("scans/scan_id=x"),
    lambda _: transcripts_db("db"),
    lambda _: transcripts_from("logs"),
]


@pytest.mark.parametrize("call", CALLS)
def test_relative_paths_are_refused_in_one_sentence(place: Path, call: Callable[[Path], Any]) -> None:
    with pytest.raises(LocationError, match=FORM):
        call(place)
    assert not (place / "scans").exists()
