"""The contract of sources of transcripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .._query import Query
    from .._types import InputOrigin, ScanTranscripts, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
    from .decode.source import ByteSource


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
        """Description of one transcript.

        Args:
            position: Number of the transcript, from 0.
        """
        ...


@dataclass(frozen=True, slots=True)
class LoadedTranscript:
    """A transcript that was read.

    Args:
        transcript: The content asked for.
        size: Bytes of JSON of the kept content, about (0: it was in memory already).
    """

    transcript: Transcript
    size: int


Cell = str | int | float | bool | None
"""A scalar that describes a transcript."""


@dataclass(frozen=True, slots=True)
class RawTranscript:
    """Everything there is of a transcript, as text and scalars: no objects.

    Args:
        transcript_id: Its id.
        columns: Fields of its description, and one cell for each key of its metadata, by name; what is not a scalar is
            JSON text.
        messages: JSON list of its messages.
        events: JSON list of its events, condensed: what several of them share is in `events_data`.
        events_data: JSON object of the pools that `events` refers to.
        timelines: JSON list of its timelines, events as uuids; None if none is stored.
    """

    transcript_id: str
    columns: Mapping[str, Cell]
    messages: bytes | None
    events: bytes | None
    events_data: bytes | None
    timelines: bytes | None

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return sum(len(part) for part in (self.messages, self.events, self.events_data, self.timelines) if part)


Progress = Callable[[int, int], None]
"""Called with the number of files indexed and their total."""


class Located(Protocol):
    """A transcript that was found, so that nothing that is asked of it looks for it again.

    If what is stored changes meanwhile, reading finds the new content; `size`, `fingerprint` and `origin` are then those
    of what was read.
    """

    @property
    def size(self) -> int:
        """Bytes that reading would bring into memory, about (0 if unknown)."""
        ...

    @property
    def fingerprint(self) -> str | None:
        """Text that changes when the stored bytes change; None if they cannot be found again."""
        ...

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        """Read the content asked for.

        Args:
            content: What to read.
            max_bytes: Bytes of the transcript, beyond which it is refused (None: any number).

        Raises:
            TranscriptTooLargeError: It is larger than `max_bytes`.
            LogReadError: It cannot be read.
        """
        ...

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item.

        Args:
            content: What to read.
        """
        ...

    async def raw(self) -> RawTranscript:
        """Read everything there is of it.

        Whoever reads it out of a database gets what `read` gives here when everything is asked for.
        """
        ...

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin | None:
        """Where content seen through `view` can be found again; None if it cannot.

        Args:
            view: The content as it was asked for.
            size: Bytes of the kept content, about.
        """
        ...


@runtime_checkable
class HasJson(Protocol):
    """A transcript that was found, whose stored JSON can be read as a stream."""

    def json(self) -> ByteSource:
        """Give the JSON: an object with `messages`, `events` and what they refer to. Read in a thread of the loop."""
        ...


@runtime_checkable
class HasVersion(Protocol):
    """A source that tells cheaply whether its transcripts have changed."""

    async def version(self) -> object:
        """Give what is equal to what it gave before as long as the index would be the same."""
        ...


@dataclass(frozen=True, slots=True)
class PackedSample:
    """The JSON of one sample as its log holds it, which can be handed on without decompressing it.

    Args:
        encoding: How it is compressed ("deflate": RFC 1951, without a header).
        size: Bytes of the JSON.
        crc: Checksum of the JSON (CRC-32).
        chunks: Reads the stored bytes from the start. Blocks.
        decoded: Reads the JSON from the start. Blocks.
    """

    encoding: Literal["identity", "deflate", "zstd"]
    size: int
    crc: int
    chunks: Callable[[], Generator[bytes]]
    decoded: Callable[[], Generator[bytes]]


@runtime_checkable
class HasPackedSample(Protocol):
    """A transcript that is one piece of JSON in a log."""

    @property
    def stored(self) -> PackedSample:
        """That piece, as it is stored."""
        ...


class TranscriptSource(Protocol):
    """Transcripts somewhere.

    A failure that concerns one transcript raises LogReadError naming file and sample; others stay readable.
    Sources are picklable (a worker opens its own copy), immutable, and safe to use from many tasks.
    """

    @property
    def type(self) -> str:
        """Name of the kind of source, as scans record it: "eval_log", "database", ..."""
        ...

    @property
    def location(self) -> str | None:
        """Where all of it is (None: each transcript of the index has a location of its own)."""
        ...

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects, without reading their content.

        Args:
            query: What to select, and in what order.
            progress: Is told how many files were looked at, and how many there are.
        """
        ...

    async def locate(self, info: TranscriptInfo) -> Located:
        """Find a transcript, without reading its content.

        Args:
            info: Its description, as the index gave it.

        Raises:
            LogReadError: It is not there.
        """
        ...


@runtime_checkable
class HasCopies(Protocol):
    """A source in which one sample may be several times."""

    duplicates: Duplicates
    """What becomes of such a sample."""

    def with_duplicates(self, duplicates: Duplicates) -> TranscriptSource:
        """Give the same transcripts with another rule for such samples.

        Args:
            duplicates: `newest` or `all`.
        """
        ...


@dataclass(frozen=True, slots=True)
class UnreadLogs:
    """Logs that a scan could not read when it was made.

    Args:
        paths: The logs (data files of a database, or the database).
        query: Which of their transcripts the scan wants; its limit counts those that the scan has.
    """

    paths: tuple[str, ...]
    query: Query

    def room(self, recorded: int) -> int | None:
        """Transcripts that may join those that the scan has (None: any number).

        Args:
            recorded: Number of transcripts that the scan has.
        """
        return None if self.query.limit is None else max(0, self.query.limit - recorded)


@runtime_checkable
class ReadsLater(Protocol):
    """A source that can add transcripts of logs that could not be read before."""

    def with_unread(self, unread: UnreadLogs, *, alone: bool = False) -> TranscriptSource:
        """Give the same transcripts, and behind them those of other logs as far as they can be read by now.

        Args:
            unread: The other logs.
            alone: Give nothing but theirs.
        """
        ...


HEAD_BYTES = 16 << 10
"""Bytes at the beginning of a file that tell its kind."""


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """What is at a location, as far as its kind shows.

    Args:
        location: Path or URL, in full form.
        paths: Files in a folder and below it, listed as far as they are looked at; None for a single file.
        heads: Reads the first bytes of files, one after the other (empty: a file cannot be read).
    """

    location: str
    paths: Iterable[str] | None
    heads: Callable[[Sequence[str]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of sources.

    Args:
        name: Its name, as scans record it.
        recognises: Whether it reads what is at a location. Called in any thread.
        open: Makes the source of some locations, in full form.
        restore: Makes the source of the transcripts that a scan recorded, in their order. Raises LocationError if they
            are gone.
        read_origin: Reads content again where `Located.origin` says. Raises LogReadError if it is gone or has changed.
        single: Whether a source has one location, and nothing beside it.
    """

    name: str
    recognises: Callable[[SourceLocation], bool]
    open: Callable[[Sequence[str], Duplicates], TranscriptSource]
    restore: Callable[[ScanTranscripts], TranscriptSource]
    read_origin: Callable[[InputOrigin, TranscriptInfo], Awaitable[Transcript]]
    single: bool = False
