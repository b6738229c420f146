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

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .collection import Transcripts as Transcripts
    from .collection import TranscriptsReader as TranscriptsReader
    from .collection import cases_missed as cases_missed
    from .collection import reasons as reasons
    from .collection import selection_of as selection_of
    from .collection import snapshot_of as snapshot_of
    from .collection import transcripts_from as transcripts_from
    from .contract import DUPLICATES as DUPLICATES
    from .contract import Duplicates as Duplicates
    from .contract import HasCopies as HasCopies
    from .contract import LoadedTranscript as LoadedTranscript
    from .contract import Located as Located
    from .contract import LogProblem as LogProblem
    from .contract import Progress as Progress
    from .contract import RawTranscript as RawTranscript
    from .contract import ReadsLater as ReadsLater
    from .contract import SourceKind as SourceKind
    from .contract import SourceLocation as SourceLocation
    from .contract import TranscriptIndex as TranscriptIndex
    from .contract import TranscriptSource as TranscriptSource
    from .contract import UnreadLogs as UnreadLogs
    from .database.compaction import CompactReport as CompactReport
    from .database.database import TranscriptsDB as TranscriptsDB
    from .database.database import transcripts_db as transcripts_db
    from .database.encode import raw_of as raw_of
    from .database.inspection import DatabaseStats as DatabaseStats
    from .database.inspection import VerifyReport as VerifyReport
    from .database.schema import transcripts_db_schema as transcripts_db_schema
    from .database.source import DatabaseSource as DatabaseSource
    from .database.validation import TranscriptSchemaError as TranscriptSchemaError
    from .database.validation import validate_transcript_schema as validate_transcript_schema
    from .decode.handle import MaterializedHandle as MaterializedHandle
    from .decode.ids import ListIds as ListIds
    from .decode.mending import count_incomplete as count_incomplete
    from .decode.timelines import build_timelines as build_timelines
    from .decode.views import filter_events as filter_events
    from .decode.views import filter_messages as filter_messages
    from .decode.views import filter_timelines as filter_timelines
    from .decode.views import union_content as union_content
    from .decode.views import view as view
    from .decode.views import view_of as view_of
    from .decode.views import view_text as view_text
    from .eval_log.live import live_info as live_info
    from .eval_log.located import read_sample as read_sample
    from .eval_log.records import EvalSpec as EvalSpec
    from .eval_log.records import SampleSummary as SampleSummary
    from .eval_log.source import EvalLogSource as EvalLogSource
    from .index import index_rows as index_rows
    from .kinds import kind_named as kind_named
    from .kinds import read_origin as read_origin
    from .kinds import register_source as register_source
    from .memory import MemorySource as MemorySource
    from .reader import TraceProblem as TraceProblem
    from .reader import TraceReader as TraceReader
    from .reader import TraceRef as TraceRef
    from .reader import changed_since as changed_since
    from .reader import cursor_of as cursor_of
    from .sample_metadata import SampleMetadata as SampleMetadata
    from .threads.events import choose_timeline as choose_timeline
    from .threads.events import scannable_spans as scannable_spans
    from .threads.splices import splice as splice
    from .threads.splices import splice_to_timeline as splice_to_timeline
    from .threads.thread import Compaction as Compaction
    from .threads.thread import span_messages as span_messages
    from .threads.thread import span_tools as span_tools
    from .unread import FoundAgain as FoundAgain
    from .unread import find_again as find_again

_MODULES = {
    ".collection": "Transcripts TranscriptsReader cases_missed reasons selection_of snapshot_of transcripts_from",
    ".contract": "DUPLICATES Duplicates HasCopies LoadedTranscript Located LogProblem Progress RawTranscript"
    " ReadsLater SourceKind SourceLocation TranscriptIndex TranscriptSource UnreadLogs",
    ".database.compaction": "CompactReport",
    ".database.database": "TranscriptsDB transcripts_db",
    ".database.encode": "raw_of",
    ".database.inspection": "DatabaseStats VerifyReport",
    ".database.schema": "transcripts_db_schema",
    ".database.source": "DatabaseSource",
    ".database.validation": "TranscriptSchemaError validate_transcript_schema",
    ".decode.handle": "MaterializedHandle",
    ".decode.ids": "ListIds",
    ".decode.mending": "count_incomplete",
    ".decode.timelines": "build_timelines",
    ".decode.views": "filter_events filter_messages filter_timelines union_content view view_of view_text",
    ".eval_log.live": "live_info",
    ".eval_log.located": "read_sample",
    ".eval_log.records": "EvalSpec SampleSummary",
    ".eval_log.source": "EvalLogSource",
    ".index": "index_rows",
    ".kinds": "kind_named read_origin register_source",
    ".memory": "MemorySource",
    ".reader": "TraceProblem TraceReader TraceRef changed_since cursor_of",
    ".sample_metadata": "SampleMetadata",
    ".threads.events": "choose_timeline scannable_spans",
    ".threads.splices": "splice splice_to_timeline",
    ".threads.thread": "Compaction span_messages span_tools",
    ".unread": "FoundAgain find_again",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
