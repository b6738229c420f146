"""What the parts of the database hand to each other: stored transcripts, written data files, the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

FILENAME = "filename"
"""Column of index files: the data file of a row, relative to the database."""

Cell = str | int | float | bool | None
"""Value of an index column."""


@dataclass(frozen=True, slots=True)
class StoredTranscript:
    """A transcript as its row holds it: no objects, only text and scalars.

    Args:
        transcript_id: Its id.
        columns: The other index columns by name: fields of the description and one cell for each key of the metadata, encoded as
            spec/transcripts.md 6.2 says (JSON as text). Which of them have columns in a file is not said here.
        messages: JSON list of its messages.
        events: JSON list of its events, condensed.
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


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A data file that is complete and durable.

    Args:
        name: Its name, relative to the database.
        index: Its non-content columns, one row for each row of the file and in that order.
    """

    name: str
    index: pa.Table


class DataWriter(Protocol):
    """Writes one data file; nothing of it is visible before `close`, and nothing is left behind by `abandon`."""

    @property
    def ids(self) -> Sequence[str]:
        """Transcripts added so far."""
        ...

    @property
    def full(self) -> bool:
        """Whether the file has reached its size."""
        ...

    def add(self, transcript: StoredTranscript) -> None:
        """Add a row."""
        ...

    def close(self) -> WrittenFile:
        """Finish the file."""
        ...

    def abandon(self) -> None:
        """Give up the file."""
        ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All transcripts of a database at one moment.

    Args:
        table: One row per transcript: the index columns (missing ones of the schema as nulls) and FILENAME, in the order of insertion.
        rows: Row of each transcript in its data file; -1 where the index does not say.
        version: Number of the log entry (0: there is no log).
        problems: What the index names but is not there, and what cannot be read, in words for the user.
        files: Data files that a problem is about, where it is about some.
    """

    table: pa.Table
    rows: Sequence[int]
    version: int
    problems: tuple[str, ...] = ()
    files: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])


StoredInput = Iterable[StoredTranscript] | AsyncIterable[StoredTranscript]
"""Transcripts on their way into a database."""


class DataFile(Protocol):
    """A data file open for reading; safe to use from several threads."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        ...

    def index(self) -> pa.Table:
        """Read its non-content columns."""
        ...

    def stored(self, rows: Sequence[int]) -> Iterable[StoredTranscript]:
        """Read rows as they are, in the order given."""
        ...
