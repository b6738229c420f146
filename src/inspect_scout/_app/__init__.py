"""The use cases: the only package that wires the others together, and the one bridge from sync to async."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .._plan import ResumeRequest, ScanRequest
    from .._project import default_scans, schema_text
    from .._results import ScanOverview, TextHit, list_states, read_error_groups, read_overview
    from .._scanners import (
        FoundFile,
        Parameter,
        ScannerFileReport,
        ScannerSource,
        StructuredSource,
        describe_scanner_files,
        find_scan_files,
    )
    from .._support.causes.grouping import ErrorGroup
    from .._transcripts import TextMatcher
    from .._validation import CasesFileExistsError
    from .api import (
        scan,
        scan_async,
        scan_complete,
        scan_complete_async,
        scan_list,
        scan_list_async,
        scan_resume,
        scan_resume_async,
        scan_status,
        scan_status_async,
    )
    from .bridge import in_sync, in_sync_items, run_read_only, run_sync
    from .completions import columns_to_name, scanners_to_name, scans_to_name, targets_to_name
    from .databases import SchemaFormat, copy_transcripts, count_transcripts, database_schema, with_database
    from .diff import (
        ScanDiff,
        ScannerDiff,
        SettingDifference,
        VerdictPair,
        compare_verdicts,
        diff_json,
        diff_scans,
        explained,
        said,
    )
    from .editing.changed_file import ANY_STATE, ChangedFileError, etag_of
    from .editing.label_places import refuse_label_place
    from .editing.label_uses import scanner_of_name, scanners_of_files
    from .editing.labels import (
        LabelCase,
        LabelFile,
        LabelFileInfo,
        create_labels,
        delete_case,
        delete_labels,
        find_case,
        key_of,
        label_files,
        label_paths,
        put_case,
        read_labels,
        rename_labels,
        replace_labels,
    )
    from .editing.project import (
        ProjectState,
        change_project,
        described_options,
        explained_options,
        project_scanners,
        project_state,
    )
    from .editing.project_draft import (
        NewFile,
        ProjectDraft,
        WrittenProject,
        draft_project,
        new_files,
        write_project,
        written_project,
    )
    from .editing.project_jobs import ProjectJob, job_mistakes, project_jobs
    from .editing.raters import RatedDifferently, RatersAgreement, main_file_of, raters_agreement
    from .evidence.as_json import evidence_json
    from .evidence.as_markdown import evidence_markdown
    from .evidence.as_text import evidence_lines
    from .evidence.found_transcript import transcript_evidence, transcript_evidence_async
    from .evidence.of_scan import EvidencePart, ResultEvidence, evidence_of_scan
    from .evidence.reading import scan_evidence, scan_evidence_async
    from .evidence.records import Evidence, Passage, ScanEvidence, Shown, Verdict, parse_message_range
    from .explain import explain_settings
    from .exporting.folder import ExportFolder, refuse_target, written_beside
    from .exporting.masking import Masker
    from .exporting.transcripts import export_transcripts
    from .findings import (
        FindingsGroup,
        KindCount,
        ScannerBreakdown,
        ScannerFindings,
        findings_by,
        group_records,
        scanner_findings,
    )
    from .importing import Existing, ImportReport, import_traces, known_sources, preview_import, wanted_origin
    from .labelling import (
        CitedMessage,
        LabelSample,
        StratifyBy,
        choose_equally,
        cited_messages,
        keep_label,
        queue_to_label,
        read_label,
        row_about,
        sample_to_label,
        shown_value,
        write_to_fill_in,
    )
    from .listing.facets import Distribution, Facet, result_distribution, result_facets
    from .listing.finding import FindProgress, find_in_results
    from .listing.off_loop import off_loop
    from .listing.overview import scan_detail
    from .listing.results import RecordsPage, ResultsRequest, named_results, one_result, page_of_results
    from .listing.running import RunningScan, RunningScans, running_json
    from .listing.scans import ScansPage, ScansQuery, page_of_scans, scan_of_id
    from .listing.stamp import files_stamp
    from .new_project import NewProject, guess_transcripts, start_project
    from .reading.citations import ScanVerdict, resolve_citations
    from .reading.corpus import TranscriptSelection
    from .reading.map_records import Minimap, Outline, TranscriptCitations
    from .reading.records import (
        AgentRange,
        EventRange,
        ItemBody,
        MessageItem,
        MessageRange,
        Neighbours,
        TranscriptColumns,
        TranscriptDescription,
        TranscriptFacet,
        TranscriptFindProgress,
        TranscriptHit,
        TranscriptPage,
    )
    from .reading.sample import OpenedTranscript
    from .reading.searching import FindRequest, find_in_corpus, find_in_transcript
    from .reading.transcript_cache import CacheLimits, TranscriptCache
    from .reading.transcripts import (
        describe_transcript,
        list_agents,
        list_columns,
        list_stamp,
        list_transcripts,
        map_transcript,
        outline_transcript,
        read_body,
        read_citations,
        read_events,
        read_facets,
        read_media,
        read_messages,
        read_neighbours,
        stream_json,
        transcript_stamp,
    )
    from .result_frames import (
        scan_results_arrow,
        scan_results_arrow_async,
        scan_results_batches,
        scan_results_batches_async,
        scan_results_df,
        scan_results_df_async,
    )
    from .results import (
        records_parquet,
        results_parquet,
        results_scanners,
        results_table,
        scan_results_query,
        scan_results_query_async,
    )
    from .running.cancelling import cancel_scan
    from .running.early_refusals import refuse_complete_scan, refuse_scan_early
    from .running.processes import Run, Runs, run_for_json
    from .running.scan_run import AsyncScanRun, PendingScan, ScanRun, start_scan
    from .running.scanning import complete_scan, resume_scan, run_scan
    from .scans.as_json import MAX_IDS, group_json, overview_json, state_json
    from .scans.reference import find_scan, is_location, short_id_length
    from .scans.removal import RemovableScan, prunable_scans, removable_scans, remove_scan
    from .scans.selection import ScanSelection
    from .scans.watching import WatchedScan, watch_scan
    from .serving.opening import (
        Opened,
        ServedPlaces,
        make_scans_folder,
        open_place,
        prepare_viewing,
        served_places,
    )
    from .serving.signals import last_eval_file, last_scan_file
    from .serving.watches import file_watches
    from .transcript_counts import (
        TranscriptCounts,
        TranscriptsSummary,
        summarise_transcripts,
        summarise_transcripts_async,
        transcripts_json,
    )
    from .transcripts import transcripts_from
    from .validation import (
        report_json,
        save_reports,
        validation_reports,
        validation_results_df,
        validation_results_df_async,
    )
    from .viewing.archive import scan_archive
    from .viewing.cases import case_fields, case_key, create_case_file
    from .viewing.content import WholeContent, whole_content
    from .viewing.paging import parse_condition, parse_page_request
    from .viewing.project import (
        ProjectPlaces,
        ShownSettings,
        app_config,
        as_uri,
        project_config,
        project_places,
    )
    from .viewing.removal import trash_scan
    from .viewing.scan_status import result_cells, results_stream, status_json
    from .viewing.scanners import condition_code, known_scanners
    from .viewing.scans import all_active, distinct_in_scans, scan_rows
    from .viewing.search import (
        SearchFailedError,
        earlier_searches,
        known_search_result,
        parse_search,
        search_transcript,
    )
    from .viewing.transcripts import distinct_values, transcript_info, transcript_rows

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
