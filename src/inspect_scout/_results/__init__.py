"""The scan directory: journal, merged tables, summary; reading them back and listing scans.

Loaded by name: listing must not load Arrow, and nothing here loads pandas before a data frame is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .active import ActiveScans as ActiveScans
    from .active import entry_of as entry_of
    from .active import workers_of as workers_of
    from .arrow import ScanResultsArrow as ScanResultsArrow
    from .arrow import results_arrow as results_arrow
    from .cast import TypedTable as TypedTable
    from .compared import compared_rows as compared_rows
    from .describe import clean_id as clean_id
    from .files.spec import unread_errors as unread_errors
    from .frames import ScanResultsDF as ScanResultsDF
    from .frames import results_batches as results_batches
    from .frames import results_df as results_df
    from .journal import Journal as Journal
    from .journal import UnwritableError as UnwritableError
    from .owner import ScanGoneError as ScanGoneError
    from .pairs import counts_of_record as counts_of_record
    from .query import ResultsPage as ResultsPage
    from .query import ResultsQuery as ResultsQuery
    from .query import ResultsTable as ResultsTable
    from .rows import RecordInput as RecordInput
    from .rows import RowWriter as RowWriter
    from .schema import HEAVY_COLUMNS as HEAVY_COLUMNS
    from .schema import results_schema as results_schema
    from .sizes import CELL_BYTES as CELL_BYTES
    from .source import UnknownScannerError as UnknownScannerError
    from .state import Standing as Standing
    from .state import list_states as list_states
    from .state import read_error_groups as read_error_groups
    from .state import read_standing as read_standing
    from .state import read_state as read_state
    from .store import Recorded as Recorded
    from .store import ScanStore as ScanStore
    from .store import facts_of as facts_of
    from .store import list_status as list_status
    from .store import status as status
    from .view import Rows as Rows

_MODULES = {
    ".active": "ActiveScans entry_of workers_of",
    ".arrow": "ScanResultsArrow results_arrow",
    ".cast": "TypedTable",
    ".compared": "compared_rows",
    ".describe": "clean_id",
    ".files.spec": "unread_errors",
    ".frames": "ScanResultsDF results_batches results_df",
    ".journal": "Journal UnwritableError",
    ".owner": "ScanGoneError",
    ".pairs": "counts_of_record",
    ".query": "ResultsPage ResultsQuery ResultsTable",
    ".rows": "RecordInput RowWriter",
    ".schema": "HEAVY_COLUMNS results_schema",
    ".sizes": "CELL_BYTES",
    ".source": "UnknownScannerError",
    ".state": "Standing list_states read_error_groups read_standing read_state",
    ".store": "Recorded ScanStore facts_of list_status status",
    ".view": "Rows",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
