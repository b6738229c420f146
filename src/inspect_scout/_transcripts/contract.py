"""What every place that holds transcripts can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from .._query import Query
    from .._types import InputOrigin, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
    from .database.contract import StoredTranscript


Duplicates = Literal["newest", "all"]
"""What becomes of a sample that several logs hold: that of the log modified last counts, or all do."""

DUPLICATES: tuple[Duplicates, ...] = ("newest", "all")


@dataclass(frozen=True, slots=True)
class LogProblem:
    """What kept a log, or a part of it, out of the index, while the others were read.

    Args:
        location: Path or URL of the log.
        message: What is wrong, naming the log.
    """

    location: str
    message: str

    def __str__(self) -> str:
        return self.message


class TranscriptIndex(Protocol):
    """The transcripts that a query selects, in order. Infos are made when asked for."""

    @property
    def ids(self) -> Sequence[str]:
        """Ids of the transcripts; no id occurs twice."""
        ...

    @property
    def locations(self) -> Sequence[str | None]:
        """Log or file that holds each transcript."""
        ...

    @property
    def problems(self) -> Sequence[LogProblem]:
        """Logs that could not be indexed; they are not among the transcripts."""
        ...

    def __len__(self) -> int:
        """Number of transcripts."""
        ...

    def info(self, position: int) -> TranscriptInfo:
        """Description of one transcript."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedTranscript:
    """A transcript and where it was found.

    Args:
        transcript: The content asked for.
        fingerprint: What changes when the stored bytes change; None if it cannot be found again.
        size: Bytes of the kept content, about.
    """

    transcript: Transcript
    fingerprint: str | None
    size: int

    @property
    def incomplete(self) -> int:
        """Messages and events in it that could be read only in part."""
        from .decode.mending import count_incomplete

        return count_incomplete(self.transcript)


Progress = Callable[[int, int], None]
"""Called with the number of files indexed and their total."""


class TranscriptSource(Protocol):
    """Transcripts somewhere.

    A failure that concerns one transcript raises LogReadError naming file and sample; others stay readable.
    Sources are picklable (a worker opens its own copy), immutable, and safe to use from many tasks.
    """

    @property
    def type(self) -> str:
        """Kind of source, as scans record it: "eval_log" or "database"."""
        ...

    @property
    def location(self) -> str | None:
        """Location of a database (None for logs and for transcripts in memory)."""
        ...

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects, without reading their content."""
        ...

    async def read(
        self, info: TranscriptInfo, content: TranscriptContent, *, max_bytes: int | None = None
    ) -> LoadedTranscript:
        """Read the content asked for (raises TranscriptTooLargeError beyond `max_bytes`)."""
        ...

    async def size(self, info: TranscriptInfo) -> int:
        """Bytes that reading would bring into memory, about (0 if unknown)."""
        ...

    async def open(self, info: TranscriptInfo, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item."""
        ...

    async def stored(self, info: TranscriptInfo) -> StoredTranscript:
        """Read everything there is of a transcript as a row of a database.

        Whoever reads it there gets what `read` gives here when everything is asked for.
        """
        ...

    async def origin(self, info: TranscriptInfo, view: TranscriptContent, size: int) -> InputOrigin | None:
        """Where content seen through `view` can be found again; None if it cannot."""
        ...
