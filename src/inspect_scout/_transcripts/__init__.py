"""Where transcripts live: collections of them, the places they come from, and decoding them.

collection  what users hold: which transcripts, in what order      contract  what every source can do
eval_log    Inspect's logs          memory  transcripts in memory   decode    JSON of a sample -> transcript
database    parquet files           kinds    the table of kinds of sources
locations   what is at a location   places   the source of it, decided when it is read where it must be
recorded    what scans recorded     unread   logs that could not be read when a scan was made
reader      what reads the traces of other tools
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .collection import (
        Transcripts,
        TranscriptsReader,
        cases_missed,
        reasons,
        selection_of,
        snapshot_of,
        transcripts_from,
    )
    from .contract import (
        Duplicates,
        HasCopies,
        LoadedTranscript,
        Located,
        LogProblem,
        Progress,
        RawTranscript,
        ReadsLater,
        SourceKind,
        SourceLocation,
        TranscriptIndex,
        TranscriptSource,
        UnreadLogs,
    )
    from .database.compaction import CompactReport
    from .database.database import TranscriptsDB, transcripts_db
    from .database.encode import raw_of
    from .database.inspection import DatabaseStats, VerifyReport
    from .database.schema import transcripts_db_schema
    from .database.source import DatabaseSource
    from .database.validation import TranscriptSchemaError, validate_transcript_schema
    from .decode.handle import MaterializedHandle
    from .decode.ids import IdDeriver
    from .decode.repair import count_incomplete
    from .decode.timelines import build_timelines
    from .decode.views import filter_events, filter_messages, filter_timelines, union_content, view, view_of, view_text
    from .eval_log.live import live_info
    from .eval_log.located import read_sample
    from .eval_log.records import EvalSpec, SampleSummary
    from .eval_log.source import EvalLogSource
    from .index import index_rows
    from .kinds import read_origin, register_source
    from .memory import MemorySource
    from .reader import TraceProblem, TraceReader, TraceRef, changed_since, cursor_of
    from .sample_metadata import SampleMetadata
    from .threads.events import choose_timeline, scannable_spans
    from .threads.splices import splice, splice_to_timeline
    from .threads.thread import Compaction, span_messages, span_tools
    from .unread import FoundAgain, find_again

__getattr__, __dir__ = lazy_exports(__name__)
