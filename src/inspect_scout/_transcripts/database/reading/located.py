"""Transcripts whose rows were found in a database."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Final, TypeAlias, TypeVar

import anyio.from_thread
import anyio.to_thread

from ...._support.errors import LocationError, LogReadError, TranscriptTooLargeError
from ...._types import InputOrigin, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from ...contract import LoadedTranscript, RawTranscript
from ...decode.handle import MaterializedHandle
from ...decode.sample import decode_sections
from ...decode.sections import sections_from
from ...decode.source import SampleError
from ...decode.stream import STREAM_THRESHOLD_BYTES, open_sample
from ...decode.views import view_text
from ..files.data_file import DataFile, DataFileRow, RowByteSource
from ..format.names import SOURCE_TYPE

T = TypeVar("T")

FindAgain: TypeAlias = "Callable[[], Coroutine[object, object, DataFileRow]]"
"""Finds a row again."""

# Up to this, decoding holds up other tasks so briefly that a thread is not worth its cost.
_INLINE_BYTES: Final = 1 << 20
_EVERYTHING: Final = TranscriptContent(messages="all", events="all", timeline="all")


class LocatedRow:
    """A transcript whose row was found.

    Args:
        location: The database.
        info: Its description.
        row: The row.
        find_again: Finds the row again if its data file is gone when it is read.
    """

    def __init__(self, location: str, info: TranscriptInfo, row: DataFileRow, find_again: FindAgain) -> None:
        self._location, self._info, self._row, self._find_again = location, info, row, find_again

    @property
    def size(self) -> int:
        """Bytes of its content, about."""
        return self._row.file.content_size(self._row.number)

    @property
    def fingerprint(self) -> str:
        """Text that changes when its content does."""
        return self._row.file.fingerprint(self._row.number)

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        """Read the content asked for.

        Args:
            content: What to read.
            max_bytes: Refuse transcripts with more content.

        Raises:
            LogReadError: The transcript cannot be read.
            TranscriptTooLargeError: It is larger than `max_bytes`.
        """

        def read(row: DataFileRow) -> LoadedTranscript:
            if max_bytes is not None and (size := row.file.size_beyond(row.number, max_bytes)) is not None:
                raise TranscriptTooLargeError(self._info.transcript_id, size, max_bytes)
            return _decode_row(row.file, row.number, self._info, content)

        return await self._with_row(read)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item."""
        row, info = self._row, self._info
        source = self._bytes(_content_columns(content))
        if source.size > STREAM_THRESHOLD_BYTES:
            return open_sample(source, info, content, lambda error: _as_log_error(row.file, info, error))

        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(info, load, content)

    def json(self) -> RowByteSource:
        """Give the content as one JSON object."""
        return self._bytes(_content_columns(_EVERYTHING))

    def _bytes(self, names: tuple[str, ...]) -> RowByteSource:
        return RowByteSource(self._row, names, lambda: anyio.from_thread.run(self._find_again))

    async def raw(self) -> RawTranscript:
        """Read the row as it is."""

        def read(row: DataFileRow) -> RawTranscript:
            (stored,) = row.file.read_rows([row.number])
            return stored

        return await self._with_row(read)

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin:
        """Where content seen through `view` can be found again."""
        return InputOrigin(
            SOURCE_TYPE, self._location, self._info.transcript_id, self.fingerprint, view_text(view), size
        )

    async def _with_row(self, work: Callable[[DataFileRow], T]) -> T:
        """Work on the row, here if that is short, else in a thread, so that other tasks go on."""

        def run() -> T:
            try:
                return work(self._row)
            except LogReadError as error:
                raise LogReadError(error.log, error.reason, repr(self._info.transcript_id)) from error

        try:
            return run() if self.size <= _INLINE_BYTES else await anyio.to_thread.run_sync(run)
        except LocationError:
            self._row = await self._find_again()
        return await anyio.to_thread.run_sync(run)


def _content_columns(content: TranscriptContent) -> tuple[str, ...]:
    """Columns that hold what is asked for."""
    names: list[str] = []
    if content.messages is not None:
        names.append("messages")
    if content.events is not None or content.timeline is not None:
        names += ["events", "events_data"]
    if content.timeline is not None:
        names.append("timelines")
    return tuple(names)


def _decode_row(file: DataFile, row: int, info: TranscriptInfo, content: TranscriptContent) -> LoadedTranscript:
    cells = file.read_cells(row, _content_columns(content))
    try:
        return decode_sections(lambda: sections_from(cells), info, content)
    except SampleError as error:
        raise _as_log_error(file, info, error) from error


def _as_log_error(file: DataFile, info: TranscriptInfo, error: SampleError) -> LogReadError:
    return LogReadError(file.path, str(error), repr(info.transcript_id))
