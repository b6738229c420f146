"""Where a scan is: every public function takes a path as text or as `Path`, and what another one told of the scan."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import inspect_scout
from inspect_scout import (
    ConfigError,
    Status,
    Transcripts,
    aio,
    scan,
    scan_complete,
    scan_list,
    scan_results_arrow,
    scan_results_batches,
    scan_results_df,
    scan_results_query,
    scan_resume,
    scan_status,
    transcripts_from,
    validation_results_df,
)
from inspect_scout._types import location_text

READERS: Mapping[str, Callable[[Any], Any]] = {
    "scan_list": lambda where: [found.location for found in scan_list(where)],
    "scan_status": lambda where: scan_status(where).location,
    "scan_results_df": lambda where: scan_results_df(where).location,
    "scan_results_arrow": lambda where: scan_results_arrow(where).location,
    "scan_results_batches": lambda where: sum(len(frame) for frame in scan_results_batches(where, "tool_use")),
    "scan_results_query": lambda where: scan_results_query(where, limit=3).table.num_rows,
    "validation_results_df": lambda where: len(validation_results_df(where)),
}
"""What only reads, by name: run on the example scan."""

CHANGERS: Mapping[str, Callable[[Any], Any]] = {
    "scan_resume": lambda where: scan_resume(where, display="none"),
    "scan_complete": lambda where: scan_complete(where, display="none"),
}
"""What refuses a complete scan, naming it."""

OTHERS = {
    "scan": "takes locations of transcripts, and the folder of scans",
    "start_scan": "takes what scan takes",
    "transcripts_from": "takes locations of transcripts",
    "transcripts_db": "takes the folder of a database, which is not a scan",
    "validation_set": "takes files of labelled cases",
    "view": "takes locations of transcripts, and the folder of scans",
}
"""Public functions with a parameter for a place that is not that of a scan."""

PLACES = {"location", "scan_location", "scans_location", "transcripts", "cases"}


@pytest.fixture(scope="module")
def status(example_scan: Path) -> Status:
    return scan_status(str(example_scan))


def test_every_function_that_takes_a_location_is_in_the_tables() -> None:
    functions = {
        name: value for name in inspect_scout.__all__ if inspect.isfunction(value := getattr(inspect_scout, name))
    }
    placed = {name for name, value in functions.items() if PLACES & set(inspect.signature(value).parameters)}
    assert placed == {*READERS, *CHANGERS, *OTHERS} | (placed & {"timeline_messages"})


@pytest.mark.parametrize("name", READERS)
def test_readers_take_text_a_path_and_a_status(name: str, status: Status) -> None:
    location = status.location
    results = scan_results_df(location)
    assert len({str(READERS[name](where)) for where in (location, Path(location), status, results)}) == 1


@pytest.mark.parametrize("name", CHANGERS)
def test_changers_take_text_a_path_and_a_status(name: str, status: Status) -> None:
    for where in (status.location, Path(status.location), status):
        with pytest.raises(inspect_scout.ScanStateError, match="complete"):
            CHANGERS[name](where)


@pytest.mark.parametrize("name", [name for name in aio.__all__ if inspect.isfunction(getattr(aio, name))])
def test_async_twins_take_what_the_sync_functions_take(name: str) -> None:
    function = inspect.signature(getattr(aio, name))
    twin = inspect.signature(getattr(inspect_scout, name.removesuffix("_async")))
    for place in PLACES & set(function.parameters):
        assert function.parameters[place].annotation == twin.parameters[place].annotation


def test_async_readers_take_a_status(status: Status) -> None:
    async def read() -> str:
        return (await aio.scan_status_async(await aio.scan_status_async(status))).location

    assert asyncio.run(read()) == status.location


@pytest.mark.parametrize("name", [*READERS, *CHANGERS])
@pytest.mark.parametrize("wrong", [None, 3, b"scans", ["scans"]])
def test_what_is_not_a_location_is_refused(name: str, wrong: object) -> None:
    with pytest.raises(ConfigError, match=r"is not a location: give a path, a URL, or the `Status` of a scan"):
        {**READERS, **CHANGERS}[name](wrong)


def test_a_location_becomes_text() -> None:
    assert location_text("s3://bucket/scans") == "s3://bucket/scans"
    assert location_text(Path("scans") / "one") == str(Path("scans") / "one")


def scanners_file(folder: Path) -> Path:
    path = folder / "scanners.py"
    path.write_text(
        "from inspect_scout import Result, Transcript, scanner\n\n\n"
        "@scanner(messages='all')\n"
        "def long():\n"
        "    async def check(transcript: Transcript) -> Result:\n"
        "        return Result(value=len(transcript.messages) > 8)\n\n"
        "    return check\n"
    )
    return path


@pytest.mark.parametrize("kind", [str, Path])
def test_scan_takes_a_file_of_scanners_logs_and_a_folder(
    kind: Callable[[Any], Any], tmp_path: Path, example_logs: Path
) -> None:
    made = scan(kind(scanners_file(tmp_path)), kind(example_logs), kind(tmp_path / "scans"), limit=2, display="none")
    assert made.complete
    assert [*made.spec.scanners] == ["long"]
    assert Path(made.location).parent == tmp_path / "scans"


def test_the_transcripts_of_a_scan_are_found_again(tmp_path: Path, example_logs: Path) -> None:
    file, scans = scanners_file(tmp_path), tmp_path / "scans"
    logs = transcripts_from(example_logs).shuffle(7).limit(3)
    first = scan(f"{file}@long", logs, scans, display="none")
    again = scan(file, first, scans, display="none")
    assert first.spec.transcripts is not None and again.spec.transcripts is not None
    assert [*again.spec.transcripts.transcript_ids] == [*first.spec.transcripts.transcript_ids]
    assert isinstance(transcripts_from(first), Transcripts)
    with pytest.raises(ConfigError, match="Leave it out"):
        transcripts_from(first, duplicates="all")
    unknown = replace(first, spec=first.spec.model_copy(update={"transcripts": None}))
    with pytest.raises(ConfigError, match="stopped before its transcripts were known"):
        transcripts_from(unknown)
