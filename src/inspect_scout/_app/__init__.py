"""The use cases: the only room that wires the others together, and the one bridge from sync to async."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .._plan import ResumeRequest as ResumeRequest
    from .._plan import ScanRequest as ScanRequest
    from .._project import default_scans as default_scans
    from .._results import Standing as Standing
    from .._results import list_states as list_states
    from .._results import read_error_groups as read_error_groups
    from .._results import read_standing as read_standing
    from .._scanners import Parameter as Parameter
    from .._scanners import ScannerFileReport as ScannerFileReport
    from .._scanners import ScannerSource as ScannerSource
    from .._scanners import StructuredSource as StructuredSource
    from .._scanners import describe_scanner_files as describe_scanner_files
    from .._support.causes.grouping import ErrorGroup as ErrorGroup
    from .api import scan as scan
    from .api import scan_async as scan_async
    from .api import scan_complete as scan_complete
    from .api import scan_complete_async as scan_complete_async
    from .api import scan_list as scan_list
    from .api import scan_list_async as scan_list_async
    from .api import scan_results_arrow as scan_results_arrow
    from .api import scan_results_arrow_async as scan_results_arrow_async
    from .api import scan_results_batches as scan_results_batches
    from .api import scan_results_batches_async as scan_results_batches_async
    from .api import scan_results_df as scan_results_df
    from .api import scan_results_df_async as scan_results_df_async
    from .api import scan_resume as scan_resume
    from .api import scan_resume_async as scan_resume_async
    from .api import scan_status as scan_status
    from .api import scan_status_async as scan_status_async
    from .bridge import in_sync as in_sync
    from .bridge import in_sync_items as in_sync_items
    from .bridge import run_light as run_light
    from .bridge import run_sync as run_sync
    from .databases import SchemaFormat as SchemaFormat
    from .databases import copy_transcripts as copy_transcripts
    from .databases import count_transcripts as count_transcripts
    from .databases import database_schema as database_schema
    from .databases import in_database as in_database
    from .explain import explain_settings as explain_settings
    from .results import results_scanners as results_scanners
    from .results import results_table as results_table
    from .results import scan_results_query as scan_results_query
    from .results import scan_results_query_async as scan_results_query_async
    from .scanning import complete_scan as complete_scan
    from .scanning import resume_scan as resume_scan
    from .scanning import run_scan as run_scan
    from .shapes import MAX_IDS as MAX_IDS
    from .shapes import group_json as group_json
    from .shapes import standing_json as standing_json
    from .shapes import state_json as state_json
    from .validation import validation_reports as validation_reports
    from .validation import validation_results_df as validation_results_df
    from .validation import validation_results_df_async as validation_results_df_async
    from .watching import Watched as Watched
    from .watching import watch as watch

_MODULES = {
    ".._plan": "ResumeRequest ScanRequest",
    ".._project": "default_scans",
    ".._results": "Standing list_states read_error_groups read_standing",
    ".._scanners": "Parameter ScannerFileReport ScannerSource StructuredSource describe_scanner_files",
    ".._support.causes.grouping": "ErrorGroup",
    ".api": "scan scan_async scan_complete scan_complete_async scan_list scan_list_async scan_results_arrow"
    " scan_results_arrow_async scan_results_batches scan_results_batches_async scan_results_df scan_results_df_async"
    " scan_resume scan_resume_async scan_status scan_status_async",
    ".bridge": "in_sync in_sync_items run_light run_sync",
    ".databases": "SchemaFormat copy_transcripts count_transcripts database_schema in_database",
    ".explain": "explain_settings",
    ".results": "results_scanners results_table scan_results_query scan_results_query_async",
    ".scanning": "complete_scan resume_scan run_scan",
    ".shapes": "MAX_IDS group_json standing_json state_json",
    ".validation": "validation_reports validation_results_df validation_results_df_async",
    ".watching": "Watched watch",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
