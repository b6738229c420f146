"""A change of the current directory tears no scan in two: locations are absolute once they are taken."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    Result,
    ScanJob,
    Scanner,
    Transcript,
    aio,
    scan,
    scan_complete,
    scan_list,
    scan_results_arrow,
    scan_results_batches,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
)
from inspect_scout._app import ScanRequest
from support.use_cases import list_states, read_overview, run_scan

MOVES = "import os\nos.chdir(os.environ['ELSEWHERE'])\n"
FILE = """
import os
from inspect_scout import Result, ScanJob, Scanner, Transcript, scanjob, scanner, validation_predicate

@scanner(messages="all")
def words(fails: bool = False) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        os.chdir(os.environ["ELSEWHERE"])
        if os.environ["FAIL"]:
            raise RuntimeError("not now")
        return Result(value=True)
    return scan

@validation_predicate
def same():
    async def compare(result, target):
        return bool(result.value) == target
    return compare
"""


@scanner(messages="all")
def moves() -> Scanner[Transcript]:
    """Change the directory."""

    async def scan(transcript: Transcript) -> Result:
        os.chdir(os.environ["ELSEWHERE"])
        if os.environ["FAIL"]:
            raise RuntimeError("not now")
        return Result(value=len(transcript.messages))

    return scan


@pytest.fixture
def place(tmp_path: Path, example_logs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with logs and scanner files, which is the working directory."""
    here = tmp_path / "here"
    shutil.copytree(example_logs, here / "logs")
    (here / "scanners.py").write_text(FILE)
    (here / "moving.py").write_text(MOVES + FILE)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("ELSEWHERE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("FAIL", "")
    return here


def whole(place: Path, location: str, scanner: str = "moves") -> None:
    """Check that a scan is in one place, complete, with its rows."""
    assert os.listdir(place.parent / "elsewhere") == []
    assert Path(location).is_absolute()
    assert Path(location).parent == place / "scans"
    assert not (Path(location) / "_journal").exists()
    status = scan_status(location)
    assert status.complete
    assert len(scan_results_df(location).scanners[scanner]) == status.summary[scanner].scans > 0


@pytest.mark.parametrize("scans", ["scans", "./scans", None, "sub/../scans", "file"])
@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_a_scanner_may_change_the_directory(place: Path, scans: str | None, executor: str) -> None:
    given = f"file://{place}/scans" if scans == "file" else scans
    whole(place, scan([moves()], "logs", scans=given, executor=executor, display="none").location)


def test_scans_of_the_environment_and_of_projects_are_absolute(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_SCAN_SCANS", "scans")
    whole(place, scan([moves()], "logs", display="none").location)
    os.chdir(place)
    monkeypatch.delenv("SCOUT_SCAN_SCANS")
    (place / "scout.yaml").write_text("scans: ./scans\ntranscripts: logs\n")
    whole(place, scan([moves()], display="none").location)


@pytest.mark.parametrize("file", ["scanners.py", "moving.py"])
def test_a_scanner_file_may_change_the_directory(place: Path, file: str) -> None:
    (place / "cases.csv").write_text("id,target\nx,true\n")
    (place / "work.json").write_text("[]")
    status = run_scan(ScanRequest(scanners=file, transcripts="logs", scans="scans", display="none"))
    whole(place, status.location, "words")
    assert status.spec.work_dir == str(place)
    assert status.spec.scanners["words"].file == file
    assert status.spec.scan_name == "here"


def test_defaults_are_those_of_the_directory_at_the_start(place: Path) -> None:
    whole(place, run_scan(ScanRequest(scanners="moving.py", display="none")).location, "words")


def test_files_of_cases_and_worklists_are_taken_before(place: Path) -> None:
    (place / "cases.csv").write_text("id,target\nx,true\n")
    ids = list(run_scan(ScanRequest(scanners="scanners.py", display="none")).spec.transcripts.transcript_ids)  # type: ignore[union-attr]
    os.chdir(place)
    (place / "work.json").write_text(json.dumps([{"scanner": "words", "transcripts": ids[:2]}]))
    request: Any = {"validation": {"words": "cases.csv"}, "worklist": "work.json", "scans": "scans", "display": "none"}
    status = run_scan(ScanRequest(scanners="moving.py", transcripts=["logs"], **request))
    assert status.summary["words"].scans == 2
    assert status.spec.validation is not None


@pytest.mark.parametrize("moves_first", [True, False])
def test_a_predicate_of_a_moving_file_is_found_again(
    place: Path, moves_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "cases.csv").write_text("id,target\nx,true\n")
    job = """
from pathlib import Path
from inspect_scout import validation_set
@scanjob
def nightly():
    here = Path(__file__).parent
    cases = validation_set(here / "cases.csv", predicate=same())
    return ScanJob(scanners=[words()], transcripts=str(here / "logs"), validation={"words": cases})
"""
    (place / "job.py").write_text((MOVES if moves_first else "") + FILE + job)
    # From above, so that what is below one directory is not below the other.
    os.chdir(place.parent)
    monkeypatch.setenv("FAIL", "yes")
    first = run_scan(ScanRequest(scanners="here/job.py", scans="here/scans", display="none"))
    assert not first.complete
    assert first.spec.scan_file == "here/job.py"
    monkeypatch.setenv("FAIL", "")
    os.chdir("/")
    whole(place, scan_resume(first.location, display="none").location, "words")


@pytest.mark.parametrize("file", ["scanners.py", "moving.py"])
def test_a_scan_goes_on_from_a_relative_location(place: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "yes")
    first = run_scan(ScanRequest(scanners=file, transcripts="logs", scans="scans", display="none"))
    assert not first.complete
    os.chdir(place)
    monkeypatch.setenv("FAIL", "")
    relative = os.path.relpath(first.location)
    whole(place, scan_resume(relative, display="none").location, "words")
    assert len(scan_list(str(place / "scans"))) == 1


def test_a_scan_is_declared_complete_from_a_relative_location(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIL", "yes")
    first = scan([moves()], "logs", scans="scans", display="none")
    os.chdir(place)
    done = scan_complete(os.path.relpath(first.location), display="none")
    assert done.complete
    assert done.location == first.location


def test_readers_keep_the_location_that_they_were_given(place: Path) -> None:
    first = scan([moves()], "logs", scans="scans", display="none")
    os.chdir(place)
    relative = os.path.relpath(first.location)
    frames, arrow = scan_results_df(relative), scan_results_arrow(relative)
    batches = scan_results_batches(relative, "moves")
    later = aio.scan_results_batches_async(relative, "moves")
    status, listed, (entry,) = scan_status(relative), scan_list("scans"), list_states("scans")
    state = read_overview(relative).state
    os.chdir(place.parent)
    rows = first.summary["moves"].scans
    assert len(frames.scanners["moves"]) == rows
    with arrow.reader("moves") as reader:
        assert reader.read_all().num_rows == rows
    assert sum(len(batch) for batch in batches) == rows

    async def count() -> int:
        return sum([len(batch) async for batch in later])

    assert asyncio.run(count()) == rows
    assert {status.location, listed[0].location, entry.facts.location, frames.location, state.facts.location} == {
        first.location
    }


def test_paths_of_a_job_are_those_of_where_it_was_made(place: Path) -> None:
    (place / "job.yaml").write_text("transcripts: logs\nscans: scans\nscanners: [{name: words, file: moving.py}]\n")
    whole(place, run_scan(ScanRequest(scanners="job.yaml", display="none")).location, "words")
    os.chdir(place)
    job = ScanJob(scanners=[moves()], transcripts="logs", scans="./scans")
    os.chdir(place.parent)
    whole(place, scan(job, display="none").location)


def test_a_job_of_a_moving_file_is_recorded_where_it_is(place: Path) -> None:
    (place / "job.py").write_text(
        FILE + "\n@scanjob\ndef nightly():\n    return ScanJob(scanners=[words()], transcripts='logs')\n"
    )
    status = run_scan(ScanRequest(scanners="job.py", scans="scans", display="none"))
    assert status.spec.scan_file == "job.py"
    whole(place, status.location, "words")


def test_several_files_are_found_before_one_of_them_moves(place: Path) -> None:
    shutil.copy(place / "scanners.py", place / "more.py")
    (place / "job.yaml").write_text(
        "scans: scans\nscanners: {a: {name: words, file: moving.py}, b: {name: words, file: more.py}}\n"
    )
    whole(place, run_scan(ScanRequest(scanners="job.yaml", display="none")).location, "b")


def test_a_project_of_several_files_is_found_before_one_of_them_moves(place: Path) -> None:
    (place / "scout.yaml").write_text("scans: scans\nscanners: {own: {name: words, file: scanners.py}}\n")
    whole(place, run_scan(ScanRequest(scanners="moving.py", display="none")).location, "own")


def test_the_directory_may_change_between_making_and_asking(place: Path) -> None:
    status = scan([moves()], "logs", scans="scans", display="none")
    os.chdir("/")
    assert scan_status(status.location).complete
    assert scan_list(str(place / "scans"))[0].location == status.location


def test_urls_stay_as_they_are(place: Path) -> None:
    status = scan([moves()], "logs", scans="memory://scans/here", display="none", executor="inline")
    assert status.location.startswith("memory://scans/here/scan_id=")
    assert scan_status(status.location).complete
