"""What a scan says of errors: in rows, in the list of errors, by cause, and on the command line."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tenacity import retry, stop_after_attempt

from inspect_scout import (
    RefusalError,
    Result,
    Scanner,
    Status,
    Transcript,
    UnknownNameError,
    scan,
    scan_results_df,
    scan_status,
    scanner,
    transcripts_from,
)
from inspect_scout._results import ScanStore
from support.scans import failed_report, fill, make_report, make_spec
from support.transcripts import number_of, scanner_of, talks
from support.use_cases import read_error_groups, read_overview

HERE = Path(__file__).name


def quiet(scanners: Any, count: int, scans: Path, **more: Any) -> Status:
    return scan(scanners, transcripts_from(talks(count)), scans=str(scans), display="none", **more)


def missing(transcript: Transcript) -> Result:
    return Result(value={}["foo"])  # type: ignore[index]


@retry(stop=stop_after_attempt(2))
def retried(transcript: Transcript) -> Result:
    return missing(transcript)


async def in_a_group(transcript: Transcript) -> Result:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(asyncio.to_thread(missing, transcript))
    return task.result()


def declines(transcript: Transcript) -> Result:
    raise ExceptionGroup("all", [RefusalError(f"I will not, {transcript.transcript_id}")])


class Hostile(Exception):
    def __str__(self) -> str:
        raise SystemExit(0)


def hostile(transcript: Transcript) -> Result:
    raise Hostile


LINE = f"{HERE}:{missing.__code__.co_firstlineno + 1})"


@pytest.mark.parametrize("call", [missing, retried, in_a_group])
def test_rows_and_errors_name_the_cause_and_its_line(call: Any, tmp_path: Path) -> None:
    status = quiet([scanner_of(call)], 3, tmp_path)
    texts = [error.error for error in status.errors]
    assert len(texts) == 3
    assert all(text.startswith("KeyError: 'foo' (") and text.endswith(LINE) for text in texts)
    rows = scan_results_df(status.location).scanners["probe"]
    assert rows["scan_error"].tolist() == texts
    assert all("Traceback (most recent call last)" in trace for trace in rows["scan_error_traceback"])
    lines = Path(status.location, "_errors.jsonl").read_text().splitlines()
    assert [json.loads(line)["error"] for line in lines] == texts
    (group,) = status.error_groups
    assert (group.count, group.transcripts, group.scanners) == (3, ("t0", "t1", "t2"), {"probe": 3})


def test_errors_of_loaders_are_described_alike(tmp_path: Path) -> None:
    from inspect_scout import loader

    @loader(messages="all")
    def broken() -> Any:
        async def load(transcript: Transcript) -> Any:
            missing(transcript)
            yield transcript

        return load

    @scanner(loader=broken(), name="loaded")
    def loaded() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    (error,) = quiet([loaded()], 1, tmp_path).errors
    assert error.error.startswith("KeyError: 'foo' (")
    assert error.error.endswith(LINE)


def test_refusals_inside_groups_are_refusals(tmp_path: Path) -> None:
    status = quiet([scanner_of(declines)], 2, tmp_path)
    assert [error.refusal for error in status.errors] == [True, True]
    assert [group.count for group in status.error_groups] == [2]


def test_a_hostile_exception_costs_its_row(tmp_path: Path) -> None:
    status = quiet([scanner_of(lambda t: hostile(t) if number_of(t) == 1 else Result(value=1))], 3, tmp_path)
    assert [e.error.partition(" (")[0] for e in status.errors] == ["Hostile: its message cannot be read"]
    assert scan_results_df(status.location).scanners["probe"]["value"].notna().tolist() == [True, False, True]


def test_a_hostile_exception_ends_a_scan_that_is_to_end(tmp_path: Path) -> None:
    with pytest.raises(Hostile):
        quiet([scanner_of(hostile)], 1, tmp_path, fail_on_error=True)


def test_an_enormous_message_is_not_recorded(tmp_path: Path) -> None:
    def enormous(transcript: Transcript) -> Result:
        raise ValueError("x" * 30_000_000 + "\x1b[2J\x00")

    status = quiet([scanner_of(enormous)], 1, tmp_path)
    assert len(status.errors[0].error) < 3_000
    assert sum(file.stat().st_size for file in Path(status.location).iterdir()) < 1_000_000
    assert scan_status(status.location).errors == status.errors


def failing_scan(scans: Path, count: int = 6) -> Path:
    """A scan whose scanners fail for two causes."""

    def odd(transcript: Transcript) -> Result:
        if number_of(transcript) == 4:
            raise ValueError("four")
        return missing(transcript) if number_of(transcript) % 2 else Result(value=1)

    return Path(quiet([scanner_of(odd, "one"), scanner_of(odd, "two")], count, scans).location)


def kinds(location: Path, scanner: str | None = None) -> list[tuple[str, int, dict[str, int], tuple[str, ...]]]:
    found = read_error_groups(str(location), scanner)
    assert all("Traceback" in group.traceback for group in found)
    return [(g.error.partition(" (")[0], g.count, dict(g.scanners), g.transcripts) for g in found]


KINDS = [
    ("KeyError: 'foo'", 6, {"one": 3, "two": 3}, ("t1", "t3", "t5")),
    ("ValueError: four", 2, {"one": 1, "two": 1}, ("t4",)),
]


def test_errors_are_read_by_cause(tmp_path: Path) -> None:
    location = failing_scan(tmp_path)
    assert kinds(location) == KINDS
    assert kinds(location, "two") == [
        ("KeyError: 'foo'", 3, {"two": 3}, ("t1", "t3", "t5")),
        ("ValueError: four", 1, {"two": 1}, ("t4",)),
    ]
    assert [(g.headline, g.count) for g in scan_status(str(location)).error_groups] == [
        (g.headline, g.count) for g in read_overview(str(location)).errors
    ]
    with pytest.raises(UnknownNameError, match="two"):
        read_error_groups(str(location), "tow")


def test_errors_are_read_without_their_list(tmp_path: Path) -> None:
    location = failing_scan(tmp_path)
    (location / "_errors.jsonl").unlink()
    assert kinds(location) == KINDS
    assert [g.count for g in read_overview(str(location)).errors] == [6, 2]


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_errors_are_read_without_a_table(damage: str, tmp_path: Path) -> None:
    location = failing_scan(tmp_path)
    (table,) = location.glob("*two*.parquet")
    if damage == "cut":
        table.write_bytes(table.read_bytes()[:100])
    else:
        table.unlink()
    assert kinds(location) == KINDS


def test_errors_are_read_without_a_summary(tmp_path: Path) -> None:
    location = failing_scan(tmp_path)
    (location / "_summary.json").write_text("{")
    assert kinds(location) == KINDS


def test_errors_of_an_unfinished_scan_are_read(tmp_path: Path) -> None:
    async def make() -> str:
        store = await ScanStore.create(make_spec(["a", "b"], ["t0", "t1"]), str(tmp_path))
        await fill(store, [("t0", "a", [failed_report("t0", "a")]), ("t0", "b", [make_report(1)])])
        await store.compact(["t0", "t1"], complete=False)
        # What is scanned again replaces what was said before.
        await fill(store, [("t1", "a", [failed_report("t1", "a")]), ("t1", "b", [failed_report("t1", "b")])])
        return store.location

    location = asyncio.run(make())
    for groups in (
        read_error_groups(location),
        read_overview(location).errors,
        scan_status(location).error_groups,
    ):
        assert [(g.count, dict(g.scanners), g.transcripts) for g in groups] == [(3, {"a": 2, "b": 1}, ("t0", "t1"))]
    assert [group.count for group in read_error_groups(location, "b")] == [1]
    assert read_overview(location, errors=False).errors == []


def test_logs_that_were_not_read_stand_at_the_end(tmp_path: Path) -> None:
    async def make() -> str:
        spec = make_spec(["a"], ["t0"])
        assert spec.transcripts is not None
        spec.transcripts.unread = {"x.eval": "x.eval is cut off"}
        store = await ScanStore.create(spec, str(tmp_path))
        await fill(store, [("t0", "a", [failed_report("t0", "a")])])
        return store.location

    location = asyncio.run(make())
    failed, unread = read_error_groups(location)
    assert (failed.scanners, unread.scanners) == ({"a": 1}, {})
    assert (unread.error, unread.transcripts, unread.traceback) == ("x.eval is cut off", (), "")
    assert len(read_error_groups(location, "a")) == 1


def test_the_command_prints_one_traceback_for_each_kind(tmp_path: Path) -> None:
    location = failing_scan(tmp_path)
    command = [str(Path(sys.executable).with_name("scout")), "scan", "errors", str(location)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.count("Traceback (most recent call last)") == 2
    assert ran.stdout.startswith("6 errors of one 3, two 3 in 3 transcripts: t1, t3, t5\n  KeyError: 'foo' (")
    ran = subprocess.run([*command, "--json", "--limit", "1"], capture_output=True, text=True, check=True)
    assert [group["count"] for group in json.loads(ran.stdout)] == [6]
