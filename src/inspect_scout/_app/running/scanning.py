"""Scanning: a new scan, and going on with an earlier one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from ..._display import Display, display_for
from ..._engine import (
    Feed,
    Job,
    RunJob,
    TableSync,
    WorkerSetup,
    executor_for,
    wants_diagnostics,
    worker_setup,
)
from ..._inspect.excepthook import embedding_inspect
from ..._inspect.models import close_models
from ..._plan import (
    ResumeRequest,
    ScanPlan,
    ScanRequest,
    check_executor,
    plan_resume,
    plan_scan,
    resolve_request,
)
from ..._project import default_log_level, default_scans, load_dotenv_once, start_logging
from ..._results import ScanGoneError, ScanStore, facts_of, unread_errors
from ..._support.loop_iterations import own_loop_iteration
from ..._support.terminal import plural
from ..._types import DryRun, Phase, Planned, Problem, ScanState, Status, Summary, fold
from ..interruption import is_abandoned, on_abandoned
from ..scans.watching import publishing_progress
from ..serving.signals import tell_scan_ended
from .early_refusals import complete_scan_error
from .ending import grace_seconds, run_to_its_end
from .following import Following, telling

logger = logging.getLogger("inspect_scout")

DRY_RUN = "(dry-run)"


async def run_scan(request: ScanRequest, following: Following | None = None) -> Status:
    """Run a new scan, as far as it can be run.

    Args:
        request: What is asked for.
        following: How the program follows it (None: by `request.on_progress` alone).

    Raises:
        ScoutError: The request cannot be carried out; nothing was created.
        Exception: What a scanner raised, if `fail_on_error` is set; what was recorded before is kept.
    """
    with embedding_inspect():
        return await _scan(request, following)


async def _scan(request: ScanRequest, following: Following | None) -> Status:
    following = (following or Following()).by(request.on_progress)
    load_dotenv_once()
    request, grace = resolve_request(request).request, grace_seconds()
    prepare_logging(request.log_level)
    display = display_for(request.display)
    with display.counting("Indexing") as progress:
        plan = await plan_scan(request, progress)
    _warn_of_problems(plan)
    if request.dry_run:
        await close_models(plan.models.active)
        with telling(following.functions) as listeners:
            Feed(*listeners).emit(_planned(plan, DRY_RUN))
        return _dry_run(plan, display)
    await own_loop_iteration()
    scans = request.scans or default_scans()
    setup = worker_setup(plan, request.record_input or "auto", request.fail_on_error)
    async with _prepared(plan, setup, scans, request.executor, request.ray_address) as run:
        store = await ScanStore.create(plan.spec, scans)
        async with store.lock():
            return await _run(plan, store, display, _Engine(run, setup, grace, following))


async def resume_scan(request: ResumeRequest) -> Status:
    """Go on with a scan: pairs that are recorded without error are not scanned again.

    Raises:
        ScanStateError: The scan is complete, asks something else than it did, or another process is at work on it.
    """
    with embedding_inspect():
        return await _resume(request)


async def _resume(request: ResumeRequest) -> Status:
    following = Following().by(request.on_progress)
    prepare_logging(request.log_level)
    shown, grace = display_for(request.display), grace_seconds()
    store = await ScanStore.open(request.location)
    async with store.lock(request.wait):
        spec = await store.spec(strict=True)
        executor = request.executor or spec.options.executor
        check_executor(executor, request.ray_address)
        if request.wait and (standing := await store.status_and_state())[0].complete:
            return _show_outcome(shown, *standing)
        await _refuse_complete(store, "resume")
        recorded = await store.recorded_pairs()
        with shown.counting("Indexing") as progress:
            plan = await plan_resume(spec, request, recorded, progress)
        _warn_of_problems(plan)
        setup = worker_setup(plan, spec.options.record_input or "auto", request.fail_on_error)
        async with _prepared(plan, setup, store.location, executor, request.ray_address) as run:
            if plan.spec != spec:
                await store.update_spec(plan.spec)
            return await _run(plan, store, shown, _Engine(run, setup, grace, following))


async def complete_scan(location: str, display: str | None = None, log_level: str | None = None) -> Status:
    """Declare an interrupted or partly failed scan complete, errors included.

    Raises:
        ScanStateError: It is complete already, or another process is at work on it.
    """
    prepare_logging(log_level)
    shown = display_for(display, scans=False)
    store = await ScanStore.open(location)
    async with store.lock():
        await _refuse_complete(store, "complete")
        await store.accept_unread()
        await store.compact(_transcript_order(await store.spec()), complete=True)
    return _show_outcome(shown, *await store.status_and_state())


def prepare_logging(log_level: str | None) -> None:
    """Load `.env` and set up logging."""
    load_dotenv_once()
    start_logging(log_level or default_log_level() or ("info" if wants_diagnostics() else None))


@dataclass(frozen=True, slots=True)
class _Engine:
    """What runs a job, and how.

    Args:
        run: Runs it.
        setup: What its workers know.
        grace: Seconds for answers under way at an early end.
        following: How the program follows it.
    """

    run: RunJob
    setup: WorkerSetup
    grace: float
    following: Following


def _planned(plan: ScanPlan, location: str) -> Planned:
    facts = msgspec.structs.replace(facts_of(plan.spec, location), transcripts=len(plan.index))
    return Planned(at=time.time(), facts=facts, due=plan.total, skipped=plan.skipped)


@asynccontextmanager
async def _prepared(
    plan: ScanPlan, setup: WorkerSetup, location: str, name: str | None, ray_address: str | None
) -> AsyncGenerator[RunJob]:
    """Make an executor ready for a plan; what cannot be run fails here, before anything is created."""
    executor = executor_for(len(plan.units), plan.spec.options.max_processes, name, ray_address)
    try:
        async with executor.prepared(setup, location) as run:
            yield run
    finally:
        await close_models(plan.models.active)


async def _run(plan: ScanPlan, store: ScanStore, display: Display, engine: _Engine) -> Status:
    planned = _planned(plan, store.location)
    interrupted = ScanState(facts=planned.facts, phase="interrupted", due=plan.total)
    try:
        with on_abandoned(lambda: display.outcome(interrupted)):
            stopped = await _run_and_record(plan, store, display, engine, planned)
    except asyncio.CancelledError:
        # Interrupted a second time, while what was done was being recorded: nothing is waited for.
        if not is_abandoned():
            display.outcome(interrupted)
        raise
    await own_loop_iteration()
    status, state = await store.status_and_state()
    tell_scan_ended(store.location)
    _warn_of_comparisons(status)
    _show_outcome(display, status, state, interrupted=stopped is not None)
    if stopped is not None:
        raise stopped
    return status


async def _run_and_record(
    plan: ScanPlan, store: ScanStore, display: Display, engine: _Engine, planned: Planned
) -> BaseException | None:
    """Run a plan and record it; returns what ended it before its time."""
    with (
        display.scan(fold([planned])) as shown,
        publishing_progress(planned.facts) as announce,
        telling(engine.following.functions) as listeners,
    ):
        feed = Feed(shown, announce, *listeners)
        problems = list(planned.facts.unread.values())
        feed.emit(planned)
        for problem in problems:
            feed.emit(Problem(at=planned.at, message=problem))
        order = _transcript_order(plan.spec)
        metrics = {key: p.config.metrics for key, p in plan.scanners.items() if p.config.metrics}
        tables = TableSync(
            max(0, plan.spec.options.results_buffer or 0),
            lambda: store.compact(order, complete=False, metrics=metrics),
        )
        job = Job(plan, engine.setup, store, feed, tables, stopping=engine.following.stopping)
        async with tables.ended():
            stopped = await run_to_its_end(engine.run, job, engine.grace, display.print)
        state = feed.state()
        if isinstance(stopped, ScanGoneError):
            raise stopped.with_count(state.done) from None
        # Pairs with errors of earlier runs were due again, so the errors of this run are all there are.
        failed = bool(state.error_count)
        feed.end("interrupted" if stopped is not None else "errors" if failed or problems else "complete")
    if stopped is None:
        await store.compact(order, complete=not failed, metrics=metrics, pairs=plan.total)
    return stopped


def _show_outcome(display: Display, status: Status, state: ScanState, *, interrupted: bool = False) -> Status:
    """Show how a scan stands that nobody is at work on any more but us, and give its status back."""
    phase: Phase = "interrupted" if interrupted else "complete" if status.complete else "errors"
    errors = {group.headline: group.count for group in status.error_groups if group.scanners}
    display.outcome(msgspec.structs.replace(state, phase=phase, errors=errors))
    return status


async def _refuse_complete(store: ScanStore, wish: str) -> None:
    if (await store.status()).complete:
        raise complete_scan_error(store.location, wish)


def _dry_run(plan: ScanPlan, display: Display) -> Status:
    counts = DryRun(len(plan.index), plan.counts())
    display.table(
        "Dry run (nothing was scanned)",
        ["scanner", "transcripts"],
        [[key, f"{count:,}"] for key, count in counts.scanners.items()],
        ["total" if len(counts.scanners) == 1 else "total scans", f"{counts.total:,}"],
    )
    spec, summary = plan.spec, Summary.model_validate({"scanners": list(counts.scanners)})
    return Status(True, spec, DRY_RUN, summary, unread_errors(spec), dry_run=counts)


def _transcript_order(spec: object) -> list[str]:
    transcripts = getattr(spec, "transcripts", None)
    return list(transcripts.transcript_ids) if transcripts is not None else []


def _warn_of_problems(plan: ScanPlan) -> None:
    for problem in plan.problems:
        logger.warning("%s (the other logs are scanned; `scout scan resume` tries again what was not read)", problem)


def _warn_of_comparisons(status: Status) -> None:
    for scanner, summary in status.summary.scanners.items():
        if summary.validation is not None and summary.validation.not_compared:
            logger.warning(
                "%s of scanner %r could not be compared with labelled cases; `scout validate %s` says why",
                plural(summary.validation.not_compared, "result"),
                scanner,
                status.location,
            )
