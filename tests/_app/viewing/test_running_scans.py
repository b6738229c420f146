"""How scans stand that run is told until they have ended, and that they have."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import platformdirs
import pytest

from conftest import EXAMPLES
from inspect_scout import Result, Scanner, Transcript, scanner
from inspect_scout._app import RunningScans, start_scan

pytestmark = pytest.mark.anyio


@scanner(messages="all")
def waiting_for(file: str) -> Scanner[Transcript]:
    """Wait for a file."""

    async def scan(transcript: Transcript) -> Result:
        while not os.path.exists(file):
            await asyncio.sleep(0.02)
        return Result(value=len(transcript.messages))

    return scan


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_the_end_of_a_scan_is_told_when_it_can_be_read(tmp_path: Path, is_deleted: bool) -> None:
    go, scans = tmp_path / "go", tmp_path / "scans"
    running = RunningScans(lambda location: location.startswith(str(scans)))
    async with start_scan([waiting_for(str(go))], str(EXAMPLES / "logs"), scans=str(scans), limit=1) as run:
        while not (found := await running.look()):
            await asyncio.sleep(0.02)
        assert [each.state.phase for each in found] == ["running"]
        go.touch()
        await run.status()
    (place,) = scans.iterdir()
    place.rename(tmp_path / "away")
    assert await running.look() == []
    if is_deleted:
        assert [await running.look() for _ in range(20)] == [[]] * 20
    (tmp_path / "away").rename(place)
    told = [[each.state.phase for each in await running.look()] for _ in range(2)]
    assert told == ([[], []] if is_deleted else [["complete"], []])


async def test_a_scan_whose_process_is_no_longer_listed_runs_until_it_has_let_go(tmp_path: Path) -> None:
    go, scans = tmp_path / "go", tmp_path / "scans"
    running = RunningScans(lambda location: location.startswith(str(scans)))
    async with start_scan([waiting_for(str(go))], str(EXAMPLES / "logs"), scans=str(scans), limit=1) as run:
        while not await running.look():
            await asyncio.sleep(0.02)
        for listed in Path(platformdirs.user_data_dir("inspect_ai"), "kvstore").iterdir():
            listed.unlink()
        assert [[each.state.phase for each in await running.look()] for _ in range(2)] == [["running"]] * 2
        go.touch()
        await run.status()
    assert [each.state.phase for each in await running.look()] == ["complete"]
    assert await running.look() == []
