"""The worker: one transcript, read once, through all scanners that are due on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .._inspect.invocation import PrerequisiteError, recording
from .._plan import PlannedScanner
from .._results import CELL_BYTES
from .._scanners import checked_result, describe_input
from .._support.causes import describe
from .._support.clock import SYSTEM_CLOCK
from .._transcripts import count_incomplete, union_content
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
from .activity import Activity
from .budget import ByteBudget
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
            try:
                # What streams is not held in memory, so it takes nothing from the budget.
                size = 0 if streams else await self._setup.source.size(info)
                await stack.enter_async_context(self._budget.hold(size))
                subject = await self._open(info, content, streams, stack)
            except Exception as error:  # noqa: BLE001 - the border of reading: one bad sample must not end the scan
                await self._record_unreadable(info, scanners, error)
                return
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
        self, info: TranscriptInfo, content: TranscriptContent, streams: bool, stack: AsyncExitStack
    ) -> _Subject:
        self._activity.parsing += 1
        try:
            if streams:
                handle = await self._setup.source.open(info, content)
                stack.push_async_callback(handle.aclose)
                return _Subject(info, handle, await self._setup.source.size(info))
            loaded = await self._setup.source.read(info, content)
            # Rows describe the transcript with the metadata that was read (the index thins it), and with no content.
            described = info.model_copy(update={"metadata": loaded.transcript.metadata})
            return _Subject(described, loaded.transcript, loaded.size)
        finally:
            self._activity.parsing -= 1

    async def _scan(self, planned: PlannedScanner, subject: _Subject) -> None:
        pairs = self._activity.pairs
        if pairs.closed:
            return
        with pairs.one():
            reports = await self._reports(planned, subject)
            await self._recorder.record(subject.info, planned.key, reports)

    async def _reports(self, planned: PlannedScanner, subject: _Subject) -> list[ResultReport]:
        origin = await self._origin(planned, subject)
        if not isinstance(subject.given, Transcript):
            return [await self._streamed(planned, subject, subject.given, origin)]
        reports: list[ResultReport] = []
        try:
            async for item in planned.config.loader(subject.given):
                described = describe_input(item, subject.info.transcript_id)
                if described is not None:
                    reports.append(await self._invoke(planned, subject.info, item, *described, origin))
        except (ScannerStopped, PrerequisiteError):
            raise
        except Exception as error:  # noqa: BLE001 - the border of a loader: user code, becomes an error row
            reports.append(self._failed(planned, subject.info, error, "transcript", [subject.info.transcript_id]))
        return reports

    async def _streamed(
        self, planned: PlannedScanner, subject: _Subject, handle: TranscriptHandle, origin: InputOrigin | None
    ) -> ResultReport:
        ids = [subject.info.transcript_id]
        report = await self._invoke(planned, subject.info, handle, "transcript", ids, origin)
        if origin is not None:
            return report
        # Nothing to refer to: the record needs the transcript itself.
        return replace(report, input=await handle.load())

    async def _origin(self, planned: PlannedScanner, subject: _Subject) -> InputOrigin | None:
        streamed = not isinstance(subject.given, Transcript)
        copied = self._setup.record_input == "copy" and subject.size <= CELL_BYTES
        if copied or not (streamed or planned.config.kind in _REFERABLE):
            return None
        return await self._setup.source.origin(subject.info, planned.config.content, subject.size)

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
        error: Error | None = None
        validation: ResultValidation | None = None
        with recording() as kept:
            try:
                result = checked_result(await planned.scan(item), planned.key)
                if planned.validator is not None:
                    validation = await planned.validator.compare(ids, result)
            except PrerequisiteError:
                raise
            except Exception as raised:  # noqa: BLE001 - the border of a scanner: user code, becomes an error row
                error = self._error(planned, info, raised)
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

    def _error(self, planned: PlannedScanner, info: TranscriptInfo, raised: Exception) -> Error:
        """Describe what a scanner or loader raised, unless it is to end the scan."""
        if self._setup.fail_on_error:
            raise ScannerStopped(raised) from raised
        return describe_error(planned.key, info, raised)

    def _failed(
        self, planned: PlannedScanner, info: TranscriptInfo, raised: Exception, kind: InputType, ids: list[str]
    ) -> ResultReport:
        error = self._error(planned, info, raised)
        return _report_of_error(info, error, kind, ids)

    async def _record_unreadable(self, info: TranscriptInfo, scanners: list[PlannedScanner], raised: Exception) -> None:
        for planned in scanners:
            error = describe_error(planned.key, info, raised)
            report = _report_of_error(info, error, "transcript", [info.transcript_id])
            await self._recorder.record(info, planned.key, [report])


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


async def _together(calls: list[Any]) -> None:
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
