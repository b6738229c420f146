"""Scout reads what AI agents did, runs scanners over it, and keeps every verdict with its citations.

This module lists the public names and loads each of them when it is first asked for: importing it costs almost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._support.folder import current_folder, import_elsewhere
from ._support.lazy import public_exports

if TYPE_CHECKING:
    from ._app import ScanRun as ScanRun
    from ._app import scan as scan
    from ._app import scan_complete as scan_complete
    from ._app import scan_list as scan_list
    from ._app import scan_results_arrow as scan_results_arrow
    from ._app import scan_results_batches as scan_results_batches
    from ._app import scan_results_df as scan_results_df
    from ._app import scan_results_query as scan_results_query
    from ._app import scan_resume as scan_resume
    from ._app import scan_status as scan_status
    from ._app import start_scan as start_scan
    from ._app import transcripts_from as transcripts_from
    from ._app import validation_results_df as validation_results_df
    from ._observe import ObserveEmit as ObserveEmit
    from ._observe import ObserveProvider as ObserveProvider
    from ._observe import observe as observe
    from ._observe import observe_update as observe_update
    from ._plan import ScanJob as ScanJob
    from ._plan import Scanners as Scanners
    from ._plan import ScannerWork as ScannerWork
    from ._plan import scanjob as scanjob
    from ._project import ProjectConfig as ProjectConfig
    from ._project import ScanJobConfig as ScanJobConfig
    from ._query import Column as Column
    from ._query import Columns as Columns
    from ._query import Condition as Condition
    from ._query import LogColumns as LogColumns
    from ._query import columns as columns
    from ._query import condition_as_sql as condition_as_sql
    from ._query import condition_from_sql as condition_from_sql
    from ._query import log_columns as log_columns
    from ._results import HEAVY_COLUMNS as HEAVY_COLUMNS
    from ._results import ResultsPage as ResultsPage
    from ._results import ScanResultsArrow as ScanResultsArrow
    from ._results import ScanResultsDF as ScanResultsDF
    from ._scanners import Answer as Answer
    from ._scanners import AnswerMultiLabel as AnswerMultiLabel
    from ._scanners import AnswerSpec as AnswerSpec
    from ._scanners import AnswerStructured as AnswerStructured
    from ._scanners import LabelForId as LabelForId
    from ._scanners import MessageFormatOptions as MessageFormatOptions
    from ._scanners import MessagesPreprocessor as MessagesPreprocessor
    from ._scanners import MessagesSegment as MessagesSegment
    from ._scanners import ResultReducer as ResultReducer
    from ._scanners import TimelineMessages as TimelineMessages
    from ._scanners import answer_type as answer_type
    from ._scanners import as_scanner as as_scanner
    from ._scanners import as_scorer as as_scorer
    from ._scanners import extract_references as extract_references
    from ._scanners import generate_answer as generate_answer
    from ._scanners import grep_scanner as grep_scanner
    from ._scanners import llm_scanner as llm_scanner
    from ._scanners import loader as loader
    from ._scanners import message_as_str as message_as_str
    from ._scanners import message_numbering as message_numbering
    from ._scanners import messages_as_str as messages_as_str
    from ._scanners import parse_answer as parse_answer
    from ._scanners import scanner as scanner
    from ._scanners import scanner_prompt as scanner_prompt
    from ._scanners import segment_messages as segment_messages
    from ._scanners import timeline_messages as timeline_messages
    from ._scanners import tool_callers as tool_callers
    from ._scanners import transcript_messages as transcript_messages
    from ._support.errors import ConfigError as ConfigError
    from ._support.errors import LocationError as LocationError
    from ._support.errors import LogReadError as LogReadError
    from ._support.errors import NotAvailableError as NotAvailableError
    from ._support.errors import RefusalError as RefusalError
    from ._support.errors import ScannerExitError as ScannerExitError
    from ._support.errors import ScannerTimeoutError as ScannerTimeoutError
    from ._support.errors import ScanStateError as ScanStateError
    from ._support.errors import ScoutError as ScoutError
    from ._support.errors import StorageError as StorageError
    from ._support.errors import TranscriptTooLargeError as TranscriptTooLargeError
    from ._support.errors import UnknownNameError as UnknownNameError
    from ._support.errors import WorkerError as WorkerError
    from ._transcripts import SampleMetadata as SampleMetadata
    from ._transcripts import Transcripts as Transcripts
    from ._transcripts import TranscriptsDB as TranscriptsDB
    from ._transcripts import TranscriptsReader as TranscriptsReader
    from ._transcripts import span_messages as span_messages
    from ._transcripts import span_tools as span_tools
    from ._transcripts import splice as splice
    from ._transcripts import splice_to_timeline as splice_to_timeline
    from ._transcripts import transcripts_db as transcripts_db
    from ._transcripts import transcripts_db_schema as transcripts_db_schema
    from ._types import DryRun as DryRun
    from ._types import Error as Error
    from ._types import EventType as EventType
    from ._types import Loader as Loader
    from ._types import MessageType as MessageType
    from ._types import PredicateFn as PredicateFn
    from ._types import PredicateType as PredicateType
    from ._types import Reference as Reference
    from ._types import Result as Result
    from ._types import Scanner as Scanner
    from ._types import ScannerInput as ScannerInput
    from ._types import ScannerSpec as ScannerSpec
    from ._types import ScanOptions as ScanOptions
    from ._types import ScanRevision as ScanRevision
    from ._types import ScanSpec as ScanSpec
    from ._types import ScanState as ScanState
    from ._types import ScanTranscripts as ScanTranscripts
    from ._types import Status as Status
    from ._types import Summary as Summary
    from ._types import Transcript as Transcript
    from ._types import TranscriptContent as TranscriptContent
    from ._types import TranscriptField as TranscriptField
    from ._types import TranscriptHandle as TranscriptHandle
    from ._types import TranscriptInfo as TranscriptInfo
    from ._types import ValidationCase as ValidationCase
    from ._types import ValidationPredicate as ValidationPredicate
    from ._types import ValidationSet as ValidationSet
    from ._types import Worklist as Worklist
    from ._validation import validation_predicate as validation_predicate
    from ._validation import validation_set as validation_set
    from ._view import view as view

    __all__: list[str]
    __version__: str

# Names of earlier versions: they still work, with a warning.
_RENAMED = {
    "scan_results": "scan_results_df",
    "transcripts_from_logs": "transcripts_from",
    "Metadata": "Columns",
    "metadata": "columns",
    "LogMetadata": "LogColumns",
    "log_metadata": "log_columns",
}

_public, __dir__ = public_exports(__name__)

if not current_folder():
    import_elsewhere("inspect_ai")


if not TYPE_CHECKING:  # else any name would be taken for an export

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("inspect-scout")
        if name == "__all__":
            return [*__dir__(), "__version__"]
        renamed = _RENAMED.get(name)
        if renamed is not None:
            import warnings

            warnings.warn(f"inspect_scout.{name} is now inspect_scout.{renamed}", DeprecationWarning, stacklevel=2)
            name = renamed
        return _public(name)
