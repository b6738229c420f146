"""Going on with scans of real logs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from inspect_ai.model import ChatMessage

from inspect_scout import (
    ConfigError,
    LocationError,
    Result,
    Scanner,
    Status,
    Transcript,
    scan,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
    transcripts_from,
)

SCANNERS = """
import os

from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all", version=2)
def sometimes(word: str = "x") -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        with open(os.environ["SEEN"], "a") as seen:
            seen.write(transcript.transcript_id + "\\n")
        if transcript.task_id in os.environ["FAIL"].split():
            raise RuntimeError("not now")
        return Result(value=word)

    return scan


@scanner(messages=["tool"])
def every_tool() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> list[Result]:
        return [Result(value=m.text[:10], label=m.function) for m in transcript.messages]

    return scan
"""


@scanner(messages="all")
def of_this_file() -> Scanner[Transcript]:
    """Count messages."""

    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan


@scanner(messages="all")
def always_fails() -> Scanner[Transcript]:
    """Raise."""

    async def scan(transcript: Transcript) -> Result:
        raise RuntimeError("no")

    return scan


@pytest.fixture
def place(tmp_path: Path, example_logs: Path) -> Path:
    """Folder with logs and a scanner file, which is the working directory."""
    shutil.copytree(example_logs, tmp_path / "logs")
    (tmp_path / "scanners.py").write_text(SCANNERS)
    os.chdir(tmp_path)
    os.environ.update(SEEN=str(tmp_path / "seen"), FAIL="")
    return tmp_path


def scan_file(**more: Any) -> Status:
    """Scan with the scanner file of the folder."""
    from inspect_scout._app import ScanRequest
    from support.use_cases import run_scan

    return run_scan(ScanRequest(scanners="scanners.py", transcripts="logs", display="none", **more))


def fail_for(place: Path, count: int) -> list[str]:
    """Let the scanner fail for the first tasks."""
    tasks = [line.split()[0] for line in task_ids(place)[:count]]
    os.environ["FAIL"] = " ".join(tasks)
    return tasks


def task_ids(place: Path) -> list[str]:
    """Task ids of the logs, each once."""
    status = scan([of_this_file()], transcripts_from(str(place / "logs")), scans=str(place / "other"), display="none")
    return list(dict.fromkeys(scan_results_df(status.location).scanners["of_this_file"]["transcript_task_id"].tolist()))


def seen(place: Path) -> list[str]:
    """Transcripts that the scanner was given, in order; forgets them."""
    lines = (place / "seen").read_text().split()
    (place / "seen").unlink()
    return lines


def test_resume_scans_only_what_failed(place: Path) -> None:
    fail_for(place, 2)
    first = scan_file()
    failed = {e.transcript_id for e in first.errors}
    assert not first.complete
    assert 0 < len(failed) < first.summary["sometimes"].scans
    seen(place)

    os.environ["FAIL"] = ""
    second = scan_resume(first.location, display="none")

    assert second.complete
    assert set(seen(place)) == failed
    assert second.errors == []
    assert second.summary["sometimes"].errors == 0
    assert second.summary["sometimes"].scans == first.summary["sometimes"].scans


def test_resumed_table_equals_one_of_an_undisturbed_scan(place: Path) -> None:
    undisturbed = scan_file()
    fail_for(place, 3)
    first = scan_file()
    os.environ["FAIL"] = ""
    second = scan_resume(first.location, display="none")
    columns = ["transcript_id", "value", "value_type", "label", "input_type", "scan_error", "scanner_version"]
    for name in ("sometimes", "every_tool"):
        one = scan_results_df(undisturbed.location).scanners[name][columns]
        other = scan_results_df(second.location).scanners[name][columns]
        assert one.equals(other)


def test_resume_keeps_the_filter_and_the_arguments(place: Path) -> None:
    tasks = fail_for(place, 1)
    first = scan_file(filter=[f"task_id = '{tasks[0]}'"], scanner_args={"word": "w"})
    os.environ["FAIL"] = ""
    second = scan_resume(first.location, display="none")
    spec = second.spec
    assert spec.transcripts is not None
    assert spec.transcripts.filter == [f"task_id = '{tasks[0]}'"]
    assert set(scan_results_df(second.location).scanners["sometimes"]["value"]) == {"w"}


def test_resume_records_inputs_as_the_scan_did(place: Path) -> None:
    fail_for(place, 2)
    first = scan_file(record_input="reference")
    os.environ["FAIL"] = ""
    second = scan_resume(first.location, display="none")
    tables: Any = pq
    stored = tables.read_table(Path(second.location, "sometimes.parquet"), columns=["input"])
    assert stored.column("input").null_count == stored.num_rows


def test_resume_finds_the_scanner_file_from_another_directory(place: Path) -> None:
    fail_for(place, 1)
    first = scan_file(scans=str(place / "scans"))
    os.environ["FAIL"] = ""
    (place / "elsewhere").mkdir()
    os.chdir(place / "elsewhere")
    assert scan_resume(first.location, display="none").complete


def test_resume_of_transcripts_in_memory_is_refused(tmp_path: Path) -> None:
    transcripts = transcripts_from([Transcript(transcript_id="t")])
    status = scan([always_fails()], transcripts, scans=str(tmp_path), display="none")
    with pytest.raises(ConfigError, match="memory"):
        scan_resume(status.location, display="none")


def test_missing_scan_is_named(tmp_path: Path) -> None:
    for ask in (scan_resume, scan_status):
        with pytest.raises(LocationError, match="nothing_here"):
            ask(str(tmp_path / "nothing_here"))


def test_log_that_cannot_be_read_does_not_stop_the_others(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = min((place / "logs").glob("*.eval"))
    (place / "logs" / "2026-01-01T00-00-00+00-00_broken_AAAAAAAAAAAAAAAAAAAAAA.eval").write_bytes(
        log.read_bytes()[:2000]
    )
    status = scan([of_this_file()], transcripts_from("logs"), display="none")
    assert status.summary["of_this_file"].scans > 0
    assert "broken_AAAA" in status.errors[0].error
    assert "broken_AAAA" in caplog.text


def test_sample_that_cannot_be_read_becomes_an_error_row(place: Path) -> None:
    import zipfile

    log = min((place / "logs").glob("*.eval"))
    with zipfile.ZipFile(log) as archive:
        entry = next(i for i in archive.infolist() if i.filename.startswith("samples/"))
    damaged = bytearray(log.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename) + 20
    damaged[start : start + 200] = bytes(200)
    log.write_bytes(damaged)

    status = scan([of_this_file()], transcripts_from("logs"), display="none")

    assert not status.complete
    (error,) = status.errors
    assert log.name in error.error
    assert "epoch" in error.error


def test_messages_of_one_log_are_rows(place: Path) -> None:
    @scanner(messages=["user"])
    def users() -> Scanner[ChatMessage]:
        async def scan(message: ChatMessage) -> Result:
            return Result(value=message.role)

        return scan

    status = scan([users()], transcripts_from("logs"), display="none")
    frame = scan_results_df(status.location, exclude_columns=[]).scanners["users"]
    assert set(frame["input_type"]) == {"message"}
    assert frame["input"].str.contains('"role":"user"').all()
