"""Databases as a kind of source."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ..._support.errors import ConfigError, LocationError
from ..._support.storage import is_local, normalize
from ..contract import Duplicates, SourceKind, SourceLocation
from ..recorded import recorded_transcripts
from .format.names import DATA_SUFFIX, INDEX_FOLDER, SOURCE_TYPE

if TYPE_CHECKING:
    from ..._types import InputOrigin, ScanTranscripts, Transcript, TranscriptInfo
    from .reading.source import DatabaseSource

_MAGIC: Final = b"PAR1"
_MOST_DESCRIPTION: Final = 64 << 20
_MOST_DAMAGED: Final = 100
"""So many files are looked at until one is whole."""


def _is_database(place: SourceLocation) -> bool:
    """Whether a file is a data file, or a folder has some, or an index of them."""
    if place.paths is None:
        return place.location.lower().endswith(DATA_SUFFIX)
    return any(path.endswith(DATA_SUFFIX) or _is_index(path) for path in place.paths)


def is_parquet_of_others(place: SourceLocation) -> bool:
    """Whether what has the name of data files, on this machine, has other columns: its first whole file tells."""
    if not is_local(place.location):
        return False
    paths = [place.location] if place.paths is None else place.paths
    if any(map(_is_index, paths)):
        return False
    # Most are databases, which their first file tells: the rest of a large folder is looked through only for others.
    data = (path for path in paths if path.lower().endswith(DATA_SUFFIX))
    told = map(_lacks_ids, itertools.islice(data, _MOST_DAMAGED))
    return next((lacks for lacks in told if lacks is not None), False)


def _is_index(path: str) -> bool:
    return f"/{INDEX_FOLDER}/" in path


def _lacks_ids(path: str) -> bool | None:
    """Whether a Parquet file has no column of ids; None if it is not whole.

    Its last bytes say how long its description is, which names its columns.
    """
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 8))
            length, magic = int.from_bytes(file.read(4), "little"), file.read(4)
            if magic != _MAGIC or not 0 < length <= min(size - 8, _MOST_DESCRIPTION):
                return None
            file.seek(size - 8 - length)
            return b"transcript_id" not in file.read(length)
    except OSError:
        return None


def _open_source(locations: Sequence[str], duplicates: Duplicates) -> DatabaseSource:  # noqa: ARG001 - ids are unique in it
    from .reading.source import DatabaseSource

    (location,) = locations
    return DatabaseSource(location, tolerant=True)


def _restore_source(snapshot: ScanTranscripts) -> DatabaseSource:
    from .reading.source import DatabaseSource

    if not snapshot.location:
        raise ConfigError("The scan read a transcript database, and did not record where that is: start a new scan.")
    location = normalize(snapshot.location)
    if is_local(location) and not os.path.exists(location):
        raise LocationError(
            f"The database {location!r}, which this scan reads, is gone: put it back, or start a new scan without it."
        )
    return DatabaseSource(location, tuple(recorded_transcripts(snapshot)), tolerant=True)


async def _read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    from .reading.source import read_origin

    return await read_origin(origin, info)


DATABASE_KIND = SourceKind(SOURCE_TYPE, _is_database, _open_source, _restore_source, _read_origin, single=True)
"""Transcript databases."""
