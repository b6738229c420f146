"""Samples that were found in their logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread

from ..._support.errors import LogReadError, TranscriptTooLargeError
from ..._support.storage import run_blocking
from ..._types import InputOrigin, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from ..contract import LoadedTranscript, PackedSample, RawTranscript
from ..decode.handle import MaterializedHandle
from ..decode.sample import decode_sample
from ..decode.source import SampleError
from ..decode.stream import STREAM_THRESHOLD_BYTES, open_sample
from ..decode.views import view_of, view_text
from .eval_row import SOURCE_TYPE
from .locator import SampleLocator, SampleSource, find_sample, log_of

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample

T = TypeVar("T")

# Up to this, decoding holds up other tasks so briefly that a thread is not worth its cost.
_INLINE_BYTES = 1 << 20


class LocatedSample:
    """A sample that was found in its log.

    Args:
        access: Finds it again if the log has changed when it is read.
        info: Its description.
        sample: Where it is.
    """

    def __init__(self, locator: SampleLocator, info: TranscriptInfo, sample: SampleSource) -> None:
        self._locator, self._info, self._sample = locator, info, sample

    @property
    def size(self) -> int:
        """Bytes of its JSON."""
        return self._sample.size

    @property
    def fingerprint(self) -> str:
        """Text that changes when its stored bytes change."""
        return self._sample.fingerprint

    @property
    def stored(self) -> PackedSample:
        """Its JSON as the log holds it."""
        return self._sample.stored

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        """Read the content asked for.

        Raises:
            LogReadError: The sample cannot be read.
            TranscriptTooLargeError: Its JSON is larger than `max_bytes`.
        """

        def read(sample: SampleSource) -> LoadedTranscript:
            if max_bytes is not None and sample.size > max_bytes:
                raise TranscriptTooLargeError(self._info.transcript_id, sample.size, max_bytes)
            return decode_sample(sample, self._info, content)

        return await self._of_sample(read)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item."""
        if self.size > STREAM_THRESHOLD_BYTES:
            return open_sample(self._sample, self._info, content, lambda error: _log_error(self._info, error))

        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(self._info, load, content)

    async def raw(self) -> RawTranscript:
        """Read everything there is of it, without making objects of its content.

        Raises:
            LogReadError: The sample cannot be read.
        """
        from ..database.ingest.inputs import sample_row

        return await self._of_sample(lambda sample: sample_row(sample, self._info))

    def json(self) -> SampleSource:
        """Give the JSON of the sample."""
        return self._sample

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin:
        """Where content seen through `view` can be found again."""
        log, sample = log_of(self._info), self._sample
        return InputOrigin(SOURCE_TYPE, log, sample.member, sample.fingerprint, view_text(view), size)

    async def _of_sample(self, work: Callable[[SampleSource], T]) -> T:
        """Work on the sample; where the log has changed since it was found, find it again, once."""
        log, sample = log_of(self._info), self._sample
        try:
            return await _run_decoding(self._info, log, sample.size, lambda: work(sample))
        except LogReadError:
            now = await find_sample(self._locator, self._info)
            if now.version == sample.version:
                raise
        self._sample = now
        return await _run_decoding(self._info, log, now.size, lambda: work(now))


async def locate_sample(locator: SampleLocator, info: TranscriptInfo) -> LocatedSample:
    """Find a sample in its log.

    Raises:
        LogReadError: The log cannot be read, or has no such sample.
        ConfigError: The transcript does not come from an eval log.
    """
    return LocatedSample(locator, info, await find_sample(locator, info))


async def read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again from where it was found.

    Raises:
        LogReadError: The log is gone, or the sample has changed since.
    """
    log = origin.location
    source = await run_blocking(log, lambda: _LOCATOR.member(log, origin.member, origin.fingerprint))
    if source.fingerprint != origin.fingerprint:
        raise LogReadError(log, "the sample has changed since it was scanned", repr(origin.member))
    view = view_of(origin.view)
    return (await _run_decoding(info, log, source.size, lambda: decode_sample(source, info, view))).transcript


async def read_sample(info: TranscriptInfo) -> EvalSample:
    """Read a whole sample from its log, as Inspect's own types.

    Raises:
        LogReadError: The log or the sample cannot be read.
        ConfigError: The transcript does not come from an eval log.
    """
    from ..._inspect.scoring import decode_eval_sample

    source = await find_sample(_LOCATOR, info)
    try:
        return await _run_decoding(info, log_of(info), source.size, lambda: decode_eval_sample(source.read()))
    except (ValueError, RecursionError) as error:
        raise _log_error(info, SampleError(str(error) or "its JSON is nested too deeply")) from error


# Results of one scan name the same logs again and again.
_LOCATOR = SampleLocator()


def _log_error(info: TranscriptInfo, error: SampleError) -> LogReadError:
    return LogReadError(log_of(info), str(error), f"{info.task_id!r} epoch {info.task_repeat}")


async def _run_decoding(info: TranscriptInfo, log: str, size: int, work: Callable[[], T]) -> T:
    """Work here if it is short, else in a thread, so that other tasks go on."""
    try:
        return await (run_blocking(log, work) if size <= _INLINE_BYTES else anyio.to_thread.run_sync(work))
    except SampleError as error:
        raise _log_error(info, error) from error
