"""Files that are written and not committed: each data file has a marker, which names its session.

A marker is there before its data file is, and empty until that is complete. So whatever a killed writer leaves behind can
be told from the data files that count. The marker of a complete data file holds its index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...._support.errors import LocationError
from ...._support.storage import Entry, Storage, join, relative_to, storage_for
from ...contract import RawTranscript
from ..files.data_file_writer import DataFileWriter
from ..files.index_file import IndexPart, read_index_file, text_values
from ..format.names import DATA_SUFFIX, MARKER_FOLDER, MARKER_SUFFIX, FileNamer, by_age, data_file_path
from ..format.schema import ID
from .commit_log import LogState
from .snapshot import DatabaseSnapshot

# Occurs neither in names of sessions nor in those of data files.
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class PendingFile:
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
        return text_values(self.part.table, ID)


def marker_name(session: str, name: str) -> str:
    """Name the marker of a data file, relative to the database."""
    return f"{MARKER_FOLDER}/{session}{_SEPARATOR}{name}{MARKER_SUFFIX}"


def marked_data_file(marker: str) -> str:
    """Name the data file of a marker."""
    return marker.rpartition("/")[2].partition(_SEPARATOR)[2].removesuffix(MARKER_SUFFIX)


def marked_session(marker: str) -> str:
    """Name the session of a marker (relative to the database)."""
    return marker.rpartition("/")[2].partition(_SEPARATOR)[0]


def start_data_file(location: str, name: str, session: str) -> DataFileWriter:
    """Start a data file of a session, after writing its marker."""
    # Of no worth after a loss of power, so that it need not be synced.
    with storage_for(location, durable=False).open_write(join(location, marker_name(session, name))):
        pass
    return DataFileWriter(location, name)


def write_data_files(
    location: str, names: FileNamer, session: str, transcripts: Iterable[RawTranscript], made: list[str]
) -> list[IndexPart]:
    """Write transcripts into as few data files as they fill.

    Args:
        location: The database.
        names: Names the data files.
        session: The session of their markers.
        transcripts: The transcripts.
        made: Takes the names of the data files, also if writing fails.

    Returns:
        The index of each.
    """
    parts: list[IndexPart] = []
    writer: DataFileWriter | None = None
    try:
        for transcript in transcripts:
            if writer is None:
                made.append(names.data_file())
                writer = start_data_file(location, made[-1], session)
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


async def list_markers(storage: Storage, location: str, state: LogState) -> dict[str, Entry]:
    """List the markers of all sessions, relative to the database, without those of committed files."""
    found = {
        relative_to(location, e.path): e
        for e in await storage.list(join(location, MARKER_FOLDER))
        if _SEPARATOR in e.path and e.path.endswith(DATA_SUFFIX + MARKER_SUFFIX)
    }
    return {name: entry for name, entry in found.items() if name not in state.retired}


async def list_pending_files(location: str, session: str, snapshot: DatabaseSnapshot) -> list[PendingFile]:
    """Find what a session has written and not committed, oldest first."""
    storage = storage_for(location)
    found = await list_markers(storage, location, snapshot.state)
    return [
        pending
        for name in sorted(found, key=lambda n: by_age(marked_data_file(n)))
        if marked_session(name) == session
        and found[name].size
        and (pending := await _read_pending_file(storage, location, name))
    ]


def count_by_session(left: Mapping[str, Entry]) -> dict[str, int]:
    """Count the complete data files that each session has not committed, by their markers."""
    return dict(sorted(Counter(marked_session(name) for name, entry in left.items() if entry.size).items()))


async def _read_pending_file(storage: Storage, location: str, marker: str) -> PendingFile | None:
    """Read a marker; None if it, or its data file, is gone (another writer has just committed it)."""
    name = marked_data_file(marker)
    entry = await storage.stat(data_file_path(location, name))
    if entry is None:
        return None
    try:
        return PendingFile(name, marker, entry.size, await read_index_file(storage, join(location, marker)))
    except LocationError:
        return None
