"""Worklists that cannot be used."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    ScanJob,
    ScoutError,
    UnknownNameError,
    Worklist,
    scan,
    scan_list,
    transcripts_from,
)
from inspect_scout._cli import main as run
from inspect_scout._plan import read_model_args
from inspect_scout._plan.worklist import resolve_worklist
from inspect_scout._scanners import load_scanners
from inspect_scout.testing import storage_for


@pytest.mark.parametrize(
    "text",
    ["", "a: 1", "[1, 2]", '[{"scanner": "a"}]', "[", "- scanner: a\n  transcripts: 3", "\t- :", "- {scanner: [a]}"],
)
def test_what_is_no_worklist_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"work\.yaml"):
        asyncio.run(resolve_worklist(path, ["a"]))


def test_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"work\.yaml"):
        asyncio.run(resolve_worklist(path, ["a"]))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match="nowhere"):
        asyncio.run(resolve_worklist(str(tmp_path / "nowhere.yaml"), ["a"]))


def test_unknown_scanner_is_refused_with_close_matches() -> None:
    with pytest.raises(UnknownNameError, match="'counts'"):
        asyncio.run(resolve_worklist([Worklist(scanner="count", transcripts=[])], ["counts", "x"]))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text", ['[{"scanner": "a", "transcripts": ["café"]}]', "- scanner: a\r\n  transcripts: [café]\r\n"]
)
def test_worklists_are_read_as_powershell_writes_them(encoding: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_bytes(text.encode(encoding))
    assert asyncio.run(resolve_worklist(path, ["a"])) == [Worklist(scanner="a", transcripts=["café"])]


def test_a_worklist_in_another_encoding_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_bytes("- scanner: café\n".encode("latin-1"))
    with pytest.raises(
        ConfigError, match=r"^The worklist '.*work\.yaml' cannot be read: it is not UTF-8 \(byte 0xe9 on"
    ):
        asyncio.run(resolve_worklist(path, ["a"]))


WORK = "- {scanner: a, transcripts: [t0, t1]}\n"
READ = [Worklist(scanner="a", transcripts=["t0", "t1"])]


def put(location: str, text: str = WORK) -> None:
    asyncio.run(storage_for(location).write(location, text.encode()))


@pytest.mark.parametrize("form", ["{path}", "file://{path}", "file://localhost{path}", "~/{name}", "uri", "pathlib"])
def test_worklists_are_found_wherever_other_locations_are(form: str, tmp_path: Path) -> None:
    path = tmp_path / "my work.yaml"
    path.write_text(WORK)
    os.environ["HOME"] = str(tmp_path)
    given: str | Path = form.format(path=path, name=path.name)
    given = path.as_uri() if form == "uri" else path if form == "pathlib" else given
    assert asyncio.run(resolve_worklist(given, ["a"])) == READ
    assert asyncio.run(resolve_worklist([given, Worklist(scanner="a", transcripts=["t1"])], ["a"])) == READ


@pytest.mark.parametrize("name", ["work.yaml", "work.json", "deep/er/work"])
def test_worklists_are_read_from_object_stores(name: str, bucket: str) -> None:
    put(f"{bucket}/{name}", '[{"scanner": "a", "transcripts": ["t0", "t1"]}]' if name.endswith("json") else WORK)
    assert asyncio.run(resolve_worklist(f"{bucket}/{name}", ["a"])) == READ
    put(f"memory://lists/{name}")
    assert asyncio.run(resolve_worklist(f"memory://lists/{name}", ["a"])) == READ


def test_what_is_wrong_with_a_remote_worklist_is_said_as_of_local_ones(bucket: str) -> None:
    with pytest.raises(LocationError, match=rf"^The worklist '{bucket}/nowhere' does not exist\.$"):
        asyncio.run(resolve_worklist(f"{bucket}/nowhere", ["a"]))
    put(f"{bucket}/work", "a: 1")
    with pytest.raises(ConfigError, match=rf"^The worklist '{bucket}/work' is not a list of"):
        asyncio.run(resolve_worklist(f"{bucket}/work", ["a"]))
    with pytest.raises(ScoutError, match="nowhere://"):
        asyncio.run(resolve_worklist("nowhere://work", ["a"]))


def test_arguments_of_models_are_read_from_object_stores(bucket: str) -> None:
    put(f"{bucket}/args.yaml", "flavour: 1\n")
    assert read_model_args(f"{bucket}/args.yaml") == {"flavour": 1}


FILE = """
from inspect_scout import Result, Scanner, Transcript, scanner

@scanner(messages="all")
def a() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=1)
    return scan
"""


@pytest.mark.parametrize("source", ["python", "command line", "job", "environment"])
def test_every_source_takes_worklists_of_object_stores(
    source: str, bucket: str, example_logs: Path, tmp_path: Path
) -> None:
    os.environ["SCOUT_DISPLAY"], scans, work = "none", tmp_path / "scans", f"{bucket}/work.yaml"
    ids = list(asyncio.run(transcripts_from(str(example_logs)).index()).ids)[:2]
    put(work, f"- {{scanner: a, transcripts: {ids}}}\n")
    (tmp_path / "a.py").write_text(FILE)
    if source in {"python", "job"}:
        scanners, logs = load_scanners(str(tmp_path / "a.py"), {}), str(example_logs)
        given: Any = scanners if source == "python" else ScanJob(scanners=scanners, worklist=work)
        scan(given, logs, scans=str(scans), worklist=work if source == "python" else None, max_processes=1)
    else:
        if source == "environment":
            os.environ["SCOUT_SCAN_WORKLIST"] = work
        words = ["--worklist", work] if source == "command line" else []
        assert run(["scan", str(tmp_path / "a.py"), "-T", str(example_logs), "--scans", str(scans), *words]) == 0
    (status,) = scan_list(str(scans))
    assert status.summary["a"].scans == 2
