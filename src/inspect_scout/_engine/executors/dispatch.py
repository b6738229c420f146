"""Units to workers, and what workers report of them to those who want to know."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import msgspec

from ..._support.errors import WorkerError
from ..._types import PairRecorded, PairsReused, UnitStarted, WorkerJoined, WorkerLost, WorkerReported, WorkerState
from ..admission.memory import ExclusiveSlot
from ..admission.meter import CallTotals
from ..admission.quota import QuotaAllocator
from ..workers.handle import LOCAL, WorkerHandle, raised_by
from ..workers.protocol import (
    CallOutcomes,
    Committed,
    Drain,
    Failed,
    Finish,
    LimitsDivided,
    Logged,
    Quotas,
    SlotGranted,
    SlotRequest,
    Start,
    ToParent,
    Units,
    UnitsFinished,
    WorkerStats,
)
from .contract import Job
from .recovery import mark_failed, overdue_pair, record_overdue, recorded_pairs
from .work_queue import FAILED_UNITS, WorkQueue, batch_size

_FRUITLESS_DEATHS = 20
"""Workers that may end one after the other without recording anything: then it is not this or that transcript."""

LOCAL_UNITS = 4
"""Units that the parent has in work at most when other workers are there: it has messages to handle."""

logger = logging.getLogger("inspect_scout")


class Dispatch:
    """Hands out the units of a job, and follows what becomes of them.

    Args:
        job: The job.
        queue: Its units.
        most: Workers at most, among which work, memory and limits are divided.
        fail: Ends the job with an error.
    """

    def __init__(self, job: Job, queue: WorkQueue, most: int, fail: Callable[[BaseException], None]) -> None:
        self._job, self._queue, self._most, self._fail = job, queue, most, fail
        self._started: list[WorkerHandle] = []
        self._allocator, self._slot = QuotaAllocator(), ExclusiveSlot()
        self.calls = CallTotals()
        """Calls to models, over all workers."""
        self._divided = False
        """Whether limits are divided among workers."""
        self._fruitless = 0
        self._stopping = False

    async def attend(self, worker: WorkerHandle) -> None:
        """Start a worker, give it units, and listen to it until it is gone."""
        if self._queue.closed:
            worker.kill()
            return
        self._start(worker)
        try:
            while not worker.exited and (message := await worker.receive()) is not None:
                self._handle(worker, message)
        finally:
            self._started.remove(worker)
            self._allocator.leave(worker.name)
            self._slot.leave(worker.name)
            self.calls.leave(worker.name)
            self._job.feed.emit(WorkerLost(at=time.time(), worker=worker.name, died=not worker.exited))

    def left_units(self, worker: WorkerHandle) -> bool:
        """Tell whether a worker that is gone has not done all that it was given."""
        return not worker.failed and self._queue.of(worker.name) > 0

    def finish(self) -> None:
        """Let workers end when what they have is done."""
        self._tell_all(Finish())

    def drain(self) -> None:
        """Let workers begin nothing new, and end when the pairs under way have ended."""
        self._queue.close()
        self._tell_all(Drain())

    def stop(self) -> None:
        """Hand out nothing more."""
        self._stopping = True

    async def recover(self, worker: WorkerHandle, how: str) -> bool:
        """Find out what a worker that died has recorded, and hand out again what it has not; tells whether another one is needed.

        Args:
            worker: The worker.
            how: How it ended.
        """
        job, queue = self._job, self._queue
        if queue.closed:
            queue.give_back(worker.name)
            return False
        if queue.done or self._stopping:
            return False
        leases, overdue = queue.leases(worker.name), worker.overdue
        recorded = await recorded_pairs(job, worker.writer_id, leases, worker.parts)
        late = None if overdue is None else overdue_pair(overdue, job, leases)
        if overdue is not None and late is not None and late not in recorded:
            self._count(await record_overdue(job, late[0], overdue))
            recorded.add(late)
        if late is None:
            logger.warning("A worker has ended (%s) while it had %d transcripts.", how, len(leases))
        for lease in queue.requeue(worker.name, recorded, blameless=late is not None):
            self._count(await mark_failed(job, lease, how))
            queue.finish(FAILED_UNITS, [lease.ticket])
        self._fruitless = 0 if recorded else self._fruitless + 1
        if self._fruitless >= _FRUITLESS_DEATHS:
            raise WorkerError(
                f"{self._fruitless} workers in a row have ended ({how}) and recorded nothing, so it is not one or the "
                "other transcript. What was recorded before is kept. Find out why (max_processes=1 runs the scanners "
                "in this process, --limit 1 on one transcript), then resume the scan."
            )
        return bool(queue.left + queue.leased)

    def _start(self, worker: WorkerHandle) -> None:
        job = self._job
        if not (self._divided or worker.local or self._most == 1):
            self._divided = True
            self._tell_all(LimitsDivided(self._most))
        self._started.append(worker)
        among = self._most if self._divided else 1
        worker.send(Start(job.store.location, worker.writer_id, worker.tasks, job.memory_bytes // self._most, among))
        if self._queue.done:
            worker.send(Finish())
        job.feed.emit(WorkerJoined(at=time.time(), worker=worker.name))
        self._report(worker.name, WorkerState(slots=worker.tasks))
        self._feed(worker)

    def _handle(self, worker: WorkerHandle, message: ToParent) -> None:
        match message:
            case UnitsFinished():
                self._feed(worker)
            case Committed():
                self._recorded(worker, message)
            case WorkerStats():
                self.calls.report(worker.name, message.calls)
                self._report(worker.name, message.state)
                self._feed(worker)
                self._allocate(worker, message)
            case CallOutcomes(outcomes):
                self._job.calls.record_outcomes(outcomes)
            case SlotRequest(begins):
                if begins:
                    self._slot.request(worker.name, lambda: worker.send(SlotGranted()))
                else:
                    self._slot.release(worker.name)
            case Logged():
                log(message)
            case Failed():
                self._fail(raised_by(message))
            case _:
                pass

    def _feed(self, worker: WorkerHandle) -> None:
        """Give a worker as many units as it has capacity for."""
        job, queue = self._job, self._queue
        if self._stopping:
            return
        alone = worker.local and len(self._started) == 1
        capacity = worker.capacity(queue.of(worker.name), LOCAL_UNITS if worker.local and not alone else None)
        count = max(0, min(queue.left, capacity)) if alone else batch_size(queue.left, self._most, capacity)
        # What has ended other workers may end this one, and the scan with it.
        leases = queue.take(worker.name, count, fresh_only=worker.local)
        more = bool(queue.fresh if worker.local else queue.left) and len(leases) == count
        if leases:
            job.feed.emit(UnitStarted(at=time.time(), units=sum(not lease.deaths for lease in leases)))
        index = job.plan.index
        units = [(lease.ticket, index.info(lease.unit.position), lease.unit.scanners) for lease in leases]
        worker.send_units(Units(units, more))

    def _recorded(self, worker: WorkerHandle, message: Committed) -> None:
        self._fruitless = 0
        done = self._queue.finish(worker.name, message.tickets)
        worker.recorded(message, [self._job.plan.index.ids[lease.unit.position] for lease in done])
        self._count(message)
        self._feed(worker)

    def _count(self, message: Committed) -> None:
        """Tell of pairs that are durable."""
        for scanner, counts in message.counts.items():
            self._job.feed.emit(PairRecorded(at=time.time(), scanner=scanner, counts=counts))
        if message.reused:
            self._job.feed.emit(PairsReused(at=time.time(), pairs=message.reused))
        if self._job.tables is not None:
            self._job.tables.recorded(sum(counts.scans for counts in message.counts.values()))

    def _allocate(self, worker: WorkerHandle, stats: WorkerStats) -> None:
        """Allocate the limits of models, with what a worker has just said, unless they are all for one."""
        if not self._divided:
            return
        self._allocator.report(worker.name, stats.demands)
        quotas = self._allocator.reallocate()
        for other in self._started:
            if other.name in quotas:
                other.send(Quotas(quotas[other.name]))

    def _report(self, name: str, said: WorkerState) -> None:
        """Tell what a worker is doing; when it said so is told by our clock, and how calls fail by those of all workers."""
        trouble = self._job.calls.trouble()
        state = msgspec.structs.replace(said, at=time.time(), trouble="" if trouble is None else trouble.text)
        self._job.feed.emit(WorkerReported(worker=name, state=state))

    def handle_from_thread(self, message: ToParent) -> None:
        """Handle a message of a worker that blocks the event loop of this process; called from another thread."""
        if isinstance(message, WorkerStats):
            self._report(LOCAL, message.state)

    def _tell_all(self, message: LimitsDivided | Finish | Drain) -> None:
        for worker in self._started:
            worker.send(message)


def log(message: Logged) -> None:
    """Log here what a worker has logged."""
    target = logging.getLogger(message.record.name)
    if target.isEnabledFor(message.record.levelno):
        target.handle(message.record)
