"""Scans that a program starts, follows, cancels and waits for."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    Result,
    ScanState,
    ScanStateError,
    Transcript,
    aio,
    scan_resume,
    scan_status,
    start_scan,
    transcripts_from,
)
from support.transcripts import length, number_of, scanner_of, talks

pytestmark = pytest.mark.anyio


class Gate:
    """Lets the first transcripts pass, and the others when it is opened; what waits can be cancelled."""

    def __init__(self, free: int = 3) -> None:
        self._free, self._open = free, threading.Event()
        self.reached = threading.Event()

    def open(self) -> None:
        self._open.set()

    async def __call__(self, transcript: Transcript) -> Result:
        number = number_of(transcript)
        while number >= self._free and not self._open.is_set():
            self.reached.set()
            await asyncio.sleep(0.01)
        return Result(value=number)


def options(call: Callable[[Transcript], Any], scans: Path, count: int = 10, **more: Any) -> dict[str, Any]:
    return {
        "scanners": [scanner_of(call)],
        "transcripts": transcripts_from(talks(count)),
        "scans": str(scans),
        "max_processes": 1,
        "max_transcripts": 2,
        **more,
    }


def broken(_: Transcript) -> Result:
    raise ValueError("no idea")


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", "0")


async def test_a_scan_can_be_followed_to_its_end(tmp_path: Path) -> None:
    gate = Gate()
    async with start_scan(**options(gate, tmp_path)) as run:
        assert Path(run.location).parent == tmp_path
        assert (run.state.due, run.state.phase) == (10, "planned")
        assert not scan_status(run.location).complete
        seen: list[ScanState] = []
        async for state in run.states():
            seen.append(state)
            if state.done >= 3:
                gate.open()
        assert run.state is seen[-1]
        status = await run.status()
    assert status.complete
    assert status.summary["probe"].scans == 10
    assert (seen[-1].phase, seen[-1].done) == ("complete", 10)
    dones = [state.done for state in seen]
    assert dones == sorted(dones)
    assert (await run.status()).location == run.location
    assert [state async for state in run.states()] == [seen[-1]]


def test_the_twin_follows_a_scan_in_a_thread(tmp_path: Path) -> None:
    gate = Gate()
    with start_scan(**options(gate, tmp_path)) as run:
        assert Path(run.location).parent == tmp_path
        assert run.state.due == 10
        seen: list[ScanState] = []
        for state in run.states():
            seen.append(state)
            if state.done >= 3:
                gate.open()
        assert (run.state.phase, seen[-1].phase) == ("complete", "complete")
        assert run.status().complete
    assert run.status().summary["probe"].scans == 10
    assert list(run.states())[-1:] == [run.state]


async def test_who_is_slow_sees_the_newest_state_and_no_backlog(tmp_path: Path) -> None:
    gate = Gate(free=0)
    async with start_scan(**options(gate, tmp_path)) as run:
        states = run.states()
        assert (await anext(states)).phase == "planned"
        gate.open()
        await run.status()
        rest = [state async for state in states]
    assert len(rest) == 1
    assert rest[0].done == 10


@pytest.mark.usefixtures("no_grace")
async def test_a_cancelled_scan_keeps_what_was_recorded_and_can_be_resumed(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    gate = Gate()
    async with start_scan(**options(gate, tmp_path)) as run:
        async for state in run.states():
            if state.done >= 3:
                run.cancel()
        status = await run.status()
    assert not status.complete
    assert (status.summary["probe"].scans, run.state.phase) == (3, "interrupted")
    assert asyncio.all_tasks() == before


async def test_answers_under_way_are_waited_for_unless_it_is_cancelled_again(tmp_path: Path) -> None:
    gate = Gate()
    async with start_scan(**options(gate, tmp_path)) as run:
        async for state in run.states():
            if state.done >= 3:
                break
        assert await asyncio.to_thread(gate.reached.wait, 60)
        run.cancel()
        await asyncio.sleep(0)
        gate.open()
        assert 3 < (await run.status()).summary["probe"].scans < 10
    gate = Gate()
    async with start_scan(**options(gate, tmp_path)) as run:
        async for state in run.states():
            if state.done >= 3:
                break
        run.cancel()
        run.cancel()
        run.cancel()
        assert (await run.status()).summary["probe"].scans == 3


@pytest.mark.usefixtures("no_grace")
async def test_leaving_the_block_early_cancels_and_waits_in_order(tmp_path: Path) -> None:
    async with start_scan(**options(Gate(), tmp_path)) as run:
        async for state in run.states():
            if state.done >= 3:
                break
    status = await run.status()
    assert (status.complete, status.summary["probe"].scans) == (False, 3)
    with pytest.raises(KeyError, match="mine"):
        async with start_scan(**options(Gate(), tmp_path)) as run:
            raise KeyError("mine")
    assert not scan_status(run.location).complete


@pytest.mark.usefixtures("no_grace")
def test_leaving_the_block_of_the_twin_early_cancels_and_waits_in_order(tmp_path: Path) -> None:
    with start_scan(**options(Gate(), tmp_path)) as run:
        for state in run.states():
            if state.done >= 3:
                break
    assert (run.status().complete, run.status().summary["probe"].scans) == (False, 3)
    with pytest.raises(KeyError, match="mine"), start_scan(**options(Gate(), tmp_path)) as run:
        raise KeyError("mine")
    assert not scan_status(run.location).complete
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("scout_")]


async def test_cancelling_the_task_of_the_program_ends_the_scan_at_once(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    location: list[str] = []

    async def program() -> None:
        async with start_scan(**options(Gate(), tmp_path)) as run:
            location.append(run.location)
            async for state in run.states():
                if state.done >= 3:
                    asyncio.current_task().cancel()  # type: ignore[union-attr]

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(program())
    assert scan_status(location[0]).summary["probe"].scans == 3
    assert asyncio.all_tasks() == before


async def test_the_status_raises_what_ended_the_scan(tmp_path: Path) -> None:
    async with start_scan(**options(broken, tmp_path, fail_on_error=True)) as run:
        with pytest.raises(ValueError, match="no idea"):
            await run.status()
    with pytest.raises(ValueError, match="no idea"):
        async with start_scan(**options(broken, tmp_path, fail_on_error=True)) as run:
            async for _ in run.states():
                pass
    with pytest.raises(KeyError, match="mine"):
        async with start_scan(**options(broken, tmp_path, fail_on_error=True)) as run:
            async for _ in run.states():
                pass
            raise KeyError("mine")


def test_the_status_of_the_twin_raises_what_ended_the_scan(tmp_path: Path) -> None:
    with (
        start_scan(**options(broken, tmp_path, fail_on_error=True)) as run,
        pytest.raises(ValueError, match="no idea"),
    ):
        run.status()
    with pytest.raises(ValueError, match="no idea"), start_scan(**options(broken, tmp_path, fail_on_error=True)) as run:
        list(run.states())


async def test_a_scan_that_is_refused_begins_no_block(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        async with start_scan([], "logs", scans=str(tmp_path)):
            raise AssertionError
    with pytest.raises(ConfigError), start_scan([], "logs", scans=str(tmp_path)):
        raise AssertionError
    with pytest.raises(TypeError, match="no_such_option"):
        start_scan([length()], no_such_option=1)  # type: ignore[call-arg]
    assert list(tmp_path.iterdir()) == []


async def test_a_scan_is_started_once(tmp_path: Path) -> None:
    pending = start_scan([length()], transcripts_from(talks(2)), scans=str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    async with pending as run:
        await run.status()
    with pytest.raises(ScanStateError, match="started already"):
        async with pending:
            raise AssertionError
    with pytest.raises(ScanStateError, match="started already"), pending:
        raise AssertionError


async def test_a_dry_run_gives_its_counts(tmp_path: Path) -> None:
    async with start_scan(**options(broken, tmp_path, dry_run=True)) as run:
        assert (run.location, run.state.due, run.state.phase) == ("(dry-run)", 10, "planned")
        status = await run.status()
    assert status.dry_run is not None
    assert status.dry_run.scanners == {"probe": 10}
    assert list(tmp_path.iterdir()) == []


async def test_several_scans_and_several_watchers_at_once(tmp_path: Path) -> None:
    async def watched(run: aio.AsyncScanRun) -> int:
        return [state.done async for state in run.states()][-1]

    async with (
        start_scan(**options(lambda _: Result(value=1), tmp_path, 20)) as one,
        start_scan(**options(lambda _: Result(value=1), tmp_path, 30)) as other,
    ):
        assert [*await asyncio.gather(watched(one), watched(other), watched(other))] == [20, 30, 30]


@pytest.mark.usefixtures("no_grace")
def test_what_a_program_cancelled_is_resumed(example_logs: Path, tmp_path: Path) -> None:
    gate = Gate()
    with start_scan(**options(gate, tmp_path, transcripts=str(example_logs), scanners=[("probe", length())])) as run:
        run.cancel()
    assert scan_resume(run.location, display="none").complete


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt, which programs that were started in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible", "no_grace")
def test_ctrl_c_in_the_block_of_the_twin_cancels_the_scan(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), start_scan(**options(Gate(), tmp_path)) as run:
        for state in run.states():
            if state.done >= 3:
                os.kill(os.getpid(), signal.SIGINT)
    assert (run.status().complete, run.status().summary["probe"].scans) == (False, 3)
