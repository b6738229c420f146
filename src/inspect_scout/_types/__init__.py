"""The vocabulary: frozen records and models that every package uses; no input or output.

Loaded by name, because the models of transcripts and scans need inspect_ai, which light commands must not load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .folding import StateFold, fold
    from .location import ScanLocation, location_text
    from .origin import InputOrigin, InputType
    from .result import RESULTSET, Error, Reference, Result, ResultReport, ResultValidation, as_resultset
    from .scanner import Loader, Scanner, ScannerInput
    from .spec import (
        RECORDED_FIELDS,
        AskedSpec,
        OrderBySpec,
        PredicateSpec,
        ScannerSpec,
        ScannerVersion,
        ScanOptions,
        ScanRevision,
        ScanSpec,
        ScanTranscripts,
        SelectionSpec,
        TranscriptField,
        ValidationSetSpec,
        Worklist,
    )
    from .state import (
        AskedVersion,
        ConfusionCounts,
        Ended,
        HeldBack,
        LongestRunning,
        PairRecorded,
        PairsReused,
        Phase,
        Planned,
        Problem,
        ScanEvent,
        ScanFacts,
        ScannerState,
        ScanState,
        UnitStarted,
        Usage,
        WorkerJoined,
        WorkerLost,
        WorkerReported,
        WorkerState,
    )
    from .status import DryRun, ScannerSummary, Status, Summary, ValidationEntry, ValidationMetrics, ValidationResults
    from .transcript import Transcript, TranscriptHandle
    from .transcript_info import (
        EventFilter,
        EventType,
        MessageFilter,
        MessageType,
        MetadataFilter,
        TimelineFilter,
        TranscriptContent,
        TranscriptInfo,
    )
    from .validation import PredicateFn, PredicateType, ValidationCase, ValidationPredicate, ValidationSet
    from .values import UNSEEN_CITATIONS, PossibleValues, explanation_of, is_positive, unseen_citations, unseen_in

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
