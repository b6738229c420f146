"""The worker: one transcript, read once, through all scanners that are due on it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .._inspect.invocation import Recording, recording
from .._inspect.models import ModelError
from .._plan import PlannedScanner
from .._results import CELL_BYTES, UnwritableError
from .._scanners import checked_result, describe_input
from .._support.causes.describing import describe
from .._support.clock import SYSTEM_CLOCK
from .._support.errors import ScannerExitError, ScannerTimeoutError
from .._support.foreign import Ending, check_over, foreign
from .._transcripts import Located, count_incomplete, union_content
from .._types import (
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
from .activity import Activity, RunningPair
from .budget import ByteBudget
from .deadline import within
from .describing import describe_error
from .setup import WorkerSetup

# Inputs of these kinds are the transcript, or a list out of it, as its filter sees it: a reference is enough to find
# them again. Single items are small, and what a loader makes cannot be found again: those are copied.
_REFERABLE = ("transcript", "messages", "events")


class ScannerStopped(Exception):
    """Carries the exception of a scanner through the worker when it is to end the scan."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(describe(cause))
        self.cause = cause


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the scanners of a unit are given."""

    info: TranscriptInfo
    given: Transcript | TranscriptHandle
    size: int
    located: Located


class RecordsPairs(Protocol):
    """Takes what scanners said."""

    async def record(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> None:
        """Record a pair: all its rows, or the fact that it has none."""
        ...


class Worker:
    """Scans transcripts; safe to use from many tasks of one event loop.

    Args:
        setup: Scanners, source and how to run them.
        recorder: Where results go.
        activity: Counts what is under way.
        budget: Admits transcripts by their bytes.
    """

    def __init__(self, setup: WorkerSetup, recorder: RecordsPairs, activity: Activity, budget: ByteBudget) -> None:
        self._setup = setup
        self._recorder = recorder
        self._activity = activity
        self._budget = budget
        self._contents: dict[tuple[str, ...], tuple[TranscriptContent, bool]] = {}

    async def run(self, info: TranscriptInfo, keys: tuple[str, ...]) -> None:
        """Scan one transcript with the scanners that are due on it, and record what they say."""
        scanners = [self._setup.scanners[key] for key in keys]
        content, streams = self._content(keys)
        async with AsyncExitStack() as stack:
            subject: _Subject | None = None
            async with foreign() as ran:
                located = await self._setup.source.locate(info)
                # What streams is not held in memory, so it takes nothing from the budget.
                await stack.enter_async_context(self._budget.hold(0 if streams else located.size))
                subject = await self._open(info, located, content, streams, stack)
            if ran.error is not None:  # one bad sample must not end the scan
                await self._record_unreadable(info, scanners, ran.error)
                return
            assert subject is not None
            lead, *followers = scanners
            # The lead goes first, so that what it warms (a provider's prompt cache) serves the others.
            await self._scan(lead, subject)
            if len(followers) == 1:
                await self._scan(followers[0], subject)
            elif followers:
                await _together([self._scan(follower, subject) for follower in followers])

    def _content(self, keys: tuple[str, ...]) -> tuple[TranscriptContent, bool]:
        """Content that some scanners need together, and whether they can stream it."""
        known = self._contents.get(keys)
        if known is None:
            configs = [self._setup.scanners[key].config for key in keys]
            union = union_content([config.content for config in configs])
            streams = all(c.streaming and _same_items(c.content, union) for c in configs) and union.timeline is None
            known = self._contents[keys] = (union, streams)
        return known

    async def _open(
        self, info: TranscriptInfo, located: Located, content: TranscriptContent, streams: bool, stack: AsyncExitStack
    ) -> _Subject:
        self._activity.parsing += 1
        try:
            if streams:
                handle = await located.open(content)
                stack.push_async_callback(_close, handle)
                return _Subject(info, handle, located.size, located)
            loaded = await located.read(content)
            # Rows describe the transcript with the metadata that was read (the index thins it), and with no content.
            described = info.model_copy(update={"metadata": loaded.transcript.metadata})
            return _Subject(described, loaded.transcript, loaded.size, located)
        finally:
            self._activity.parsing -= 1

    async def _scan(self, planned: PlannedScanner, subject: _Subject) -> None:
        pairs = self._activity.pairs
        if pairs.closed:
            return
        check_over()
        seconds = self._setup.spec.options.scanner_timeout
        reports: list[ResultReport] = []
        with pairs.one():
            with self._activity.at_work(subject.info.transcript_id, planned.key) as running:
                work = self._gather(planned, subject, reports)
                if seconds is None:
                    await work
                elif (overdue := await within(seconds, work, running)) is not None:
                    error = _timeout_error(running, seconds, overdue.stuck)
                    reports = [*reports, self._failed(planned, subject.info, error)]
            await self._record(subject.info, planned, reports)

    async def _record(self, info: TranscriptInfo, planned: PlannedScanner, reports: Sequence[ResultReport]) -> None:
        """Record a pair; if what the scanner returned cannot be written, that."""
        try:
            await self._recorder.record(info, planned.key, reports)
        except UnwritableError as error:
            report = self._failed(planned, info, error)
            try:
                await self._recorder.record(info, planned.key, [report])
            except UnwritableError:  # it is the transcript's own metadata
                bare = TranscriptInfo(transcript_id=info.transcript_id)
                await self._recorder.record(bare, planned.key, [replace(report, input=bare)])

    async def _gather(self, planned: PlannedScanner, subject: _Subject, reports: list[ResultReport]) -> None:
        """Give a scanner its inputs, and collect what it says of each."""
        async with foreign() as ran:
            origin = self._origin(planned, subject)
            if isinstance(subject.given, Transcript):
                await self._each(planned, subject, subject.given, origin, reports)
            else:
                reports.append(await self._streamed(planned, subject, subject.given, origin))
        if ran.error is not None:
            reports.append(self._failed(planned, subject.info, ran.error))

    async def _each(
        self,
        planned: PlannedScanner,
        subject: _Subject,
        transcript: Transcript,
        origin: InputOrigin | None,
        reports: list[ResultReport],
    ) -> None:
        items = planned.config.loader(transcript)
        try:
            async for item in items:
                described = describe_input(item, subject.info.transcript_id)
                if described is not None:
                    check_over()
                    reports.append(await self._invoke(planned, subject.info, item, *described, origin))
        except Exception:
            await _close(items)  # else the collector would, at any time and outside of all borders
            raise

    async def _streamed(
        self, planned: PlannedScanner, subject: _Subject, handle: TranscriptHandle, origin: InputOrigin | None
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

    def _origin(self, planned: PlannedScanner, subject: _Subject) -> InputOrigin | None:
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
        result: Result[Any] | None = None
        validation: ResultValidation | None = None
        kept = Recording()
        async with foreign() as ran:
            with recording() as kept:
                result = checked_result(await planned.scan(item), planned.key)
                if planned.validator is not None:
                    validation = await planned.validator.compare(ids, result)
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

    def _error(self, planned: PlannedScanner, info: TranscriptInfo, raised: BaseException) -> Error:
        """Describe what foreign code raised, unless it is to end the scan."""
        if isinstance(raised, ScannerStopped):
            raise raised
        if isinstance(raised, ModelError):
            # No model was named, so no call of any scanner can succeed, and resuming changes nothing. Whatever else a
            # scanner finds missing (a key, a package, a sandbox) it may find for this transcript alone.
            raise raised
        if self._setup.fail_on_error:
            raise ScannerStopped(_as_exception(planned.key, info, raised)) from raised
        return describe_error(planned.key, info, raised)

    def _failed(self, planned: PlannedScanner, info: TranscriptInfo, raised: BaseException) -> ResultReport:
        return _report_of_error(info, self._error(planned, info, raised), "transcript", [info.transcript_id])

    async def _record_unreadable(
        self, info: TranscriptInfo, scanners: list[PlannedScanner], raised: BaseException
    ) -> None:
        for planned in scanners:
            error = describe_error(planned.key, info, raised)
            report = _report_of_error(info, error, "transcript", [info.transcript_id])
            await self._record(info, planned, [report])


def _as_exception(scanner: str, info: TranscriptInfo, raised: BaseException) -> Exception:
    """Give what ends the scan: raised again, what is not an Exception would pass for Ctrl-C, or for an exit of ours."""
    if isinstance(raised, Exception):
        return raised
    said = describe(raised)
    return ScannerExitError(
        f"Scanner {scanner!r} raised {type(raised).__name__} ({said}) on transcript {info.transcript_id!r}."
    )


def _timeout_error(pair: RunningPair, seconds: float, stuck: BaseException | None) -> ScannerTimeoutError:
    """Say that a scanner took too long; the traceback shows where it was."""
    error = ScannerTimeoutError(
        f"Scanner {pair.scanner!r} took longer than scanner_timeout={seconds:g} seconds on transcript "
        f"{pair.transcript!r}. Find out what it waits for (the traceback shows where it was), or give it more time "
        "(--scanner-timeout), then resume the scan: it tries the transcript again."
    )
    return error if stuck is None else error.with_traceback(stuck.__traceback__)


async def _close(thing: object) -> None:
    """Close what foreign code made or read through; nothing depends on its success."""
    close = getattr(thing, "aclose", None)
    if close is not None:
        async with foreign():
            await close()


def report_of_loss(scanner: str, info: TranscriptInfo, error: Exception) -> ResultReport:
    """Describe a transcript that was given up."""
    described = describe_error(scanner, info, error)
    return _report_of_error(info, described, "transcript", [info.transcript_id])


def _report_of_error(info: TranscriptInfo, error: Error, kind: InputType, ids: list[str]) -> ResultReport:
    return ResultReport(kind, ids, input=info, error=error, timestamp=SYSTEM_CLOCK.now().isoformat())


def _same_items(one: TranscriptContent, other: TranscriptContent) -> bool:
    return _as_set(one.messages) == _as_set(other.messages) and _as_set(one.events) == _as_set(other.events)


def _incomplete(item: Any, kind: InputType) -> int:
    """Messages and events that could be read only in part, in what a scanner was given or read of a handle."""
    if kind == "transcript" and not isinstance(item, Transcript):
        return int(getattr(item, "incomplete", 0))
    return count_incomplete(item)


def _as_set(chosen: str | Sequence[str] | None) -> str | frozenset[str] | None:
    return chosen if chosen is None or isinstance(chosen, str) else frozenset(chosen)


async def _together(calls: list[Coroutine[Any, Any, None]]) -> None:
    ending = Ending()
    tasks = [asyncio.create_task(call, context=ending.context()) for call in calls]
    try:
        await asyncio.gather(*tasks)
    finally:
        ending.cancel(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
