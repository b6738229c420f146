"""What a reader of one format of traces has to know: the rest is the same for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from .._transcripts import RawTranscript, TraceProblem
    from .._types import TranscriptInfo


@dataclass(frozen=True, slots=True)
class TraceFile:
    """A file that may hold traces.

    Args:
        path: Where it is, in full form.
        size: Bytes.
        modified: When it was written last, in nanoseconds since 1970.
        links: What its format said of it (`LinkedFormat`).
    """

    path: str
    size: int
    modified: int
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceItem:
    """Files that are read together: a session with its side files, usually one file.

    Args:
        files: The files; the first one names the item.
        folder: The folder that names it instead, if what it holds is spread over all of its files.
    """

    files: tuple[TraceFile, ...]
    folder: str | None = None

    @property
    def location(self) -> str:
        """Path of the file or folder that names it."""
        return self.folder or self.files[0].path

    @property
    def cursor(self) -> str:
        """Text that changes when a file is added, grows or is written again."""
        return " ".join(f"{file.size}-{file.modified}" for file in self.files)

    @property
    def state(self) -> str:
        """The same in a few characters, behind the time of the last change."""
        return f"{self.modified}-{hashlib.blake2b(self.cursor.encode(), digest_size=8).hexdigest()}"

    @property
    def modified(self) -> int:
        """When one of them was written last, in nanoseconds since 1970."""
        return max(file.modified for file in self.files)


@dataclass(frozen=True, slots=True)
class ReadTranscript:
    """A transcript that was read.

    Args:
        info: Its description.
        raw: All of it, as text and scalars.
    """

    info: TranscriptInfo
    raw: RawTranscript


Found: TypeAlias = "ReadTranscript | TraceProblem"


class TraceFormat(Protocol):
    """A format. What it finds is JSON in the shapes of Inspect (`run.py` makes it); nothing is invented."""

    name: str
    """As commands and functions say it: `claude_code`."""
    title: str
    """As people say it."""
    where: str
    """Where its files are found, as an example of what can be typed."""
    suffixes: tuple[str, ...]
    """Endings of file names; others are not looked into. Compressed files end with `.gz` or `.zst` behind these."""

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether a file has this format.

        Args:
            path: Where it is.
            head: The first 256 KiB, decompressed.
        """
        ...

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Say which of the files below a folder are read together, and leave out those that are parts of others.

        Args:
            files: All files below the folder, by path.
        """
        ...

    def look_in(self, path: str) -> tuple[str, bool] | None:
        """Say where the other files of an item are, of which one file is known.

        Args:
            path: The file.

        Returns:
            A folder, and whether they may be anywhere below it; if not, they are in it, or below a folder with the name of
            the file. None: the file is read by itself.
        """
        ...

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the transcripts of an item; what is wrong with a part of it is given as a problem.

        Raises:
            OSError, ValueError: Nothing of the item can be read.
        """
        ...


@runtime_checkable
class LinkedFormat(TraceFormat, Protocol):
    """A format whose files say which others belong to them: `items` finds it in `TraceFile.links`."""

    def links(self, path: str, head: bytes) -> Iterable[str]:
        """Say what has to be known of a file to group it with others; it is remembered while the file does not change.

        Args:
            path: Where it is.
            head: Its first 256 KiB, decompressed.
        """
        ...
