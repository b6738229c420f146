"""Sources of transcripts in other packages: what they promise, and how Scout finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_exports

if TYPE_CHECKING:
    from ._importers import atif as atif
    from ._importers import claude_code as claude_code
    from ._importers import dataset as dataset
    from ._importers import langfuse as langfuse
    from ._importers import langsmith as langsmith
    from ._importers import logfire as logfire
    from ._importers import phoenix as phoenix
    from ._importers import trace_reader as trace_reader
    from ._importers import weave as weave
    from ._query import Query as Query
    from ._transcripts import Duplicates as Duplicates
    from ._transcripts import HasCopies as HasCopies
    from ._transcripts import LoadedTranscript as LoadedTranscript
    from ._transcripts import Located as Located
    from ._transcripts import LogProblem as LogProblem
    from ._transcripts import MaterializedHandle as MaterializedHandle
    from ._transcripts import RawTranscript as RawTranscript
    from ._transcripts import ReadsLater as ReadsLater
    from ._transcripts import SourceKind as SourceKind
    from ._transcripts import SourceLocation as SourceLocation
    from ._transcripts import TraceProblem as TraceProblem
    from ._transcripts import TraceReader as TraceReader
    from ._transcripts import TraceRef as TraceRef
    from ._transcripts import TranscriptIndex as TranscriptIndex
    from ._transcripts import TranscriptSource as TranscriptSource
    from ._transcripts import UnreadLogs as UnreadLogs
    from ._transcripts import changed_since as changed_since
    from ._transcripts import cursor_of as cursor_of
    from ._transcripts import index_rows as index_rows
    from ._transcripts import raw_of as raw_of
    from ._transcripts import register_source as register_source
    from ._transcripts import view as view
    from ._transcripts import view_of as view_of
    from ._transcripts import view_text as view_text
    from ._types import InputOrigin as InputOrigin

    __all__: list[str]

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = public_exports(__name__)
