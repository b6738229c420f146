"""Promise: memory is bounded by a budget, not by the data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from inspect_scout import scan_results_df
from support.logs import make_log, make_sample, write

MEGABYTES = int(os.environ.get("SCOUT_TEST_HUGE_MEGABYTES", "150"))
SMALL = 100
TEXT = "What was seen at the door of the cellar. " * 250

PROGRAM = """
import resource
import sys

from inspect_scout import Result, Scanner, TranscriptHandle, scan, scanner, transcripts_from


@scanner(messages="all", supports_streaming=True)
def letters() -> Scanner[TranscriptHandle]:
    async def count(handle: TranscriptHandle) -> Result:
        return Result(value=sum([len(message.text) async for message in handle.messages()]))

    return count


logs, scans, processes = sys.argv[1:]
scan([letters()], transcripts_from(logs), scans=scans, max_processes=int(processes), display="none")
largest = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(max(largest) // 1024)
"""


def grow(log: Path, megabytes: int) -> int:
    """Repeat the messages of a sample of a log until it has so many megabytes; gives the letters of its messages."""
    whole = log.with_suffix(".whole")
    log.rename(whole)
    letters = 0
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(log, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            if not name.startswith("samples/"):
                new.writestr(name, old.read(name))
                continue
            sample = json.loads(old.read(name))
            sample.pop("attachments", None)
            head, tail = json.dumps({**sample, "messages": ["@"]}).split('["@"]')
            message = json.dumps({"role": "user", "content": TEXT})
            count = megabytes * 2**20 // len(message)
            with new.open(name, "w", force_zip64=True) as file:
                file.write(head.encode() + b"[")
                for number in range(count):
                    numbered = f'{"," if number else ""}{{"id": "m{number}", {message[1:]}'
                    file.write(numbered.encode())
                file.write(b"]" + tail.encode())
            letters = count * len(TEXT)
    whole.unlink()
    return letters


def peak(folder: Path, processes: int) -> int:
    """Megabytes of the largest process of a scan."""
    program = [sys.executable, "-c", PROGRAM, folder / "logs", folder / "scans", str(processes)]
    done = subprocess.run(list(map(str, program)), capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.fault
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_huge_transcript_that_is_streamed_takes_no_memory(processes: int, tmp_path: Path) -> None:
    small, huge = tmp_path / "small", tmp_path / "huge"
    for folder in (small, huge):
        write(make_log([make_sample(n) for n in range(SMALL)]), folder / "logs" / "small.eval")
    letters = grow(write(make_log([make_sample(SMALL)], task="huge"), huge / "logs" / "huge.eval"), MEGABYTES)
    usual, taken = peak(small, processes), peak(huge, processes)
    (location,) = (huge / "scans").iterdir()
    rows = scan_results_df(str(location)).scanners["letters"]
    assert len(rows) == SMALL + 1
    assert rows["value"].max() == letters
    assert taken - usual < 60 + MEGABYTES // 10
