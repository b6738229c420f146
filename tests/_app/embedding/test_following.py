"""Functions that are told how a scan stands."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import ConfigError, Result, ScanState, Status, scan, scan_resume, start_scan, transcripts_from
from inspect_scout._app.running.following import telling
from inspect_scout.aio import scan_async
from support.states import scan_state
from support.transcripts import scanner_of, talks

pytestmark = pytest.mark.anyio


async def slow(_: Any) -> Result:
    await asyncio.sleep(0.02)
    return Result(value=1)


def quiet(scans: Path, count: int = 30, **more: Any) -> Status:
    return scan([scanner_of(slow)], transcripts_from(talks(count)), str(scans), display="none", max_processes=1, **more)


def test_a_function_is_told_at_most_ten_times_a_second_and_at_the_end(tmp_path: Path) -> None:
    seen: list[tuple[float, ScanState]] = []

    def note(state: ScanState) -> None:
        seen.append((time.monotonic(), state))

    began = time.monotonic()
    status = quiet(tmp_path, 60, max_transcripts=2, on_progress=note)
    assert status.complete
    took = time.monotonic() - began
    assert 2 < len(seen) <= 2 + took * 10
    states = [state for _, state in seen]
    assert (states[0].phase, states[-1].phase, states[-1].done) == ("planned", "complete", 60)
    dones = [state.done for state in states]
    assert dones == sorted(dones)


async def test_it_is_called_on_the_thread_of_the_loop(tmp_path: Path) -> None:
    threads: set[threading.Thread] = set()
    loops: set[asyncio.AbstractEventLoop] = set()

    def note(_: ScanState) -> None:
        threads.add(threading.current_thread())
        loops.add(asyncio.get_running_loop())

    given: dict[str, Any] = {"scans": str(tmp_path), "on_progress": note, "max_processes": 1}
    assert (await scan_async([scanner_of(slow)], transcripts_from(talks(5)), **given)).complete
    async with start_scan([scanner_of(slow)], transcripts_from(talks(5)), **given) as run:
        await run.status()
    assert threads == {threading.current_thread()}
    assert loops == {asyncio.get_running_loop()}


@pytest.mark.parametrize(
    "error", [ValueError("not mine"), KeyboardInterrupt(), asyncio.CancelledError(), SystemExit(3)]
)
def test_what_it_raises_is_said_once_and_does_not_end_the_scan(
    error: BaseException, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[ScanState] = []

    def fail(state: ScanState) -> None:
        calls.append(state)
        raise error

    with caplog.at_level(logging.WARNING, "inspect_scout"):
        assert quiet(tmp_path, on_progress=fail).complete
    assert len(calls) > 1
    (record,) = caplog.records
    assert record.getMessage().startswith("on_progress failed, and the scan goes on")
    assert type(error).__name__ in record.getMessage()


async def unfit(_: ScanState) -> None:
    """Nobody would await it."""


@pytest.mark.parametrize("given", [unfit, 3, "print"])
def test_what_cannot_be_called_at_once_is_refused(given: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"on_progress=.* is not a function .*start_scan"):
        quiet(tmp_path, on_progress=given)
    assert list(tmp_path.iterdir()) == []


def test_a_resumed_scan_tells_as_well(tmp_path: Path, example_logs: Path) -> None:
    from support.transcripts import length

    with start_scan([length()], str(example_logs), scans=str(tmp_path)) as run:
        run.cancel()
    seen: list[ScanState] = []
    if not run.status().complete:
        assert scan_resume(run.location, display="none", on_progress=seen.append).complete
        assert seen[-1].phase == "complete"


async def test_a_loop_that_is_held_up_gets_the_newest_state_alone() -> None:
    seen: list[ScanState] = []
    with telling([seen.append]) as (listen,):
        states = [scan_state(10, done) for done in range(10)]
        thread = threading.Thread(target=lambda: [listen(state) for state in states])
        thread.start()
        thread.join()
        await asyncio.sleep(0)
        assert seen == [states[-1]]
        listen(states[0])
    assert seen == [states[-1], states[0]]
    with telling([]) as listeners:
        assert listeners == []
