"""Transcripts: collections of them, the sources they come from, and decoding them.

collection      what users hold: which transcripts, in what order   contract        what every source can do
eval_log        Inspect's logs                                      memory          transcripts in memory
database        parquet files                                       decode          JSON of a sample -> transcript
source_kinds    the table of kinds of sources                       location_probe  what is at a location
resolve_source  the source of a location, chosen when it is read    trace_reader    what reads traces of other tools
index_row, index_table  what a source finds, and the table that conditions refer to
recorded              what scans recorded                           unread_logs     logs that a scan could not read
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .collection import (
        InMemory,
        Location,
        Transcripts,
        TranscriptsReader,
        no_cases_message,
        selection_of,
        snapshot_of,
        transcripts_from,
        unread_reasons,
    )
    from .contract import (
        Duplicates,
        HasCopies,
        HasPackedSample,
        HasVersion,
        LoadedTranscript,
        Located,
        LogProblem,
        PackedSample,
        Progress,
        RawTranscript,
        ReadsLater,
        SourceKind,
        SourceLocation,
        TranscriptIndex,
        TranscriptSource,
        UnreadLogs,
    )
    from .database.database import TranscriptsDB, transcripts_db
    from .database.format.schema import transcripts_db_schema
    from .database.ingest.description_cells import allowed_keys, join_ranges, stored_row
    from .database.ingest.transcript_rows import raw_of
    from .database.ingest.validation import TranscriptSchemaError, validate_transcript_schema
    from .database.maintenance.compaction import CompactReport
    from .database.maintenance.reports import DatabaseStats, VerifyReport
    from .database.reading.source import DatabaseSource
    from .decode.attachments import decode_text, find_digests, may_refer, resolve_refs
    from .decode.handle import MaterializedHandle
    from .decode.ids import IdDeriver
    from .decode.indexed_sample import IndexedSample, ItemList
    from .decode.items import ItemDecoder, RefusedItems, event_kind, item_id
    from .decode.repair import count_incomplete
    from .decode.source import ByteSource, MemoryBytes, SampleError
    from .decode.timelines import build_timelines
    from .decode.views import filter_events, filter_messages, filter_timelines, union_content, view, view_of, view_text
    from .eval_log.live import live_info
    from .eval_log.located import read_sample
    from .eval_log.plain_messages import plain_messages, plain_messages_of
    from .eval_log.records import EvalSpec, SampleSummary
    from .eval_log.source import EvalLogSource
    from .index_queries import QueryableIndex, count_values, first_of_each, queryable, select_positions
    from .json_source import decode_stored, stored_json
    from .location_probe import refuse_missing
    from .memory import MemorySource
    from .nearby import NearbyFolder, find_nearby, nearby_advice
    from .recorded import recorded_transcripts
    from .resolve_source import find_source
    from .sample_metadata import SampleMetadata
    from .selected_index import index_rows
    from .source_kinds import read_origin, register_source
    from .text_matching import Span, TextMatcher
    from .threads.events import choose_timeline, scannable_spans
    from .threads.splices import splice, splice_to_timeline
    from .threads.thread import Compaction, span_messages, span_tools
    from .trace_reader import TraceProblem, TraceReader, TraceRef, changed_since, cursor_of
    from .unread_logs import RestoredTranscripts, restore_transcripts

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
