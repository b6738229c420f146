"""Scanning logs that hold the same samples, and samples that were never scored."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inspect_ai.scorer import Score

from inspect_scout import (
    ConfigError,
    LocationError,
    Result,
    ScanJob,
    ScanJobConfig,
    Scanner,
    ScannerSpec,
    Status,
    Transcript,
    scan,
    scan_results_df,
    scan_resume,
    scanner,
    transcripts_from,
)
from inspect_scout.aio import scan_async
from support.logs import make_log, make_sample, write

SCANNER = """
import os

from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def score_of() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        if os.path.exists("fail"):
            raise RuntimeError("not now")
        return Result(value=str(transcript.score))

    return scan
"""


@scanner(messages="all")
def messages() -> Scanner[Transcript]:
    """Count messages."""

    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Folder with a log and a rescored copy of it, which is the working directory."""
    for name, modified, value in (("b", 1000, "I"), ("a", 2000, "C"), ("c", 1500, "P")):
        path = tmp_path / "logs" / f"{name}.eval"
        write(make_log([make_sample(1, scores={"m": Score(value=value)})]), path)
        os.utime(path, (modified, modified))
    (tmp_path / "scanner.py").write_text(SCANNER)
    os.chdir(tmp_path)
    return tmp_path


def rows(status: Status, scanner: str = "score_of") -> pd.DataFrame:
    return scan_results_df(status.location).scanners[scanner]


def run(**more: Any) -> Status:
    from inspect_scout._app import ScanRequest
    from support.use_cases import run_scan

    asked: dict[str, Any] = {"scanners": "scanner.py", "transcripts": "logs", "display": "none", **more}
    return run_scan(ScanRequest(**asked))


def project(place: Path) -> Status:
    (place / "scout.yaml").write_text("duplicates: all\n")
    return run()


SOURCES: dict[str, Callable[[Path], Status]] = {
    "command line": lambda _: run(duplicates="all", from_command_line=True),
    "project": project,
    "job": lambda _: run(scanners=ScanJob(scanners=[messages()], transcripts="logs", duplicates="all")),
    "job file": lambda _: run(
        scanners=ScanJobConfig(
            transcripts="logs", duplicates="all", scanners=[ScannerSpec(name="score_of", file="scanner.py")]
        )
    ),
    "python": lambda _: scan([messages()], "logs", duplicates="all", display="none"),
    "async": lambda _: asyncio.run(scan_async([messages()], "logs", duplicates="all")),
    "transcripts": lambda _: scan([messages()], transcripts_from("logs", duplicates="all"), display="none"),
    "over transcripts": lambda _: scan([messages()], transcripts_from("logs"), duplicates="all", display="none"),
    "processes": lambda _: run(duplicates="all", max_processes=2),
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_can_ask_for_all_copies(source: str, place: Path) -> None:
    status = SOURCES[source](place)
    (name,) = status.summary.scanners
    table = rows(status, name)
    assert sorted(table["transcript_score"]) == ["C", "I", "P"]
    assert table["transcript_id"].is_unique
    assert status.summary[name].scans == 3


def test_the_strongest_door_decides(place: Path) -> None:
    (place / "scout.yaml").write_text("duplicates: all\n")
    assert rows(run(duplicates="newest"))["transcript_score"].tolist() == ["C"]
    assert len(rows(run())) == 3


def test_another_rule_is_refused(place: Path) -> None:
    with pytest.raises(ConfigError, match=r"'first'.*newest, all"):
        run(duplicates="first")


def test_the_newest_alone_is_scanned_and_said(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert rows(run())["value"].tolist() == ["C"]
    assert "1 samples are in more than one log" in caplog.text
    assert str(place / "logs" / "a.eval") in caplog.text


def test_resume_keeps_copies_apart(place: Path) -> None:
    (place / "fail").touch()
    first = run(duplicates="all")
    assert not first.complete
    (place / "fail").unlink()
    os.utime(place / "logs" / "b.eval", (9000, 9000))  # no longer the oldest: ids are those of the scan
    second = scan_resume(first.location, display="none")
    assert second.complete
    table = rows(second)
    assert sorted(table["value"]) == ["C", "I", "P"]
    assert table["value"].tolist() == table["transcript_score"].tolist()
    assert table["transcript_id"].is_unique


def test_unscored_samples_have_no_success_in_results(tmp_path: Path) -> None:
    scores = [Score.unscored(), Score(value="I"), Score(value="C"), Score(value="N")]
    log = make_log(make_sample(n, scores={"m": score}) for n, score in enumerate(scores))
    for source in (write(log, tmp_path / "log.eval"), write(log, tmp_path / "log.json"), log):
        status = scan([messages()], transcripts_from(source), scans=str(tmp_path / "scans"), display="none")
        success = rows(status, "messages")["transcript_success"].tolist()
        assert [None if pd.isna(value) else value for value in success] == [None, False, True, False]


def test_an_empty_folder_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"empty.*\.eval or \.json logs nor parquet files"):
        scan([messages()], str(tmp_path / "empty"), scans=str(tmp_path / "scans"), display="none")
    with pytest.raises(LocationError, match="nowhere"):
        scan([messages()], str(tmp_path / "nowhere"), scans=str(tmp_path / "scans"), display="none")
    assert not (tmp_path / "scans").exists()


def test_a_folder_is_scanned_that_was_filled_after_it_was_named(tmp_path: Path) -> None:
    logs = transcripts_from(tmp_path / "later")
    write(make_log([make_sample(1), make_sample(2)]), tmp_path / "later" / "log.eval")
    status = scan([messages()], logs, scans=str(tmp_path / "scans"), display="none", max_processes=2)
    assert rows(status, "messages")["value"].tolist() == [3, 3]
