"""The vocabulary: frozen records and models that every room speaks; no input or output.

Loaded by name, because the models of transcripts and scans need inspect_ai, which light commands must not load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .answers import PossibleValues as PossibleValues
    from .citations import UNSEEN_CITATIONS as UNSEEN_CITATIONS
    from .citations import unseen_citations as unseen_citations
    from .citations import unseen_in as unseen_in
    from .folding import StateFold as StateFold
    from .folding import fold as fold
    from .origin import InputOrigin as InputOrigin
    from .origin import InputType as InputType
    from .positive import is_positive as is_positive
    from .result import RESULTSET as RESULTSET
    from .result import Error as Error
    from .result import Reference as Reference
    from .result import Result as Result
    from .result import ResultReport as ResultReport
    from .result import ResultValidation as ResultValidation
    from .result import as_resultset as as_resultset
    from .scanner import Loader as Loader
    from .scanner import Scanner as Scanner
    from .scanner import ScannerInput as ScannerInput
    from .spec import RECORDED_FIELDS as RECORDED_FIELDS
    from .spec import AskedSpec as AskedSpec
    from .spec import OrderBySpec as OrderBySpec
    from .spec import PredicateSpec as PredicateSpec
    from .spec import ScannerSpec as ScannerSpec
    from .spec import ScannerVersion as ScannerVersion
    from .spec import ScanOptions as ScanOptions
    from .spec import ScanRevision as ScanRevision
    from .spec import ScanSpec as ScanSpec
    from .spec import ScanTranscripts as ScanTranscripts
    from .spec import SelectionSpec as SelectionSpec
    from .spec import TranscriptField as TranscriptField
    from .spec import ValidationSetSpec as ValidationSetSpec
    from .spec import Worklist as Worklist
    from .state import Agreement as Agreement
    from .state import AskedVersion as AskedVersion
    from .state import Ended as Ended
    from .state import HeldBack as HeldBack
    from .state import LongestRunning as LongestRunning
    from .state import PairRecorded as PairRecorded
    from .state import Phase as Phase
    from .state import Planned as Planned
    from .state import Problem as Problem
    from .state import ScanEvent as ScanEvent
    from .state import ScanFacts as ScanFacts
    from .state import ScannerState as ScannerState
    from .state import ScanState as ScanState
    from .state import UnitStarted as UnitStarted
    from .state import Usage as Usage
    from .state import WorkerJoined as WorkerJoined
    from .state import WorkerLost as WorkerLost
    from .state import WorkerReported as WorkerReported
    from .state import WorkerState as WorkerState
    from .state import added_usage as added_usage
    from .status import ScannerSummary as ScannerSummary
    from .status import Status as Status
    from .status import Summary as Summary
    from .status import ValidationEntry as ValidationEntry
    from .status import ValidationMetrics as ValidationMetrics
    from .status import ValidationResults as ValidationResults
    from .transcript import EventFilter as EventFilter
    from .transcript import EventType as EventType
    from .transcript import MessageFilter as MessageFilter
    from .transcript import MessageType as MessageType
    from .transcript import MetadataFilter as MetadataFilter
    from .transcript import TimelineFilter as TimelineFilter
    from .transcript import Transcript as Transcript
    from .transcript import TranscriptContent as TranscriptContent
    from .transcript import TranscriptHandle as TranscriptHandle
    from .transcript import TranscriptInfo as TranscriptInfo
    from .validation import PredicateFn as PredicateFn
    from .validation import PredicateType as PredicateType
    from .validation import ValidationCase as ValidationCase
    from .validation import ValidationPredicate as ValidationPredicate
    from .validation import ValidationSet as ValidationSet

_MODULES = {
    ".answers": "PossibleValues",
    ".citations": "UNSEEN_CITATIONS unseen_citations unseen_in",
    ".folding": "StateFold fold",
    ".origin": "InputOrigin InputType",
    ".positive": "is_positive",
    ".result": "RESULTSET Error Reference Result ResultReport ResultValidation as_resultset",
    ".scanner": "Loader Scanner ScannerInput",
    ".spec": "RECORDED_FIELDS AskedSpec OrderBySpec PredicateSpec ScannerSpec ScannerVersion ScanOptions ScanRevision"
    " ScanSpec ScanTranscripts SelectionSpec TranscriptField ValidationSetSpec Worklist",
    ".state": "Agreement AskedVersion Ended HeldBack LongestRunning PairRecorded Phase Planned Problem ScanEvent"
    " ScanFacts ScannerState ScanState UnitStarted Usage WorkerJoined WorkerLost WorkerReported WorkerState"
    " added_usage",
    ".status": "ScannerSummary Status Summary ValidationEntry ValidationMetrics ValidationResults",
    ".transcript": "EventFilter EventType MessageFilter MessageType MetadataFilter TimelineFilter Transcript"
    " TranscriptContent TranscriptHandle TranscriptInfo",
    ".validation": "PredicateFn PredicateType ValidationCase ValidationPredicate ValidationSet",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
