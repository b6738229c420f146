"""The worker: one transcript, located once and read once, through all scanners that are due on it.

A pair of transcript and scanner goes these steps, each a function of its own:

    due -> recall -> load -> invoke (metered) -> compare -> record

What is due is decided by the plan; `Worker.run` leaves out what comes too late when the scan ends early. `recall` may know the
verdict already, before anything is decoded or called. `load` reads the transcript, with what its scanners need together.
`invoke` gives a scanner its inputs, one by one; each of its model calls is admitted and metered. `compare` holds what it
says against the labelled case. `record` hands over the rows.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..._inspect.invocation import Recording, recording
from ..._inspect.models import ModelError
from ..._plan import PlannedScanner
from ..._results import CELL_BYTES, UnwritableError
from ..._scanners import checked_result, describe_input
from ..._support.byte_budget import ByteBudget
from ..._support.causes.describing import describe
from ..._support.clock import SYSTEM_CLOCK
from ..._support.foreign import Cancellation, check_cancelled, foreign
from ..._transcripts import Located, count_incomplete, union_content
from ..._types import (
    Error,
    InputOrigin,
    InputType,
    Result,
    ResultReport,
    ResultValidation,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
    TranscriptInfo,
)
from ..recording.reports import as_exception, describe_error, report_of_error, report_with, timeout_error
from .in_flight import Activity
from .recall import PairKey, PairReports, pair_key
from .setup import WorkerSetup
from .watchdog import run_with_timeout

# Inputs of these kinds are the transcript, or a list out of it, as its filter sees it: a reference is enough to find
# them again. Single items are small, and what a loader makes cannot be found again: those are copied.
_REFERABLE = ("transcript", "messages", "events")

logger = logging.getLogger("inspect_scout")


class ScannerStopped(Exception):
    """Carries the exception of a scanner through the worker when it is to end the scan."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(describe(cause))
        self.cause = cause


@dataclass(frozen=True, slots=True)
class _ScanInput:
    """What the scanners of a unit are given."""

    info: TranscriptInfo
    given: Transcript | TranscriptHandle
    size: int
    located: Located
    identities: Mapping[str, PairKey]


class PairSink(Protocol):
    """Takes what scanners reported."""

    async def record(
        self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport], reused: bool = False
    ) -> None:
        """Record a pair: all its rows, or the fact that it has none."""
        ...


class Worker:
    """Scans transcripts; safe to use from many tasks of one event loop.

    Args:
        setup: Scanners, source and how to run them.
        recorder: Where results go.
        activity: Counts what is under way.
        budget: Admits transcripts by their bytes.
        trace_steps: Whether to log each step with its time.
    """

    def __init__(
        self,
        setup: WorkerSetup,
        recorder: PairSink,
        activity: Activity,
        budget: ByteBudget,
        trace_steps: bool = False,
    ) -> None:
        self._setup = setup
        self._recorder = recorder
        self._activity = activity
        self._budget = budget
        self._trace_steps = trace_steps
        self._contents: dict[tuple[str, ...], tuple[TranscriptContent, bool]] = {}

    async def run(self, info: TranscriptInfo, keys: tuple[str, ...]) -> None:
        """Scan one transcript with the scanners that are due on it, and record what they say."""
        with self._step("due", " ".join(keys), info):
            due = [self._setup.scanners[key] for key in keys]
        async with AsyncExitStack() as stack:
            located: Located | None = None
            async with foreign() as ran:
                located = await self._setup.source.locate(info)
            subject: _ScanInput | None = None
            if located is not None:
                identities = self._identities(due, info, located)
                due = [one for one in due if not await self._recall(one, info, identities.get(one.key))]
                if not due:
                    return
                async with foreign() as ran:
                    subject = await self._load(due, info, located, identities, stack)
            if subject is None:  # one bad sample must not end the scan
                assert ran.error is not None
                for planned in due:
                    await self._record(info, planned, [report_of_error(planned.key, info, ran.error)])
                return
            lead, *followers = due
            # The lead goes first, so that what it warms (a provider's prompt cache) serves the others.
            await self._scan(lead, subject)
            if len(followers) == 1:
                await self._scan(followers[0], subject)
            elif followers:
                await _gather([self._scan(follower, subject) for follower in followers])

    def _identities(
        self, due: Sequence[PlannedScanner], info: TranscriptInfo, located: Located
    ) -> Mapping[str, PairKey]:
        """What makes the verdicts on these pairs, by scanner; nothing where no verdict is ever recalled."""
        if self._setup.recall is None:
            return {}
        keys = {planned.key: pair_key(planned, info, located) for planned in due}
        return {scanner: key for scanner, key in keys.items() if key is not None}

    async def _recall(self, planned: PlannedScanner, info: TranscriptInfo, identity: PairKey | None) -> bool:
        """Record what is known already of a pair; tells whether anything was."""
        if self._setup.recall is None or identity is None:
            return False
        known: PairReports | None = None
        with self._step("recall", planned.key, info):
            async with foreign():  # a memory that fails costs a scan, and nothing else
                known = await self._setup.recall.recall(identity)
        if known is None:
            return False
        with self._activity.pairs.track():
            reports = [await self._recompared(planned, known.info, report) for report in known.reports]
            await self._record(known.info, planned, reports, reused=True)
        return True

    async def _recompared(self, planned: PlannedScanner, info: TranscriptInfo, report: ResultReport) -> ResultReport:
        """Compare what was recalled: labelled cases may have changed."""
        validation: ResultValidation | None = None
        async with foreign() as ran:
            validation = await self._compare(planned, report.input_ids, report.result)
        error = None if ran.error is None else self._error(planned, info, ran.error)
        return replace(report, timestamp=SYSTEM_CLOCK.now().isoformat(), validation=validation, error=error)

    async def _load(
        self,
        due: Sequence[PlannedScanner],
        info: TranscriptInfo,
        located: Located,
        identities: Mapping[str, PairKey],
        stack: AsyncExitStack,
    ) -> _ScanInput:
        """Read the transcript, with what its scanners need together, or open it where all of them can stream it."""
        content, streams = self._content(tuple(planned.key for planned in due))
        # What streams is not held in memory, so it takes nothing from the budget.
        await stack.enter_async_context(self._budget.hold(0 if streams else located.size))
        with self._activity.reading(), self._step("load", "", info):
            if streams:
                handle = await located.open(content)
                stack.push_async_callback(_close, handle)
                return _ScanInput(info, handle, located.size, located, identities)
            loaded = await located.read(content)
            # Rows describe the transcript with the metadata that was read (the index thins it), and with no content.
            described = info.model_copy(update={"metadata": loaded.transcript.metadata})
            return _ScanInput(described, loaded.transcript, loaded.size, located, identities)

    def _content(self, keys: tuple[str, ...]) -> tuple[TranscriptContent, bool]:
        """Content that some scanners need together, and whether they can stream it."""
        known = self._contents.get(keys)
        if known is None:
            configs = [self._setup.scanners[key].config for key in keys]
            union = union_content([config.content for config in configs])
            streams = all(c.streaming and _same_items(c.content, union) for c in configs) and union.timeline is None
            known = self._contents[keys] = (union, streams)
        return known

    async def _scan(self, planned: PlannedScanner, subject: _ScanInput) -> None:
        """Take a pair through its last three steps."""
        pairs = self._activity.pairs
        if pairs.closed:
            return
        check_cancelled()
        seconds = self._setup.spec.options.scanner_timeout
        reports: list[ResultReport] = []
        with pairs.track():
            with self._activity.at_work(subject.info.transcript_id, planned.key) as running:
                work = self._invoke_all(planned, subject, reports)
                if seconds is None:
                    await work
                elif (outlasted := await run_with_timeout(seconds, work, running)) is not None:
                    error = timeout_error(running.scanner, running.transcript, seconds, outlasted.stuck)
                    reports = [*reports, self._failed(planned, subject.info, error)]
            await self._record(subject.info, planned, reports)
            if self._setup.recall is not None:
                await self._remember(planned, subject, reports)

    async def _invoke_all(self, planned: PlannedScanner, subject: _ScanInput, reports: list[ResultReport]) -> None:
        """Give a scanner its inputs, and collect what it says of each."""
        async with foreign() as ran:
            with self._step("invoke", planned.key, subject.info):
                origin = self._origin(planned, subject)
                if isinstance(subject.given, Transcript):
                    await self._invoke_each(planned, subject, subject.given, origin, reports)
                else:
                    reports.append(await self._invoke_streamed(planned, subject, subject.given, origin))
        if ran.error is not None:
            reports.append(self._failed(planned, subject.info, ran.error))

    async def _invoke_each(
        self,
        planned: PlannedScanner,
        subject: _ScanInput,
        transcript: Transcript,
        origin: InputOrigin | None,
        reports: list[ResultReport],
    ) -> None:
        items = planned.config.loader(transcript)
        try:
            async for item in items:
                described = describe_input(item, subject.info.transcript_id)
                if described is not None:
                    check_cancelled()
                    reports.append(await self._invoke(planned, subject.info, item, *described, origin))
        except Exception:  # of the loader or the scanner, which may raise anything; raised again
            await _close(items)  # else the collector would, at any time and outside of all borders
            raise

    async def _invoke_streamed(
        self, planned: PlannedScanner, subject: _ScanInput, handle: TranscriptHandle, origin: InputOrigin | None
    ) -> ResultReport:
        ids = [subject.info.transcript_id]
        report = await self._invoke(planned, subject.info, handle, "transcript", ids, origin)
        if origin is not None:
            return report
        # Nothing to refer to: the record needs the transcript itself.
        async with foreign() as ran:
            report = replace(report, input=await handle.load())
        if ran.error is None:
            return report
        error = report.error or self._error(planned, subject.info, ran.error)
        return replace(report, input=subject.info, error=error)

    def _origin(self, planned: PlannedScanner, subject: _ScanInput) -> InputOrigin | None:
        streamed = not isinstance(subject.given, Transcript)
        copied = self._setup.record_input == "copy" and subject.size <= CELL_BYTES
        if copied or not (streamed or planned.config.kind in _REFERABLE):
            return None
        return subject.located.origin(planned.config.content, subject.size)

    async def _invoke(
        self,
        planned: PlannedScanner,
        info: TranscriptInfo,
        item: Any,
        kind: InputType,
        ids: list[str],
        origin: InputOrigin | None,
    ) -> ResultReport:
        """Call a scanner once, and compare what it says."""
        result: Result[Any] | None = None
        validation: ResultValidation | None = None
        kept = Recording()
        async with foreign() as ran:
            with recording() as kept:
                result = checked_result(await planned.scan(item), planned.key)
                validation = await self._compare(planned, ids, result)
        error = None if ran.error is None else self._error(planned, info, ran.error)
        return ResultReport(
            input_type=kind,
            input_ids=ids,
            input=item,
            origin=origin,
            result=result,
            error=error,
            validation=validation,
            events=kept.events,
            model_usage=kept.usage,
            timestamp=SYSTEM_CLOCK.now().isoformat(),
            incomplete=_incomplete(item, kind),
        )

    async def _compare(
        self, planned: PlannedScanner, ids: Sequence[str], result: Result[Any] | None
    ) -> ResultValidation | None:
        """Hold a result against its labelled case, if there is one."""
        if planned.validator is None or result is None:
            return None
        with self._step("compare", planned.key, ids[0]):
            return await planned.validator.compare(list(ids), result)

    async def _record(
        self, info: TranscriptInfo, planned: PlannedScanner, reports: Sequence[ResultReport], reused: bool = False
    ) -> None:
        """Record a pair; if what the scanner returned cannot be written, that."""
        with self._step("record", planned.key, info):
            try:
                await self._recorder.record(info, planned.key, reports, reused)
            except UnwritableError as error:
                report = self._failed(planned, info, error)
                try:
                    await self._recorder.record(info, planned.key, [report])
                except UnwritableError:  # it is the transcript's own metadata
                    bare = TranscriptInfo(transcript_id=info.transcript_id)
                    await self._recorder.record(bare, planned.key, [replace(report, input=bare)])

    async def _remember(self, planned: PlannedScanner, subject: _ScanInput, reports: Sequence[ResultReport]) -> None:
        """Let whoever recalls verdicts know of this one; errors are worth another try."""
        memory, identity = self._setup.recall, subject.identities.get(planned.key)
        if memory is not None and identity is not None and not any(report.error for report in reports):
            async with foreign():
                await memory.remember(identity, PairReports(subject.info, list(reports)))

    def _error(self, planned: PlannedScanner, info: TranscriptInfo, raised: BaseException) -> Error:
        """Describe what foreign code raised, unless it is to end the scan."""
        if isinstance(raised, ScannerStopped):
            raise raised
        if isinstance(raised, ModelError):
            # No model was named, so no call of any scanner can succeed, and resuming changes nothing. Whatever else a
            # scanner finds missing (a key, a package, a sandbox) it may find for this transcript alone.
            raise raised
        if self._setup.fail_on_error:
            raise ScannerStopped(as_exception(planned.key, info, raised)) from raised
        return describe_error(planned.key, info, raised)

    def _failed(self, planned: PlannedScanner, info: TranscriptInfo, raised: BaseException) -> ResultReport:
        return report_with(self._error(planned, info, raised), info)

    def _step(self, name: str, scanner: str, subject: TranscriptInfo | str) -> AbstractContextManager[None]:
        """Log the time of a step, if that is asked for."""
        if not self._trace_steps:
            return _UNTIMED
        return _timed(name, scanner, subject if isinstance(subject, str) else subject.transcript_id)


_UNTIMED = nullcontext()


@contextmanager
def _timed(step: str, scanner: str, transcript: str) -> Generator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        about = f"{transcript} {scanner}".rstrip()
        logger.info("step %s %s: %.2f ms", step, about, (time.perf_counter() - began) * 1e3)


async def _close(thing: object) -> None:
    """Close what foreign code made or read through; nothing depends on its success."""
    close = getattr(thing, "aclose", None)
    if close is not None:
        async with foreign():
            await close()


def _same_items(one: TranscriptContent, other: TranscriptContent) -> bool:
    return _as_set(one.messages) == _as_set(other.messages) and _as_set(one.events) == _as_set(other.events)


def _incomplete(item: Any, kind: InputType) -> int:
    """Messages and events that could be read only in part, in what a scanner was given or read of a handle."""
    if kind == "transcript" and not isinstance(item, Transcript):
        return int(getattr(item, "incomplete", 0))
    return count_incomplete(item)


def _as_set(chosen: str | Sequence[str] | None) -> str | frozenset[str] | None:
    return chosen if chosen is None or isinstance(chosen, str) else frozenset(chosen)


async def _gather(calls: list[Coroutine[Any, Any, None]]) -> None:
    cancellation = Cancellation()
    tasks = [asyncio.create_task(call, context=cancellation.context()) for call in calls]
    try:
        await asyncio.gather(*tasks)
    finally:
        cancellation.cancel(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
