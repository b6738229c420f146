"""The promise: what users may import, held against what exists."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PUBLIC = {
    "inspect_scout": [
        "Answer",
        "AnswerMultiLabel",
        "AnswerSpec",
        "AnswerStructured",
        "Column",
        "Columns",
        "Condition",
        "ConfigError",
        "DryRun",
        "Error",
        "EventType",
        "HEAVY_COLUMNS",
        "LabelForId",
        "Loader",
        "LocationError",
        "LogColumns",
        "LogReadError",
        "MessageFormatOptions",
        "MessageType",
        "MessagesPreprocessor",
        "MessagesSegment",
        "NotAvailableError",
        "ObserveEmit",
        "ObserveProvider",
        "PredicateFn",
        "PredicateType",
        "ProjectConfig",
        "Reference",
        "RefusalError",
        "Result",
        "ResultReducer",
        "ResultsPage",
        "SampleMetadata",
        "ScanJob",
        "ScanJobConfig",
        "ScanOptions",
        "ScanResultsArrow",
        "ScanResultsDF",
        "ScanRevision",
        "ScanRun",
        "ScanSpec",
        "ScanState",
        "ScanStateError",
        "ScanTranscripts",
        "Scanner",
        "ScannerExitError",
        "ScannerInput",
        "ScannerSpec",
        "ScannerTimeoutError",
        "ScannerWork",
        "Scanners",
        "ScoutError",
        "Status",
        "StorageError",
        "Summary",
        "TimelineMessages",
        "Transcript",
        "TranscriptContent",
        "TranscriptField",
        "TranscriptHandle",
        "TranscriptInfo",
        "TranscriptTooLargeError",
        "Transcripts",
        "TranscriptsDB",
        "TranscriptsReader",
        "UnknownNameError",
        "ValidationCase",
        "ValidationPredicate",
        "ValidationSet",
        "WorkerError",
        "Worklist",
        "__version__",
        "answer_type",
        "as_scanner",
        "as_scorer",
        "columns",
        "condition_as_sql",
        "condition_from_sql",
        "extract_references",
        "generate_answer",
        "grep_scanner",
        "llm_scanner",
        "loader",
        "log_columns",
        "message_as_str",
        "message_numbering",
        "messages_as_str",
        "observe",
        "observe_update",
        "parse_answer",
        "scan",
        "scan_complete",
        "scan_list",
        "scan_results_arrow",
        "scan_results_batches",
        "scan_results_df",
        "scan_results_query",
        "scan_resume",
        "scan_status",
        "scanjob",
        "scanner",
        "scanner_prompt",
        "segment_messages",
        "span_messages",
        "span_tools",
        "splice",
        "splice_to_timeline",
        "start_scan",
        "timeline_messages",
        "tool_callers",
        "transcript_messages",
        "transcripts_db",
        "transcripts_db_schema",
        "transcripts_from",
        "validation_predicate",
        "validation_results_df",
        "validation_set",
        "view",
    ],
    "inspect_scout.aio": [
        "AsyncScanRun",
        "scan_async",
        "scan_complete_async",
        "scan_list_async",
        "scan_results_arrow_async",
        "scan_results_batches_async",
        "scan_results_df_async",
        "scan_results_query_async",
        "scan_resume_async",
        "scan_status_async",
        "start_scan",
        "validation_results_df_async",
    ],
    "inspect_scout.executors": ["Executor", "Job", "LocalExecutor", "RunJob", "WorkerSetup"],
    "inspect_scout.sources": [
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
        "atif",
        "changed_since",
        "claude_code",
        "cursor_of",
        "dataset",
        "index_rows",
        "langfuse",
        "langsmith",
        "logfire",
        "phoenix",
        "raw_of",
        "register_source",
        "trace_reader",
        "view",
        "view_of",
        "view_text",
        "weave",
    ],
    "inspect_scout.testing": [
        "AnswerLaws",
        "CallFailure",
        "Display",
        "DisplayLaws",
        "Entry",
        "ExecutorLaws",
        "FaultStorage",
        "JumpingClock",
        "LocalStorage",
        "MemoryStorage",
        "Meter",
        "ModelCall",
        "RecordingMeter",
        "ScanState",
        "ScriptedModel",
        "SourceLaws",
        "Storage",
        "StorageLaws",
        "TraceReaderLaws",
        "WorkerLaws",
        "answered",
        "failed",
        "join",
        "metering",
        "register_storage",
        "scripted_model",
        "storage_for",
    ],
}
RENAMED = {
    "LogMetadata": "LogColumns",
    "Metadata": "Columns",
    "log_metadata": "log_columns",
    "metadata": "columns",
    "scan_results": "scan_results_df",
    "transcripts_from_logs": "transcripts_from",
}


@pytest.mark.parametrize("location", PUBLIC)
def test_public_names_are_the_promised_ones(location: str) -> None:
    module = importlib.import_module(location)
    assert sorted(module.__all__) == PUBLIC[location]
    assert sorted({*dir(module)} - {"__version__"}) == [name for name in PUBLIC[location] if name != "__version__"]


@pytest.mark.parametrize("location", PUBLIC)
def test_every_public_name_can_be_imported(location: str) -> None:
    module = importlib.import_module(location)
    assert [name for name in PUBLIC[location] if getattr(module, name, None) is None] == []


@pytest.mark.parametrize("location", PUBLIC)
def test_functions_and_errors_say_where_users_find_them(location: str) -> None:
    module = importlib.import_module(location)
    objects = {name: getattr(module, name) for name in PUBLIC[location]}
    astray = [
        name
        for name, value in objects.items()
        if (inspect.isfunction(value) or (inspect.isclass(value) and issubclass(value, Exception)))
        if value.__module__ != location
    ]
    assert astray == []


@pytest.mark.parametrize("location", PUBLIC)
def test_public_objects_have_docstrings(location: str) -> None:
    module = importlib.import_module(location)
    objects = {name: getattr(module, name) for name in PUBLIC[location]}
    made = {n: v for n, v in objects.items() if inspect.isfunction(v) or inspect.isclass(v)}
    assert [name for name, value in made.items() if not inspect.getdoc(value)] == []


@pytest.mark.parametrize(("older", "newer"), RENAMED.items())
def test_older_names_still_work_with_a_warning(older: str, newer: str) -> None:
    import inspect_scout

    with pytest.warns(DeprecationWarning, match=newer):
        assert getattr(inspect_scout, older) is getattr(inspect_scout, newer)


def test_an_unknown_name_is_refused() -> None:
    import inspect_scout

    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(inspect_scout, "no_such_name")  # noqa: B009 - as a program that imports it would see


def test_the_version_has_one_source() -> None:
    import inspect_scout

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert inspect_scout.__version__ == project["version"]
