"""Transcripts that are in memory already."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic_core import PydanticSerializationError

from .._support.errors import ConfigError, LogReadError, TranscriptTooLargeError
from .._types import InputOrigin, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from .contract import Duplicates, LoadedTranscript, Progress, TranscriptIndex
from .decode.handle import MaterializedHandle
from .decode.ids import with_ids
from .decode.sample import decode_sample
from .decode.source import MemoryBytes, SampleError
from .decode.timelines import build_timelines
from .decode.views import view
from .eval_log.duplicates import as_copy
from .eval_log.eval_row import SOURCE_TYPE, EvalRow
from .eval_log.records import Header, SampleSummary, without_surrogates
from .eval_log.rows import latest_samples, log_rows
from .selected_index import index_rows

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

    from .._query import Query
    from .contract import RawTranscript

logger = logging.getLogger("inspect_scout")

_IN_MEMORY = "a log in memory"


@dataclass(frozen=True, slots=True)
class _MemoryTranscript:
    """A transcript."""

    transcript: Transcript
    location = None

    @property
    def transcript_id(self) -> str:
        return self.transcript.transcript_id

    def info(self) -> TranscriptInfo:
        fields: dict[str, Any] = {name: getattr(self.transcript, name) for name in TranscriptInfo.model_fields}
        # What a scanner changes in its description must not reach the caller's transcript.
        fields["metadata"] = copy.deepcopy(self.transcript.metadata)
        return TranscriptInfo.model_construct(None, **fields)

    def read(self, info: TranscriptInfo, content: TranscriptContent, max_bytes: int | None) -> LoadedTranscript:
        if max_bytes is not None:
            _check_size(info, len(self.transcript.model_dump_json()), max_bytes)
        transcript = view(self.transcript, content)
        transcript.metadata = info.metadata
        if content.timeline is not None and not self.transcript.timelines:
            transcript.timelines = build_timelines(self.transcript.events, content.timeline)
        return LoadedTranscript(transcript, 0)

    def raw(self, info: TranscriptInfo) -> RawTranscript:  # noqa: ARG002 - the transcript describes itself
        from .database.ingest.transcript_rows import raw_of

        return raw_of(self.transcript)


@dataclass(frozen=True, slots=True)
class _MemorySample(EvalRow):
    """A sample of a log, as if it had been read from a file."""

    eval_sample: EvalSample

    def read(self, info: TranscriptInfo, content: TranscriptContent, max_bytes: int | None) -> LoadedTranscript:
        source = self._source()
        if max_bytes is not None:
            _check_size(info, source.size, max_bytes)
        with self._translating_errors():
            return decode_sample(source, info, content)

    def raw(self, info: TranscriptInfo) -> RawTranscript:
        from .database.ingest.inputs import sample_row

        with self._translating_errors():
            return sample_row(self._source(), info)

    def _source(self) -> MemoryBytes:
        """Write the sample as its log would hold it."""
        try:
            return MemoryBytes(self.eval_sample.model_dump_json(exclude_none=True).encode())
        except (PydanticSerializationError, UnicodeEncodeError):  # lone surrogates: Python's writer escapes them
            return MemoryBytes(
                json.dumps(self.eval_sample.model_dump(mode="json", exclude_none=True), default=str).encode()
            )

    @contextlib.contextmanager
    def _translating_errors(self) -> Generator[None]:
        try:
            yield
        except SampleError as error:
            name = f"{self.eval_sample.id!r} epoch {self.eval_sample.epoch}"
            raise LogReadError(self.location or _IN_MEMORY, str(error), name) from error


def _samples_of(log: EvalLog) -> list[_MemorySample]:
    """Index a log (raises LogReadError if it holds values that cannot stand in a log)."""
    samples: Sequence[EvalSample] = log.samples or ()
    try:
        spec = log.model_dump(mode="json", include={"eval", "status", "plan"})
        header = msgspec.convert(without_surrogates(spec), Header)
        dumped = [sample.summary().model_dump(mode="json", exclude_none=True) for sample in samples]
        summaries = [msgspec.convert(without_surrogates(one), SampleSummary) for one in dumped]
    except (msgspec.ValidationError, PydanticSerializationError) as error:
        raise LogReadError(log.location or _IN_MEMORY, f"it cannot be written as JSON: {error}") from error
    rows = log_rows(header, summaries)
    paired = zip(rows.samples, latest_samples(samples), strict=True)
    return [_MemorySample(log.location or None, rows, row.transcript_id, row, sample) for row, sample in paired]


class MemorySource:
    """Transcripts in memory.

    Args:
        items: Transcripts, and eval logs with their samples.
        duplicates: What becomes of a sample that several logs hold: the last counts ("newest"), or all do, each but the
            first under an id of its own.

    Raises:
        ConfigError: Two transcripts have the same id.
    """

    type = SOURCE_TYPE
    location = None
    """None: transcripts in memory have no location."""

    def __init__(self, items: Sequence[Transcript | EvalLog], duplicates: Duplicates = "newest") -> None:
        self.duplicates: Duplicates = duplicates
        self._rows: dict[str, _MemoryTranscript | _MemorySample] = {}
        repeated = 0
        for number, item in enumerate(items, 1):
            if isinstance(item, Transcript):
                # Given once, so that every reading, in whatever process, gives the same.
                self._add(_MemoryTranscript(with_ids(item)))
                continue
            for row in _samples_of(item):
                if not isinstance(self._rows.get(row.transcript_id), _MemorySample):
                    self._add(row)
                elif duplicates == "all":  # one log may be given twice
                    self._add(as_copy(row, f"{number}: {row.location or ''}"))
                else:
                    repeated += 1
                    self._rows[row.transcript_id] = row
        self._items, self._repeated = tuple(items), repeated

    def _add(self, found: _MemoryTranscript | _MemorySample) -> None:
        if found.transcript_id in self._rows:
            raise ConfigError(f"Two transcripts have the id {found.transcript_id!r}: give each its own.")
        self._rows[found.transcript_id] = found

    def with_duplicates(self, duplicates: Duplicates) -> MemorySource:
        """Give the same transcripts with another rule for samples that several logs hold."""
        return MemorySource(self._items, duplicates)

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:  # noqa: ARG002 - nothing to tell
        """Find the transcripts that a query selects."""
        if self._repeated:
            logger.warning(
                "%d samples are in more than one of the logs in memory; the log that was given last counts. Use "
                "duplicates='all' to scan every one of them.",
                self._repeated,
            )
            self._repeated = 0
        return index_rows(list(self._rows.values()), query)

    async def locate(self, info: TranscriptInfo) -> LocatedInMemory:
        """Find a transcript.

        Raises:
            LogReadError: There is none of this id.
        """
        row = self._rows.get(info.transcript_id)
        if row is None:
            raise LogReadError("transcripts in memory", "there is none of this id", repr(info.transcript_id))
        return LocatedInMemory(row, info)


class LocatedInMemory:
    """A transcript in memory."""

    size = 0
    """Unknown: what is in memory already was never measured."""
    fingerprint = None
    """None: what is in memory cannot be found again later."""

    def __init__(self, found: _MemoryTranscript | _MemorySample, info: TranscriptInfo) -> None:
        self._found, self._info = found, info

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        """Give the content asked for.

        Raises:
            TranscriptTooLargeError: It is larger than `max_bytes`.
        """
        return self._found.read(self._info, content, max_bytes)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item."""

        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(self._info, load, content)

    async def raw(self) -> RawTranscript:
        """Give everything there is of it."""
        return self._found.raw(self._info)

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin | None:  # noqa: ARG002 - the contract's
        """None: what is in memory cannot be found again later."""
        return None


def _check_size(info: TranscriptInfo, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise TranscriptTooLargeError(info.transcript_id, size, max_bytes)
