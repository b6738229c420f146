"""Scans over databases are as good as scans over logs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from inspect_scout import (
    Result,
    Scanner,
    Transcript,
    scan,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
    transcripts_db,
    transcripts_from,
)
from support.transcripts import each_message, length, talk, talks

_parquet: Any = pq  # the stubs leave its types open


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Make a database of four transcripts in four files."""

    async def make() -> None:
        for number in range(4):
            await transcripts_db(tmp_path / "db").insert([talk(number)])

    asyncio.run(make())
    return str(tmp_path / "db")


@scanner(messages="all")
def sometimes() -> Scanner[Transcript]:
    """Fail for some tasks."""

    async def scan(transcript: Transcript) -> Result:
        if transcript.task_id in os.environ["FAIL"].split():
            raise RuntimeError("not now")
        return Result(value=transcript.task_id)

    return scan


def test_a_scan_of_a_database_knows_its_transcripts(tmp_path: Path, database: str) -> None:
    chosen = transcripts_from(database).where("task_id != '2'")
    status = scan([length(), each_message()], chosen, scans=str(tmp_path / "scans"), display="none")
    spec = scan_status(status.location).spec.transcripts
    assert spec is not None
    assert (spec.type, spec.location, list(spec.transcript_ids)) == ("database", database, ["t0", "t1", "t3"])
    tables = scan_results_df(status.location).scanners
    assert list(tables["length"]["transcript_id"]) == ["t0", "t1", "t3"]
    assert list(tables["length"]["transcript_source_type"]) == ["test"] * 3
    assert list(tables["length"]["transcript_task_id"]) == ["0", "1", "3"]
    assert list(tables["each_message"]["value"]) == ["number 0", "number 1", "number 3"]


def test_failed_scans_resume_also_after_compaction(tmp_path: Path, database: str) -> None:
    os.environ["FAIL"] = "1 3"
    status = scan([sometimes()], database, scans=str(tmp_path / "scans"), display="none")
    assert len(status.errors) == 2
    asyncio.run(transcripts_db(database).compact())
    os.environ["FAIL"] = ""
    assert scan_resume(status.location, display="none").complete
    table = scan_results_df(status.location).scanners["sometimes"]
    assert list(table["transcript_id"]) == ["t0", "t1", "t2", "t3"]
    assert list(table["value"]) == ["0", "1", "2", "3"]


def test_databases_and_logs_give_the_same_results(tmp_path: Path, example_logs: Path) -> None:
    asyncio.run(transcripts_db(tmp_path / "db").insert(transcripts_from(str(example_logs))))
    logs, database = (
        scan([length(), each_message()], location, scans=str(tmp_path / "scans"), display="none")
        for location in (str(example_logs), str(tmp_path / "db"))
    )
    for name in ("length", "each_message"):
        expected = scan_results_df(logs.location).scanners[name]
        found = scan_results_df(database.location).scanners[name]
        assert list(found.columns) == list(expected.columns)
        for column in ("value", "transcript_id", "transcript_task_id", "transcript_score", "transcript_model"):
            assert list(found[column].astype(str)) == list(expected[column].astype(str)), column


def test_inputs_recorded_by_reference_are_found_again(tmp_path: Path) -> None:
    asyncio.run(transcripts_db(tmp_path / "db").insert(talks(3)))
    status = scan(
        [length()], str(tmp_path / "db"), scans=str(tmp_path / "scans"), record_input="reference", display="none"
    )
    asyncio.run(transcripts_db(tmp_path / "db").upsert([talk(9)]))
    asyncio.run(transcripts_db(tmp_path / "db").compact())
    table = scan_results_df(status.location, exclude_columns=[]).scanners["length"]
    assert _parquet.read_table(f"{status.location}/length.parquet").column("input_ref").null_count == 0
    assert ["number 1" in text for text in table["input"]] == [False, True, False]
