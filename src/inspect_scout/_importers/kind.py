"""Traces as a kind of source, which the entry point `inspect_scout.sources` names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from .._support.errors import ConfigError, LocationError
from .._support.storage import is_local
from .._transcripts import Duplicates, SourceKind, SourceLocation, recorded_transcripts
from .known_formats import FORMATS, format_of
from .reading import plain_name

if TYPE_CHECKING:
    from .._types import InputOrigin, ScanTranscripts, Transcript, TranscriptInfo
    from .source import TraceSource

_LOOKED_AT: Final = 2000
"""Files of a folder that are looked into before it is said to hold no traces."""
_SUFFIXES: Final = tuple({suffix for each in FORMATS.values() for suffix in each.suffixes})


def _recognises(place: SourceLocation) -> bool:
    if not is_local(place.location):
        return False
    paths = [place.location] if place.paths is None else place.paths
    maybe = (path for path in paths if plain_name(path).endswith(_SUFFIXES))
    return any(format_of(path) is not None for path in islice(maybe, _LOOKED_AT))


def _open(locations: Sequence[str], duplicates: Duplicates) -> TraceSource:  # noqa: ARG001 - one session is in one place
    from .source import TraceSource

    return TraceSource(locations)


def _restore(snapshot: ScanTranscripts) -> TraceSource:
    import os

    from .source import TraceSource

    recorded = recorded_transcripts(snapshot)
    files = list(dict.fromkeys(file for file in recorded.values() if file is not None))
    if len(files) == 0 and recorded:
        raise ConfigError("This scan does not say which files its traces are in: scan them again.")
    for file in files:
        if not os.path.exists(file):
            raise LocationError(
                f"The file {file!r}, which this scan reads, is gone: put it back where the scan found it."
            )
    return TraceSource(files, tuple(recorded))


async def _read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    from .source import read_again

    return await read_again(origin, info)


TRACES = SourceKind("traces", _recognises, _open, _restore, _read_origin)
"""Sessions and traces of other programs."""
