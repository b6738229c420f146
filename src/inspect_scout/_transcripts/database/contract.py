"""What the parts of the database hand to each other: written data files, the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..contract import RawTranscript

if TYPE_CHECKING:
    import pyarrow as pa

FILENAME = "filename"
"""Column of index files: the data file of a row, relative to the database."""


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

    def add(self, transcript: RawTranscript) -> None:
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


StoredInput = Iterable[RawTranscript] | AsyncIterable[RawTranscript]
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

    def stored(self, rows: Sequence[int]) -> Iterable[RawTranscript]:
        """Read rows as they are, in the order given."""
        ...
