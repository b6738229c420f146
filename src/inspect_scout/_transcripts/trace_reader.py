"""What reads the traces of another tool, so that they can be imported into a database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .._support.errors import ConfigError
from .._support.json import dumps, loads
from .._support.shapes import is_mapping

if TYPE_CHECKING:
    from .._types import Transcript


@dataclass(frozen=True, slots=True)
class TraceRef:
    """One item that can be read: a file, a session, a trace.

    Args:
        id: Identifies it; the same whenever it is discovered.
        location: Where it is, for people.
        cursor: Changes when the item has changed (size and time, an etag); compared for equality only.
    """

    id: str
    location: str
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class TraceProblem:
    """What kept an item, or a part of it, from being read, while the others were.

    Args:
        location: Path or URL of the item.
        message: What is wrong.
        line: Number of the line that is wrong, from 1, where that is known.
    """

    location: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        at = "" if self.line is None else f", line {self.line}"
        return f"{self.location!r}{at}: {self.message}"


class TraceReader(Protocol):
    """Reads traces of one format."""

    name: str
    """Name of the format."""

    def recognises(self, location: str, head: bytes) -> bool:
        """Whether what is at a location has this format.

        Args:
            location: Path or URL.
            head: First bytes of the file; empty for a folder.
        """
        ...

    def discover(self, where: str, since: str | None = None) -> AsyncIterator[TraceRef]:
        """Find the items at a location, without reading their content.

        Args:
            where: File or folder.
            since: Text that `cursor_of` made of an earlier discovery: items that it holds unchanged are left out
                (None: all are given).

        Raises:
            ConfigError: `since` is not such a text.
            LocationError: There is nothing at the location.
        """
        ...

    def read(self, ref: TraceRef) -> AsyncIterator[Transcript | TraceProblem]:
        """Read the transcripts of an item; whatever is wrong with it is given as a problem, never raised.

        Args:
            ref: The item, as `discover` gave it.
        """
        ...


def cursor_of(refs: Iterable[TraceRef]) -> str:
    """Make the cursor of a discovery, which a later one takes as `since`.

    Args:
        refs: All items that have been dealt with: also those of earlier discoveries, unless they may be given again.

    Example:
        ```python
        refs = [ref async for ref in reader.discover("runs")]
        since = cursor_of(refs)
        changed = [ref async for ref in reader.discover("runs", since)]
        ```
    """
    return dumps(dict(sorted((ref.id, ref.cursor) for ref in refs)))


def changed_since(since: str | None) -> Callable[[TraceRef], bool]:
    """Make the test that `discover` applies to each item: whether it is new, or has changed.

    Args:
        since: Text that `cursor_of` made of an earlier discovery (None: every item is new).

    Raises:
        ConfigError: It is not such a text.

    Example:
        ```python
        before = TraceRef("run-1", "runs/1.json", "100 bytes")
        is_wanted = changed_since(cursor_of([before]))
        print(is_wanted(before))  # False
        print(is_wanted(TraceRef("run-1", "runs/1.json", "120 bytes")))  # True
        ```
    """
    try:
        known: object = {} if since is None else loads(since)
    except ValueError:
        known = None
    if not is_mapping(known):
        shown = repr(since) if since is None or len(since) <= 80 else repr(since[:80] + "...")
        raise ConfigError(
            f"{shown} is not a cursor: give the text that cursor_of() made of an earlier discovery, or None to read all."
        )
    return lambda ref: known.get(ref.id) != ref.cursor
