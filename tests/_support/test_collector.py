"""The garbage collector is left as it was found."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from inspect_scout import Result, Transcript, scan, scan_list, transcripts_from
from inspect_scout._support.collector import uncollected
from support.transcripts import scanner_of, talks

LOGS = Path(__file__).parents[2] / "examples" / "logs"


class Node:
    """Something that holds on to itself."""

    def __init__(self) -> None:
        self.me = self


def test_block_that_makes_objects_is_not_interrupted() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="within"), uncollected():
        assert not gc.isenabled()
        raise ValueError("within")
    assert gc.isenabled()


def test_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_program_that_scans_keeps_its_collector(tmp_path: Path) -> None:
    frozen: list[int] = []
    node = Node()
    gone = weakref.ref(node)
    held = [node]
    del node

    def look(_transcript: Transcript) -> Result:
        held.clear()
        gc.collect()
        frozen.append(gc.get_freeze_count())
        return Result(value=gone() is None)

    given = transcripts_from(talks(2))
    status = scan([scanner_of(look)], given, scans=str(tmp_path), display="none", max_processes=1)
    assert status.complete
    assert set(frozen) == {0}
    assert gone() is None
    assert gc.get_freeze_count() == 0


COUNTING = """
import gc
from inspect_scout import Result, scanner

@scanner(messages="all")
def frozen():
    async def look(transcript):
        return Result(value=gc.get_freeze_count() > 0)
    return look
"""


@pytest.mark.parametrize("processes", ["1", "2"])
def test_commands_and_workers_set_aside_what_was_there_before(tmp_path: Path, processes: str) -> None:
    file, scans = tmp_path / "counting.py", str(tmp_path / "scans")
    file.write_text(COUNTING)
    words = ["scan", str(file), "-T", str(LOGS), "--scans", scans, "--max-processes", processes, "--display", "none"]
    subprocess.run([Path(sys.executable).with_name("scout"), *words], check=True, cwd=tmp_path, timeout=120)
    (done,) = scan_list(scans)
    assert done.summary["frozen"].results == done.summary["frozen"].scans > 0
