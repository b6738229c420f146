"""Sources of transcripts in other packages: what they promise, and how Scout finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_door

if TYPE_CHECKING:
    from ._query import Query
    from ._transcripts import (
        Duplicates,
        HasCopies,
        LoadedTranscript,
        Located,
        LogProblem,
        MaterializedHandle,
        RawTranscript,
        ReadsLater,
        SourceKind,
        SourceLocation,
        TraceProblem,
        TraceReader,
        TraceRef,
        TranscriptIndex,
        TranscriptSource,
        UnreadLogs,
        changed_since,
        cursor_of,
        index_rows,
        raw_of,
        register_source,
        view,
        view_of,
        view_text,
    )
    from ._types import InputOrigin

__all__ = [
    "Duplicates",
    "HasCopies",
    "InputOrigin",
    "LoadedTranscript",
    "Located",
    "LogProblem",
    "MaterializedHandle",
    "Query",
    "RawTranscript",
    "ReadsLater",
    "SourceKind",
    "SourceLocation",
    "TraceProblem",
    "TraceReader",
    "TraceRef",
    "TranscriptIndex",
    "TranscriptSource",
    "UnreadLogs",
    "changed_since",
    "cursor_of",
    "index_rows",
    "raw_of",
    "register_source",
    "view",
    "view_of",
    "view_text",
]

_DOORS = {"Query": "._query", "InputOrigin": "._types"}

__getattr__, __dir__ = public_door(__name__, {name: _DOORS.get(name, "._transcripts") for name in __all__})
