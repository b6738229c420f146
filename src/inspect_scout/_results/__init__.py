"""The scan directory: journal, merged tables, summary; reading them back and listing scans.

Loaded by name: listing must not load Arrow, and nothing here loads pandas before a data frame is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .active_scans import ActiveScan, ActiveScans, active_scan_of, workers_of
    from .comparisons import read_comparisons, read_recorded_results, save_validation
    from .deletion import ScanFiles, deletable_files, delete_scan, files_of_scan, move_scan
    from .files.description import ScanDescription, read_description
    from .files.light_spec import read_spec_fields, read_spec_head
    from .files.spec import unread_errors
    from .journal.index import UnknownScannerError
    from .journal.lock import LockHolder, ScanGoneError, local_holder
    from .journal.writer import JournalWriter, UnwritableError
    from .layout import SCAN_FILE, SCAN_PREFIX, scan_directory, scan_id_of
    from .reading.arrow_batches import ScanResultsArrow, results_arrow, view_batches
    from .reading.chosen_results import ChosenResult, RecordedInput, ResultKey
    from .reading.cursor import Cursor
    from .reading.data_frames import ScanResultsDF, results_batches, results_df
    from .reading.inputs import transcript_info
    from .reading.results_query import ResultsPage, ResultsQuery, ResultsTable, TypedPage
    from .reading.resultsets import RESULT_OWN_COLUMNS
    from .reading.row_view import RowMode
    from .reading.text_search import TextHit
    from .reading.typed_table import TypedTable
    from .reading.verdicts import RecordedVerdict, read_verdicts
    from .rows.cells import clean_id, read_json
    from .rows.pair_records import counts_of_record
    from .rows.parquet import encode_table
    from .rows.row_writer import CELL_BYTES, RecordInput, RowWriter
    from .rows.schema import HEAVY_COLUMNS, results_schema
    from .state.scan_list import find_scans
    from .state.scan_state import ScanOverview, list_states, read_error_groups, read_overview
    from .store import RecordedPairs, ScanStore, facts_of, list_statuses, read_status

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
