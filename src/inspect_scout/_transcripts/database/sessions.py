"""What has been written and is not committed: a marker for each data file, which names its session.

A marker is there before its data file is, and empty until that is complete. So whatever a killed writer leaves behind can
be told from the data files that count. The marker of a complete data file holds its index.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from ..._support.errors import LocationError
from ..._support.storage import Entry, Storage, join, relative_to
from .catalogue import StoreCatalogue
from .index_files import IndexPart, read_part, texts, write_part
from .layout import DATA_SUFFIX, PENDING, PENDING_SUFFIX, data_path, newness
from .log import State
from .schema import ID

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


async def mark(storage: Storage, location: str, marker: str) -> None:
    """Say that a data file is about to be written."""
    await storage.write(join(location, marker), b"")


async def hold(storage: Storage, location: str, marker: str, part: IndexPart) -> None:
    """Keep a complete data file until its session is committed."""
    await asyncio.to_thread(write_part, storage, join(location, marker), part)


async def markers(storage: Storage, location: str, state: State) -> dict[str, Entry]:
    """List the markers of all sessions, relative to the database, without those of committed files."""
    listing = await storage.list(join(location, PENDING))
    found = {
        relative_to(location, e.path): e
        for e in listing
        if _BETWEEN in e.path and e.path.endswith(DATA_SUFFIX + PENDING_SUFFIX)
    }
    return {name: entry for name, entry in found.items() if name not in state.retired}


async def held_by(storage: Storage, location: str, session: str, known: StoreCatalogue) -> list[Held]:
    """Find what a session has written and not committed, oldest first."""
    found = await markers(storage, location, known.state)
    return [
        held
        for name in sorted((n for n in found if session_of(n) == session), key=lambda n: newness(data_of(n)))
        if found[name].size and (held := await _held(storage, location, name))
    ]


def sessions_of(names: Iterable[str]) -> list[str]:
    """Name the sessions of some markers."""
    return sorted(set(map(session_of, names)))


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
