"""The directory of a scan is deleted or replaced while the scan runs: it is noticed, said, and nothing is made of it."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from inspect_scout import (
    Result,
    Scanner,
    ScanStateError,
    Transcript,
    scan,
    scan_list,
    scanner,
    transcripts_from,
)
from inspect_scout.testing import storage_for
from support.s3 import S3Server

pytestmark = pytest.mark.timeout(60)

LOST = (
    r"^The directory of the scan, '.*scan_id=.*', was deleted while the scan ran: what was recorded of \d+ pairs of transcript "
    r"and scanner is lost\. Nothing more was written; start a new scan\.$"
)


def delete(scans: str) -> None:
    """Delete all scans."""
    shutil.rmtree(scans, ignore_errors=True)  # a second worker does it again


def delete_scan(scans: str) -> None:
    """Delete the directory of the one scan."""
    (location,) = Path(scans).glob("scan_id=*")
    shutil.rmtree(location)


def delete_content(scans: str) -> None:
    """Delete what is in the directory, but not the directory."""
    (location,) = Path(scans).glob("scan_id=*")
    for path in list(location.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def move(scans: str) -> None:
    """Rename the folder of scans."""
    Path(scans).rename(f"{scans}-old")


def replace(scans: str) -> None:
    """Put another scan in its place, as a backup would that is put back."""
    (location,) = Path(scans).glob("scan_id=*")
    spec = (location / "_scan.json").read_bytes()
    shutil.rmtree(location)
    location.mkdir()
    (location / "_scan.json").write_bytes(spec)


def into_a_file(scans: str) -> None:
    """Put a file in its place."""
    (location,) = Path(scans).glob("scan_id=*")
    shutil.rmtree(location)
    location.write_text("")


DISTURBANCES = {do.__name__: do for do in (delete, delete_scan, delete_content, move, replace, into_a_file)}


@scanner(messages="all")
def disturbing(scans: str, after: int, do: str, pause: float = 0.0) -> Scanner[Transcript]:
    """Do something to the folder of scans once some transcripts are through."""
    seen = 0

    async def scan(transcript: Transcript) -> Result:
        nonlocal seen
        seen += 1
        if seen == after:
            await asyncio.sleep(1.2)  # what was recorded before is written meanwhile
            DISTURBANCES[do](scans)
        await asyncio.sleep(pause)
        return Result(value=seen)

    return scan


def run(logs: Path, scans: str, do: Callable[[str], None], after: int = 5, pause: float = 0.2, **options: Any) -> None:
    settings: dict[str, Any] = {"max_processes": 1, "max_transcripts": 1, **options}
    scan(
        [disturbing(scans, after, do.__name__, pause)],
        transcripts_from(str(logs)),
        scans=scans,
        display="none",
        **settings,
    )


@pytest.mark.parametrize("do", [delete, delete_scan, delete_content, move])
def test_it_is_noticed_at_the_next_flush_and_nothing_is_written(
    example_logs: Path, tmp_path: Path, do: Callable[[str], None]
) -> None:
    scans = str(tmp_path / "scans")
    with pytest.raises(ScanStateError, match=LOST):
        run(example_logs, scans, do)
    assert scan_list(scans) == []
    assert not [path for path in tmp_path.glob("scans/**/*") if path.is_file()]


@pytest.mark.parametrize("after", [1, 12])
def test_at_the_beginning_and_at_the_end(example_logs: Path, tmp_path: Path, after: int) -> None:
    with pytest.raises(ScanStateError, match=LOST):
        run(example_logs, str(tmp_path / "scans"), delete, after)
    assert not (tmp_path / "scans").exists()


def test_it_is_noticed_while_a_scanner_waits_for_something_else(example_logs: Path, tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ScanStateError, match=LOST):
        scan(
            [waiting(str(tmp_path / "scans"))],
            transcripts_from(str(example_logs)),
            scans=str(tmp_path / "scans"),
            display="none",
            max_processes=1,
            max_transcripts=12,
        )
    assert time.monotonic() - started < 30


def test_another_scan_in_its_place_is_left_alone(example_logs: Path, tmp_path: Path) -> None:
    scans = str(tmp_path / "scans")
    with pytest.raises(ScanStateError, match="was replaced by another while the scan ran"):
        run(example_logs, scans, replace)
    (location,) = Path(scans).glob("scan_id=*")
    assert [path.name for path in location.iterdir()] == ["_scan.json"]


def test_a_file_in_its_place(example_logs: Path, tmp_path: Path) -> None:
    with pytest.raises((ScanStateError, OSError), match="scan_id="):
        run(example_logs, str(tmp_path / "scans"), into_a_file)


@pytest.mark.parametrize("do", [delete, delete_content])
def test_with_workers_in_other_processes(example_logs: Path, tmp_path: Path, do: Callable[[str], None]) -> None:
    scans = str(tmp_path / "scans")
    with pytest.raises(ScanStateError, match=LOST):
        run(example_logs, scans, do, after=2, pause=0.5, max_processes=2)
    assert scan_list(scans) == []
    assert not [path for path in tmp_path.glob("scans/**/*") if path.is_file()]


@scanner(messages="all")
def waiting(scans: str) -> Scanner[Transcript]:
    """Delete all scans in the first call, and wait long in all but the second."""
    seen = 0

    async def scan(transcript: Transcript) -> Result:
        nonlocal seen
        seen += 1
        if seen == 1:
            delete(scans)
        if seen != 2:
            await asyncio.sleep(60)
        return Result(value=seen)

    return scan


@scanner(messages="all")
def emptying(bucket: str) -> Scanner[Transcript]:
    """Delete all scans of a bucket once some transcripts are through."""
    seen = 0

    async def scan(transcript: Transcript) -> Result:
        nonlocal seen
        seen += 1
        if seen == 3:
            await storage_for(bucket).delete_tree(f"{bucket}/scans")
        return Result(value=seen)

    return scan


def test_in_an_object_store(s3: S3Server, bucket: str, example_logs: Path) -> None:
    with pytest.raises(ScanStateError, match=LOST):
        scan(
            [emptying(bucket)],
            transcripts_from(str(example_logs)),
            scans=f"{bucket}/scans",
            display="none",
            max_processes=1,
            max_transcripts=1,
        )
    assert anyio.run(storage_for(bucket).list, f"{bucket}/scans") == []


def test_the_program_says_it_in_one_line(
    example_logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from inspect_scout._cli import main as command

    path = tmp_path / "deleting.py"
    path.write_text(
        "import shutil\n"
        "from inspect_scout import Result, Scanner, Transcript, scanner\n\n"
        "@scanner(messages='all')\n"
        "def deleting() -> Scanner[Transcript]:\n"
        "    async def scan(transcript: Transcript) -> Result:\n"
        f"        shutil.rmtree({json.dumps(str(tmp_path / 'scans'))}, ignore_errors=True)\n"
        "        return Result(value=1)\n"
        "    return scan\n"
    )
    code = command(
        ["scan", str(path), "-T", str(example_logs), "--scans", str(tmp_path / "scans"), "--display", "none"]
    )
    said = capsys.readouterr()
    assert code == 1
    assert said.err.startswith("Error: The directory of the scan, ")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "scans").exists()
