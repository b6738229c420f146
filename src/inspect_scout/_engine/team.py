"""Several workers on one scan: started, fed with units, replaced when they die, brought home at the end."""

from __future__ import annotations

import asyncio
import logging
import math
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from .._support.errors import WorkerError
from .._support.folder import current_folder
from .._types import PairRecorded, UnitStarted, WorkerJoined, WorkerLost, WorkerReported, WorkerState
from .contract import Job
from .failure import Failure
from .governor import Governor
from .ledger import GIVEN_UP, Ledger, share_of
from .losses import give_up, survived
from .member import Link, Member, raised_by
from .messages import (
    Begin,
    Done,
    Drain,
    Ended,
    Failed,
    Finish,
    Gauges,
    Granted,
    Heard,
    Logged,
    Ready,
    Recorded,
    Setup,
    Stop,
    Turn,
    Units,
    Up,
    YourTurn,
)
from .seat import HERE
from .setup import WorkerSetup, first_units, pack
from .shares import Shares
from .turns import Turns


class Launcher(Protocol):
    """Starts workers of one kind."""

    async def launch(self) -> Link:
        """Start a worker.

        Raises:
            WorkerError: None can be started.
        """
        ...

    async def aclose(self) -> None:
        """Give up what was needed to start workers."""
        ...


_STOP_SECONDS = 1.2
_SIGN_SECONDS = 0.5
"""Time for a sign that a worker has heard that it is over: one that is held up by a scanner gives none."""
_FINISH_SECONDS = 10.0
_DEAD_STARTS = 3
_FRUITLESS_DEATHS = 20
"""Workers that may end one after the other without recording anything: then it is not this or that transcript."""

logger = logging.getLogger("inspect_scout")


class Team:
    """Workers in other processes.

    Args:
        launcher: Starts workers.
        most: Workers at most, among which work and memory are divided.
        optional: Whether the scan can do without workers that cannot be started.
    """

    def __init__(self, launcher: Launcher, most: int, optional: bool = False) -> None:
        self._launcher, self._most, self._optional = launcher, most, optional
        self.hopeless = False
        """Whether workers that are optional cannot be started."""
        self._setup: Setup | None = None
        self._tasks_each = 1
        self._members: list[Member] = []
        self._attending: set[asyncio.Task[None]] = set()
        self._job: Job | None = None
        self._ledger: Ledger | None = None
        self._failure = Failure()
        self._dead_starts = self._fruitless = 0
        self._closing = False
        self._someone_ready = asyncio.Event()
        self._shares = Shares()
        self.turns = Turns()
        """Transcripts that are larger than a worker's share of memory."""
        self.governor: Governor | None = None
        """Admits the model calls of this process, if it scans, too."""

    @property
    def size(self) -> int:
        """Workers that are there or on their way."""
        return len(self._members)

    @property
    def start_seconds(self) -> float | None:
        """Time that the slowest worker took to be ready (None: none is yet)."""
        return max((m.ready for m in self._members if m.ready is not None), default=None)

    def statistics(self) -> list[Gauges]:
        """Tell what each worker said last."""
        return [member.gauges for member in self._members if member.gauges is not None]

    def load(self, setup: WorkerSetup, environment: Mapping[str, str] | None = None) -> None:
        """Write what workers need to know.

        Args:
            setup: What to run.
            environment: Variables for workers that do not inherit this process's.

        Raises:
            ConfigError: A scanner or the source cannot travel.
        """
        level = logging.getLogger("inspect_scout").getEffectiveLevel()
        self._setup = Setup(pack(setup), list(sys.path), current_folder(), dict(environment or {}), level)
        self._tasks_each = math.ceil(first_units(setup) / self._most)

    async def grow(self, count: int) -> None:
        """Start workers until there are `count`."""
        for _ in range(count - len(self._members)):
            await self._start()

    async def first_ready(self) -> None:
        """Wait until one worker is ready.

        Raises:
            ConfigError: Scanners cannot be loaded there.
            WorkerError: Workers end before they are ready.
        """
        await self._failure.unless(self._someone_ready.wait())

    async def run(self, job: Job, ledger: Ledger) -> None:
        """Give units to the workers until none is left and all are durable; ends the workers, however it ends."""
        self._job, self._ledger = job, ledger
        try:
            for member in self._members:
                self._begin(member)
            job.stopping.tell(lambda: _drain(self._members, ledger))
            await self._failure.unless(ledger.over())
            _call_home(self._members, Finish())
            await _at_home(self._members, _FINISH_SECONDS)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End all workers: they write what they recorded, if it takes no longer than a moment."""
        self._closing = True
        members, called = list(self._members), time.monotonic()
        try:
            _call_home(members, Stop())
            await _at_home(members, _SIGN_SECONDS)
            await _at_home([m for m in members if m.heard_at >= called], _STOP_SECONDS - _SIGN_SECONDS)
        finally:
            for task in self._attending:
                task.cancel()
            await asyncio.gather(*self._attending, return_exceptions=True)

    async def aclose(self) -> None:
        """End the workers that are left, and give up what was needed to start them."""
        try:
            await self.stop()
        finally:
            await self._launcher.aclose()
            self._failure.forget()

    async def _start(self) -> None:
        assert self._setup is not None
        member = Member(await self._launcher.launch(), self._tasks_each)
        self._members.append(member)
        member.link.send(self._setup)
        member.attended = task = asyncio.create_task(self._attend(member))
        task.add_done_callback(self._attended)
        self._attending.add(task)

    def _attended(self, task: asyncio.Task[None]) -> None:
        self._attending.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure.note(error)

    async def _attend(self, member: Member) -> None:
        """Listen to a worker until it is gone."""
        try:
            while not member.ended and (message := await member.link.receive()) is not None:
                self._hear(member, message)
            how = "" if member.ended else await member.link.ended()
        finally:
            self._members.remove(member)
            self._shares.leave(member.name)
            self.turns.leave(member.name)
            if not member.ended:
                member.link.kill()
            await member.link.release()
            if self._job is not None and member.begun:
                self._job.feed.emit(WorkerLost(at=time.time(), worker=member.name, died=not member.ended))
        if self._ledger is not None and self._ledger.closed:
            self._ledger.give_back(member.name)
        elif not member.ended and not self._closing:
            await self._bury(member, how)

    def _hear(self, member: Member, message: Up) -> None:
        member.heard_at = time.monotonic()
        match message:
            case Ready(seconds):
                member.ready, self._dead_starts = seconds, 0
                self._someone_ready.set()
                self._begin(member)
            case Done(tickets):
                member.done(tickets)
                self._feed(member)
            case Recorded():
                self._recorded(member, message)
            case Gauges():
                member.gauged(message, time.monotonic())
                _report(self._job, member, message.state)
                self._feed(member)
                self._deal(member)
            case Heard(outcomes):
                assert self._job is not None
                self._job.calls.heard(outcomes)
            case Turn(begins):
                if begins:
                    self.turns.ask(member.name, lambda: member.link.send(YourTurn()))
                else:
                    self.turns.end(member.name)
            case Logged(record):
                target = logging.getLogger(record.name)
                if target.isEnabledFor(record.levelno):
                    target.handle(record)
            case Failed():
                member.ended = message.stage == "load"
                error = raised_by(message)
                self._give_up_starting(error) if member.ended else self._failure.note(error)
            case Ended():
                member.ended = True

    def _begin(self, member: Member) -> None:
        job = self._job
        if job is None or member.ready is None or member.begun:
            return
        if self._ledger is not None and self._ledger.closed:
            member.link.kill()
            return
        member.begun = True
        memory = job.memory_bytes // self._most
        member.link.send(Begin(job.store.location, member.name, member.tasks, memory, self._most))
        if self._ledger is not None and self._ledger.done:
            member.link.send(Finish())
        job.feed.emit(WorkerJoined(at=time.time(), worker=member.name))
        _report(job, member, WorkerState(slots=member.tasks))
        self._feed(member)

    def _feed(self, member: Member) -> None:
        job, ledger = self._job, self._ledger
        if job is None or ledger is None or not member.begun or self._closing:
            return
        count = share_of(ledger.left, self._most, member.room(ledger.of(member.name)))
        leases = ledger.take(member.name, count)
        if leases:
            index = job.plan.index
            job.feed.emit(UnitStarted(at=time.time(), units=sum(not lease.deaths for lease in leases)))
            member.link.send(Units([(x.ticket, index.info(x.unit.position), x.unit.scanners) for x in leases]))

    def _recorded(self, member: Member, message: Recorded) -> None:
        job, ledger = self._job, self._ledger
        assert job is not None
        assert ledger is not None
        self._fruitless = 0
        member.through.difference_update(message.tickets)
        for scanner, counts in message.counts.items():
            job.feed.emit(PairRecorded(at=time.time(), scanner=scanner, counts=counts))
        job.recorder.noticed(sum(counts.scans for counts in message.counts.values()))
        ledger.finish(member.name, message.tickets)
        self._feed(member)

    async def _bury(self, member: Member, how: str) -> None:
        """Find out what a dead worker has recorded, hand out again what it has not, and start another one."""
        if member.ready is None:
            self._dead_starts += 1
            if self._dead_starts >= _DEAD_STARTS:
                self._give_up_starting(
                    WorkerError(
                        f"Workers end before they are ready ({how}), {_DEAD_STARTS} times in a row. Is there enough "
                        "memory? Use max_processes=1 to scan in this process."
                    )
                )
                return
            await self._start()
            return
        job, ledger = self._job, self._ledger
        if job is None or ledger is None or ledger.done:
            return
        logger.warning("A worker has ended (%s) while it had %d transcripts.", how, ledger.of(member.name))
        recorded = await survived(job, member.name, ledger.leases(member.name))
        for lease in ledger.lose(member.name, recorded):
            await give_up(job, lease, how)
            ledger.finish(GIVEN_UP, [lease.ticket])
        self._fruitless = 0 if recorded else self._fruitless + 1
        if self._fruitless >= _FRUITLESS_DEATHS:
            self._failure.note(
                WorkerError(
                    f"{self._fruitless} workers in a row have ended ({how}) and recorded nothing, so it is not one or the "
                    "other transcript. What was recorded before is kept. Find out why (max_processes=1 runs the scanners "
                    "in this process, --limit 1 on one transcript), then resume the scan."
                )
            )
            return
        if not self._closing and ledger.left + ledger.held:
            await self._start()

    def _deal(self, member: Member) -> None:
        """Deal the limits of models anew, with what a worker has just said."""
        assert member.gauges is not None
        self._shares.report(member.name, member.gauges.claims)
        if self.governor is not None:
            self._shares.report(HERE, self.governor.claims())
        grants = self._shares.redeal()
        if self.governor is not None and HERE in grants:
            self.governor.grant(grants[HERE])
        for other in self._members:
            if other.name in grants:
                other.link.send(Granted(grants[other.name]))

    def _give_up_starting(self, error: BaseException) -> None:
        """Do without workers, if the scan can: units that may have ended workers are for workers alone."""
        waits = self._ledger is not None and self._ledger.left > self._ledger.fresh
        if not self._optional or waits:
            self._failure.note(error)
            return
        self.hopeless = True
        logger.info("The scan stays in one process: %s", error)


def _report(job: Job | None, member: Member, said: WorkerState) -> None:
    """Tell what a worker is doing; when it said so is told by our clock, and how calls fail by what all have heard."""
    if job is None:
        return
    trouble = job.calls.trouble()
    state = msgspec.structs.replace(said, at=time.time(), trouble="" if trouble is None else trouble.text)
    job.feed.emit(WorkerReported(worker=member.name, state=state))


def _call_home(members: Sequence[Member], last: Finish | Drain | Stop) -> None:
    """Tell workers that it is over."""
    for member in members:
        if member.begun:
            member.link.send(last)
        else:
            member.link.kill()


def _drain(members: Sequence[Member], ledger: Ledger) -> None:
    """Let workers begin nothing new, and end when the pairs under way have ended."""
    ledger.close()
    _call_home(members, Drain())


async def _at_home(members: Sequence[Member], seconds: float) -> None:
    """Wait until workers have said their last word, but no longer than some seconds."""
    tasks = [member.attended for member in members if member.attended is not None]
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
