"""The executor that runs everything on this event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from .._plan import Unit
from .contract import Job
from .worker import Worker

TICK_SECONDS = 1.0


class InlineExecutor:
    """Runs units as tasks of this event loop, as many at once as `max_transcripts` and memory admit."""

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        units = iter(job.plan.units)
        count = min(len(job.plan.units), job.plan.spec.options.max_transcripts)
        job.tally.workers = count
        worker = Worker(job)
        tasks = [asyncio.create_task(_work(worker, units)) for _ in range(count)]
        ticker = asyncio.create_task(_tick(job))
        try:
            await _all(tasks)
        finally:
            ticker.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, ticker, return_exceptions=True)


async def _work(worker: Worker, units: Iterator[Unit]) -> None:
    for unit in units:
        await worker.run(unit)
        # Scanners of plain code never suspend: without this, neither Ctrl-C nor the ticker would get a turn.
        await asyncio.sleep(0)


async def _tick(job: Job) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        await job.recorder.tick()


async def _all(tasks: list[asyncio.Task[None]]) -> None:
    """Wait for all tasks; the first exception ends the waiting and is raised as it is."""
    if not tasks:
        return
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in done:
        task.result()
