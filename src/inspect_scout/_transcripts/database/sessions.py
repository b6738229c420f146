"""What has been written and is not committed: a marker for each data file, which names its session.

A marker is there before its data file is, and empty until that is complete. So whatever a killed writer leaves behind can
be told from the data files that count. The marker of a complete data file holds its index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..._support.errors import LocationError
from ..._support.storage import Entry, Storage, join, relative_to, storage_for
from ..contract import RawTranscript
from .catalogue import Catalogue
from .index_files import IndexPart, read_part, texts
from .layout import DATA_SUFFIX, PENDING, PENDING_SUFFIX, Names, data_path, newness
from .log import State
from .schema import ID
from .writer import DataFileWriter

# Occurs neither in names of sessions nor in those of data files.
_BETWEEN = "~"


@dataclass(frozen=True, slots=True)
class Held:
    """A data file that is complete and not committed.

    Args:
        name: Its name.
        marker: Its marker, relative to the database.
        size: Bytes of the data file.
        part: Its index.
    """

    name: str
    marker: str
    size: int
    part: IndexPart

    @property
    def ids(self) -> list[str]:
        """The transcripts in it."""
        return texts(self.part.table, ID)


def marker_for(session: str, name: str) -> str:
    """Name the marker of a data file, relative to the database."""
    return f"{PENDING}/{session}{_BETWEEN}{name}{PENDING_SUFFIX}"


def data_of(marker: str) -> str:
    """Name the data file of a marker."""
    return marker.rpartition("/")[2].partition(_BETWEEN)[2].removesuffix(PENDING_SUFFIX)


def session_of(marker: str) -> str:
    """Name the session of a marker (relative to the database)."""
    return marker.rpartition("/")[2].partition(_BETWEEN)[0]


def begin(location: str, name: str, session: str) -> DataFileWriter:
    """Begin a data file of a session: first say that it is about to be written."""
    # Of no worth after a loss of power, so that it need not be synced.
    with storage_for(location, durable=False).open_write(join(location, marker_for(session, name))):
        pass
    return DataFileWriter(location, name)


def copied(
    location: str, names: Names, session: str, transcripts: Iterable[RawTranscript], made: list[str]
) -> list[IndexPart]:
    """Write transcripts into as few data files as they fill.

    Args:
        location: The database.
        names: Names the data files.
        session: The session of their markers.
        transcripts: The transcripts.
        made: Takes the names of the data files, also if writing fails.

    Returns:
        What an index says of each.
    """
    parts: list[IndexPart] = []
    writer: DataFileWriter | None = None
    try:
        for transcript in transcripts:
            if writer is None:
                made.append(names.data())
                writer = begin(location, made[-1], session)
            writer.add(transcript)
            if writer.full:
                parts.append(writer.close())
                writer = None
        if writer is not None:
            parts.append(writer.close())
    except BaseException:  # the iterator may raise anything; no file stays half-written; raised again
        if writer is not None:
            writer.abandon()
        raise
    return parts


async def markers(storage: Storage, location: str, state: State) -> dict[str, Entry]:
    """List the markers of all sessions, relative to the database, without those of committed files."""
    listing = await storage.list(join(location, PENDING))
    found = {
        relative_to(location, e.path): e
        for e in listing
        if _BETWEEN in e.path and e.path.endswith(DATA_SUFFIX + PENDING_SUFFIX)
    }
    return {name: entry for name, entry in found.items() if name not in state.retired}


async def held_by(storage: Storage, location: str, session: str, known: Catalogue) -> list[Held]:
    """Find what a session has written and not committed, oldest first."""
    found = await markers(storage, location, known.state)
    return [
        held
        for name in sorted(found, key=lambda n: newness(data_of(n)))
        if session_of(name) == session and found[name].size and (held := await _held(storage, location, name))
    ]


def sessions_of(left: Mapping[str, Entry]) -> dict[str, int]:
    """Count the complete data files that each session has not committed, by their markers."""
    return dict(sorted(Counter(session_of(name) for name, entry in left.items() if entry.size).items()))


async def _held(storage: Storage, location: str, marker: str) -> Held | None:
    """Read a marker; None if it, or its data file, is gone (somebody else has just committed it)."""
    name = data_of(marker)
    entry = await storage.stat(data_path(location, name))
    if entry is None:
        return None
    try:
        return Held(name, marker, entry.size, await read_part(storage, join(location, marker)))
    except LocationError:
        return None
