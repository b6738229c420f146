"""The law of what a running scan tells: the state after its last event is the one that its finished tables give."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import Result, Scanner, Transcript, ValidationCase, ValidationSet, scanner, transcripts_from
from inspect_scout._engine import Feed, Job, executor_for, worker_setup
from inspect_scout._plan import ScanRequest, plan_scan, resolve_request
from inspect_scout._results import ScanStore, facts_of, read_overview
from inspect_scout._types import Planned, ScanState
from inspect_scout.testing.executor_laws import counts, deadly, each, refuses
from support.transcripts import length, talks

EXECUTORS = {"inline": 1, "processes": 2, "growing": None}

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@scanner(messages="all")
def judged() -> Scanner[Transcript]:
    """Say something that labelled cases agree with, or not."""

    async def scan(transcript: Transcript) -> Result:
        await asyncio.sleep(0)
        return Result(value=transcript.transcript_id in {"t0", "t1"}, type=None)

    return scan


async def ran(
    scanners: Any,
    folder: Path,
    processes: int | None,
    count: int = 12,
    stop: Callable[[Job], None] | None = None,
    **options: Any,
) -> tuple[list[ScanState], ScanState]:
    """Run a scan: gives what a listener heard, and the state that its tables give."""
    given = transcripts_from(talks(count))
    request = ScanRequest(scanners=scanners, transcripts=given, scans=str(folder), max_processes=processes, **options)
    plan = await plan_scan(resolve_request(request).request)
    setup = worker_setup(plan)
    executor = executor_for(len(plan.units), processes)
    heard: list[ScanState] = []
    feed = Feed(heard.append)
    async with executor.prepared(setup, str(folder)) as run:
        store = await ScanStore.create(plan.spec, str(folder))
        async with store.lock():
            feed.emit(Planned(at=1.0, facts=facts_of(plan.spec, store.location), due=plan.total, skipped=plan.skipped))
            job = Job(plan, setup, store, feed)
            if stop is not None:
                stop(job)
            await run(job)
            await store.compact(plan.index.ids, complete=not feed.state().error_count, pairs=plan.total)
    status = await store.status()
    stopped = job.stopping.asked
    feed.end("interrupted" if stopped else "complete" if status.complete else "errors")
    return heard, (await read_overview(store.location, errors=False)).state


@pytest.mark.parametrize("processes", EXECUTORS.values(), ids=EXECUTORS)
async def test_the_last_state_is_the_one_of_the_tables(tmp_path: Path, processes: int | None) -> None:
    cases = [ValidationCase(id=f"t{n}", target=n in {0, 2}) for n in range(6)]
    scanners = {"counts": counts("2"), "each": each(), "refuses": refuses(), "judged": judged()}
    heard, found = await ran(scanners, tmp_path, processes, validation={"judged": ValidationSet(cases=cases)})
    assert heard[-1].durable() == found.durable()
    assert heard[-1].scanners["judged"].agreement.score is not None
    assert heard[-1].started_units == 12
    assert heard[-1].workers == {}
    assert sum(state.done for state in heard[:1]) == 0


async def test_what_dead_workers_recorded_is_counted_once(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    heard, found = await ran({"deadly": deadly("3", str(marks)), "length": length()}, tmp_path / "scans", 2)
    assert heard[-1].durable() == found.durable()
    assert (heard[-1].recorded, heard[-1].workers_lost, heard[-1].phase) == (24, 3, "errors")


@pytest.mark.parametrize("processes", [1, 2], ids=["inline", "processes"])
async def test_a_scan_that_is_stopped_tells_all_that_it_recorded(tmp_path: Path, processes: int) -> None:
    def soon(job: Job) -> None:
        asyncio.get_running_loop().call_later(1.5, job.stopping.ask)

    heard, found = await ran({"slow": slow(), "length": length()}, tmp_path, processes, 60, soon, max_transcripts=2)
    assert heard[-1].durable() == found.durable()
    assert 0 < heard[-1].recorded < 120


@scanner(messages="all")
def slow() -> Scanner[Transcript]:
    """Take a while."""

    async def scan(_transcript: Transcript) -> Result:
        await asyncio.sleep(0.2)
        return Result(value=True)

    return scan
