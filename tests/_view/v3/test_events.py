"""The stream of events, and streams that their clients leave."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from conftest import EXAMPLES
from inspect_scout import Result, Scanner, Transcript, scanner
from inspect_scout._app import start_scan
from inspect_scout._view import ViewSettings, create_app
from support.viewing.listening import listen


@scanner(messages="all")
def waiting(file: str) -> Scanner[Transcript]:
    """Wait for a file."""

    async def scan(transcript: Transcript) -> Result:
        while not os.path.exists(file):
            await asyncio.sleep(0.02)
        return Result(value=len(transcript.messages))

    return scan


def test_scans_that_run_elsewhere_tell_how_they_stand(tmp_path: Path) -> None:
    app = create_app(ViewSettings(project_dir=str(tmp_path), scans=str(tmp_path / "scans")))
    go = tmp_path / "go"

    async def watch() -> list[dict[str, object]]:
        scanners = [waiting(str(go))]
        async with start_scan(scanners, str(EXAMPLES / "logs"), scans=str(tmp_path / "scans"), limit=2) as run:
            states: list[dict[str, object]] = []

            def enough(events: list[tuple[str, dict[str, object]]]) -> bool:
                states[:] = [data for name, data in events if name == "state"]
                if states:
                    go.touch()
                return bool(states) and states[-1]["state"] != "running"

            listening = asyncio.create_task(listen(app, "/api/v3/events", enough))
            await run.status()
            status, events = await listening
            assert status == 200
            assert any(name == "changed" and data["topic"] == "scans" for name, data in events)
        return states

    states = asyncio.run(watch())
    assert states[0]["state"] == "running"
    assert (states[-1]["state"], states[-1]["done"], states[-1]["pid"]) == ("complete", 2, os.getpid())


def test_scans_outside_of_what_is_shown_are_not_told(tmp_path: Path) -> None:
    app = create_app(ViewSettings(project_dir=str(tmp_path / "p"), scans=str(tmp_path / "p" / "scans")))
    go = tmp_path / "go"

    async def watch() -> None:
        scanners = [waiting(str(go))]
        async with start_scan(scanners, str(EXAMPLES / "logs"), scans=str(tmp_path / "other"), limit=1) as run:
            end = time.monotonic() + 2.5
            told: list[str] = []

            def enough(events: list[tuple[str, object]]) -> bool:
                told[:] = [name for name, _ in events]
                return False

            with pytest.raises(TimeoutError):
                await asyncio.wait_for(listen(app, "/api/v3/events", enough), end - time.monotonic())
            go.touch()
            await run.status()
            assert "state" not in told

    asyncio.run(watch())


def test_a_search_ends_when_its_client_leaves(example_scan: Path) -> None:
    app = create_app(ViewSettings(project_dir=str(example_scan.parent), scans=str(example_scan.parent)))
    path = f"/api/v3/scans/{example_scan.name.removeprefix('scan_id=')}/edits_tests/find"

    async def find() -> int:
        before = len(asyncio.all_tasks())
        _, events = await listen(app, path, lambda events: len(events) >= 1, {"q": "e"})
        assert events[0][0] == "hit"
        return len(asyncio.all_tasks()) - before

    assert asyncio.run(find()) == 0


def test_who_comes_later_is_not_told_of_scans_that_have_ended(tmp_path: Path) -> None:
    app = create_app(ViewSettings(project_dir=str(tmp_path), scans=str(tmp_path / "scans")))
    go = tmp_path / "go"

    async def watch() -> list[str]:
        scanners = [waiting(str(go))]
        async with start_scan(scanners, str(EXAMPLES / "logs"), scans=str(tmp_path / "scans"), limit=1) as run:
            await listen(app, "/api/v3/events", lambda events: any(name == "state" for name, _ in events))
            go.touch()
            await run.status()
        await asyncio.sleep(2.5)  # whoever looked has stopped
        told: list[str] = []

        def enough(events: list[tuple[str, dict[str, object]]]) -> bool:
            told[:] = [name for name, _ in events]
            return False

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(listen(app, "/api/v3/events", enough), 2)
        return told

    assert "state" not in asyncio.run(watch())
